"""The error report: the user's own columns of the rows that failed, and beside them why. It can be mended and imported again."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import IO, assert_never

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from models.vocabulary import ReportFormat

ADDED_COLUMNS = ("row", "column", "code", "message", "suggestion")
Line = Sequence[str | int | None]


def write_report(file: IO[bytes], format: ReportFormat, headers: Sequence[str], lines: Iterable[Line]) -> None:
    """Write a line for each issue of a failed row: the row's cells, then ADDED_COLUMNS."""
    match format:
        case ReportFormat.CSV:
            _write_csv(file, [*headers, *ADDED_COLUMNS], lines)
        case ReportFormat.XLSX:
            _write_xlsx(file, [*headers, *ADDED_COLUMNS], lines)
        case _:
            assert_never(format)


def _write_csv(file: IO[bytes], header: Sequence[str], lines: Iterable[Line]) -> None:
    # With a byte order mark, or Excel takes UTF-8 for the machine's own code page.
    file.write(b"\xef\xbb\xbf")
    writer = csv.writer(_Encoder(file))
    writer.writerow(header)
    writer.writerows(lines)


class _Encoder:
    """A text sink over a binary file, which leaves the file open."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, text: str) -> int:
        return self._file.write(text.encode())


def _write_xlsx(file: IO[bytes], header: Sequence[str], lines: Iterable[Line]) -> None:
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Errors")
    for line in _printable(chain([header], lines)):
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
