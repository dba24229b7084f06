"""Cuts text into lines. A line ends at LF, CR, CRLF or CR CR LF, and keeps its end."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

# What was looked at in vain is read again in portions, so that its cells are never in memory all at once.
LINES_READ_AGAIN = 5_000
_LONE_CR = re.compile(r"\r(?!\n)")


@dataclass(frozen=True, slots=True)
class Lines:
    """`size` is that of the lines, in characters."""

    lines: list[str]
    size: int
    is_last: bool


class Tape:
    """Lines that are read in order and from which one can go back. Only what is read twice costs twice."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._ahead: list[str | None] = [None, *reversed(lines)]

    def __iter__(self) -> Iterator[str]:
        """The lines from the position on. To be asked for again once the lines have ended."""
        return iter(self._ahead.pop, None)

    @property
    def position(self) -> int:
        """How many lines have been read."""
        return len(self._lines) - max(0, len(self._ahead) - 1)

    def go_back(self, position: int) -> None:
        """Go back to the position."""
        if not self._ahead:
            self._ahead.append(None)
        self._ahead += reversed(self._lines[position : self.position])


def split_lines(text: str) -> list[str]:
    """The lines with their ends. Unlike str.splitlines this ends a line at CR, LF and CRLF only, and takes CR CR LF as one end."""
    if "\r" not in text or _LONE_CR.search(text) is None:
        # Every line ends at LF, which is found faster.
        return io.StringIO(text, newline="\n").readlines()
    lines = io.StringIO(text, newline="").readlines()
    if "\r\r\n" not in text:
        return lines
    joined: list[str] = []
    for line in lines:
        if line == "\r\n" and joined and joined[-1].endswith("\r"):
            joined[-1] += line
        else:
            joined.append(line)
    return joined


def slice_lines(lines: list[str], is_last: bool) -> list[Lines]:
    """The lines as blocks of a bounded size."""
    parts = [lines[start : start + LINES_READ_AGAIN] for start in range(0, len(lines), LINES_READ_AGAIN)]
    slices = [Lines(part, sum(map(len, part)), is_last=False) for part in parts]
    return [*slices, Lines([], 0, is_last=True)] if is_last else slices
