"""Compares what was read with the clean table, cell by cell: F1, and what differs without anything having been said about it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.engine.pollution.document import Document, Forgiven, Record, Role
from workers.engine.records import BLANK_CHARACTERS

# What readers call a column without a name.
_MADE_UP_NAME = re.compile(r"(column|unnamed)[ :_]*\d*", re.IGNORECASE)

ReadCells = Sequence[str | None]


@dataclass(frozen=True, slots=True)
class ReadTable:
    """What a reader made of the file, by record number. `doubted` are the rows that carry a warning, `failed` those with an error.

    `is_asked`: a decision about the file waits for a person, so nothing of it is silent. A refused file has no rows, and is asked about.
    """

    header: ReadCells | None
    rows: dict[int, ReadCells]
    doubted: frozenset[int] = frozenset()
    failed: frozenset[int] = frozenset()
    is_asked: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell that was read otherwise. `column` None: the whole row is missing, or was made up."""

    row: int
    column: int | None
    expected: str | None
    read: str | None
    is_silent: bool


@dataclass(slots=True)
class Score:
    """Counts of cells. `hit` are the rows that were corrupted, `recovered` those of them read as in truth, `named` those with an issue."""

    right: int = 0
    expected: int = 0
    read: int = 0
    silent: int = 0
    hit: int = 0
    recovered: int = 0
    named: int = 0
    differences: list[Difference] = field(default_factory=list)

    @property
    def f1(self) -> float:
        total = self.expected + self.read
        return 2 * self.right / total if total else 1.0


def score(document: Document, table: ReadTable) -> Score:
    """How the reading compares with the truth, rows taken by their numbers."""
    result = Score()
    _score_header(document, table, result)
    truth = {number: record for number, record in enumerate(document.records, start=1) if record.role is Role.ROW}
    for number, record in truth.items():
        cells = None if number in table.failed else table.rows.get(number)
        is_silent = not table.is_asked and number not in table.doubted and number not in table.failed
        before = result.right
        _score_row(document, number, record, cells, is_silent, result)
        if record.is_hit:
            result.hit += 1
            result.recovered += result.right - before == document.width
            result.named += number in table.doubted or number in table.failed
    for number, cells in table.rows.items():
        if number in truth or number in table.failed or not any(cells):
            continue
        result.read += sum(1 for cell in cells if cell)
        is_silent = not table.is_asked and number not in table.doubted
        result.silent += sum(1 for cell in cells if cell) if is_silent else 0
        result.differences.append(Difference(number, None, None, " ¦ ".join(cell or "" for cell in cells), is_silent))
    return result


def count_right(document: Document, record: Record, cells: ReadCells) -> int:
    """How many cells were read as in truth."""
    return sum(is_right(document, record, index, cells[index] if index < len(cells) else None) for index in range(document.width))


def is_right(document: Document, record: Record, index: int, cell: str | None) -> bool:
    """Whether the cell is as in truth; a missing one is as good as a blank one."""
    assert record.truth is not None
    wanted = (record.truth[index], *record.also.get(index, ()))
    read = _forgive(document, cell or "")
    return any(read == _forgive(document, text) for text in wanted)


def is_right_name(document: Document, index: int, name: str | None) -> bool:
    """Whether the column is called so: a made-up name will do for none, a number behind a name that is there twice."""
    header = document.header
    assert header is not None
    assert header.truth is not None
    wanted, read = _forgive(document, header.truth[index]), _forgive(document, name or "")
    if not wanted:
        return not read or _MADE_UP_NAME.fullmatch(read) is not None
    if wanted in (_forgive(document, text) for text in header.truth[:index]):
        return read.startswith(wanted)
    # Over two rows, the group may stand before the name.
    has_groups = sum(record.role is Role.HEADER for record in document.records) > 1
    return read == wanted or (has_groups and read.endswith(wanted))


def _forgive(document: Document, text: str) -> str:
    if Forgiven.NUL in document.forgiven:
        text = text.replace("\0", "").replace("\ufffd", "")
    return text.strip(BLANK_CHARACTERS) if Forgiven.BLANKS_AROUND in document.forgiven else text


def _score_header(document: Document, table: ReadTable, result: Score) -> None:
    if document.header is None:
        if table.header is not None:
            # Names that stand nowhere: a row was taken for them.
            result.read += len(table.header)
            result.silent += 0 if table.is_asked else len(table.header)
            result.differences.append(Difference(0, None, None, " ¦ ".join(name or "" for name in table.header), not table.is_asked))
        return
    result.expected += document.width
    if table.header is None:
        result.silent += 0 if table.is_asked else document.width
        result.differences.append(Difference(0, None, " ¦ ".join(document.header.truth or ()), None, not table.is_asked))
        return
    for index, name in enumerate(table.header):
        if index >= document.width:
            extra = not _MADE_UP_NAME.fullmatch(name or "Column")
            result.read += extra
            result.silent += extra and not table.is_asked
            if extra:
                result.differences.append(Difference(0, index, None, name, not table.is_asked))
            continue
        result.read += 1
        if is_right_name(document, index, name):
            result.right += 1
        else:
            result.silent += not table.is_asked
            result.differences.append(Difference(0, index, (document.header.truth or ())[index], name, not table.is_asked))
    if len(table.header) < document.width:
        result.silent += 0 if table.is_asked else document.width - len(table.header)


def _score_row(document: Document, number: int, record: Record, cells: ReadCells | None, is_silent: bool, result: Score) -> None:
    assert record.truth is not None
    result.expected += document.width
    if cells is None:
        result.silent += document.width if is_silent else 0
        result.differences.append(Difference(number, None, " ¦ ".join(record.truth), None, is_silent))
        return
    result.read += document.width
    for index in range(document.width):
        cell = cells[index] if index < len(cells) else None
        if is_right(document, record, index, cell):
            result.right += 1
        else:
            result.silent += is_silent
            result.differences.append(Difference(number, index, record.truth[index], cell, is_silent))
    for index in range(document.width, len(cells)):
        if cells[index]:
            result.read += 1
            result.silent += is_silent
            result.differences.append(Difference(number, index, None, cells[index], is_silent))
