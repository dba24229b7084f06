"""Inspects the head of a source: how it is to be read and why, its columns with samples and suggested fields, its first rows."""

from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, assert_never

from models.errors import InvalidRequest
from models.vocabulary import FileFormat
from workers.engine.detection.archives import open_table
from workers.engine.detection.delimited import inspect_delimited
from workers.engine.detection.items import inspect_items
from workers.engine.detection.workbooks import inspect_workbook
from workers.engine.frames import Dialect, DialectOverrides, Inspection, ReaderLimits
from workers.engine.readers import open_source

_LAST_HEADER_ROW = 1_000


def inspect_source(source: BinaryIO | Path, *, format: FileFormat, overrides: DialectOverrides, limits: ReaderLimits) -> Inspection:
    """How the source is to be read, as detected or as overruled, and what its head holds.

    Of an archive with several files that may be meant, there are no columns, and a decision that asks which.
    """
    _check_header_row(overrides.header_row)
    with open_source(source) as outer, open_table(outer, format, overrides.member, limits) as table:
        if table.stream is None:
            inspection = Inspection(Dialect(table.format), columns=(), head=())
        else:
            inspection = _inspect_table(table.stream, table.format, overrides, limits)
        dialect = replace(inspection.dialect, archive=table.archive, member=table.member, members=table.members)
        return replace(inspection, dialect=dialect, decisions=(*table.decisions, *inspection.decisions))


def _inspect_table(stream: BinaryIO, format: FileFormat, overrides: DialectOverrides, limits: ReaderLimits) -> Inspection:
    match format:
        case FileFormat.CSV:
            return inspect_delimited(stream, overrides, limits)
        case FileFormat.XLSX | FileFormat.XLS | FileFormat.XLSB | FileFormat.ODS:
            return inspect_workbook(stream, format, overrides, limits)
        case FileFormat.JSON | FileFormat.JSON_LINES | FileFormat.VCARD:
            return inspect_items(stream, format, overrides, limits)
        case FileFormat.ZIP | FileFormat.GZIP:
            raise AssertionError(f"{format} was to be unpacked")
        case _:
            assert_never(format)


def _check_header_row(wanted: int | None) -> None:
    if wanted is not None and not 0 <= wanted <= _LAST_HEADER_ROW:
        raise InvalidRequest(f"The header row is one of the first {_LAST_HEADER_ROW:,}, or 0 for none.", code="header_row_not_found")
