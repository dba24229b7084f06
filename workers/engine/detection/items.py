"""Inspects a source of items (JSON): each is a row, and the columns are the keys that occur."""

from typing import BinaryIO

from models.vocabulary import FileFormat
from workers.engine.detection.header import make_headers
from workers.engine.detection.tables import EXAMINED_ROWS, make_columns, make_head
from workers.engine.frames import Dialect, Inspection, ReaderLimits
from workers.engine.readers.chunking import check_column_count
from workers.engine.readers.objects import read_objects


def inspect_items(stream: BinaryIO, format: FileFormat, limits: ReaderLimits) -> Inspection:
    """The columns of all items, and the first items."""
    objects = read_objects(stream)
    check_column_count(len(objects.keys), limits)
    headers = make_headers(objects.keys, len(objects.keys))
    rows = list(enumerate(objects.records.cells, start=1))
    dialect = Dialect(format, "utf-8", header_row=None, keys=objects.keys)
    return Inspection(dialect, make_columns(headers, rows[:EXAMINED_ROWS]), make_head(rows, len(headers)))
