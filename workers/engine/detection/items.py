"""Inspects a source of items (JSON, JSON Lines, vCard): each is a row, and the columns are the keys that occur anywhere in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from models.errors import UnreadableFile
from models.vocabulary import FileFormat
from workers.engine.detection.header import make_headers
from workers.engine.detection.json_lists import find_list
from workers.engine.detection.tables import EXAMINED_ROWS, make_columns, make_head
from workers.engine.frames import Decision, Dialect, DialectOverrides, Inspection, ReaderLimits
from workers.engine.readers.chunking import check_column_count
from workers.engine.readers.encoding import detect_encoding, require_encoding
from workers.engine.readers.item_batches import Damaged, Item, ItemBatch
from workers.engine.readers.items import iter_item_batches, make_item_records
from workers.engine.readers.text import iter_text
from workers.engine.readers.vcard import Cards
from workers.engine.readers.vcard_columns import order_columns
from workers.engine.records import is_blank

# Where more of JSON than this is damaged, it is none. A card says what it is, so that one that is sound shows the others to be damaged.
_MAX_DAMAGED_SHARE = 0.5
_NO_OBJECTS = ("invalid_json", "Most of what is in the file is no JSON object. Export a list of objects, one for each contact.")
_NO_CARDS = ("invalid_vcard", "No card in the file is sound: each begins with BEGIN:VCARD and ends with END:VCARD. Export it again.")


def inspect_items(stream: BinaryIO, format: FileFormat, overrides: DialectOverrides, limits: ReaderLimits) -> Inspection:
    """The columns of all items, and the first items."""
    if overrides.encoding is None:
        decision = detect_encoding(stream)
    else:
        decision = Decision("encoding", require_encoding(overrides.encoding), 1.0, "It was chosen.")
    encoding = decision.value or "utf-8"
    dialect = Dialect(format, encoding, header_row=None)
    decisions = [decision]
    if format is FileFormat.JSON:
        found = find_list(iter_text(stream, encoding), overrides.sheet, limits)
        dialect = replace(dialect, format=found.format, sheet=found.path, sheets=found.paths)
        decisions += found.decisions
    blocks = iter_text(stream, encoding)
    if format is FileFormat.VCARD:
        cards = Cards(blocks, encoding, limits)
        survey = _survey(cards.iter_batches(), limits)
        _require_items(survey, is_readable=survey.damaged_count < survey.count, refusal=_NO_CARDS)
        if cards.left_out:
            decisions.append(_tell_what_was_left_out(cards))
        keys = order_columns(survey.keys)
    else:
        survey = _survey(iter_item_batches(blocks, dialect, limits), limits)
        _require_items(survey, is_readable=survey.damaged_count <= _MAX_DAMAGED_SHARE * survey.count, refusal=_NO_OBJECTS)
        keys = tuple(survey.keys)
    if not keys:
        raise UnreadableFile("No item in the file has a field with a name.", code="empty_file")
    headers = make_headers(keys, len(keys))
    records = make_item_records(survey.first, keys, 1, 0)
    damaged = {mark.row for mark in records.marks}
    rows = [(row, cells) for row, cells in enumerate(records.cells, start=1) if row in damaged or not is_blank(cells)]
    columns = make_columns(headers, rows[:EXAMINED_ROWS])
    return Inspection(replace(dialect, keys=keys), columns, make_head(rows, len(keys)), tuple(decisions))


@dataclass(slots=True)
class _Survey:
    """What the items of a whole source have: their keys in the order of their appearance, how many there are, and the first."""

    keys: dict[str, None] = field(default_factory=dict)
    first: list[Item] = field(default_factory=list)
    count: int = 0
    damaged_count: int = 0


def _survey(batches: Iterator[ItemBatch], limits: ReaderLimits) -> _Survey:
    survey = _Survey()
    keys = survey.keys
    for batch in batches:
        survey.count += len(batch.items)
        if len(survey.first) < EXAMINED_ROWS:
            survey.first += batch.items
        for item in batch.items:
            if isinstance(item, Damaged):
                survey.damaged_count += 1
            elif not item.keys() <= keys.keys():
                keys.update(dict.fromkeys(item))
                check_column_count(len(keys), limits)
    return survey


def _require_items(survey: _Survey, *, is_readable: bool, refusal: tuple[str, str]) -> None:
    if not survey.count:
        raise UnreadableFile("There are no items in the file.", code="empty_file")
    if not is_readable:
        code, message = refusal
        raise UnreadableFile(message, code=code)


def _tell_what_was_left_out(cards: Cards) -> Decision:
    names = ", ".join(f"{name} ({count:,})" for name, count in cards.left_out.most_common())
    return Decision("keys", names, 1.0, "Pictures, sounds and keys are no fields of a contact; their data were passed over.")
