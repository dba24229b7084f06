"""Cuts a text into passages of whole lines, to be read at one go where nothing about them is odd, and line by line elsewhere."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from models.errors import LimitExceeded
from workers.engine.readers.delimited.lines import Lines, slice_lines, split_lines
from workers.engine.readers.text import MarkedText

# What is read at one go costs a quarter more in passages of 256 KiB, and no less in those of 2 MiB.
_MOST_BYTES = 1 << 20
# Lines that are read one by one, and their cells, are to stay in the processor's cache.
_LINEWISE_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Passage:
    """Consecutive lines as UTF-8, the last one ended by an LF."""

    data: bytes

    def cut(self) -> "list[Passage]":
        """The passage in parts that are small enough to be read line by line; none if it is such a part itself."""
        data = self.data
        parts: list[Passage] = []
        start = 0
        while start < len(data):
            end = data.rfind(b"\n", start, start + _LINEWISE_BYTES) + 1 or data.index(b"\n", start) + 1
            parts.append(Passage(data[start:end]))
            start = end
        return parts if len(parts) > 1 else []

    def read(self, decode: Callable[[bytes], str]) -> Lines:
        """The lines of the passage."""
        text = decode(self.data)
        return Lines(split_lines(text), len(text), is_last=False)


def iter_passages(text: MarkedText, bound: int) -> Iterator[Passage | Lines]:
    """The lines of the text, as passages but for those that end at a CR, and a last block of what has no end.

    Raises where a line is longer than `bound` characters.
    """
    rest = ""
    for block in text.iter_blocks(_MOST_BYTES):
        if isinstance(block, bytes):
            yield _bounded(Passage(block), bound, text.decode)
            continue
        rest += block
        # A CR at the very end may belong to a CR CR LF, whose other half comes with the next text.
        reach = len(rest) - rest.endswith("\r")
        end = max(rest.rfind("\n", 0, reach), rest.rfind("\r", 0, reach)) + 1
        if len(rest) - end > bound:
            raise _refuse(bound)
        # UTF-8 that comes as text is damaged, or has not the usual ends: nothing in it is read at one go.
        whole = 0 if text.is_utf8 else rest.rfind("\n", 0, end) + 1
        if whole:
            yield _bounded(Passage(rest[:whole].encode("utf-8")), bound, text.decode)
        yield from slice_lines(split_lines(rest[whole:end]), is_last=False)
        rest = rest[end:]
    yield Lines(split_lines(rest), len(rest), is_last=True)


def _bounded(passage: Passage, bound: int, decode: Callable[[bytes], str]) -> Passage:
    """The passage; raises where a line in it is too long."""
    half = bound // 2
    # Where every stretch of half the bound holds an end, no line is longer.
    has_long = any(passage.data.find(b"\n", start, start + half) < 0 for start in range(0, len(passage.data) - half, half))
    if has_long and any(len(line) > bound for line in passage.read(decode).lines):
        raise _refuse(bound)
    return passage


def _refuse(bound: int) -> LimitExceeded:
    return LimitExceeded(
        f"A line is longer than {bound:,} characters; the bound follows from ROLODOCK_MAX_CELL_CHARACTERS.", code="row_too_large"
    )
