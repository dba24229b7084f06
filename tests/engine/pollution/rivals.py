"""Other readers of delimited text, each with the settings that suit it best; what one of them cannot read is an empty reading.

None of them tells encodings, so they are told, and given the text. They have no row numbers and do not say for sure which row is the
header: what they read is put beside the truth in the order that is best for them.
"""

import contextlib
import csv
import io
import warnings
from collections.abc import Sequence
from difflib import SequenceMatcher

import clevercsv

from tests.engine.pollution.document import Document, Record, Role
from tests.engine.pollution.scoring import ReadCells, Score, count_right, is_right_name

Rows = list[Sequence[str | None]]

_LARGE = 2**31 - 1
_SNIFFED_CHARACTERS = 1 << 16


def decode_as_told(document: Document) -> str:
    """The text in the file's true encoding, without its byte order mark; what is in another one is replaced."""
    return document.to_bytes()[len(document.signature) :].decode(document.encoding, "replace")


def read_by_sniffer(text: str) -> Rows:
    """csv.Sniffer for the dialect, csv.reader for the rows; where it gives up, the default dialect is tried."""
    csv.field_size_limit(_LARGE)
    try:
        dialect: type[csv.Dialect] = csv.Sniffer().sniff(text[:_SNIFFED_CHARACTERS])
    except csv.Error:
        dialect = csv.excel
    with contextlib.suppress(csv.Error):
        return list(csv.reader(io.StringIO(text, newline=""), dialect))
    return []


def read_by_clevercsv(text: str) -> Rows:
    """clevercsv for both."""
    csv.field_size_limit(_LARGE)
    clevercsv.field_size_limit(_LARGE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with contextlib.suppress(clevercsv.Error, csv.Error, ValueError):
            dialect = clevercsv.Sniffer().sniff(text[:_SNIFFED_CHARACTERS])
            if dialect is None:
                return []
            return list(clevercsv.reader(io.StringIO(text, newline=""), dialect))
    return []


def score_in_order(document: Document, rows: Rows) -> Score:
    """F1 of rows without numbers, header and rows put beside each other in order so that most cells are right. Blank rows are nothing."""
    wanted = [record for record in document.records if record is document.header or record.role is Role.ROW]
    read = [cells for cells in rows if any(cell and cell.strip() for cell in cells)]
    result = Score(expected=document.width * len(wanted), read=sum(_count_read(document, cells) for cells in read))
    result.right = _count_aligned(document, wanted, read)
    return result


def _count_read(document: Document, cells: ReadCells) -> int:
    """Blank cells beyond the table are nothing, missing ones are blank."""
    return document.width + sum(1 for cell in cells[document.width :] if cell)


def _count_aligned(document: Document, wanted: list[Record], read: Rows) -> int:
    # Rows that are right as a whole are found first, and only what lies between them is weighed cell by cell.
    keys = [tuple(cell or "" for cell in cells[: document.width]) for cells in read]
    matcher = SequenceMatcher(None, [record.truth for record in wanted], keys, autojunk=False)
    right = first = second = 0
    for start, other, size in matcher.get_matching_blocks():
        right += _count_best(document, wanted[first:start], read[second:other]) + size * document.width
        first, second = start + size, other + size
    return right


def _count_best(document: Document, wanted: list[Record], read: Rows) -> int:
    """The most cells that can be right with both in order."""
    best = [0] * (len(read) + 1)
    for record in wanted:
        above = best
        best = [0]
        for index, cells in enumerate(read):
            best.append(max(above[index + 1], best[-1], above[index] + _count_right(document, record, cells)))
    return best[-1]


def _count_right(document: Document, record: Record, cells: ReadCells) -> int:
    if record.role is Role.ROW:
        return count_right(document, record, cells)
    return sum(is_right_name(document, index, cells[index] if index < len(cells) else None) for index in range(document.width))
