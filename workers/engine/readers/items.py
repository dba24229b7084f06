"""Reads sources of items (JSON, JSON Lines, vCard) into records: item n is row n, and the dialect's keys say which cell goes where."""

from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

from models.vocabulary import FileFormat, IssueCode
from workers.engine.frames import Dialect, ReaderLimits
from workers.engine.readers.item_batches import Damaged, Item, ItemBatch
from workers.engine.readers.json_items import iter_array_batches, iter_line_batches
from workers.engine.readers.json_text import JsonText
from workers.engine.readers.text import MarkedText
from workers.engine.readers.text_marks import ODD_MARK, settle_marks
from workers.engine.readers.vcard import Cards
from workers.engine.records import MAX_SHOWN_CHARACTERS, Mark, Records


def iter_item_records(stream: BinaryIO, dialect: Dialect, limits: ReaderLimits) -> Iterator[Records]:
    """The records of the stream: a cell is None where the item lacks the key, and "" where it says null."""
    text = MarkedText(stream, dialect.encoding or "utf-8")
    row = 1
    for batch in iter_item_batches(iter(text), dialect, limits):
        items = [_clean_keys(item) for item in batch.items] if text.is_mixed else batch.items
        records = make_item_records(items, dialect.keys, row, batch.size)
        yield settle_marks(records) if text.is_mixed else records
        row += len(items)


def iter_item_batches(blocks: Iterator[str], dialect: Dialect, limits: ReaderLimits) -> Iterator[ItemBatch]:
    """The items of the text in its format."""
    match dialect.format:
        case FileFormat.JSON:
            return iter_array_batches(JsonText(blocks, limits), dialect.sheet)
        case FileFormat.JSON_LINES:
            return iter_line_batches(JsonText(blocks, limits, is_lines=True))
        case _:
            return Cards(blocks, dialect.encoding or "utf-8", limits).iter_batches()


def make_item_records(items: Iterable[Item], keys: Sequence[str], first_row: int, size: int) -> Records:
    """The items as records of one cell for each key."""
    names = list(keys)
    cells: list[Sequence[str | None]] = []
    marks: list[Mark] = []
    for row, item in enumerate(items, start=first_row):
        if isinstance(item, Damaged):
            marks.append(Mark(row, IssueCode.DAMAGED_RECORD, None, item.beginning[:MAX_SHOWN_CHARACTERS]))
            cells.append([None] * len(names))
        elif list(item) == names:
            cells.append(list(item.values()))
        else:
            cells.append([item.get(key) for key in names])
    return Records(first_row, cells, tuple(marks), size)


def _clean_keys(item: Item) -> Item:
    """The item without marks but in its cells."""
    if isinstance(item, Damaged):
        return Damaged(item.beginning.replace(ODD_MARK, ""))
    return {key.replace(ODD_MARK, ""): cell for key, cell in item.items()}
