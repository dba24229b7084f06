"""Both readers of .xlsx make the same of a sheet, whatever stands in it and whoever wrote it."""

import io
from datetime import datetime, timedelta
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from models.errors import UnreadableFile
from models.vocabulary import FileFormat
from tests.engine.reading import read_source
from tests.engine.workbooks.parsing import parse, parse_both
from tests.support.sheet_xml import MAIN, RELATED, make_package, make_sheet, relationships

# What XML can hold; openpyxl refuses the rest, xlsxwriter writes it as _xHHHH_.
XML_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=12)
SPACES = st.sampled_from(
    [
        " ",
        "\t",
        "\n",
        "a b",
        " a",
        "a ",
        "  ",
        "\u00a0",
        "_x000D_",
        "_x0041_",
        "_x005F_",
        "&amp;",
        "<b>",
        "#N/A",
        "TRUE",
        "1e5",
        "=1+1",
        "00123",
    ]
)
TEXT = XML_TEXT | SPACES
EXAMPLES = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def workbook_part(properties: str) -> str:
    sheets = '<sheets><sheet name="a" sheetId="1" r:id="s1"/></sheets>'
    return f'<workbook xmlns="{MAIN}" xmlns:r="{RELATED}">{properties}{sheets}</workbook>'


def write(table: list[list[str]], **options: Any) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, options or {"in_memory": True})
    sheet = book.add_worksheet()
    for row, cells in enumerate(table):
        for column, text in enumerate(cells):
            sheet.write_string(row, column, text)
    book.close()
    return stream.getvalue()


def as_rows(table: list[list[str]]) -> dict[int, list[str]]:
    """The table as a reader gives it: what is blank at the end of a row cannot be told from what is not there."""
    rows = {}
    for number, cells in enumerate(table, start=1):
        width = max((index for index, cell in enumerate(cells, start=1) if cell), default=0)
        if width:
            rows[number] = list(cells[:width])
    return rows


@given(table=st.lists(st.lists(TEXT, max_size=4), max_size=5))
@EXAMPLES
def test_any_table_written_by_xlsxwriter_is_read_back_cell_for_cell(table: list[list[str]]) -> None:
    assert parse_both(write(table)).rows == as_rows(table)


@given(table=st.lists(st.lists(TEXT, min_size=1, max_size=4), max_size=5))
@EXAMPLES
def test_any_table_written_by_xlsxwriter_as_inline_texts_is_read_back(table: list[list[str]]) -> None:
    assert parse_both(write(table, constant_memory=True)).rows == as_rows(table)


@given(table=st.lists(st.lists(XML_TEXT, max_size=4), max_size=5))
@example([[" "], ["\N{NO-BREAK SPACE}"], [" \N{NO-BREAK SPACE} "]])
@EXAMPLES
def test_any_table_written_by_openpyxl_is_read_back_cell_for_cell(table: list[list[str]]) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row, cells in enumerate(table, start=1):
        for column, text in enumerate(cells, start=1):
            cell = sheet.cell(row, column)
            cell.value = text
            cell.data_type = "s"
    stream = io.BytesIO()
    book.save(stream)
    # Of a text of blanks alone openpyxl does not say that its spaces count; XML knows fewer of them than Python.
    assert parse_both(stream.getvalue()).rows == as_rows([[cell if cell.strip() else cell.strip(" ") for cell in cells] for cells in table])


NUMBERS = st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False, width=32) | st.floats(-1e9, 1e9)
FORMATS = st.sampled_from(
    [
        "General",
        "0.00",
        "yyyy-mm-dd",
        "hh:mm:ss",
        "[h]:mm",
        "d.m.yy h:mm",
        '0 "days"',
        "[Red]0",
        "0%",
        "000000",
        "(000) 000-0000",
        '"+"0',
        "mmm",
        "@",
    ]
)


