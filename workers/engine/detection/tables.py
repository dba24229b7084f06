"""Finds the table among the first records, and describes its columns and its head."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from models.errors import InvalidRequest, UnreadableFile
from models.vocabulary import MAX_LENGTH, WORKBOOK_FORMATS
from workers.engine.detection.header import Header, Record, find_header, join_names, make_headers, shift_names
from workers.engine.detection.widths import usual_width
from workers.engine.frames import Column, Decision, Dialect, DialectOverrides, Inspection, ReaderLimits
from workers.engine.mapping import suggest_mapping
from workers.engine.readers.chunking import check_column_count
from workers.engine.readers.other_tables import extent as extent_of
from workers.engine.readers.table import read_table
from workers.engine.records import BLANK_CHARACTERS, MAX_SHOWN_CHARACTERS, Records, is_blank, make_showable

HEAD_ROWS = 100
EXAMINED_ROWS = 400
# More than are examined, for some of them are no rows; blank ones beyond all measure are not waited for.
READ_ROWS = EXAMINED_ROWS + 200
_MAX_READ_ROWS = 20_000
_MAX_SAMPLES = 5
_LIKELY = 0.9
# One more than any field takes, so that a cell which is too long is so in the head too.
_MAX_HEAD_CHARACTERS = max(MAX_LENGTH.values()) + 1


@dataclass(frozen=True, slots=True)
class Beginning:
    """The first records of a source with their marks, just as its reader gives them. `is_cut`: the source goes on after them."""

    blocks: tuple[Records, ...]
    is_cut: bool

    @property
    def records(self) -> list[Record]:
        """The cells of the records in order; blank ones that were left open are there."""
        records: list[Record] = []
        for block in self.blocks:
            records += [()] * (block.first_row - 1 - len(records))
            records += block.cells
        return records


def read_beginning(blocks: Iterable[Records], header_row: int = 0) -> Beginning:
    """Enough of the source for its header and its head; whole blocks, so that they are judged as they will be in the import."""
    seen: list[Records] = []
    last_row = count = 0
    for block in blocks:
        if last_row > header_row and (count > READ_ROWS or last_row > _MAX_READ_ROWS):
            return Beginning(tuple(seen), is_cut=True)
        seen.append(block)
        last_row = block.first_row + len(block.cells) - 1
        count += sum(not is_blank(record) for record in block.cells[max(header_row - block.first_row + 1, 0) :])
    return Beginning(tuple(seen), is_cut=False)


@dataclass(frozen=True, slots=True)
class Table:
    """Where the table stands in the records: its header, how many columns it has, and what of that is uncertain."""

    header_row: int | None
    header_rows: int
    width: int
    decisions: tuple[Decision, ...] = ()


def find_table(records: Sequence[Record], overrides: DialectOverrides, *, is_grid: bool = False) -> Table:
    """The table, its header as wanted or as found."""
    header = _choose_header(records, overrides)
    if header.row is not None and header.row > len(records):
        raise InvalidRequest(f"Row {header.row} cannot be the header: the file has {len(records)} rows.", code="header_row_not_found")
    rows = header.rows if header.row is not None else 1
    if header.row is not None and header.row + rows - 1 > len(records):
        message = f"The header cannot have {rows} rows from row {header.row} on: the file has {len(records)} rows."
        raise InvalidRequest(message, code="header_row_not_found")
    first = header.row + rows - 1 if header.row is not None else 0
    names = join_names(records[(header.row or 1) - 1 : first]) if header.row is not None else []
    data = [record for record in records[first:] if not is_blank(record)]
    shifted = names if is_grid else shift_names(names, data)
    if len(shifted) > len(names):
        reason = f"{header.reason} The names belong one column to the right: every row has one cell more, and its values fit so."
        header = replace(header, confidence=min(header.confidence, _LIKELY), reason=reason)
    names = shifted
    width = _find_width(names, data, is_grid=is_grid, has_header=header.row is not None)
    value = None if header.row is None else str(header.row)
    decisions = [Decision("header_row", value, header.confidence, header.reason, header.alternatives)]
    if rows > 1:
        reason = f"Row {header.row} names groups, and row {first} the columns in them."
        decisions.append(Decision("header_rows", str(rows), max(header.confidence, _LIKELY), reason, ("1",)))
    return Table(header.row, rows, width, tuple(decisions))


def make_inspection(
    dialect: Dialect, beginning: Beginning, width: int, limits: ReaderLimits, decisions: Sequence[Decision] = ()
) -> Inspection:
    """The inspection of a table of so many columns, from the beginning of its source, the header and what stands above it included."""
    records = beginning.records
    if all(map(is_blank, records)):
        raise UnreadableFile("There is nothing but white space in the file.", code="empty_file")
    check_column_count(width, limits)
    first = dialect.header_row or 0
    names = join_names(records[first - 1 : first - 1 + dialect.header_rows]) if first else []
    if dialect.format not in WORKBOOK_FORMATS:
        names = shift_names(names, [record for record in records[first - 1 + dialect.header_rows :] if not is_blank(record)])
    headers = make_headers(names, width)
    rows = _read_rows(dialect, beginning, headers, limits)
    return Inspection(dialect, make_columns(headers, rows), make_head(rows, width), tuple(decisions))


def _choose_header(records: Sequence[Record], overrides: DialectOverrides) -> Header:
    if overrides.header_row is None:
        header = find_header(records)
        return header if overrides.header_rows is None else replace(header, rows=overrides.header_rows)
    return Header(overrides.header_row or None, overrides.header_rows or 1, 1.0, "It was chosen.")


def _find_width(names: Sequence[str], data: Sequence[Record], *, is_grid: bool, has_header: bool) -> int:
    if is_grid:
        # In a sheet a cell right of the header is a column without a name.
        width = max((*map(len, data), len(names)), default=0)
    elif not has_header:
        width = usual_width(data)
    else:
        wider = [record for record in data if len(record) > len(names)]
        # A few rows with too many cells are odd; most rows with more cells than names say that names are missing.
        width = usual_width(wider) if 2 * len(wider) > len(data) else len(names)
    # A column without a name and without a value is none: every line ends with a delimiter.
    most = max((extent_of(record[:width]) for record in data), default=0)
    return max(min(width, max(most, extent_of(names))), 1 if width else 0)


def _read_rows(dialect: Dialect, beginning: Beginning, headers: tuple[str, ...], limits: ReaderLimits) -> list[tuple[int, Record]]:
    """The first rows, by the same steps as in the import."""
    chunks = read_table(beginning.blocks, dialect, headers, replace(limits, chunk_rows=EXAMINED_ROWS), is_cut=beginning.is_cut)
    rows = ((row, cells) for chunk in chunks for row, *cells in chunk.frame.iter_rows())
    return list(islice(rows, EXAMINED_ROWS))


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
