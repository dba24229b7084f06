"""Inspects a workbook: its sheets, and the table in the one that is to be read."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import BinaryIO

from models.vocabulary import FileFormat
from workers.engine.detection.header import Record
from workers.engine.detection.tables import EXAMINED_ROWS, detect_table, make_inspection
from workers.engine.frames import Dialect, DialectOverrides, Inspection, ReaderLimits
from workers.engine.readers.workbook import open_workbook


def inspect_workbook(stream: BinaryIO, format: FileFormat, overrides: DialectOverrides, limits: ReaderLimits) -> Inspection:
    """Which sheet is to be read, as found or as overruled, and what its head holds."""
    header_row = overrides.header_row
    with open_workbook(stream, limits) as workbook:
        sheet = workbook.find_sheet(overrides.sheet)
        dialect = Dialect(format, sheet=sheet, sheets=workbook.sheets)
        cells: Iterator[Record] = (record for block in workbook.iter_records(sheet) for record in block.cells)
        records = list(islice(cells, (header_row or 0) + EXAMINED_ROWS + 1))
    header_row, _ = detect_table(records, header_row)
    # In a sheet a cell right of the header is a column without a name.
    width = max(map(len, records[(header_row or 1) - 1 :]), default=0)
    return make_inspection(replace(dialect, header_row=header_row), records, width, limits)
