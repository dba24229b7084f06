"""Finds the table among the first records, and describes its columns and its head."""

from collections.abc import Sequence
from itertools import islice

from models.errors import InvalidRequest, UnreadableFile
from models.vocabulary import MAX_LENGTH
from workers.engine.detection.header import Record, find_header_row, make_headers, usual_width
from workers.engine.frames import Column, Decision, Dialect, Inspection, ReaderLimits
from workers.engine.mapping import suggest_mapping
from workers.engine.readers.chunking import check_column_count
from workers.engine.records import BLANK_CHARACTERS, MAX_SHOWN_CHARACTERS, is_blank, make_showable

HEAD_ROWS = 100
EXAMINED_ROWS = 200
_MAX_SAMPLES = 5
# One more than any field takes, so that a cell which is too long is so in the head too.
_MAX_HEAD_CHARACTERS = max(MAX_LENGTH.values()) + 1


def detect_table(records: Sequence[Record], wanted: int | None) -> tuple[int | None, int]:
    """The header row, as wanted or as found, and how many columns there are."""
    header_row = find_header_row(records) if wanted is None else wanted or None
    if header_row is not None and header_row > len(records):
        raise InvalidRequest(f"Row {header_row} cannot be the header: the file has {len(records)} rows.", code="header_row_not_found")
    data = [record for record in records[header_row or 0 :] if not is_blank(record)]
    if header_row is None:
        return None, usual_width(data)
    header_width = len(records[header_row - 1])
    wider = [record for record in data if len(record) > header_width]
    # A few rows with too many cells are odd; most rows with more cells than names say that names are missing.
    return header_row, usual_width(wider) if 2 * len(wider) > len(data) else header_width


def make_inspection(
    dialect: Dialect, records: Sequence[Record], width: int, limits: ReaderLimits, decisions: Sequence[Decision] = ()
) -> Inspection:
    """The inspection of a table of so many columns, from its first records, the header and what stands above it among them."""
    if all(map(is_blank, records)):
        raise UnreadableFile("There is nothing but white space in the file.", code="empty_file")
    check_column_count(width, limits)
    header_row = dialect.header_row or 0
    headers = make_headers(records[header_row - 1] if header_row else (), width)
    rows = [(number, record) for number, record in enumerate(records, start=1) if number > header_row and not is_blank(record)]
    return Inspection(dialect, make_columns(headers, rows[:EXAMINED_ROWS]), make_head(rows, width), tuple(decisions))


def make_head(rows: Sequence[tuple[int, Record]], width: int) -> tuple[tuple[int, tuple[str | None, ...]], ...]:
    """The first rows, every one as wide as the table."""

    def pad(record: Record) -> tuple[str | None, ...]:
        cells = (None if cell is None else make_showable(cell, _MAX_HEAD_CHARACTERS) for cell in record[:width])
        return (*cells, *(None,) * (width - len(record)))

    return tuple((number, pad(record)) for number, record in rows[:HEAD_ROWS])


def make_columns(headers: Sequence[str], rows: Sequence[tuple[int, Record]]) -> tuple[Column, ...]:
    """The columns, with samples and suggested fields from the rows."""
    values = [
        [cell for _, record in rows if index < len(record) and (cell := (record[index] or "").strip(BLANK_CHARACTERS))]
        for index in range(len(headers))
    ]
    return tuple(
        Column(
            index=index,
            header=header,
            samples=tuple(make_showable(value, MAX_SHOWN_CHARACTERS) for value in islice(dict.fromkeys(values[index]), _MAX_SAMPLES)),
            fill_rate=len(values[index]) / len(rows) if rows else 0.0,
            suggestions=suggestions,
        )
        for index, (header, suggestions) in enumerate(zip(headers, suggest_mapping(headers, values), strict=True))
    )
