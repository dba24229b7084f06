"""Inspects delimited text: its encoding, separators, header and columns."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import BinaryIO

from models.errors import InvalidRequest
from models.vocabulary import FileFormat
from workers.engine.detection.header import Record
from workers.engine.detection.separators import detect_separators
from workers.engine.detection.tables import EXAMINED_ROWS, detect_table, make_inspection
from workers.engine.frames import Dialect, DialectOverrides, Inspection, ReaderLimits
from workers.engine.readers.delimited import iter_delimited
from workers.engine.readers.encoding import detect_encoding, require_encoding
from workers.engine.readers.text import iter_text

_SAMPLE_CHARACTERS = 1 << 18


def inspect_delimited(stream: BinaryIO, overrides: DialectOverrides, limits: ReaderLimits) -> Inspection:
    """How the text is to be read, as detected or as overruled, and what its head holds."""
    encoding = require_encoding(overrides.encoding) if overrides.encoding else detect_encoding(stream)
    if overrides.delimiter is not None and (len(overrides.delimiter) != 1 or overrides.delimiter in "\r\n\"'"):
        raise InvalidRequest("The delimiter is one character, such as a comma, and neither quote nor line break.", code="invalid_delimiter")
    sample, is_cut = _read_sample(stream, encoding)
    separators = detect_separators(sample, delimiter=overrides.delimiter, is_cut=is_cut)
    dialect = Dialect(FileFormat.CSV, encoding, separators.delimiter, separators.quote)
    header_row, width = detect_table(_read_head(stream, dialect, limits, None, overrides.header_row or 0), overrides.header_row)
    # Read again with the width known, as the chunks are: it settles where a forgotten quote ends.
    records = _read_head(stream, dialect, limits, width, header_row or 0)
    return make_inspection(replace(dialect, header_row=header_row), records, width, limits)


def _read_sample(stream: BinaryIO, encoding: str) -> tuple[str, bool]:
    sample = ""
    for text in iter_text(stream, encoding):
        sample += text
        if len(sample) > _SAMPLE_CHARACTERS:
            return sample[:_SAMPLE_CHARACTERS], True
    return sample, False


def _read_head(stream: BinaryIO, dialect: Dialect, limits: ReaderLimits, width: int | None, header_row: int) -> list[Record]:
    def iter_cells() -> Iterator[Record]:
        for block in iter_delimited(stream, dialect, limits, width=width):
            yield from block.cells

    return list(islice(iter_cells(), header_row + EXAMINED_ROWS + 1))
