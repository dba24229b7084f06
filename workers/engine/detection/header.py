"""Finds the header among the first records, over one row or two, and says how sure that is and why."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from workers.engine.detection.header_evidence import (
    count_contrasts,
    count_names,
    differs_in_case,
    differs_in_form,
    has_blank_over_values,
    is_alone,
    is_of_person,
    recurs,
)
from workers.engine.detection.header_levels import names_groups, names_parts
from workers.engine.detection.header_names import join_names, make_headers, shift_names
from workers.engine.detection.rows_above import find_rows_above
from workers.engine.detection.widths import main_width
from workers.engine.mapping.usual_names import is_usual_name, may_be_name
from workers.engine.readers.footers import filled_cells, reads_as_footer, reads_as_sentence
from workers.engine.readers.kinds import Kind, Record, find_loud_kind, is_of
from workers.engine.readers.layout import fold_names
from workers.engine.readers.other_tables import extent
from workers.engine.records import is_blank

__all__ = ["Header", "Record", "find_header", "find_header_row", "join_names", "make_headers", "shift_names"]

_MIN_KNOWN_NAMES = 2
_ROWS_BELOW = 30
_CERTAIN = 1.0
_LIKELY = 0.9
_PLAUSIBLE = 0.7
_LIKELY_ENOUGH = 0.6
_UNDECIDED = 0.4
# A table is the better one if it has so many more names of contacts; with fewer, nobody can tell.
_CLEAR_LEAD = 2
_LEAST_SCORE = 6
_MIN_TABLE_ROWS = 4
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header stands (1-based; None: the records begin with data), over how many rows, how sure that is, and what else may be."""

    row: int | None
    rows: int
    confidence: float
    reason: str
    alternatives: tuple[str, ...] = ()


def find_header_row(records: Sequence[Record]) -> int | None:
    """The row of the header only."""
    return find_header(records).row


def find_header(records: Sequence[Record]) -> Header:
    """The header of the table in the records; of several tables that of the one which looks the most like contacts."""
    filled = [number for number, record in enumerate(records, start=1) if not is_blank(record)]
    if not filled:
        return Header(None, 1, _CERTAIN, "There is nothing in the file.")
    named = [number for number in filled if _holds_known_names(records[number - 1])]
    if not named:
        return _find_by_place(records, filled)
    above = [number for number in filled if number < named[0]]
    if find_rows_above([records[number - 1] for number in above], records[named[0] - 1], _below(records, named[0])):
        return _choose_named(records, named, filled[0])
    if _score(records, named[0]) < _LEAST_SCORE and _holds_table([records[number - 1] for number in above]):
        # A table that hardly looks like contacts does not displace the one above it.
        return _find_by_place(records, above)
    if _holds_table([records[number - 1] for number in above]) and _score(records, named[0]) < _score(records, above[0]) + _CLEAR_LEAD:
        header = _find_by_place(records, above)
        reason = f"{header.reason} Row {named[0]} is the header of a table that looks as much like contacts."
        others = (str(named[0]), *(other for other in header.alternatives if other != str(named[0])))
        return replace(header, confidence=min(header.confidence, _UNDECIDED), reason=reason, alternatives=others)
    return _choose_named(records, named, filled[0])


def _choose_named(records: Sequence[Record], named: Sequence[int], first: int) -> Header:
    """The header among rows with names that we know."""
    names = fold_names(records[named[0] - 1])
    others = [number for number in named[1:] if fold_names(records[number - 1]) != names]
    best = named[0]
    score = _score(records, best)
    for number in others:
        if number - best == 1:
            # Two rows of one header are no two tables: the lower one names the columns.
            if count_names(records[number - 1]) > count_names(records[best - 1]):
                best, score = number, _score(records, number)
        elif _score(records, number) >= score + _CLEAR_LEAD:
            best, score = number, _score(records, number)
    rivals = [number for number in others if abs(number - best) > 1 and abs(_score(records, number) - score) < _CLEAR_LEAD]
    # Many rows weigh as much as a few names more.
    length = len(_below(records, best))
    rivals += [
        number
        for number in named
        if number not in rivals and best - number > 1 and _score(records, number) >= _LEAST_SCORE and len(_below(records, number)) > length
    ]
    row, rows = _extend(records, best)
    if rivals and _score(records, rivals[0]) > 2 * _MIN_KNOWN_NAMES:
        reason = f"Row {best} and row {rivals[0]} are both headers of tables that look like contacts."
        return Header(row, rows, _UNDECIDED, reason, tuple(map(str, rivals)))
    below = _below(records, row + rows - 1)
    above_header = [number for number in range(first, row) if not is_blank(records[number - 1])]
    alike = find_rows_above([records[number - 1] for number in above_header], records[best - 1], below)
    if alike:
        reason = f"Row {row} holds known names of columns, but row {above_header[alike[0]]} above it looks like a row of the same table."
        return Header(row, rows, _UNDECIDED, reason, ("0", *map(str, others[:2])))
    known = [cell for cell in filled_cells(records[best - 1]) if is_usual_name(cell)][:3]
    values = ", and the rows below have values of these kinds" if count_contrasts(records[best - 1], below) else ""
    reason = f"Row {best} holds known names of columns ({', '.join(known)}){values}."
    if above := len(above_header):
        reason += f" What stands above it is no part of the table ({above} row{'s' if above > 1 else ''})."
    return Header(row, rows, _CERTAIN, reason, tuple(map(str, others[:3])))


