"""Inspects the head of a source: how it is to be read, its columns with samples and suggested fields, its first rows."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import BinaryIO, assert_never

from models.errors import InvalidRequest, UnreadableFile
from models.vocabulary import MAX_LENGTH, FileFormat
from workers.engine.detection.header import Record, find_header_row, make_headers, usual_width
from workers.engine.detection.separators import detect_separators
from workers.engine.frames import Column, Dialect, DialectOverrides, Inspection, ReaderLimits
from workers.engine.mapping import suggest_mapping
from workers.engine.readers import iter_records, open_source
from workers.engine.readers.chunking import check_column_count
from workers.engine.readers.encoding import detect_encoding, require_encoding
from workers.engine.readers.objects import read_objects
from workers.engine.readers.record import BLANK_CHARACTERS, MAX_SHOWN_CHARACTERS, is_blank, make_showable
from workers.engine.readers.text import iter_text
from workers.engine.readers.workbook import open_workbook

HEAD_ROWS = 100
_EXAMINED_ROWS = 200
_MAX_SAMPLES = 5
_SAMPLE_CHARACTERS = 1 << 18
_LAST_HEADER_ROW = 1_000
# One more than any field takes, so that a cell which is too long is so in the head too.
_MAX_HEAD_CHARACTERS = max(MAX_LENGTH.values()) + 1


def inspect_source(source: BinaryIO | Path, *, format: FileFormat, overrides: DialectOverrides, limits: ReaderLimits) -> Inspection:
    """How the source is to be read, as detected or as overruled, and what its head holds."""
    with open_source(source) as stream:
        _check_header_row(overrides.header_row)
        match format:
            case FileFormat.CSV:
                return _inspect_delimited(stream, overrides, limits)
            case FileFormat.XLSX:
                return _inspect_workbook(stream, overrides, limits)
            case FileFormat.JSON:
                return _inspect_objects(stream, limits)
            case _:
                assert_never(format)


def _check_header_row(wanted: int | None) -> None:
    if wanted is not None and not 0 <= wanted <= _LAST_HEADER_ROW:
        raise InvalidRequest(f"The header row is one of the first {_LAST_HEADER_ROW:,}, or 0 for none.", code="header_row_not_found")


def _inspect_delimited(stream: BinaryIO, overrides: DialectOverrides, limits: ReaderLimits) -> Inspection:
    encoding = require_encoding(overrides.encoding) if overrides.encoding else detect_encoding(stream)
    if overrides.delimiter is not None and (len(overrides.delimiter) != 1 or overrides.delimiter in "\r\n\"'"):
        raise InvalidRequest("The delimiter is one character, such as a comma, and neither quote nor line break.", code="invalid_delimiter")
    sample, is_cut = _read_sample(stream, encoding)
    separators = detect_separators(sample, delimiter=overrides.delimiter, is_cut=is_cut)
    dialect = Dialect(FileFormat.CSV, encoding, separators.delimiter, separators.quote)
    header_row, width = _detect_table(_read_head(stream, dialect, limits, None, overrides.header_row or 0), overrides.header_row)
    # Read again with the width known, as the chunks are: it settles where a forgotten quote ends.
    records = _read_head(stream, dialect, limits, width, header_row or 0)
    return _make_inspection(replace(dialect, header_row=header_row), records, width, limits)


def _inspect_workbook(stream: BinaryIO, overrides: DialectOverrides, limits: ReaderLimits) -> Inspection:
    with open_workbook(stream, limits) as workbook:
        dialect = Dialect(FileFormat.XLSX, sheet=workbook.find_sheet(overrides.sheet), sheets=workbook.sheets)
    records = _read_head(stream, dialect, limits, None, overrides.header_row or 0)
    header_row, _ = _detect_table(records, overrides.header_row)
    # In a sheet a cell right of the header is a column without a name.
    width = max(map(len, records[(header_row or 1) - 1 :]), default=0)
    return _make_inspection(replace(dialect, header_row=header_row), records, width, limits)


def _inspect_objects(stream: BinaryIO, limits: ReaderLimits) -> Inspection:
    objects = read_objects(stream)
    check_column_count(len(objects.keys), limits)
    headers = make_headers(objects.keys, len(objects.keys))
    rows = list(enumerate(objects.records.cells, start=1))
    dialect = Dialect(FileFormat.JSON, "utf-8", header_row=None)
    return Inspection(dialect, _make_columns(headers, rows[:_EXAMINED_ROWS]), _make_head(rows, len(headers)))


def _read_sample(stream: BinaryIO, encoding: str) -> tuple[str, bool]:
    sample = ""
    for text in iter_text(stream, encoding):
        sample += text
        if len(sample) > _SAMPLE_CHARACTERS:
            return sample[:_SAMPLE_CHARACTERS], True
    return sample, False


def _read_head(stream: BinaryIO, dialect: Dialect, limits: ReaderLimits, width: int | None, header_row: int) -> list[Record]:
    def iter_cells() -> Iterator[Record]:
        for block in iter_records(stream, dialect, limits, width=width):
            yield from block.cells

    return list(islice(iter_cells(), header_row + _EXAMINED_ROWS + 1))


def _detect_table(records: Sequence[Record], wanted: int | None) -> tuple[int | None, int]:
    """The header row, as wanted or as found, and how many columns there are."""
    header_row = find_header_row(records) if wanted is None else wanted or None
    if header_row is not None and header_row > len(records):
        raise InvalidRequest(f"Row {header_row} cannot be the header: the file has {len(records)} rows.", code="header_row_not_found")
    data = [record for record in records[header_row or 0 :] if not is_blank(record)]
    if header_row is None:
        return None, usual_width(data)
    header_width = len(records[header_row - 1])
    wider = [record for record in data if len(record) > header_width]
    # A few rows with too many cells are odd; most rows with more cells than names say that names are missing.
    return header_row, usual_width(wider) if 2 * len(wider) > len(data) else header_width


def _make_inspection(dialect: Dialect, records: Sequence[Record], width: int, limits: ReaderLimits) -> Inspection:
    if all(map(is_blank, records)):
        raise UnreadableFile("There is nothing but white space in the file.", code="empty_file")
    check_column_count(width, limits)
    header_row = dialect.header_row or 0
    headers = make_headers(records[header_row - 1] if header_row else (), width)
    rows = [(number, record) for number, record in enumerate(records, start=1) if number > header_row and not is_blank(record)]
    return Inspection(dialect, _make_columns(headers, rows[:_EXAMINED_ROWS]), _make_head(rows, width))


def _make_head(rows: Sequence[tuple[int, Record]], width: int) -> tuple[tuple[int, tuple[str | None, ...]], ...]:
    def pad(record: Record) -> tuple[str | None, ...]:
        cells = (None if cell is None else make_showable(cell, _MAX_HEAD_CHARACTERS) for cell in record[:width])
        return (*cells, *(None,) * (width - len(record)))

    return tuple((number, pad(record)) for number, record in rows[:HEAD_ROWS])


def _make_columns(headers: Sequence[str], rows: Sequence[tuple[int, Record]]) -> tuple[Column, ...]:
    values = [
        [cell for _, record in rows if index < len(record) and (cell := (record[index] or "").strip(BLANK_CHARACTERS))]
        for index in range(len(headers))
    ]
    return tuple(
        Column(
            index=index,
            header=header,
            samples=tuple(make_showable(value, MAX_SHOWN_CHARACTERS) for value in islice(dict.fromkeys(values[index]), _MAX_SAMPLES)),
            fill_rate=len(values[index]) / len(rows) if rows else 0.0,
            suggestions=suggestions,
        )
        for index, (header, suggestions) in enumerate(zip(headers, suggest_mapping(headers, values), strict=True))
    )
