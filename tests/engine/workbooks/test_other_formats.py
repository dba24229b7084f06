"""Old, binary and OpenDocument workbooks: the same values, row numbers and facts as far as each format holds them."""

import io
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odf import table as odf_table
from odf.opendocument import OpenDocumentSpreadsheet
from odf.text import P

from models.errors import UnreadableFile
from tests.engine.workbooks.parsing import parse
from tests.support.xlsb import make_xlsb

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff", max_codepoint=0xFFFF), max_size=10)
EXAMPLES = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def xls(fill: Callable[[Any], object], book: xlwt.Workbook | None = None) -> bytes:
    book = book or xlwt.Workbook()
    fill(book.add_sheet("People"))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def styled(code: str) -> xlwt.XFStyle:
    style = xlwt.XFStyle()
    style.num_format_str = code
    return style


def as_rows(table: list[list[str]]) -> dict[int, list[str]]:
    rows = {}
    for number, cells in enumerate(table, start=1):
        width = max((index for index, cell in enumerate(cells, start=1) if cell), default=0)
        if width:
            rows[number] = list(cells[:width])
    return rows


@given(table=st.lists(st.lists(TEXT, max_size=4), max_size=5))
@EXAMPLES
def test_any_table_written_by_xlwt_is_read_back_cell_for_cell(table: list[list[str]]) -> None:
    def fill(sheet: Any) -> None:
        for row, cells in enumerate(table):
            for column, text in enumerate(cells):
                sheet.write(row, column, text)

    assert parse(xls(fill), "xls").rows == as_rows(table)


def test_an_old_workbook_tells_digits_dates_errors_hidden_rows_and_merges() -> None:
    def fill(sheet: Any) -> None:
        sheet.write(1, 0, 2134, styled("00000"))
        sheet.write(1, 1, datetime(2020, 6, 18, 10, 30), styled("yyyy-mm-dd hh:mm"))
        sheet.write(1, 2, True)
        sheet.write(1, 3, 336123456789.0)
        sheet.write(1, 4, 4.11111111111111e15)
        sheet.row(2).write(0, "hidden")
        sheet.row(2).set_cell_error(1, "#REF!")
        sheet.row(2).hidden = True
        sheet.write_merge(4, 5, 0, 0, "ACME")
        sheet.write(4, 1, "Ann")
        sheet.write(5, 1, "Bob")
        sheet.write(6, 0, date(2020, 6, 18), styled("D-MMM-YY"))
        sheet.write(6, 1, time(9, 30), styled("h:mm"))

    parsed = parse(xls(fill), "xls")
    assert parsed.rows == {
        2: ["02134", "2020-06-18 10:30:00", "TRUE", "336123456789", "4111111111111110"],
        3: ["hidden", None],
        5: ["ACME", "Ann"],
        6: ["ACME", "Bob"],
        7: ["2020-06-18", "09:30:00"],
    }
    assert parsed.codes == [(2, "number_rounded", 4), (3, "hidden_row", None), (3, "cell_error", 1), (6, "merged_cell", 0)]


def test_an_old_workbook_with_dates_from_1904_is_read_by_them() -> None:
    book = xlwt.Workbook()
    book.dates_1904 = True
    assert parse(xls(lambda sheet: sheet.write(0, 0, 42538, styled("yyyy-mm-dd")), book), "xls").rows == {1: ["2020-06-18"]}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<html><body><table><tr><td>a</td></tr></table>", "web page or XML"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>", "web page or XML"),
        (b"name,email\nAnn,ann@example.com\n", "no workbook"),
        (b"PK\x03\x04" + bytes(100), "name it .xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "damaged"),
    ],
)
def test_what_is_no_old_workbook_says_what_it_seems_to_be(content: bytes, said: str) -> None:
    with pytest.raises(UnreadableFile, match=said):
        parse(content, "xls")


