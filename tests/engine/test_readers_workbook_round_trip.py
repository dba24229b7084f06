"""Any table of text that is written into a workbook comes out of an import cell for cell, through the process that parses it."""

import io

import openpyxl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.vocabulary import FileFormat
from tests.engine.reading import read_source
from workers.engine.readers.repair import repair_text

# What a workbook can hold; blanks alone are a blank cell in any import, and a formula is another matter.
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=12).filter(
    lambda text: not text.startswith("=") and not text.isspace()
)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(0, 4))
    return draw(st.lists(st.lists(TEXT, min_size=width, max_size=width), min_size=1, max_size=12))


@given(table=tables())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_table_of_text_is_imported_as_it_was_written(table: list[list[str]]) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    width = len(table[0]) + 1
    # With an address in each row none of them can be a remark or a total.
    rows = [[*cells, f"person{number}@example.com"] for number, cells in enumerate(table)]
    for number, cells in enumerate([[f"h{index}" for index in range(width)], *rows], start=1):
        for column, text in enumerate(cells, start=1):
            cell = sheet.cell(number, column)
            cell.value, cell.data_type = text, "s"
    stream = io.BytesIO()
    book.save(stream)
    reading = read_source(stream.getvalue(), format=FileFormat.XLSX)
    assert reading.headers == tuple(f"h{index}" for index in range(width))
    # What looks as if it had been encoded twice is restored, and named.
    restored = [tuple(repair_text(cell) or cell for cell in cells) for cells in rows]
    assert [(row, tuple(cell or "" for cell in cells)) for row, cells in reading.rows] == list(enumerate(restored, start=2))
    assert {row for row, _ in reading.codes} == {
        row for row, (was, now) in enumerate(zip(rows, restored, strict=True), start=2) if tuple(was) != now
    }
