"""Blank records are counted from the numbers of the others."""

from typing import Any

import pytest

from models.vocabulary import FileFormat
from tests.engine.reading import read_source
from workers.engine.blank_records import explain_blank_records
from workers.engine.frames import Dialect


@pytest.mark.parametrize(
    ("header", "last_row", "row_count", "told_count", "said"),
    [
        ({"header_row": 1}, 5, 4, 0, None),
        ({"header_row": 1}, 5, 3, 0, "1 blank record was left out between rows 2 and 5."),
        ({"header_row": None}, 2_000, 800, 100, "1,100 blank records were left out between rows 1 and 2,000."),
        ({"header_row": 3, "header_rows": 2}, 9, 3, 1, "1 blank record was left out between rows 5 and 9."),
        # A file of which nothing is a row.
        ({"header_row": 1}, 0, 0, 3, None),
    ],
)
def test_what_is_neither_row_nor_told_of_is_blank(
    header: dict[str, Any], last_row: int, row_count: int, told_count: int, said: str | None
) -> None:
    decision = explain_blank_records(Dialect(format=FileFormat.CSV, **header), last_row, row_count, told_count)
    assert (decision.reason if decision else None) == said
    assert decision is None or decision.confidence == 1.0


def test_what_is_left_out_with_a_word_about_it_is_not_told_of_twice() -> None:
    found = read_source(b"email,name\na@example.com,A\n\n,\nemail,name\nb@example.com,B\n\nc@example.com,C\n\n\n")
    rows = [row for row, _ in found.rows]
    assert (rows, found.codes) == ([2, 6, 8], [(5, "repeated_header")])
    decision = explain_blank_records(found.inspection.dialect, rows[-1], len(rows), len(found.codes))
    assert decision is not None
    assert decision.value == "3"
