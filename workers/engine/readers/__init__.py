"""Readers: whatever the format, chunks of text columns with their row numbers come out, and the memory does not grow with the source.

A new format is one more function that yields `Records`, and one more case in `iter_records`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, assert_never

from models.errors import InvalidRequest, UnreadableFile
from models.vocabulary import FileFormat
from workers.engine.containers import open_unpacked
from workers.engine.frames import Chunk, Dialect, ReaderLimits
from workers.engine.readers.chunking import check_column_count
from workers.engine.readers.delimited import iter_delimited
from workers.engine.readers.items import iter_item_records
from workers.engine.readers.table import read_table
from workers.engine.readers.workbook import open_workbook
from workers.engine.records import Records

__all__ = ["iter_records", "open_source", "read_chunks"]


def read_chunks(source: BinaryIO | Path, dialect: Dialect, columns: Sequence[str], limits: ReaderLimits) -> Iterator[Chunk]:
    """The rows of the source, in order; `columns` are the headers that the inspection found."""
    check_column_count(len(columns), limits)
    if not columns and dialect.format not in (FileFormat.ZIP, FileFormat.GZIP):
        raise UnreadableFile("The file has no columns.", code="empty_file")
    with open_source(source) as outer, open_unpacked(outer, dialect, limits) as stream:
        yield from read_table(iter_records(stream, dialect, limits, width=len(columns)), dialect, columns, limits)


def iter_records(stream: BinaryIO, dialect: Dialect, limits: ReaderLimits, *, width: int | None) -> Iterator[Records]:
    """All records of the stream, header, banners and blank ones too, from row 1."""
    match dialect.format:
        case FileFormat.CSV:
            yield from iter_delimited(stream, dialect, limits, width=width)
        case FileFormat.XLSX | FileFormat.XLS | FileFormat.XLSB | FileFormat.ODS:
            with open_workbook(stream, dialect.format, limits) as workbook:
                yield from workbook.iter_records(workbook.require_sheet(dialect.sheet or next(iter(workbook.sheets), "")))
        case FileFormat.JSON | FileFormat.JSON_LINES | FileFormat.VCARD:
            yield from iter_item_records(stream, dialect, limits)
        case FileFormat.ZIP | FileFormat.GZIP:
            raise InvalidRequest("The archive holds several files, and none was chosen.", code="member_needed")
        case _:
            assert_never(dialect.format)


@contextmanager
def open_source(source: BinaryIO | Path) -> Iterator[BinaryIO]:
    """A seekable stream: the one given, which stays open, or the file at the path."""
    if not isinstance(source, Path):
        yield source
        return
    with source.open("rb") as stream:
        yield stream
