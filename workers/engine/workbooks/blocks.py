"""Makes blocks of records of a sheet's rows: what is odd becomes marks, merged values are filled down, and wide gaps are left open."""

from collections.abc import Iterable, Iterator, Sequence

from models.vocabulary import IssueCode
from workers.engine.records import Mark, Records, is_blank
from workers.engine.workbooks.sheets import Merge, RowFacts, SheetCells, SheetContent, require_row_number

_BLOCK_ROWS = 500
_BLOCK_CHARACTERS = 4_000_000
# Blank rows up to here are yielded as such; a block that begins further on says as much with its number.
_WIDEST_GAP = 1_000


def iter_blocks(content: SheetContent, rows: int | None) -> Iterator[Records]:
    """The records of the sheet; with `rows` no more than that many, counted from the first that is not blank."""
    merges = _Merges(content.merges)
    cells: list[Sequence[str | None]] = []
    marks: list[Mark] = []
    first = following = 1
    size = 0
    last: int | None = None
    for number, record, facts in content.rows:
        require_row_number(number)
        if rows is not None:
            if last is None and not is_blank(record):
                last = number + rows - 1
            if last is not None and number > last:
                break
        if number - following > _WIDEST_GAP or len(cells) >= _BLOCK_ROWS or size > _BLOCK_CHARACTERS:
            if cells:
                yield Records(first, cells, tuple(marks))
                cells, marks, size = [], [], 0
            first = following = following if number - following <= _WIDEST_GAP else number
        if facts is not None:
            marks += _mark(record, facts, number)
        if merges.is_left:
            marks += merges.fill(number, record)
        while record and record[-1] == "":
            record.pop()
        if number > following:
            cells.extend([] for _ in range(number - following))
        cells.append(record)
        following = number + 1
        size += sum(map(len, filter(None, record)))
    if cells:
        yield Records(first, cells, tuple(marks))


def _mark(record: SheetCells, facts: RowFacts, row: int) -> Iterator[Mark]:
    """Marks for what is odd in the row, which is put right in place."""
    record.extend("" for _ in range(max((*facts.texts, *facts.errors, *facts.formulas), default=-1) + 1 - len(record)))
    for index, text in facts.texts.items():
        record[index] = text
    if facts.is_hidden and not is_blank(record):
        yield Mark(row, IssueCode.HIDDEN_ROW)
    for index, text in facts.errors.items():
        record[index] = None
        yield Mark(row, IssueCode.CELL_ERROR, index, text)
    for index in facts.formulas:
        record[index] = None
        yield Mark(row, IssueCode.FORMULA_WITHOUT_VALUE, index)
    for index in facts.rounded:
        yield Mark(row, IssueCode.NUMBER_ROUNDED, index, record[index])


class _Merges:
    """The merged cells that the rows come to, and the values that stand in their first rows."""

    def __init__(self, merges: Iterable[Merge]) -> None:
        self._coming = sorted(merges, key=lambda merge: merge.first_row, reverse=True)
        self._open: list[tuple[Merge, str]] = []

    @property
    def is_left(self) -> bool:
        """Whether any row from here on is touched."""
        return bool(self._coming or self._open)

    def fill(self, row: int, record: SheetCells) -> Iterator[Mark]:
        """Give the row the values that are merged into it, unless it has no value of its own."""
        self._open = [(merge, value) for merge, value in self._open if merge.last_row >= row]
        if self._open and not is_blank(record):
            for merge, value in self._open:
                if merge.cell < len(record) and record[merge.cell] != "":
                    continue
                record.extend("" for _ in range(merge.cell + 1 - len(record)))
                record[merge.cell] = value
                yield Mark(row, IssueCode.MERGED_CELL, merge.cell, value)
        while self._coming and self._coming[-1].first_row <= row:
            merge = self._coming.pop()
            if merge.first_row == row and merge.cell < len(record) and (text := record[merge.cell]):
                self._open.append((merge, text))
