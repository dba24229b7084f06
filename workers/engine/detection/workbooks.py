"""Inspects a workbook: which of its sheets holds the contacts, and the table in that sheet."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from models.errors import UnreadableFile
from models.vocabulary import FileFormat
from workers.engine.detection.header import Record, find_header_row
from workers.engine.detection.tables import EXAMINED_ROWS, READ_ROWS, Beginning, find_table, make_inspection
from workers.engine.frames import Decision, Dialect, DialectOverrides, Inspection, ReaderLimits
from workers.engine.mapping.usual_names import is_usual_name
from workers.engine.readers.workbook import WorkbookReader, open_workbook
from workers.engine.records import is_blank

_CERTAIN = 1.0
_CLEAR = 0.9
_ONLY_HIDDEN = 0.6
_UNCLEAR = 0.4
# A sheet of a few rows with the same names as one of many is as likely the one that is meant: rows count, but little.
_MOST_SCORED_NAMES = 12
_CLEAR_LEAD = 1.5


@dataclass(frozen=True, slots=True)
class _Head:
    """The first records of a sheet, and how much they look like contacts."""

    name: str
    beginning: Beginning
    records: list[Record]
    score: float


def inspect_workbook(stream: BinaryIO, format: FileFormat, overrides: DialectOverrides, limits: ReaderLimits) -> Inspection:
    """Which sheet is to be read, as found or as overruled, and what its head holds."""
    rows = (overrides.header_row or 0) + READ_ROWS
    with open_workbook(stream, format, limits) as workbook:
        sheets = workbook.sheets
        head, decision = _choose(workbook, overrides.sheet, rows)
    dialect = Dialect(format, sheet=head.name, sheets=sheets)
    # A table may begin far down the sheet.
    first = next((index for index, record in enumerate(head.records) if not is_blank(record)), 0)
    end = max(overrides.header_row or 0, first) + EXAMINED_ROWS + 1
    table = find_table(head.records[:end], overrides, is_grid=True)
    dialect = replace(dialect, header_row=table.header_row, header_rows=table.header_rows)
    return make_inspection(dialect, head.beginning, table.width, limits, (decision, *table.decisions))


def _choose(workbook: WorkbookReader, wanted: str | None, rows: int) -> tuple[_Head, Decision]:
    if wanted is not None:
        name = workbook.require_sheet(wanted)
        return _read_head(workbook, name, rows), Decision("sheet", name, _CERTAIN, "It was chosen.", _others(workbook.sheets, name))
    heads = [head for name in workbook.sheets if (head := _read_head(workbook, name, rows)).records]
    if heads:
        return _choose_best(heads)
    hidden = (sheet.name for sheet in workbook.names if not sheet.is_visible)
    heads = [head for name in hidden if (head := _read_head(workbook, name, rows)).records]
    if not heads:
        raise UnreadableFile("No sheet of the workbook holds any data.", code="empty_file")
    head, decision = _choose_best(heads)
    reason = "Every visible sheet is empty; this one is hidden."
    return head, replace(decision, confidence=min(decision.confidence, _ONLY_HIDDEN), reason=reason)


def _choose_best(heads: Sequence[_Head]) -> tuple[_Head, Decision]:
    best, *rest = sorted(heads, key=lambda head: -head.score)
    others = tuple(head.name for head in heads if head is not best)
    if not rest:
        return best, Decision("sheet", best.name, _CERTAIN, "It is the only sheet with data.", others)
    if best.score < rest[0].score * _CLEAR_LEAD or not best.score:
        reason = f"“{rest[0].name}” looks as much like contacts as this sheet does."
        return best, Decision("sheet", best.name, _UNCLEAR, reason, others)
    return best, Decision("sheet", best.name, _CLEAR, "Of the sheets it looks the most like contacts.", others)


def _others(names: Sequence[str], taken: str) -> tuple[str, ...]:
    return tuple(name for name in names if name != taken)


def _read_head(workbook: WorkbookReader, name: str, rows: int) -> _Head:
    beginning = Beginning(tuple(workbook.iter_records(name, rows)), is_cut=False)
    records = beginning.records
    first = next((index for index, record in enumerate(records) if not is_blank(record)), None)
    if first is None:
        return _Head(name, beginning, [], 0.0)
    # So many are counted from the first that is not blank.
    return _Head(name, replace(beginning, is_cut=len(records) - first >= rows), records, _score(records[: first + EXAMINED_ROWS + 1]))


def _score(records: Sequence[Record]) -> float:
    """How much the records look like a table of contacts: names that we know, e-mail addresses, and a table below them at all."""
    header_row = find_header_row(records)
    data = [record for record in records[header_row or 0 :] if not is_blank(record)]
    if not data:
        return 0.0
    header = records[header_row - 1] if header_row else ()
    names = min(sum(is_usual_name(cell or "") for cell in header), _MOST_SCORED_NAMES)
    has_emails = 2 * sum(any("@" in (cell or "") for cell in record) for record in data) > len(data)
    table = min(len(data), 20) / 20 if max(map(len, data)) > 1 else 0.0
    return 2.0 * names + (6.0 if has_emails else 0.0) + table