@given(values=st.lists(st.tuples(NUMBERS, FORMATS), min_size=1, max_size=6), has_1904_dates=st.booleans())
@EXAMPLES
def test_both_readers_make_the_same_text_of_any_number_in_any_format(values: list[tuple[float, str]], has_1904_dates: bool) -> None:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "default_date_format": None, "date_1904": has_1904_dates})
    sheet = book.add_worksheet()
    for row, (value, code) in enumerate(values):
        # No duration is as long as a thousand million days.
        value = abs(value) % 10**9 if code == "[h]:mm" else abs(value)
        sheet.write_number(row, 0, value, book.add_format({"num_format": code}))
    book.close()
    parse_both(stream.getvalue())


@given(serial=st.floats(1.0, 2_900_000.0) | st.integers(1, 100), has_1904_dates=st.booleans())
@EXAMPLES
def test_both_readers_agree_on_any_date(serial: float, has_1904_dates: bool) -> None:
    date = "<workbookPr date1904='1'/>" if has_1904_dates else ""
    data = make_package(
        make_sheet(f'<row r="1"><c r="A1" s="1"><v>{serial!r}</v></c></row>'),
        {
            "xl/workbook.xml": workbook_part(date),
        },
        formats={1: "yyyy-mm-dd hh:mm:ss"},
    )
    parse_both(data)


def cells_of(*cells: str, **options: Any) -> Any:
    return parse_both(make_package(make_sheet(f'<row r="1">{"".join(cells)}</row>'), **options))


@pytest.mark.parametrize(
    ("cell", "code", "text"),
    [
        ("<v>2134</v>", "00000", "02134"),
        ("<v>12345678</v>", "000-00-0000", "012345678"),
        ("<v>2025550123</v>", "(000) 000-0000", "2025550123"),
        ("<v>612345678</v>", "0# ## ## ## ##", "0612345678"),
        ("<v>33612345678</v>", "&quot;+&quot;0", "+33612345678"),
        ("<v>2134</v>", "[&lt;=99999]00000;00000-0000", "02134"),
        ("<v>21341234</v>", "[&lt;=99999]00000;00000-0000", "021341234"),
        ("<v>5</v>", "0.00", "5"),
        ("<v>5</v>", "#,##0", "5"),
        ("<v>0.5</v>", "00%", "0.5"),
        ("<v>44000</v>", "yyyy-mm-dd", "2020-06-18"),
        ("<v>44000.25</v>", "d/m/yy h:mm", "2020-06-18 06:00:00"),
        ("<v>0.5</v>", "h:mm", "12:00:00"),
        ("<v>1.25</v>", "[h]:mm", "30:00:00"),
        ("<v>59</v>", "d", "1900-02-28"),
        ("<v>61</v>", "d", "1900-03-01"),
        ("<v>3.36123456789E+11</v>", "General", "336123456789"),
        ("<v>336123456789</v>", "0.00E+00", "336123456789"),
        ("<v>999999999999999</v>", "0", "999999999999999"),
        ("<v>4111111111111111</v>", "0", "4111111111111111"),
        ("<v>-12345678901234567890123</v>", "0", "-12345678901234567890123"),
        ("<v>0.30000000000000004</v>", "0", "0.3"),
    ],
)
def test_a_number_is_read_with_the_digits_that_its_format_proves(cell: str, code: str, text: str) -> None:
    parsed = cells_of(f'<c r="A1" s="1">{cell}</c>', formats={1: code})
    assert parsed.rows == {1: [text]}
    assert parsed.marks == []


def test_a_number_beyond_fifteen_digits_says_that_it_was_rounded() -> None:
    parsed = cells_of(
        '<c r="A1"><v>4.11111111111111E+15</v></c><c r="B1"><v>1.23456789012345E+18</v></c><c r="C1"><v>4111111111111110</v></c>'
    )
    assert parsed.rows == {1: ["4111111111111110", "1234567890123450000", "4111111111111110"]}
    assert sorted(parsed.codes) == [(1, "number_rounded", cell) for cell in range(3)]


def test_dates_of_the_1904_system_are_four_years_later() -> None:
    workbook = workbook_part('<workbookPr date1904="1"/>')
    assert cells_of('<c r="A1" s="1"><v>44000</v></c>', formats={1: "d"}, parts={"xl/workbook.xml": workbook}).rows == {1: ["2024-06-19"]}


