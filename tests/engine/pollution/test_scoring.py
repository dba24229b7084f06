"""The measure itself: what counts as right, as read, and as silent."""

from dataclasses import replace

import pytest

from tests.engine.pollution.document import Cells, Document, Style, make_document
from tests.engine.pollution.kinds import KINDS, make_case
from tests.engine.pollution.rivals import score_in_order
from tests.engine.pollution.scoring import ReadTable, score
from tests.engine.pollution.tables import make_tables

HEADER = ("name", "email")
ROWS: list[Cells] = [("Ada", "ada@example.com"), ("Bo", ""), ("Cy", "cy@example.com")]
RIGHT = ReadTable(HEADER, {2: ROWS[0], 3: ("Bo", None), 4: ROWS[2]})


def make_clean() -> Document:
    return make_document(HEADER, ROWS, Style())


def test_a_right_reading_is_whole() -> None:
    result = score(make_clean(), RIGHT)
    assert (result.f1, result.silent, result.differences) == (1.0, 0, [])


@pytest.mark.parametrize(
    ("table", "f1", "silent"),
    [
        (replace(RIGHT, rows={**RIGHT.rows, 4: ("Cy", "else")}), 14 / 16, 1),
        (replace(RIGHT, rows={**RIGHT.rows, 4: ("Cy", "else")}, doubted=frozenset({4})), 14 / 16, 0),
        (replace(RIGHT, failed=frozenset({4})), 12 / 14, 0),
        (replace(RIGHT, rows={2: ROWS[0], 3: ROWS[1]}), 12 / 14, 2),
        (replace(RIGHT, rows={**RIGHT.rows, 9: ("Di", "di@example.com")}), 16 / 18, 2),
        (replace(RIGHT, rows={2: ROWS[0], 3: ROWS[1], 5: ROWS[2]}), 12 / 16, 4),
        (replace(RIGHT, header=None), 12 / 14, 2),
        (ReadTable(None, {}, is_asked=True), 0.0, 0),
    ],
)
def test_what_is_read_otherwise_costs_cells_and_is_silent_unless_named(table: ReadTable, f1: float, silent: int) -> None:
    result = score(make_clean(), table)
    assert result.f1 == pytest.approx(f1)
    assert result.silent == silent


def test_readers_without_row_numbers_are_aligned_as_suits_them_best() -> None:
    document = make_clean()
    assert score_in_order(document, [HEADER, *ROWS]).f1 == 1.0
    assert score_in_order(document, [("a title",), (), HEADER, ROWS[0], ("Bo",), ROWS[2]]).f1 == pytest.approx(16 / 18)
    assert score_in_order(document, [ROWS[0], ROWS[2]]).f1 == pytest.approx(8 / 12)
    assert score_in_order(document, []).f1 == 0.0


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_changes_the_file_and_does_so_the_same_way_each_time(kind: str) -> None:
    cases = [(make_case((kind,), table, 1), make_case((kind,), table, 1), make_case(("clean",), table, 1)) for table in make_tables()]
    files = [tuple(case.document.to_bytes() for case in trio if case) for trio in cases if all(trio)]
    assert len(files) >= 8
    assert all(first == again != clean for first, again, clean in files)
