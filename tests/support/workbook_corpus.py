"""Makes the workbooks of the corpus: `python -m tests.support.workbook_corpus` writes each input anew; what is expected is kept by hand."""

import io
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
import xlwt

from tests.support.sheet_xml import MAIN, RELATED, make_package, make_sheet
from tests.support.xlsb import make_xlsb

CORPUS = Path(__file__).parent.parent / "corpus"
HEADER = ["Name", "Email", "Phone"]
ANN = ["Ann Lee", "ann.lee@example.com"]
BOB = ["Bob Ray", "bob.ray@example.com"]


def _xlsx(fill: Callable[[Any, Any], object], **options: Any) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, options)
    book.set_properties({"created": datetime(2026, 1, 1)})
    fill(book, book.add_worksheet("People"))
    book.close()
    return stream.getvalue()


def _rows(sheet: Any, *rows: list[Any]) -> None:
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)


def _scientific_phones(book: Any, sheet: Any) -> None:
    scientific = book.add_format({"num_format": "0.00E+00"})
    _rows(sheet, HEADER, ANN, BOB)
    sheet.write_number(1, 2, 336123456789, scientific)
    sheet.write_number(2, 2, 4.11111111111111e15, scientific)


def _leading_zeros(book: Any, sheet: Any) -> None:
    _rows(sheet, [*HEADER, "Zip", "Customer"], ANN, BOB)
    for row, (phone, code, customer) in enumerate([(612345678, 2134, 42), (2025550123, 90210, 123456)], start=1):
        sheet.write_number(row, 2, phone, book.add_format({"num_format": "0# ## ## ## ##"}))
        sheet.write_number(row, 3, code, book.add_format({"num_format": "00000"}))
        sheet.write_number(row, 4, customer, book.add_format({"num_format": "000000"}))


def _dates(book: Any, sheet: Any) -> None:
    _rows(sheet, ["Name", "Email", "Birthday", "Last seen"], ANN, BOB)
    for row, (birthday, seen) in enumerate(
        [(date(1990, 5, 17), datetime(2024, 1, 2, 3, 4, 5)), (date(2000, 2, 29), datetime(2024, 12, 31))], 1
    ):
        sheet.write_datetime(row, 2, birthday, book.add_format({"num_format": "dd/mm/yyyy"}))
        sheet.write_datetime(row, 3, seen, book.add_format({"num_format": "d.m.yy h:mm"}))


def _errors(_: Any, sheet: Any) -> None:
    _rows(sheet, [*HEADER, "Subscribed"], [*ANN, "", True], [*BOB, "#N/A", False])
    sheet.write_formula(1, 2, "=VLOOKUP(A2,Z:Z,1,0)", None, "#REF!")


def _merged(book: Any, sheet: Any) -> None:
    _rows(sheet, ["", "", ""], ["Company", "Name", "Email"], ["", *ANN], ["", *BOB], ["Solo", "Cy Poe", "cy.poe@example.com"])
    sheet.merge_range(0, 0, 0, 2, "Customers 2026", book.add_format())
    sheet.merge_range(2, 0, 3, 0, "ACME", book.add_format())


def _hidden(book: Any, sheet: Any) -> None:
    _rows(sheet, HEADER[:2], ANN, BOB)
    sheet.set_row(2, None, None, {"hidden": True})
    old = book.add_worksheet("Old")
    _rows(old, HEADER[:2], ["Zed", "zed@example.com"])
    old.hide()


def _contacts_second(book: Any, sheet: Any) -> None:
    _rows(sheet, ["Exported on Monday"], ["by the office"])
    _rows(book.add_worksheet("Contacts"), HEADER[:2], ANN, BOB)


def _invisible(_: Any, sheet: Any) -> None:
    _rows(
        sheet, HEADER[:2], ["\u00a0Ann\u00a0Lee", "ann.lee@example.com\u200b"], ["\u00a0", "\u200b"], ["Bob\r\nRay", "bob.ray@example.com"]
    )