def test_booleans_errors_and_texts_that_look_like_errors_are_told_apart() -> None:
    parsed = cells_of(
        '<c r="A1" t="b"><v>1</v></c><c r="B1" t="b"><v>0</v></c><c r="C1" t="e"><v>#REF!</v></c><c r="D1" t="str"><v>#N/A</v></c>'
        '<c r="E1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="F1" t="inlineStr"><is><t>#VALUE!</t></is></c>'
    )
    assert parsed.rows == {1: ["TRUE", "FALSE", None, "#N/A", None, "#VALUE!"]}
    assert parsed.marks == [(1, "cell_error", 2, "#REF!"), (1, "cell_error", 4, "#DIV/0!")]


def test_a_formula_without_a_saved_result_is_null_and_one_that_results_in_nothing_is_blank() -> None:
    parsed = cells_of(
        '<c r="A1"><f>B1</f></c><c r="B1"><f>C1</f><v></v></c><c r="C1"><f>D1</f><v/></c><c r="D1" t="str"><f>E1</f><v></v></c>'
        '<c r="E1"><f>1+1</f><v>2</v></c><c r="F1" t="str"><f>"a"</f><v>a</v></c><c r="G1"><f t="shared" si="0"/></c>'
    )
    assert parsed.rows == {1: [None, None, None, "", "2", "a", None]}
    assert parsed.codes == [(1, "formula_without_value", cell) for cell in (0, 1, 2, 6)]


def test_rich_text_is_joined_without_its_readings_and_escapes_are_resolved() -> None:
    strings = (
        "<si><r><t>An</t></r><r><rPr><b/></rPr><t xml:space='preserve'>n </t></r><r><t>Lee</t></r></si>"
        "<si><t>課長</t><rPh sb='0' eb='2'><t>カチョウ</t></rPh></si><si><t>a_x000D_b_x005F_x0041_</t></si>"
    )
    parsed = cells_of(*(f'<c r="{column}1" t="s"><v>{index}</v></c>' for index, column in enumerate("ABC")), strings=strings)
    assert parsed.rows == {1: ["Ann Lee", "課長", "a\rb_x0041_"]}


def test_cells_without_references_follow_each_other_and_rows_without_numbers_too() -> None:
    rows = (
        '<row><c t="str"><v>a</v></c><c/><c t="str"><v>b</v></c></row><row r="5"><c r="B5" t="str"><v>c</v></c></row>'
        '<row><c t="str"><v>d</v></c></row>'
    )
    assert parse_both(make_package(make_sheet(rows))).rows == {1: ["a", "", "b"], 5: ["", "c"], 6: ["d"]}


def test_only_the_last_row_of_the_sheet_is_filled() -> None:
    rows = '<row r="1048576"><c r="A1048576" t="str"><v>last</v></c></row>'
    assert parse_both(make_package(make_sheet(rows))).rows == {1_048_576: ["last"]}


def test_hidden_rows_are_read_with_a_note() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="2" hidden="1"><c r="A2"><v>2</v></c></row><row r="3" hidden="1"/>'
    parsed = parse_both(make_package(make_sheet(rows)))
    assert parsed.rows == {1: ["1"], 2: ["2"]}
    assert parsed.codes == [(2, "hidden_row", None)]


def test_a_value_that_is_merged_down_is_that_of_every_row_and_a_banner_is_not() -> None:
    rows = (
        '<row r="1"><c r="A1" t="str"><v>Banner</v></c><c r="B1"/></row>'
        '<row r="2"><c r="A2" t="str"><v>ACME</v></c><c r="B2" t="str"><v>Ann</v></c></row>'
        '<row r="3"><c r="A3"/><c r="B3" t="str"><v>Bob</v></c></row>'
        '<row r="4"/>'
        '<row r="5"><c r="B5" t="str"><v>Cy</v></c></row>'
        '<row r="6"><c r="B6" t="str"><v>Di</v></c></row>'
    )
    merged = '<mergeCells count="2"><mergeCell ref="A1:B1"/><mergeCell ref="A2:A5"/></mergeCells>'
    parsed = parse_both(make_package(make_sheet(rows, merged)))
    assert parsed.rows == {1: ["Banner"], 2: ["ACME", "Ann"], 3: ["ACME", "Bob"], 5: ["ACME", "Cy"], 6: ["", "Di"]}
    assert parsed.marks == [(3, "merged_cell", 0, "ACME"), (5, "merged_cell", 0, "ACME")]


