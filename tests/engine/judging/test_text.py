import unicodedata

import polars as pl
import pytest

from tests.engine.judging.judged import judge_table
from workers.engine.judging.text import clean, list_plain


def test_the_letters_that_pass_untouched_are_normal_and_combine_with_nothing() -> None:
    for letter in map(chr, range(0xC0, 0x180)):
        assert unicodedata.is_normalized("NFC", letter)
        assert unicodedata.combining(letter) == 0


@pytest.mark.parametrize(
    ("cells", "is_plain"),
    [
        (["Ann", "", "José Łukasz", None], True),
        ([None, None], True),
        ([""], True),
        ([" Ann"], False),
        (["Ann", " Bob"], False),
        (["Ann "], False),
        (["Ann ", "Bob"], False),
        (["Ann  Bob"], False),
        (["Ann\nBob"], False),
        (["Ann\tBob"], False),
        (["Ann\u00a0Bob"], False),
        (["e\u0301"], False),
        (["Иван"], False),
        (["\x7f"], False),
    ],
)
def test_a_column_is_plain_if_cleaning_changes_none_of_its_cells(cells: list[str | None], is_plain: bool) -> None:
    column = pl.Series("c0", cells, dtype=pl.String)
    assert list_plain(column.to_frame(), ["c0"]) == ({"c0"} if is_plain else set())
    if is_plain:
        assert clean(column).texts.to_list() == cells


def test_a_cell_that_is_not_plain_is_cleaned_among_plain_ones() -> None:
    judged = judge_table(["email", "city"], [["a@x.org", "Paris"], ["b@x.org", " New\u00a0 York"], ["c@x.org", "Łódź"]])
    assert judged.rows["city"].to_list() == ["Paris", "New York", "Łódź"]
