"""What is damaged: every input of the corpus, and workbooks of the formats that are made here, with dates, formulas and merged cells."""

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import xlsxwriter
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

CORPUS = Path(__file__).parents[2] / "corpus"
ROWS = [("Name", "Email", "Born"), *((f"Person {number}", f"person{number}@example.com", f"19{number:02}-01-02") for number in range(30))]


def load_sources() -> dict[str, bytes]:
    """The sources by name."""
    # An encrypted archive cannot be taken apart.
    paths = (path for path in sorted(CORPUS.glob("*/input.*")) if path.parent.name != "refused_encrypted_zip")
    corpus = {path.parent.name: path.read_bytes() for path in paths}
    return {**corpus, "made.xls": _make_xls(), "made.xlsx": _make_xlsx(), "made.ods": _make_ods()}


def _make_xls() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("People")
    for row, record in enumerate(ROWS):
        for column, value in enumerate(record):
            sheet.write(row, column, value)
        sheet.write(row, 3, date(2020, 1, 1 + row % 28), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
        sheet.write(row, 4, xlwt.Formula(f"A{row + 1}&1"))
    sheet.write_merge(40, 41, 0, 2, "merged")
    book.add_sheet("Empty")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _make_xlsx() -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.set_properties({"created": datetime(2026, 1, 1)})  # otherwise the file is another one every day
    sheet = book.add_worksheet("People")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for row, record in enumerate(ROWS):
        sheet.write_row(row, 0, record)
        sheet.write_datetime(row, 3, date(2020, 1, 1 + row % 28), day)
        sheet.write_formula(row, 4, f"=A{row + 1}&1", value="text" if row % 2 else "#REF!")
        sheet.write_boolean(row, 5, bool(row % 2))
    sheet.merge_range(40, 0, 41, 2, "merged")
    book.add_worksheet("Hidden").hide()
    book.close()
    return stream.getvalue()


def _make_ods() -> bytes:
    document = OpenDocumentSpreadsheet()
    table = Table(name="People")
    for record in ROWS:
        row = TableRow()
        for value in record:
            cell = TableCell(valuetype="string")
            cell.addElement(P(text=value))
            row.addElement(cell)
        row.addElement(TableCell(valuetype="float", value="1.5", numbercolumnsrepeated="3"))
        table.addElement(row)
    document.spreadsheet.addElement(table)
    stream, dateless = io.BytesIO(), io.BytesIO()
    document.write(stream)
    with zipfile.ZipFile(stream) as written, zipfile.ZipFile(dateless, "w") as packed:
        for entry in written.infolist():
            packed.writestr(zipfile.ZipInfo(entry.filename), written.read(entry))
    return dateless.getvalue()
