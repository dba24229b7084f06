"""Splits lines into records, by csv.reader in its strict mode; what that refuses, or what looks odd, is settled line by line.

Each line is read once, and once more where something in its block is odd. Only a quote that is never closed makes the lines after it
read in vain: as much of that is granted as `_GRANTED_BOUNDS` of the longest record, and `_GRANTED_SHARE` of the text read so far.
So the work is linear in the text, and a file that needs more is refused.
"""

import csv
from dataclasses import dataclass, field
from enum import Enum, auto

from models.errors import UnreadableFile
from models.vocabulary import IssueCode
from workers.engine.readers.delimited.lines import LINES_READ_AGAIN, Tape
from workers.engine.readers.delimited.oddities import APOSTROPHE, OddityFinder, Record
from workers.engine.readers.delimited.plain import PlainSplitter
from workers.engine.readers.delimited.recovery import Recovery
from workers.engine.readers.delimited.separators import RecordReader, Separators
from workers.engine.readers.delimited.single_lines import split_line
from workers.engine.records import MAX_SHOWN_CHARACTERS, Mark, Records

# One quote that is never closed costs a look at everything up to the bound of a record at most. Damage is mostly nearer: the next quote
# that opens a cell shows it.
_GRANTED_BOUNDS = 2
_GRANTED_SHARE = 2
# What a line costs, however short it is, in characters.
_LINE_COST = 16
_LINES_LEARNT_AHEAD = 200
_ENDED_WITHIN_QUOTES = "unexpected end of data"


@dataclass(frozen=True, slots=True)
class Split:
    """`unread` begins with a record that is still open, or, if broken off, after a quote that was never closed."""

    records: Records
    unread: list[str]
    is_broken_off: bool = False


class _Stop(Enum):
    """Why strict reading went no further."""

    STRAY = auto()  # within one line
    SWALLOWED = auto()  # a quoted cell took in lines that are hardly its own
    OPEN = auto()  # the lines ended within quotes


@dataclass(frozen=True, slots=True)
class _Damage:
    """A record that is settled once the sound ones have been learnt from."""

    index: int
    line: str
    is_closed: bool
    # The cell within which the file ends, if it does.
    cut: int | None = None


@dataclass(slots=True)
class _Draft:
    """The records from `row` on, as they come."""

    row: int
    cells: list[Record] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    damaged: list[_Damage] = field(default_factory=list)

    def add(self, record: Record, comment: str | None) -> None:
        if comment is not None:
            self.marks.append(Mark(self.row + len(self.cells), IssueCode.COMMENT_LINE, value=comment[:MAX_SHOWN_CHARACTERS]))
        self.cells.append(record)

    def finish(self) -> Records:
        return Records(self.row, self.cells, tuple(sorted(self.marks, key=lambda mark: mark.row)))


