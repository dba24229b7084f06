"""Reads delimited text into records, by csv.reader in its strict mode; what that refuses is settled line by line.

A quote that is never closed costs its own row only: that row is marked, and the lines after it are read as rows of their own.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING, BinaryIO

from models.errors import LimitExceeded, UnreadableFile
from models.vocabulary import IssueCode
from workers.engine.frames import Dialect, ReaderLimits
from workers.engine.readers.text import iter_text
from workers.engine.records import BLANK_CHARACTERS, MAX_SHOWN_CHARACTERS, Mark, Records

if TYPE_CHECKING:
    import _csv

DEFAULT_DELIMITER = ","
DEFAULT_QUOTE = '"'

_FIELD_SIZE_LIMIT = 2**31 - 1
_MIN_RECORD_BOUND = 1_000_000
_CELLS_PER_RECORD_BOUND = 8
# Each quote that is never closed may cost a look at everything up to the bound of a record; this many such looks are granted to a file.
_MAX_VAIN_RECORDS = 10
# After such a quote the lines that were looked at are read in portions, so that their cells are never in memory all at once.
_LINES_READ_AGAIN = 5_000
_ENDED_WITHIN_QUOTES = "unexpected end of data"


def iter_delimited(stream: BinaryIO, dialect: Dialect, limits: ReaderLimits, *, width: int | None = None) -> Iterator[Records]:
    """The records of the stream from row 1. `width`, where known, tells a cell with line breaks from a forgotten quote."""
    allow_large_cells()
    bound = max(_MIN_RECORD_BOUND, _CELLS_PER_RECORD_BOUND * limits.max_cell_characters)
    splitter = _Splitter(dialect.delimiter or DEFAULT_DELIMITER, dialect.quote or DEFAULT_QUOTE, width, bound)
    source = _iter_lines(stream, dialect.encoding or "utf-8", bound)
    backlog: list[_Lines] = []
    pending: list[str] = []
    # An open record is looked at again only when as much text again has come, so that a long one is not read over and over.
    wanted = 0
    row = 1
    while True:
        block = backlog.pop() if backlog else next(source)
        pending += block.lines
        size = sum(map(len, pending))
        if size < wanted and not block.is_last:
            continue
        split = splitter.split(pending, row, is_last=block.is_last)
        if split.records.cells:
            yield replace(split.records, size=size)
        row += len(split.records.cells)
        if split.is_broken_off:
            backlog += reversed(_slice(split.unread, block.is_last))
            pending, wanted = [], 0
        elif block.is_last:
            return
        else:
            pending = split.unread
            wanted = 2 * sum(map(len, pending))


def allow_large_cells() -> None:
    """Lift the bound of the csv module, which is one for the whole process; the bounds that hold are those of the reader."""
    csv.field_size_limit(_FIELD_SIZE_LIMIT)


@dataclass(frozen=True, slots=True)
class _Lines:
    lines: list[str]
    is_last: bool


@dataclass(frozen=True, slots=True)
class _Split:
    """`unread` begins with a record that is still open, or, if broken off, after a quote that was never closed."""

    records: Records
    unread: list[str]
    is_broken_off: bool = False


def _iter_lines(stream: BinaryIO, encoding: str, bound: int) -> Iterator[_Lines]:
    rest = ""
    for text in iter_text(stream, encoding):
        rest += text
        end = max(rest.rfind("\n"), rest.rfind("\r")) + 1
        if len(rest) - end > bound:
            raise LimitExceeded(
                f"A line is longer than {bound:,} characters; the bound follows from ROLODOCK_MAX_CELL_CHARACTERS.", code="row_too_large"
            )
        if end:
            yield _Lines(_split_lines(rest[:end]), is_last=False)
            rest = rest[end:]
    yield _Lines(_split_lines(rest), is_last=True)


def _slice(lines: list[str], is_last: bool) -> list[_Lines]:
    slices = [_Lines(lines[start : start + _LINES_READ_AGAIN], is_last=False) for start in range(0, len(lines), _LINES_READ_AGAIN)]
    return [*slices, _Lines([], is_last=True)] if is_last else slices


def _split_lines(text: str) -> list[str]:
    # Unlike str.splitlines this ends a line at CR, LF and CRLF only.
    return io.StringIO(text, newline="").readlines()


class _Stop(Enum):
    """Why strict reading went no further."""

    STRAY = auto()  # within one line
    SWALLOWED = auto()  # a quoted cell took in lines that are hardly its own
    OPEN = auto()  # the lines ended within quotes


@dataclass(frozen=True, slots=True)
class _Sound:
    """Sound records end before line `end`; the one that begins there was given up, for the reason in `stop`, before line `seen`."""

    end: int
    seen: int
    stop: _Stop | None


class _Splitter:
    """Splits lines into records, and keeps account of what was read in vain."""

    def __init__(self, delimiter: str, quote: str, width: int | None, bound: int) -> None:
        self._delimiter = delimiter
        self._quote = quote
        self._width = width
        self._bound = bound
        self._vain_size = 0

    def split(self, lines: list[str], row: int, *, is_last: bool) -> _Split:
        """The records in the lines, and what is left of the lines."""
        try:
            cells: list[Sequence[str | None]] = list(self._read(lines))
        except csv.Error:
            return self._split_carefully(lines, row, is_last=is_last)
        if len(cells) < len(lines) and self._width is not None and any(len(record) != self._width for record in cells):
            return self._split_carefully(lines, row, is_last=is_last)
        return _Split(Records(row, cells), [])

    def _read(self, lines: list[str]) -> "_csv.Reader":
        return csv.reader(lines, delimiter=self._delimiter, quotechar=self._quote, strict=True)

    def _split_carefully(self, lines: list[str], row: int, *, is_last: bool) -> _Split:
        cells: list[Sequence[str | None]] = []
        marks: list[Mark] = []
        start = 0
        while start < len(lines):
            sound = self._read_sound(lines, start, cells)
            start = sound.end
            if sound.stop is None:
                break
            if sound.stop is _Stop.OPEN and not is_last and sum(map(len, lines[start:])) <= self._bound:
                return _Split(Records(row, cells, tuple(marks)), lines[start:])
            record, is_closed = self._split_line(lines[start])
            number = row + len(cells)
            cells.append(record)
            line = lines[start].rstrip("\r\n")[:MAX_SHOWN_CHARACTERS]
            start += 1
            if not is_closed or sound.stop is not _Stop.STRAY:
                self._account(number, sum(map(len, lines[start : sound.seen])))
                marks.append(Mark(number, IssueCode.UNCLOSED_QUOTE, value=line))
                if len(lines) - start > _LINES_READ_AGAIN:
                    return _Split(Records(row, cells, tuple(marks)), lines[start:], is_broken_off=True)
            elif any(self._quote in cell for cell in record):
                marks.append(Mark(number, IssueCode.STRAY_QUOTE, value=line))
        return _Split(Records(row, cells, tuple(marks)), [])

    def _read_sound(self, lines: list[str], start: int, cells: list[Sequence[str | None]]) -> _Sound:
        """Append the sound records from line `start` on."""
        ahead = lines[start:]
        reader = self._read(ahead)
        done = 0
        try:
            for record in reader:
                if reader.line_num - done > 1 and self._swallowed_records(record, ahead[done + 1 : reader.line_num]):
                    return _Sound(start + done, start + reader.line_num, _Stop.SWALLOWED)
                cells.append(record)
                done = reader.line_num
        except csv.Error as error:
            seen = start + reader.line_num
            if str(error) == _ENDED_WITHIN_QUOTES:
                return _Sound(start + done, seen, _Stop.OPEN)
            return _Sound(start + done, seen, _Stop.STRAY if reader.line_num - done == 1 else _Stop.SWALLOWED)
        return _Sound(start + done, start + done, None)

    def _swallowed_records(self, record: list[str], lines: list[str]) -> bool:
        """Whether a record of the wrong width runs over lines that are records of the right width."""
        if self._width is None or self._width < 2 or len(record) == self._width:
            return False
        return any(len(self._split_line(line)[0]) == self._width for line in lines)

    def _split_line(self, line: str) -> tuple[list[str], bool]:
        """The cells of one line, its quotes kept where they make no sense; False: one is opened and not closed."""
        line = line.rstrip("\r\n")
        cells: list[str] = []
        is_closed = True
        position = 0
        while position <= len(line):
            cell, end = self._find_quoted(line, position)
            if cell is None:
                end = line.find(self._delimiter, position)
                end = len(line) if end < 0 else end
                cell = line[position:end]
                is_closed = is_closed and not self._opens_quote(cell)
            cells.append(cell)
            position = end + 1
        return cells, is_closed

    def _find_quoted(self, line: str, position: int) -> tuple[str | None, int]:
        """A quoted cell from `position` on and where it ends: at a quote before a delimiter or the line's end."""
        if not line.startswith(self._quote, position):
            return None, position
        end = line.find(self._quote, position + 1)
        while end >= 0:
            if line.startswith(self._quote, end + 1):
                end = line.find(self._quote, end + 2)
                continue
            after = end + 1
            while after < len(line) and line[after] in " \t" and line[after] != self._delimiter:
                after += 1
            if after == len(line) or line[after] == self._delimiter:
                return line[position + 1 : end].replace(self._quote * 2, self._quote), after
            end = line.find(self._quote, end + 1)
        return None, position

    def _opens_quote(self, cell: str) -> bool:
        return cell.startswith(self._quote) and not cell.strip(BLANK_CHARACTERS).endswith(self._quote) and cell.count(self._quote) % 2 == 1

    def _account(self, row: int, vain_size: int) -> None:
        self._vain_size += vain_size
        if self._vain_size > _MAX_VAIN_RECORDS * self._bound:
            raise UnreadableFile(
                f"Row {row} opens a quote that is never closed, as do too many rows before it.", code=IssueCode.UNCLOSED_QUOTE
            )