def _formulas() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (
        ["First", "Last", "Email", "Full"],
        ["Ann", "Lee", "ann.lee@example.com", "=A2&B2"],
        ["Bob", "Ray", "bob.ray@example.com", "x"],
    ):
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _bare_cells() -> bytes:
    def row(*cells: str) -> str:
        made = (f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells)
        return f"<row>{''.join(made)}</row>"

    workbook = f'<workbook xmlns="{MAIN}" xmlns:r="{RELATED}"><sheets><sheet name="a" sheetId="1" r:id="s1"/></sheets></workbook>'
    return make_package(make_sheet(row("Name", "Email") + "<row/>" + row(*ANN) + row(*BOB)), {"xl/workbook.xml": workbook})


def _old(fill: Callable[[Any], object]) -> bytes:
    book = xlwt.Workbook()
    fill(book.add_sheet("People"))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _old_people(sheet: Any) -> None:
    digits, day = xlwt.XFStyle(), xlwt.XFStyle()
    digits.num_format_str, day.num_format_str = "00000", "DD.MM.YYYY"
    for row, cells in enumerate((["Name", "Email", "Zip", "Since"], ANN, BOB)):
        for column, cell in enumerate(cells):
            sheet.write(row, column, cell)
    for row, (code, since) in enumerate([(2134, date(2001, 1, 31)), (90210, date(2020, 6, 18))], start=1):
        sheet.write(row, 2, code, digits)
        sheet.write(row, 3, since, day)


def _open_document() -> bytes:
    from odf import table
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.text import P

    document = OpenDocumentSpreadsheet()
    sheet = table.Table(name="People")
    for cells in (["Name", "Email", "Zip"], [*ANN, 2134], None, [*BOB, 90210]):
        row = table.TableRow(**({} if cells else {"numberrowsrepeated": 2}))
        for cell in cells or []:
            kind: dict[str, Any] = {"valuetype": "string"} if isinstance(cell, str) else {"valuetype": "float", "value": cell}
            made = table.TableCell(**kind)
            made.addElement(P(text=cell if isinstance(cell, str) else f"{cell:05}"))
            row.addElement(made)
        sheet.addElement(row)
    sheet.addElement(table.TableRow(numberrowsrepeated=1_000_000))
    document.spreadsheet.addElement(sheet)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def make_inputs() -> dict[str, bytes]:
    """The bytes of every input, by its path in the corpus."""
    binary = make_xlsb(
        {1: ["Name", "Email", "Zip", "Since"], 2: [*ANN, (2134.0, 1), (36922.0, 2)], 3: [*BOB, ("#N/A",), (44000.0, 2)]},
        formats={1: "00000", 2: "dd/mm/yyyy"},
        hidden={3},
    )
    return {
        "workbook_scientific_phones/input.xlsx": _xlsx(_scientific_phones),
        "workbook_leading_zeros/input.xlsx": _xlsx(_leading_zeros),
        "workbook_dates/input.xlsx": _xlsx(_dates),
        "workbook_dates_from_1904/input.xlsx": _xlsx(_dates, date_1904=True),
        "workbook_errors_and_booleans/input.xlsx": _xlsx(_errors),
        "workbook_merged_cells/input.xlsx": _xlsx(_merged),
        "workbook_hidden_row_and_sheet/input.xlsx": _xlsx(_hidden),
        "workbook_contacts_in_the_second_sheet/input.xlsx": _xlsx(_contacts_second),
        "workbook_invisible_characters/input.xlsx": _xlsx(_invisible),
        "workbook_formula_without_value/input.xlsx": _formulas(),
        "workbook_cells_without_references/input.xlsx": _bare_cells(),
        "workbook_macros/input.xlsm": _bare_cells(),
        "workbook_old/input.xls": _old(_old_people),
        "workbook_binary/input.xlsb": binary,
        "workbook_open_document/input.ods": _open_document(),
    }


if __name__ == "__main__":
    for name, data in make_inputs().items():
        path = CORPUS / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