def _find_by_place(records: Sequence[Record], filled: Sequence[int]) -> Header:
    """The header where no row has names that we know: the first row of the table, if it is not one of its rows."""
    width = main_width([records[number - 1] for number in filled])
    number = next((number for number in filled if not _is_banner(records[number - 1], width)), filled[0])
    if width == 1:
        number = next((number for number in filled if any(map(is_usual_name, filled_cells(records[number - 1])))), number)
    record = records[number - 1]
    below = _below(records, number)
    cells = filled_cells(record)
    loud = next((cell for cell in cells if find_loud_kind(cell) is not None), None)
    if loud is not None:
        return Header(None, 1, _LIKELY, f"Row {number} holds “{loud[:40]}”, which is a value and no name of a column.", (str(number),))
    numbers = [cell for cell in cells if is_of(Kind.NUMBER, cell)]
    if numbers and any(map(is_usual_name, cells)) and len(set(numbers)) == len(numbers) and all(map(_YEAR.fullmatch, numbers)):
        return Header(number, 1, _LIKELY_ENOUGH, f"Row {number} holds a known name of a column, and years.", ("0",))
    if numbers:
        return Header(None, 1, _PLAUSIBLE, f"Row {number} holds numbers, as rows do.", (str(number),))
    if has_blank_over_values(record, below):
        return Header(None, 1, _PLAUSIBLE, f"Row {number} is blank where the rows below have values, so it is one of them.", (str(number),))
    if any(map(is_usual_name, cells)):
        row, rows = _extend(records, number)
        return Header(row, rows, _LIKELY, f"Row {number} holds a known name of a column.", ("0",))
    if count_contrasts(record, below) or differs_in_form(record, below):
        row, rows = _extend(records, number)
        return Header(row, rows, _LIKELY, f"Row {number} holds words, and the rows below have values of other kinds.", ("0",))
    return _judge_words(records, number, below)


def _judge_words(records: Sequence[Record], number: int, below: Sequence[Record]) -> Header:
    """A first row of words above rows of words."""
    record = records[number - 1]
    cells = filled_cells(record)
    if not below:
        return Header(number, 1, _PLAUSIBLE, f"Row {number} is the only one; it is taken for the header.", ("0",))
    if any(fold_names(other) == fold_names(record) for other in records[number:]):
        return Header(number, 1, _LIKELY_ENOUGH, f"Row {number} stands again below, as a header does.", ("0",))
    if recurs(record, below):
        return Header(None, 1, _PLAUSIBLE, f"Values of row {number} occur again below, so it is a row like them.", (str(number),))
    doubtful = sum(map(may_be_name, cells))
    if doubtful == len(cells) or doubtful > max(1, len(cells) // 2):
        return Header(number, 1, _PLAUSIBLE, f"Row {number} holds words that often name columns.", ("0",))
    if any("_" in cell or cell.endswith(":") for cell in cells) or differs_in_case(cells, below) or is_alone(record, below):
        return Header(number, 1, _PLAUSIBLE, f"Row {number} is written otherwise than the rows below.", ("0",))
    reason = f"Row {number} may be the header or the first row of data: it has no name that is known, and holds words as the rows below do."
    return Header(number, 1, _UNDECIDED, reason, ("0",))


def _holds_table(records: Sequence[Record]) -> bool:
    """Whether there are several records in a row of the same width."""
    widths = [extent(record) for record in records]
    run = 0
    for before, width in zip([0, *widths], widths, strict=False):
        run = run + 1 if width == before and width > 1 else 1
        if run >= _MIN_TABLE_ROWS:
            return True
    return False


def _holds_known_names(record: Record) -> bool:
    """Whether the record is a header by its names: nobody's values among them, and most of the words usual."""
    cells = filled_cells(record)
    known = count_names(record)
    if known < _MIN_KNOWN_NAMES or reads_as_footer(record) or any(map(is_of_person, cells)):
        return False
    # A year, a date or a site can head a column of what was then or there; the same one twice cannot.
    values = [cell for cell in cells if is_of(Kind.NUMBER, cell) or find_loud_kind(cell) is not None]
    return 3 * known >= len(cells) - len(values) and len(set(values)) == len(values)


def _score(records: Sequence[Record], number: int) -> float:
    """How much the table under the header looks like contacts."""
    below = _below(records, number)
    emails = sum(any(is_of(Kind.EMAIL, cell) for cell in filled_cells(record)) for record in below)
    has_emails = 2 * emails > len(below) > 0
    # Of two tables that look alike the longer one is rather the one that is meant.
    return min(count_names(records[number - 1]), 12) + (4 if has_emails else 0) + (1 + len(below) / _ROWS_BELOW if below else 0)


def _below(records: Sequence[Record], number: int) -> list[Record]:
    """The rows of the table under the row: up to the next header."""
    rows: list[Record] = []
    for record in records[number : number + 4 * _ROWS_BELOW]:
        if is_blank(record):
            continue
        if _holds_known_names(record) and rows:
            break
        rows.append(record)
        if len(rows) == _ROWS_BELOW:
            break
    return rows


def _is_banner(record: Record, width: int) -> bool:
    """Whether the record is a title above the table, much emptier than its rows, or Excel's line about its separator."""
    if record and (record[0] or "").lower().startswith("sep="):
        return True
    cells = filled_cells(record)
    if width > 2 and len(cells) == 1:
        return True
    if width > 1 and len(cells) == 1 and reads_as_sentence(cells[0]):
        return True
    # A sentence with delimiters in it falls into cells as well.
    is_remark = any(reads_as_sentence(cell) or ": " in cell for cell in cells)
    return width > 1 and extent(record) < width and (2 * len(cells) <= width or is_remark)


def _extend(records: Sequence[Record], number: int) -> tuple[int, int]:
    """The first row of the header and how many it has: names may be split over two."""
    header = records[number - 1]
    if number > 1 and names_groups(records[number - 2], header):
        return number - 1, 2
    if number < len(records) and names_parts(header, records[number], _below(records, number + 1)):
        return number, 2
    return number, 1
