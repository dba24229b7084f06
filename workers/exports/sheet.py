"""A workbook of one sheet, written line by line."""

from collections.abc import Iterable, Iterator
from typing import IO

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from workers.exports.error_report import Line


def write_sheet(file: IO[bytes], title: str, lines: Iterable[Line]) -> None:
    """Write a workbook of one sheet, whose texts are texts whatever they look like."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(title)
    for line in _printable(lines):
        sheet.append([_as_text(sheet, cell) if isinstance(cell, str) else cell for cell in line])
    workbook.save(file)


def _as_text(sheet: WriteOnlyWorksheet, text: str) -> Cell:
    """A cell that is a text whatever it looks like: a formula of whoever made the file must not run for who opens the report."""
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    return cell


def _printable(lines: Iterable[Line]) -> Iterator[list[str | int | None]]:
    """Without the control characters that XML cannot hold."""
    for line in lines:
        yield [ILLEGAL_CHARACTERS_RE.sub("", cell) if isinstance(cell, str) else cell for cell in line]