def test_strict_namespaces_prefixes_and_absolute_targets_are_read() -> None:
    strict = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    sheet = '<row r="1" hidden="1"><c r="A1" t="str"><v>a</v></c></row>'
    assert parse_both(make_package(make_sheet(sheet, namespace=strict))).codes == [(1, "hidden_row", None)]
    cells = '<x:c r="A1"><x:f>B1</x:f></x:c><x:c r="B1" t="str"><x:v>b</x:v></x:c>'
    prefixed = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1">{cells}</x:row></x:sheetData></x:worksheet>'
    parsed = parse_both(make_package(prefixed))
    assert parsed.rows == {1: [None, "b"]}
    absolute = relationships(s1=("worksheet", "/xl/worksheets/sheet1.xml"), s2=("sharedStrings", "/xl/sharedStrings.xml"))
    parsed = cells_of('<c r="A1" t="s"><v>0</v></c>', strings="<si><t>a</t></si>", parts={"xl/_rels/workbook.xml.rels": absolute})
    assert parsed.rows == {1: ["a"]}


def test_rows_out_of_order_are_sorted_by_the_one_reader_and_refused_by_the_other() -> None:
    data = make_package(make_sheet('<row r="3"><c r="A3"><v>3</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>'))
    assert parse(data).rows == {1: ["1"], 3: ["3"]}
    with pytest.raises(UnreadableFile, match="out of order"):
        parse(data, is_streaming=True)


@pytest.mark.parametrize("filling", ["", "x" * 300_000], ids=["short", "in several pieces"])
def test_two_rows_of_one_number_are_both_read(filling: str) -> None:
    texts = ["1", filling + "2", "3", "4"]
    rows = zip((1, 2, 2, 3), texts, strict=True)
    xml = "".join(f'<row r="{row}"><c r="A{row}" t="str"><v>{text}</v></c></row>' for row, text in rows)
    assert parse_both(make_package(make_sheet(xml))).rows == {row: [text] for row, text in enumerate(texts, start=1)}


@pytest.mark.parametrize("row", [1_048_577, 4_294_967_295, 99_999_999_999, 10**30])
def test_a_row_that_no_sheet_can_have_is_damage(row: int) -> None:
    xml = f'<row r="1"><c r="A1"><v>1</v></c></row><row r="{row}"><c r="A{row}"><v>2</v></c></row>'
    data = make_package(make_sheet(xml))
    with pytest.raises(UnreadableFile, match="1,048,576 rows"):
        parse(data, is_streaming=True)
    # In a process of its own, for one of these numbers makes the other reader abort for want of memory.
    with pytest.raises(UnreadableFile, match="1,048,576 rows"):
        read_source(data, format=FileFormat.XLSX)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_sheet_in_utf16_is_refused_for_what_it_is(encoding: str) -> None:
    data = make_package(make_sheet('<row r="1"><c r="A1"><v>1</v></c></row>').encode(encoding))
    for is_streaming in (False, True):
        with pytest.raises(UnreadableFile, match="UTF-16"):
            parse(data, is_streaming=is_streaming)


def test_dates_in_iso_form_are_read() -> None:
    parsed = cells_of('<c r="A1" t="d"><v>2020-06-18</v></c><c r="B1" t="d"><v>2020-06-18T10:30:00</v></c>')
    assert parsed.rows == {1: ["2020-06-18", "2020-06-18 10:30:00"]}


def test_a_date_written_by_openpyxl_is_read_as_one() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([datetime(1990, 5, 17), datetime(2024, 1, 2, 3, 4, 5), timedelta(hours=30)])
    stream = io.BytesIO()
    book.save(stream)
    assert parse_both(stream.getvalue()).rows == {1: ["1990-05-17", "2024-01-02 03:04:05", "30:00:00"]}
