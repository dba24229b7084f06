"""Reads an old binary workbook (.xls) through xlrd, which knows its formats, hidden rows and merged cells."""

import os
from collections.abc import Iterator

import xlrd
from xlrd.biffh import (
    XL_CELL_BLANK,
    XL_CELL_BOOLEAN,
    XL_CELL_DATE,
    XL_CELL_EMPTY,
    XL_CELL_ERROR,
    XL_CELL_NUMBER,
    XLRDError,
    error_text_from_code,
)
from xlrd.compdoc import CompDocError
from xlrd.sheet import Sheet

from models.errors import UnreadableFile
from workers.engine.workbooks.number_formats import (
    BUILT_IN_DATES,
    BUILT_IN_DURATION,
    Kind,
    find_digit_sections,
    find_digits,
    kind_of_format,
)
from workers.engine.workbooks.package import DAMAGED, PROTECTED
from workers.engine.workbooks.sheets import Merge, Request, RowFacts, SheetContent, SheetName, SheetRow
from workers.engine.workbooks.texts import make_cells, text_of_serial
from workers.engine.workbooks.xlsx_parts import require_sheet

# The container, and what the formats before it begin with.
_SIGNATURES = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x09\x00", b"\x09\x02", b"\x09\x04", b"\x09\x08")
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")


class OldWorkbook:
    """A workbook of the binary format; it holds at most 65,536 rows."""

    def __init__(self, request: Request) -> None:
        with open(request.path, "rb") as file:
            if not file.read(8).startswith(_SIGNATURES):
                raise _explain(request.path)
        # xlrd writes its remarks to a file; nobody reads them.
        with open(os.devnull, "w") as remarks:
            try:
                self._book = xlrd.open_workbook(request.path, logfile=remarks, formatting_info=True, on_demand=True, ragged_rows=True)
            except (XLRDError, CompDocError) as error:
                if "encrypted" in str(error).lower() or _holds_encrypted_package(request.path):
                    raise UnreadableFile(PROTECTED, code="encrypted_file") from error
                raise UnreadableFile(DAMAGED) from error
        self.sheets = self._list_sheets()

    def _list_sheets(self) -> tuple[SheetName, ...]:
        # xlrd lists sheets of cells alone: charts and macros are left out by their kind.
        return tuple(SheetName(name, self._book._sheet_visibility[index] == 0) for index, name in enumerate(self._book.sheet_names()))

    def read(self, name: str) -> SheetContent:
        """The rows of a sheet."""
        require_sheet(self.sheets, name)
        try:
            sheet = self._book.sheet_by_name(name)
        except XLRDError as error:
            raise UnreadableFile(DAMAGED) from error
        merges = (Merge(first + 1, last, left) for first, last, left, _ in sheet.merged_cells if last - first > 1)
        return SheetContent(self._iter_rows(sheet), tuple(merges))

    def _iter_rows(self, sheet: Sheet) -> Iterator[SheetRow]:
        for index in range(sheet.nrows):
            info = sheet.rowinfo_map.get(index)
            facts = RowFacts(is_hidden=bool(info is not None and info.hidden))
            types, numbers, values = sheet.row_types(index), sheet._cell_xf_indexes[index], sheet.row_values(index)
            read = [self._read(facts, *cell) for cell in zip(range(len(types)), types, values, numbers, strict=True)]
            cells, found = make_cells(read, facts if facts else None)
            yield SheetRow(index + 1, cells, found)

    def _read(self, facts: RowFacts, cell: int, kind: int, value: object, style: int) -> object:
        match kind:
            case _ if kind in (XL_CELL_EMPTY, XL_CELL_BLANK):
                return ""
            case _ if kind == XL_CELL_BOOLEAN:
                return bool(value)
            case _ if kind == XL_CELL_ERROR:
                facts.errors[cell] = error_text_from_code.get(value, "#ERROR!")
                return ""
            case _ if kind in (XL_CELL_NUMBER, XL_CELL_DATE):
                return self._read_number(facts, cell, float(value), style)  # type: ignore[arg-type]  # by its kind
            case _:
                return value

    def _read_number(self, facts: RowFacts, cell: int, value: float, style: int) -> object:
        number = self._book.xf_list[style].format_key
        form = self._book.format_map.get(number)
        code = form.format_str if form is not None else "General"
        kind = kind_of_format(code)
        if number in BUILT_IN_DATES or number == BUILT_IN_DURATION:
            kind = Kind.DURATION if number == BUILT_IN_DURATION else Kind.DATE
        if kind is not Kind.NUMBER:
            text = text_of_serial(value, has_1904_dates=self._book.datemode == 1, is_duration=kind is Kind.DURATION)
            return value if text is None else text
        sections = find_digit_sections(code)
        return value if not sections else find_digits(value, sections) or value


def _explain(path: str) -> UnreadableFile:
    with open(path, "rb") as file:
        head = file.read(512).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<html", b"<!doctype html", b"<table", b"<meta", b"<?xml")):
        what = "It is a web page or XML under the name of an old workbook."
    elif head.startswith(b"pk"):
        what = "It is a new workbook under the name of an old one: name it .xlsx."
    else:
        what = "It is no workbook."
    return UnreadableFile(f"The file cannot be read as an .xls workbook. {what} Open it in a spreadsheet program and save it as .xlsx.")


def _holds_encrypted_package(path: str) -> bool:
    with open(path, "rb") as file:
        return any(_ENCRYPTED_PACKAGE in piece for piece in iter(lambda: file.read(1 << 20), b""))
