"""Leaves out the records that are no rows: copies of the header, lines below the table, other tables.

Such a record becomes blank and gets a mark that says why. Only records that look odd are looked at one by one, for most files have none; a
few at the end of a block wait for those that follow.
"""

from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter

import polars as pl

from models.vocabulary import IssueCode
from workers.engine.readers.columns import Columns, join_records
from workers.engine.readers.endings import Endings
from workers.engine.readers.footers import filled_cells
from workers.engine.readers.kinds import LOUD_KINDS, Kind, Record, find_loud_kind, fold_cell, is_of, is_surely_loud
from workers.engine.readers.layout import Survey, fold_names
from workers.engine.readers.other_tables import extent, is_header_like, opens_table
from workers.engine.readers.rows_above import may_be_row
from workers.engine.readers.surroundings import Surroundings
from workers.engine.records import BLANK_CHARACTERS, Mark, Records, is_blank

_MAX_HELD = 64
# So many records at the end are always looked at: that is where totals stand.
_LAST_ROWS = 4
_MAX_VALUE = 200
# All that can be in a cell's last place, in ASCII, and is no letter.
_NO_LETTERS = ["", *(character for character in map(chr, range(128)) if not character.isalpha())]


def leave_out(blocks: Iterable[Records], survey: Survey, *, is_cut: bool = False) -> Iterator[Records]:
    """The same records under the same numbers.

    `is_cut`: the source goes on after the last block, so that nothing is its end; records that cannot be judged yet are not given.
    """
    sorter = _Sorter(survey)
    source = iter(blocks)
    block = next(source, None)
    held: Sequence[Record] = ()
    marks: tuple[Mark, ...] = ()
    while block is not None:
        following = next(source, None)
        cells = join_records(held, block.cells)
        first_row = block.first_row - len(held)
        marks = (*marks, *block.marks)
        # A sheet may leave rows open between blocks: then nothing waits.
        is_joined = is_cut if following is None else following.first_row == block.first_row + len(block.cells)
        end = sorter.settled_end(cells) if is_joined else len(cells)
        yield sorter.sort(cells, end, first_row, marks, size=block.size, is_end=following is None and not is_cut)
        held = cells[end:]
        marks = tuple(mark for mark in marks if mark.row >= first_row + end)
        block = following


