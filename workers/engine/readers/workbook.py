"""Reads a sheet of an Excel workbook (.xlsx) into records of text, streaming it through openpyxl's read-only mode."""

import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from typing import BinaryIO
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook

from models.errors import InvalidRequest, LimitExceeded, UnreadableFile
from models.vocabulary import IssueCode
from workers.engine.frames import ReaderLimits
from workers.engine.records import Mark, Records, is_blank

_BLOCK_ROWS = 500
_LAST_ROW = 1_048_576  # of any sheet, by the format
_OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ERROR_TEXTS = frozenset(ERROR_CODES)

# openpyxl trusts its input: a damaged workbook surfaces as whatever the first wrong assumption raises.
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, InvalidFileException, ParseError, EOFError, NotImplementedError),
    *(KeyError, ValueError, TypeError, IndexError, AttributeError, AssertionError, RuntimeError),
)


class SheetReader:
    """One open workbook: which sheets it has, and the records of one of them."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook

    @property
    def sheets(self) -> tuple[str, ...]:
        """The names of the visible sheets that hold cells, in order."""
        return tuple(sheet.title for sheet in self._workbook.worksheets if sheet.sheet_state == "visible")

    def find_sheet(self, wanted: str | None) -> str:
        """The sheet to read: the one wanted, else the first visible one that holds data."""
        every = [sheet.title for sheet in self._workbook.worksheets]
        if wanted is not None:
            if wanted not in every:
                raise InvalidRequest(f"There is no sheet “{wanted}”. The workbook has: {', '.join(every)}.", code="sheet_not_found")
            return wanted
        for name in self.sheets:
            if any(not is_blank(cells) for block in self.iter_records(name) for cells in block.cells):
                return name
        raise UnreadableFile("The workbook holds no data in any visible sheet.", code="empty_file")

    def iter_records(self, name: str) -> Iterator[Records]:
        """The records of a sheet under the sheet's own row numbers; cells without a value are ""."""
        sheet = self._workbook[name]
        # The size that a sheet states is often wrong; without it every row has the cells that are there.
        sheet.reset_dimensions()
        cells: list[Sequence[str | None]] = []
        marks: list[Mark] = []
        first_row = 1
        with _reporting_damage():
            for row, values in enumerate(sheet.iter_rows(values_only=True), start=1):
                if row > _LAST_ROW:
                    raise UnreadableFile(f"The sheet has a row beyond {_LAST_ROW:,}, which no Excel sheet can have.")
                record: list[str | None] = [_TEXT_OF.get(type(value), str)(value) for value in values]
                if not _ERROR_TEXTS.isdisjoint(record):
                    marks += _mark_errors(record, row)
                while record and not record[-1] and record[-1] is not None:
                    record.pop()
                cells.append(record)
                if len(cells) == _BLOCK_ROWS:
                    yield Records(first_row, cells, tuple(marks))
                    first_row, cells, marks = row + 1, [], []
        if cells:
            yield Records(first_row, cells, tuple(marks))


@contextmanager
def open_workbook(stream: BinaryIO, limits: ReaderLimits) -> Iterator[SheetReader]:
    """The workbook in the stream, after a look at how large it would become."""
    stream.seek(0)
    if stream.read(len(_OLE_SIGNATURE)) == _OLE_SIGNATURE:
        raise UnreadableFile("The workbook is protected by a password. Save it without one and try again.", code="encrypted_file")
    stream.seek(0)
    with _reporting_damage():
        _check_decompressed_size(stream, limits)
        stream.seek(0)
        workbook = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    try:
        yield SheetReader(workbook)
    finally:
        workbook.close()


@contextmanager
def _reporting_damage() -> Iterator[None]:
    try:
        yield
    except _DAMAGE as error:
        raise UnreadableFile("The workbook is damaged and cannot be read. Open it in Excel, save it anew, and try again.") from error


def _check_decompressed_size(stream: BinaryIO, limits: ReaderLimits) -> None:
    # zipfile never reads more of an entry than its header states, so that the stated sizes are a bound.
    with zipfile.ZipFile(stream) as archive:
        entries = archive.infolist()
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableFile("The workbook is encrypted. Save it without a password and try again.", code="encrypted_file")
    size = sum(entry.file_size for entry in entries)
    if size > limits.max_decompressed_bytes:
        raise LimitExceeded(
            f"The workbook is {size:,} bytes when decompressed; at most {limits.max_decompressed_bytes:,} are accepted "
            "(ROLODOCK_MAX_DECOMPRESSED_BYTES).",
            code="decompressed_too_large",
        )


def _mark_errors(record: list[str | None], row: int) -> list[Mark]:
    """Marks for the error values in the record, which are taken out."""
    marks = []
    for index, text in enumerate(record):
        if text in _ERROR_TEXTS:
            marks.append(Mark(row, IssueCode.CELL_ERROR, index, text))
            record[index] = None
    return marks


def _text_of_float(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return ""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    # Excel keeps and shows 15 digits; more are noise of the binary form.
    return format(Decimal(format(value, ".15g")), "f")


def _text_of_datetime(value: datetime) -> str:
    return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="seconds")


_TEXT_OF: dict[type, Callable[..., str]] = {
    type(None): lambda _: "",
    str: str,
    int: str,
    float: _text_of_float,
    bool: lambda value: "TRUE" if value else "FALSE",
    datetime: _text_of_datetime,
    date: date.isoformat,
    time: time.isoformat,
}
