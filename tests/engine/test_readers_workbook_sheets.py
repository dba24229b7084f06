"""Which sheet of a workbook is taken to hold the contacts, and when that is asked."""

import io
from collections.abc import Mapping, Sequence

import pytest
from openpyxl import Workbook

from models.errors import UnreadableFile
from models.vocabulary import FileFormat
from tests.engine.reading import read_source
from workers.engine.detection import inspect_source
from workers.engine.frames import LEAST_CONFIDENCE, Decision, DialectOverrides, Inspection, ReaderLimits

PEOPLE = [["First name", "Last name", "Email"], ["Ann", "Lee", "ann@example.com"], ["Bob", "Ray", "bob@example.com"]]
NOTES = [["Exported on Monday"], ["by the office"]]
PRICES = [["Article", "Price"], ["Chair", "12.50"], ["Table", "99"]]


def workbook_of(sheets: Mapping[str, Sequence[Sequence[str]]], hidden: Sequence[str] = ()) -> bytes:
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
        sheet.sheet_state = "hidden" if name in hidden else "visible"
    workbook.active = 0
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def inspect(data: bytes, **overrides: str) -> tuple[Inspection, Decision]:
    inspection = inspect_source(
        io.BytesIO(data),
        format=FileFormat.XLSX,
        overrides=DialectOverrides(**overrides),
        limits=ReaderLimits(),  # type: ignore[arg-type]  # texts
    )
    (decision,) = (decision for decision in inspection.decisions if decision.aspect == "sheet")
    return inspection, decision


def test_the_only_sheet_with_data_is_certain() -> None:
    inspection, decision = inspect(workbook_of({"Empty": [], "People": PEOPLE}))
    assert (inspection.dialect.sheet, inspection.dialect.sheets) == ("People", ("Empty", "People"))
    assert (decision.value, decision.confidence) == ("People", 1.0)


def test_the_sheet_with_the_contacts_is_taken_wherever_it_stands() -> None:
    for order in (["Notes", "Prices", "People"], ["People", "Notes", "Prices"]):
        sheets = {"Notes": NOTES, "Prices": PRICES, "People": PEOPLE}
        inspection, decision = inspect(workbook_of({name: sheets[name] for name in order}))
        assert inspection.dialect.sheet == "People"
        assert decision.confidence >= LEAST_CONFIDENCE
        assert set(decision.alternatives) == {"Notes", "Prices"}


def test_two_sheets_with_contacts_are_a_question_and_a_choice_answers_it() -> None:
    data = workbook_of({"Berlin": PEOPLE, "Paris": PEOPLE})
    _, decision = inspect(data)
    assert decision.confidence < LEAST_CONFIDENCE
    assert decision.alternatives == ("Paris",)
    inspection, decision = inspect(data, sheet="Paris")
    assert (inspection.dialect.sheet, decision.value, decision.confidence) == ("Paris", "Paris", 1.0)


def test_a_hidden_sheet_is_read_only_where_no_other_has_data_and_is_said_to_be_hidden() -> None:
    inspection, _ = inspect(workbook_of({"Prices": PRICES, "Old": PEOPLE}, hidden=["Old"]))
    assert inspection.dialect.sheet == "Prices"
    inspection, decision = inspect(workbook_of({"Cover": [], "Old": PEOPLE}, hidden=["Old"]))
    assert inspection.dialect.sheet == "Old"
    assert "hidden" in decision.reason


def test_no_sheet_with_data_is_an_empty_file() -> None:
    with pytest.raises(UnreadableFile) as error:
        inspect(workbook_of({"One": [], "Two": [["", " "]]}))
    assert error.value.code == "empty_file"


def test_a_table_far_down_the_sheet_has_the_row_numbers_of_the_sheet() -> None:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    for row, cells in enumerate(PEOPLE, start=5_000):
        for column, text in enumerate(cells, start=2):
            sheet.cell(row, column, text)
    stream = io.BytesIO()
    workbook.save(stream)
    reading = read_source(stream.getvalue(), format=FileFormat.XLSX)
    assert reading.inspection.dialect.header_row == 5_000
    assert [row for row, _ in reading.rows] == [5_001, 5_002]