def ods(*rows: Any) -> bytes:
    document = OpenDocumentSpreadsheet()
    sheet = odf_table.Table(name="People")
    for row in rows:
        sheet.addElement(row)
    document.spreadsheet.addElement(sheet)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def ods_row(*cells: Any, **attributes: Any) -> Any:
    row = odf_table.TableRow(**attributes)
    for cell in cells:
        row.addElement(cell)
    return row


def ods_cell(shown: str = "", *, covered: bool = False, **attributes: Any) -> Any:
    cell = (odf_table.CoveredTableCell if covered else odf_table.TableCell)(**attributes)
    if shown:
        cell.addElement(P(text=shown))
    return cell


def text_cell(text: str, **attributes: Any) -> Any:
    return ods_cell(text, valuetype="string", **attributes)


def test_an_open_document_tells_digits_dates_hidden_rows_and_merges() -> None:
    data = ods(
        ods_row(text_cell("name"), text_cell("zip")),
        ods_row(numberrowsrepeated=3),
        ods_row(text_cell("ACME", numberrowsspanned=2, numbercolumnsspanned=1), ods_cell("02134", valuetype="float", value="2134")),
        ods_row(ods_cell(covered=True), ods_cell("+33 612345678", valuetype="float", value="33612345678")),
        ods_row(text_cell("hidden"), ods_cell("1,234", valuetype="float", value="1234"), visibility="collapse"),
        ods_row(ods_cell("18.06.20", valuetype="date", datevalue="2020-06-18"), ods_cell("TRUE", valuetype="boolean", booleanvalue="true")),
        ods_row(ods_cell(numbercolumnsrepeated=3), text_cell("far")),
        ods_row(ods_cell(formula="of:=[.A1]+1"), text_cell("x")),
        ods_row(ods_cell(numbercolumnsrepeated=16_384), numberrowsrepeated=1_048_000),
    )
    parsed = parse(data, "ods")
    assert parsed.rows == {
        1: ["name", "zip"],
        5: ["ACME", "02134"],
        6: ["ACME", "+33612345678"],
        7: ["hidden", "1234"],
        8: ["2020-06-18", "TRUE"],
        9: ["", "", "", "far"],
        10: [None, "x"],
    }
    assert parsed.codes == [(6, "merged_cell", 0), (7, "hidden_row", None), (10, "formula_without_value", 0)]


def test_repeated_rows_of_an_open_document_are_each_a_row() -> None:
    parsed = parse(ods(ods_row(text_cell("a", numbercolumnsrepeated=2), numberrowsrepeated=3), ods_row(text_cell("b"))), "ods")
    assert parsed.rows == {1: ["a", "a"], 2: ["a", "a"], 3: ["a", "a"], 4: ["b"]}


@given(table=st.lists(st.lists(TEXT.map(lambda text: " ".join(text.split())), max_size=4), max_size=5))
@EXAMPLES
def test_any_table_written_by_odfpy_is_read_back_cell_for_cell(table: list[list[str]]) -> None:
    data = ods(*(ods_row(*(text_cell(text) if text else ods_cell() for text in cells)) for cells in table))
    assert parse(data, "ods").rows == as_rows(table)


def test_a_binary_workbook_tells_values_digits_errors_hidden_rows_and_merges() -> None:
    data = make_xlsb(
        {
            1: ["name", "zip", "when"],
            3: ["Ann", (2134.0, 1), (44000.0, 2)],
            4: ["Bob", ("#N/A",), True],
            5: ["", (21345.0, 1)],
            7: [(12.5, 0), (336123456789.0, 0), (4.11111111111111e15, 0)],
        },
        formats={1: "00000", 2: "yyyy-mm-dd"},
        hidden={4},
        merged=[(4, 5, 0)],
    )
    parsed = parse(data, "xlsb")
    assert parsed.rows == {
        1: ["name", "zip", "when"],
        3: ["Ann", "02134", "2020-06-18"],
        4: ["Bob", None, "TRUE"],
        5: ["Bob", "21345"],
        7: ["12.5", "336123456789", "4111111111111110"],
    }
    assert parsed.codes == [(4, "hidden_row", None), (4, "cell_error", 1), (5, "merged_cell", 0), (7, "number_rounded", 2)]
