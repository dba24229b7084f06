"""Excel workbooks: values as text, the sheet's own row numbers, the right sheet, and what cannot be read."""

import io
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from openpyxl import Workbook

from models.errors import InvalidRequest, LimitExceeded, UnreadableFile
from models.vocabulary import FileFormat
from tests.engine.reading import Reading, read_source
from workers.engine.detection import detect_format
from workers.engine.frames import DialectOverrides, ReaderLimits


def save(workbook: Workbook) -> bytes:
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def workbook_of(*rows: list[Any]) -> bytes:
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)  # type: ignore[union-attr]  # a new workbook has a sheet
    return save(workbook)


def read(data: bytes, sheet: str | None = None, **limits: int) -> Reading:
    assert detect_format(data[:65_536], "a.xlsx") is FileFormat.XLSX
    return read_source(data, format=FileFormat.XLSX, overrides=DialectOverrides(sheet=sheet), limits=ReaderLimits(**limits))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (33123456789, "33123456789"),
        (3.3123456789e10, "33123456789"),
        (1.5, "1.5"),
        (0.1 + 0.2, "0.3"),
        (1e-7, "0.0000001"),
        (True, "TRUE"),
        (date(1990, 5, 17), "1990-05-17"),
        (datetime(2024, 1, 2), "2024-01-02"),
        (datetime(2024, 1, 2, 3, 4, 5), "2024-01-02 03:04:05"),
        (time(9, 30), "09:30:00"),
        (timedelta(hours=30), "30:00:00"),
        ("00123", "00123"),
        ("  text ", "  text "),
    ],
)
def test_a_value_becomes_the_text_that_a_person_sees(value: object, text: str) -> None:
    assert read(workbook_of(["email", "value"], ["a@example.com", value])).cells == [("a@example.com", text)]


def test_rows_have_the_numbers_of_the_sheet_and_blank_ones_are_skipped() -> None:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet["B3"], sheet["C3"] = "name", "email"
    sheet["B4"], sheet["C4"] = "Ann", "ann@example.com"
    sheet["B9"], sheet["D9"] = "Bob", "a note"
    reading = read(save(workbook))
    assert reading.headers == ("Column 1", "name", "email", "Column 4")
    assert reading.rows == [(4, ("", "Ann", "ann@example.com", "")), (9, ("", "Bob", "", "a note"))]
    assert reading.issues == []


def test_an_error_value_is_null_with_a_warning() -> None:
    reading = read(workbook_of(["name", "email"], ["Ann", "#REF!"]))
    assert reading.cells == [("Ann", None)]
    (issue,) = reading.issues
    assert (issue["row"], issue["column"], issue["code"], issue["value"]) == (2, "email", "cell_error", "#REF!")


def test_the_first_visible_sheet_with_data_is_read_unless_another_is_wanted() -> None:
    workbook = Workbook()
    workbook.create_sheet("Hidden").append(["secret"])
    workbook["Hidden"].sheet_state = "hidden"
    workbook.create_sheet("People").append(["email"])
    workbook["People"].append(["ann@example.com"])
    data = save(workbook)
    reading = read(data)
    assert reading.inspection.dialect.sheet == "People"
    assert reading.inspection.dialect.sheets == ("Sheet", "People")
    assert reading.rows == [(2, ("ann@example.com",))]
    assert read(data, sheet="Hidden").headers == ("secret",)
    with pytest.raises(InvalidRequest, match="People") as refusal:
        read(data, sheet="Nobody")
    assert refusal.value.code == "sheet_not_found"


def test_a_stated_size_that_is_wrong_hides_no_cell() -> None:
    data = workbook_of(["name", "email"], ["Ann", "ann@example.com"], ["Bob", "bob@example.com"])
    wrong = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(wrong, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b'<dimension ref="A1:B3"', b'<dimension ref="A1"'))
    assert b'ref="A1:B3"' not in wrong.getvalue()
    assert len(read(wrong.getvalue()).rows) == 2


def test_what_cannot_be_read_says_why() -> None:
    whole = workbook_of(["email"], ["ann@example.com"])
    with pytest.raises(UnreadableFile) as truncated:
        read_source(whole[: len(whole) // 2], format=FileFormat.XLSX)
    assert truncated.value.code == "unreadable_file"
    with pytest.raises(UnreadableFile) as locked:
        read_source(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), format=FileFormat.XLSX)
    assert locked.value.code == "encrypted_file"
    with pytest.raises(UnreadableFile) as empty:
        read(workbook_of())
    assert empty.value.code == "empty_file"


def test_a_damaged_sheet_is_reported_as_such() -> None:
    damaged = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook_of(["email"], ["a"]))) as source, zipfile.ZipFile(damaged, "w") as target:
        for name in source.namelist():
            target.writestr(name, b"<worksheet><sheetData><row r='x'>" if "sheet1" in name else source.read(name))
    with pytest.raises(UnreadableFile):
        read(damaged.getvalue())


def test_a_workbook_that_would_become_too_large_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(LimitExceeded, match="ROLODOCK_MAX_DECOMPRESSED_BYTES") as refusal:
        read(workbook_of(["x" * 1_000] * 50), max_decompressed_bytes=10_000)
    assert refusal.value.code == "decompressed_too_large"


def test_too_many_columns_and_rows_are_refused() -> None:
    with pytest.raises(LimitExceeded, match="ROLODOCK_MAX_COLUMNS"):
        read(workbook_of([f"c{i}" for i in range(30)]), max_columns=20)
    with pytest.raises(LimitExceeded, match="ROLODOCK_MAX_ROWS"):
        read(workbook_of(["email"], *[["a"]] * 5), max_rows=4)
