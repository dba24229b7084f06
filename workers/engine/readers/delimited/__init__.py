"""Reads delimited text into records: whatever the separators, streaming, and with a damaged line costing no other line.

A quote that is never closed costs its own row only: that row is mended or marked, and the lines after it are read as rows of their own.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from workers.engine.frames import Dialect, ReaderLimits
from workers.engine.readers.delimited.lines import Lines, slice_lines
from workers.engine.readers.delimited.passages import Passage, iter_passages
from workers.engine.readers.delimited.separators import DEFAULT_DELIMITER, DEFAULT_QUOTE, Separators, allow_large_cells
from workers.engine.readers.delimited.splitting import Splitter
from workers.engine.readers.text import MarkedText
from workers.engine.readers.text_marks import settle_marks
from workers.engine.records import Records

__all__ = ["allow_large_cells", "iter_delimited"]

_MIN_RECORD_BOUND = 1_000_000
_CELLS_PER_RECORD_BOUND = 8


def iter_delimited(stream: BinaryIO, dialect: Dialect, limits: ReaderLimits, *, width: int | None = None) -> Iterator[Records]:
    """The records of the stream from row 1. `width`, where known, tells a cell with line breaks from a forgotten quote."""
    allow_large_cells()
    bound = max(_MIN_RECORD_BOUND, _CELLS_PER_RECORD_BOUND * limits.max_cell_characters)
    header_row = (dialect.header_row or 0) + dialect.header_rows - 1 if dialect.header_row else 0
    splitter = Splitter(_separators_of(dialect), width, bound, header_row)
    text = MarkedText(stream, dialect.encoding or "utf-8")
    source = iter_passages(text, bound)
    backlog: list[Passage | Lines] = []
    pending: list[str] = []
    # An open record is looked at again only when as much text again has come, so that a long one is not read over and over.
    size = wanted = 0
    row = 1
    while True:
        block = backlog.pop() if backlog else next(source)
        if isinstance(block, Passage):
            plain = None if pending or text.may_take_for_mark(block.data) else splitter.split_plain(block.data, row)
            if plain is not None:
                yield plain
                row += len(plain.cells)
                continue
            if parts := block.cut():
                backlog += reversed(parts)
                continue
            block = block.read(text.decode)
        pending += block.lines
        size += block.size
        if size < wanted and not block.is_last:
            continue
        split = splitter.split(pending, row, is_last=block.is_last)
        if split.records.cells:
            records = replace(split.records, size=size)
            yield settle_marks(records) if text.is_mixed else records
        row += len(split.records.cells)
        if split.is_broken_off:
            backlog += reversed(slice_lines(split.unread, block.is_last))
            pending, size, wanted = [], 0, 0
        elif block.is_last:
            return
        else:
            pending = split.unread
            size = sum(map(len, pending))
            wanted = 2 * size


def _separators_of(dialect: Dialect) -> Separators:
    quote = DEFAULT_QUOTE if dialect.quote is None else dialect.quote
    return Separators(dialect.delimiter or DEFAULT_DELIMITER, quote, dialect.escape, dialect.comment, dialect.skip_space)