class _Sorter:
    """Goes through the records in order, and knows which table it is in."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._layout = survey.layout
        self._width = survey.layout.width
        self._few = max(min(max(2, self._width // 3), survey.usual_filled - 1), 1) if self._width > 1 else 0
        self._other_extent: int | None = None
        self._surroundings = Surroundings(survey)
        self._anchor = _find_anchor(survey)
        columns = [index for index, column in enumerate(survey.kinds) if column.kind in LOUD_KINDS]
        self._loud_columns = [index for index in columns if index != self._anchor]
        self._name_column, self._names = _find_name(survey)
        self._may_be_odd = self._make_may_be_odd()
        self._may_be_no_row = self._make_may_be_no_row()

    def settled_end(self, cells: Sequence[Record]) -> int:
        """How many of the records can be judged now; an odd stretch at the end waits for what follows."""
        least = max(len(cells) - _MAX_HELD, 0)
        if self._other_extent is not None:
            return least
        end = len(cells)
        if isinstance(cells, Columns):
            while end > least and self._is_odd(cells[end - 1]):
                end -= 1
            return end
        odd = {least + index for index in self._find_odd(cells[least:])}
        while end > least and end - 1 in odd:
            end -= 1
        return end

    def sort(self, cells: Sequence[Record], end: int, first_row: int, marks: tuple[Mark, ...], *, size: int, is_end: bool) -> Records:
        """The first `end` records, those that are no rows blank and marked."""
        mine = tuple(mark for mark in marks if mark.row < first_row + end)
        codes = self._judge(cells, end, first_row, {mark.row for mark in marks}, is_end=is_end)
        if not codes:
            return Records(first_row, cells if end == len(cells) else cells[:end], mine, size)
        kept = list(cells[:end])
        for index in codes:
            kept[index] = []
        left = tuple(Mark(first_row + index, code, value=_show(cells[index])) for index, code in sorted(codes.items()))
        rows = {mark.row for mark in left}
        return Records(first_row, kept, (*(mark for mark in mine if mark.row not in rows), *left), size)

    def _find_odd(self, cells: Sequence[Record], *, but_rows: bool = False) -> set[int]:
        """The records that do not look like the rows of the table. Rough and fast: every record of a file passes here.

        `but_rows`: without most of those that are rows all the same, which saves a look at them.
        """
        if isinstance(cells, Columns):
            found = cells.find(self._may_be_odd, further=self._may_be_no_row if but_rows else None)
            return {index for index in found if self._is_odd(cells[index])}
        if self._layout.is_grid:
            few = max(self._few, 1)
            odd = {index for index, record in enumerate(cells) if len(record) - record.count("") - record.count(None) <= few}
        elif set(map(len, cells)) == {self._width}:
            return self._find_odd_in_even(cells)
        else:
            odd = {index for index, record in enumerate(cells) if len(record) != self._width or self._is_sparse(record)}
        if self._names:
            column = self._name_column
            odd |= {index for index, record in enumerate(cells) if len(record) > column and record[column] in self._names}
        if self._anchor is not None:
            column = self._anchor
            odd |= {index for index, record in enumerate(cells) if len(record) > column and self._is_no_anchor(record[column])}
        return odd

    def _find_odd_in_even(self, cells: Sequence[Record]) -> set[int]:
        """The same for records of delimited text that all have the table's width."""
        looked_at: Iterable[int] = range(len(cells))
        if self._anchor is not None and self._survey.kinds[self._anchor].kind is Kind.EMAIL:
            # Whoever has an e-mail address where one belongs is a row, and nearly all have.
            emails = map(itemgetter(self._anchor), cells)
            looked_at = [index for index, text in enumerate(emails) if not text or "@" not in text or " " in text]
        return {index for index in looked_at if self._is_odd(cells[index])}

    def _is_odd(self, record: Record) -> bool:
        """Whether a record of the table's width does not look like its rows."""
        if self._is_sparse(record) or record[self._name_column] in self._names:
            return True
        return self._anchor is not None and self._is_no_anchor(record[self._anchor])

    def _make_may_be_odd(self) -> pl.Expr:
        """What holds for every odd record of delimited text that has the table's width, and for few others."""
        if self._anchor is not None and self._survey.kinds[self._anchor].kind is Kind.EMAIL:
            email = pl.col(f"c{self._anchor}").str
            return ~email.contains("@", literal=True) | email.contains(" ", literal=True)
        is_sparse = pl.lit(False)
        if self._few:
            blank = pl.sum_horizontal(pl.col(f"c{index}") == "" for index in range(self._width))
            is_sparse = blank >= self._width - self._few
        may_be = is_sparse | pl.col(f"c{self._name_column}").is_in(pl.Series([*self._names], dtype=pl.String).implode())
        if self._anchor is None:
            return may_be
        return may_be | ~pl.col(f"c{self._anchor}").str.tail(1).is_in(_NO_LETTERS)

    def _make_may_be_no_row(self) -> pl.Expr:
        """What holds for every record that `_find_code` finds to be no row while no other table is open, and for few others.

        A value that shows its kind by itself stands in no header, and the lines below a table have few cells.
        """
        filled = pl.sum_horizontal(pl.all().str.contains("[!-~]"))
        return ~(pl.any_horizontal(is_surely_loud(pl.all())) & (filled > max(self._few, 2)))

    def _is_sparse(self, record: Record) -> bool:
        return bool(self._few) and record.count("") >= self._width - self._few

    def _is_no_anchor(self, text: str | None) -> bool:
        if not text:
            return False
        assert self._anchor is not None
        return "@" not in text if self._survey.kinds[self._anchor].kind is Kind.EMAIL else text[-1].isalpha()

    def _judge(self, cells: Sequence[Record], end: int, first_row: int, marked: set[int], *, is_end: bool) -> dict[int, IssueCode]:
        """Why each record that is no row is none, by index."""
        start = max(self._layout.first_data_row - first_row, 0)
        codes = self._judge_above(cells[:end], first_row) if start else {}
        if start >= end:
            return codes
        if first_row == 1 and not self._layout.header_row:
            codes |= dict.fromkeys(self._surroundings.find_titles(cells[:end], marked), IssueCode.COMMENT_LINE)
        found = {start + index for index in self._find_odd(cells[start:end], but_rows=self._other_extent is None)}
        if is_end:
            found |= set(range(max(end - _LAST_ROWS, start), end))
        odd = sorted(found)
        if not odd and self._other_extent is None:
            return codes
        endings = Endings(cells, self._surroundings, max(self._few, 2), self._is_header_copy, is_last=is_end)
        ahead = iter(odd)
        index = next(ahead, end) if self._other_extent is None else start
        while index < end:
            if first_row + index not in marked and index not in codes and not is_blank(cells[index]):
                code = self._find_code(cells, index, start, codes, endings)
                if code is not None:
                    codes[index] = code
            index = index + 1 if self._other_extent is not None else next((position for position in ahead if position > index), end)
        if is_end and self._other_extent is None:
            self._find_footers(cells, start, end, first_row, marked, codes)
        return codes

    def _judge_above(self, cells: Sequence[Record], first_row: int) -> dict[int, IssueCode]:
        """Rows of a table above the header: what has several cells with values in them is no title."""
        above = cells[: max(self._layout.header_row - first_row, 0)]
        extents = [extent(record) for record in above]
        codes: dict[int, IssueCode] = {}
        for index, record in enumerate(above):
            neighbours = [other for other in (index - 1, index + 1) if 0 <= other < len(above)]
            is_tabular = extents[index] > 2 and sum(extents[other] == extents[index] for other in neighbours) > 0
            is_tabular = is_tabular or may_be_row(record, extent(self._survey.names))
            if is_tabular or (extents[index] > 1 and any(is_of(Kind.EMAIL, text) for text in filled_cells(record))):
                codes[index] = IssueCode.OTHER_TABLE
        return codes

    def _find_code(
        self, cells: Sequence[Record], index: int, start: int, codes: dict[int, IssueCode], endings: Endings
    ) -> IssueCode | None:
        record = cells[index]
        if self._other_extent is None and self._is_row(record):
            return None
        if self._is_header_copy(record):
            self._other_extent = None
            codes |= dict.fromkeys(self._surroundings.find_titles_above(cells, index, start, codes), IssueCode.FOOTER)
            return IssueCode.REPEATED_HEADER
        has_gap = index == start or index - 1 in codes or is_blank(cells[index - 1])
        if self._opens_table(cells, index, start, codes, has_gap=has_gap):
            self._other_extent = extent(record)
            codes |= dict.fromkeys(self._surroundings.find_titles_above(cells, index, start, codes), IssueCode.OTHER_TABLE)
            return IssueCode.OTHER_TABLE
        if self._other_extent is not None:
            if has_gap and self._resumes(record):
                self._other_extent = None
                return None
            return IssueCode.OTHER_TABLE
        return IssueCode.FOOTER if endings.is_footer(index, has_gap=has_gap) else None

    def _opens_table(self, cells: Sequence[Record], index: int, start: int, codes: dict[int, IssueCode], *, has_gap: bool) -> bool:
        # Asked first, because of most records that is all that need be asked.
        if not is_header_like(cells[index]):
            return False
        following = [other for other in cells[index + 1 : index + 8] if not is_blank(other)]
        has_title = self._surroundings.has_title(cells, index, start, codes)
        return opens_table(cells[index], following, self._survey, has_gap=has_gap, has_title=has_title)

    def _is_row(self, record: Record) -> bool:
        """Whether a value known by its form stands in a column of such: no header has one, nor has a line below the table so many cells."""
        if len(record) != self._width or not any(find_loud_kind(fold_cell(record[column])) for column in self._loud_columns):
            return False
        return sum(bool(cell and cell.strip(BLANK_CHARACTERS)) for cell in record) > max(self._few, 2)

    def _is_header_copy(self, record: Record) -> bool:
        if not self._survey.headers:
            return False
        names = fold_names(record)
        return bool(names) and names in self._survey.headers and not any(find_loud_kind(name) for name in names)

    def _resumes(self, record: Record) -> bool:
        """Whether a record below another table is certainly a row of ours again."""
        if len(record) != self._width and not self._layout.is_grid:
            return False
        texts = [fold_cell(cell) for cell in record[: self._width]]
        kinds = self._survey.kinds
        proofs = sum(bool(text) and kind.is_strict and kind.kind is not Kind.NUMBER for text, kind in zip(texts, kinds, strict=False))
        return proofs >= 2 and all(kind.admits(text) for text, kind in zip(texts, kinds, strict=False))

    def _find_footers(
        self, cells: Sequence[Record], start: int, end: int, first_row: int, marked: set[int], codes: dict[int, IssueCode]
    ) -> None:
        """Lines below the last row that are known by their place rather than by their words."""
        odd = {start + index for index in self._find_odd(cells[start:end])}
        first = end
        while first > start and first - 1 in odd:
            first -= 1
        if first == start:
            return
        is_below = False
        for index in range(first, end):
            record = cells[index]
            if index in codes or is_blank(record):
                is_below = True
            elif first_row + index in marked or not self._surroundings.is_remark(record, is_below=is_below):
                is_below = False
            else:
                codes[index] = IssueCode.FOOTER


def _find_anchor(survey: Survey) -> int | None:
    """The column whose values differ most from names of columns."""
    for wanted in (Kind.EMAIL, Kind.PHONE, Kind.DATE, Kind.NUMBER):
        for index, column in enumerate(survey.kinds):
            if column.kind is wanted:
                return index
    return None


def _find_name(survey: Survey) -> tuple[int, frozenset[str | None]]:
    """A column by whose name copies of the header are found, and the ways in which it may be written."""
    names = [name.strip(BLANK_CHARACTERS) for name in survey.names]
    column = next((index for index, name in enumerate(names) if name), None)
    if column is None:
        return 0, frozenset()
    name = names[column]
    written = {name, survey.names[column], name.lower(), name.upper(), name.title(), name.capitalize()}
    return column, frozenset(form for text in written for form in (text, f" {text}", f"{text} "))


def _show(record: Record) -> str:
    return " | ".join(text for cell in record if (text := (cell or "").strip()))[:_MAX_VALUE]