class Splitter:
    """Splits lines into records, and keeps account of what was read in vain. `bound` is that of a record, in characters.

    Records up to `header_row` are never repaired.
    """

    def __init__(self, separators: Separators, width: int | None, bound: int, header_row: int = 0) -> None:
        self._separators = separators
        self._width = width
        self._bound = bound
        self._header_row = header_row
        self._reader = RecordReader(separators)
        self._oddities = OddityFinder(separators, width)
        self._recovery = Recovery(separators, width) if width is not None else None
        self._plain = PlainSplitter(separators, width) if width is not None else None
        self._granted = _GRANTED_BOUNDS * bound
        self.vain_size = 0

    def split(self, lines: list[str], row: int, *, is_last: bool) -> Split:
        """The records in the lines, and what is left of the lines."""
        draft = _Draft(row)
        self._reader.begin(lines)
        try:
            if self._reader.is_plain:
                draft.cells = list(self._reader.read(lines))
            else:
                for record, comment in self._reader.iterate(lines):
                    draft.add(record, comment)
        except csv.Error:
            return self._split_carefully(lines, row, is_last=is_last)
        cells = draft.cells
        is_line_each = len(cells) == len(lines)
        if not is_line_each and any(len(record) != self._width or self._may_hold_rows(record) for record in cells if self._width):
            return self._split_carefully(lines, row, is_last=is_last)
        text = "".join(lines)
        odd = self._oddities.find(cells, lines if is_line_each else (), text)
        if odd and not is_line_each:
            return self._split_carefully(lines, row, is_last=is_last)
        self._learn(draft, len(text))
        for index in odd:
            cells[index], found = self._settle(cells[index], lines[index], row + index)
            draft.marks += found
        return Split(draft.finish(), [])

    def split_plain(self, data: bytes, row: int) -> Records | None:
        """The records in lines of UTF-8 as columns; None where they must be read one by one, or are still to be learnt from."""
        if self._plain is None or self._recovery is None or not self._recovery.has_learnt or row <= self._header_row:
            return None
        split = self._plain.split(data)
        if split is None:
            return None
        self._learn(_Draft(row), len(data))
        marks: list[Mark] = []
        for place in split.odd:
            split.records[place], found = self._settle(split.records[place], split.lines[place], row + split.indices[place])
            marks += found
        return Records(row, split.join(), tuple(marks), len(data))

    def _learn(self, draft: _Draft, size: int) -> None:
        self._granted += _GRANTED_SHARE * size
        if self._recovery is not None:
            self._recovery.learn(draft.cells[max(0, self._header_row + 1 - draft.row) :], size)

    def _learn_ahead(self, lines: list[str]) -> None:
        if self._recovery is not None and not self._recovery.is_ready:
            self._recovery.learn([split_line(line, self._separators)[0] for line in lines[:_LINES_LEARNT_AHEAD]], 0)

    def _settle(self, record: Record, line: str, row: int, *, is_refused: bool = False) -> tuple[Record, list[Mark]]:
        """The record as it can be recovered from its line, or as it is, and what is to be said of it."""
        if self._recovery is not None and row > self._header_row:
            recovered = self._recovery.recover(line, [cell or "" for cell in record])
            if recovered is not None:
                return recovered.cells, [Mark(row, recovered.code, value=_show(line))]
        quote = self._separators.quote
        is_odd = is_refused or quote != APOSTROPHE or self._oddities.is_wrapped(record)
        if quote and is_odd and self._oddities.is_stray(record, line):
            return record, [Mark(row, IssueCode.STRAY_QUOTE, value=_show(line))]
        return record, []

    def _split_carefully(self, lines: list[str], row: int, *, is_last: bool) -> Split:
        draft = _Draft(row)
        tape = Tape(lines)
        self._learn_ahead(lines[max(0, self._header_row + 1 - row) :])
        while True:
            start, stop = self._read_sound(lines, tape, draft)
            if stop is None:
                return self._finish(draft, lines, len(lines))
            if stop is _Stop.OPEN and not is_last and sum(map(len, lines[start:])) <= self._bound:
                return self._finish(draft, lines, start)
            seen = tape.position
            line = lines[start]
            record, opened = split_line(line, self._separators)
            is_closed = opened is None and stop is _Stop.STRAY
            is_cut = stop is _Stop.OPEN and is_last and start == len(lines) - 1 and not line.endswith(("\r", "\n"))
            draft.damaged.append(_Damage(len(draft.cells), line, is_closed, opened if is_cut else None))
            draft.cells.append(record)
            tape.go_back(start + 1)
            if not is_closed:
                self._account(row + len(draft.cells) - 1, lines[start + 1 : seen])
                if len(lines) - start > LINES_READ_AGAIN:
                    return self._finish(draft, lines, start + 1, is_broken_off=True)

    def _finish(self, draft: _Draft, lines: list[str], end: int, *, is_broken_off: bool = False) -> Split:
        """Learn from what is sound, then settle what is damaged."""
        unread = lines[end:]
        self._learn(draft, sum(map(len, lines[:end])))
        if draft.damaged:
            self._learn_ahead(unread)
        for damage in draft.damaged:
            draft.cells[damage.index], found = self._settle_damaged(draft.cells[damage.index], damage, draft.row + damage.index)
            draft.marks += found
        return Split(draft.finish(), unread, is_broken_off)

    def _settle_damaged(self, record: Record, damage: _Damage, row: int) -> tuple[Record, list[Mark]]:
        whole = self._find_whole(record, damage.cut, row)
        if whole is not None and len(whole) + 1 in (self._width, len(record)):
            return whole, [Mark(row, IssueCode.QUOTE_REPAIRED, value=_show(damage.line))]
        settled, marks = self._settle(record, damage.line, row, is_refused=True)
        if damage.is_closed or (marks and marks[0].code is not IssueCode.STRAY_QUOTE):
            return settled, marks
        if whole is not None:
            return whole, [Mark(row, IssueCode.QUOTE_REPAIRED, value=_show(damage.line))]
        return record, [Mark(row, IssueCode.UNCLOSED_QUOTE, value=_show(damage.line))]

    def _find_whole(self, record: Record, cut: int | None, row: int) -> Record | None:
        """The cells before the one within which the file ends: nobody knows how that one went on."""
        if not cut or self._width is None or cut >= self._width or row <= self._header_row:
            return None
        return record[:cut] if self._recovery is not None and self._recovery.is_ready else None

    def _read_sound(self, lines: list[str], tape: Tape, draft: _Draft) -> tuple[int, _Stop | None]:
        """Add the sound records, up to the line that is returned; why the record there is given up, None: there is none."""
        done = tape.position
        try:
            for record, comment in self._reader.iterate(tape):
                seen = tape.position
                if seen - done > 1 and self._has_swallowed(record, lines[done + 1 : seen]):
                    return done, _Stop.SWALLOWED
                if comment is None and seen - done == 1 and self._oddities.find([record], lines[done:seen], lines[done]):
                    draft.damaged.append(_Damage(len(draft.cells), lines[done], is_closed=True))
                draft.add(record, comment)
                done = seen
        except csv.Error as error:
            if str(error) == _ENDED_WITHIN_QUOTES:
                return done, _Stop.OPEN
            return done, _Stop.STRAY if tape.position - done == 1 else _Stop.SWALLOWED
        return done, None

    def _has_swallowed(self, record: Record, lines: list[str]) -> bool:
        """Whether a record runs over lines that are records: one of the right width if it has not that itself, else all of them surely."""
        if self._width is None or self._recovery is None:
            return False
        if len(record) != self._width:
            return self._width > 1 and any(len(split_line(line, self._separators)[0]) == self._width for line in lines)
        return self._may_hold_rows(record) and all(self._recovery.is_row(split_line(line, self._separators)[0]) for line in lines)

    def _may_hold_rows(self, record: Record) -> bool:
        """Whether a cell has a line break, and delimiters enough for a row; told at a glance."""
        least = (self._width or 1) - 1
        return any(("\n" in cell or "\r" in cell) and cell.count(self._separators.delimiter) >= least for cell in record if cell)

    def _account(self, row: int, lines: list[str]) -> None:
        self.vain_size += sum(map(len, lines)) + _LINE_COST * len(lines)
        if self.vain_size > self._granted:
            raise UnreadableFile(
                f"Row {row} opens a quote that is never closed, as do too many rows before it. Export the file again with every quote "
                "closed, or choose that nothing is quoted.",
                code=IssueCode.UNCLOSED_QUOTE,
            )


def _show(line: str) -> str:
    return line.rstrip("\r\n")[:MAX_SHOWN_CHARACTERS]
