import unicodedata
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_series_equal

from tests.engine.judging.judged import judge_table
from workers.engine.judging.plain_cells import look_at
from workers.engine.judging.text import LEFTOVERS, Cleaned, blank, blank_leftovers, clean_columns


def clean(column: pl.Series) -> Cleaned:
    return clean_columns(column.to_frame(), [column.name], ())[column.name]


def clean_without_a_look(column: pl.Series) -> Cleaned:
    """A line end in a cell more, of which nothing comes, keeps the whole column from being looked at by its bytes."""
    cleaned = clean(pl.concat([column, pl.Series(column.name, ["\n"])]))
    assert cleaned.doubtful is None
    return replace(cleaned, texts=cleaned.texts.head(len(column)))


def test_the_letters_that_pass_untouched_are_normal_and_combine_with_nothing() -> None:
    for letter in map(chr, range(0xC0, 0x180)):
        assert unicodedata.is_normalized("NFC", letter)
        assert unicodedata.combining(letter) == 0


LOOKS: list[tuple[list[str | None], list[int], list[int]]] = [
    (["Ann", "", "José Łukasz", None], [], []),
    ([None, None], [], []),
    ([""], [], []),
    (["", "", ""], [], []),
    ([None, "Ann", None, " Bob", "-"], [3], [3, 4]),
    (["Ann "], [0], [0]),
    (["Ann ", "Bob"], [0], [0]),
    (["Ann", " ", "Bob"], [1], [1]),
    (["Ann  Bob", "Ann B"], [0], [0]),
    (["Ann\u00a0Bob"], [0], [0]),
    (["Ann", "e\u0301", "é"], [1], [1]),
    (["Иван", "Ivan"], [0], [0]),
    (["\x7f", ""], [0], [0]),
    (["-", ""], [], [0]),
    (["n/a", "N/A", "no", "n", "#N/A", "(none)", "...", "a.", ""], [], [0, 1, 4, 5, 6]),
]


@pytest.mark.parametrize(("cells", "rough", "doubtful"), LOOKS)
def test_a_look_finds_the_cells_that_cleaning_may_change_or_that_may_stand_for_nothing(
    cells: list[str | None], rough: list[int], doubtful: list[int]
) -> None:
    column = pl.Series("c0", cells, dtype=pl.String)
    look = look_at(column.to_frame(), ["c0"])["c0"]
    assert (look.rough.to_list(), look.doubtful.to_list()) == (rough, doubtful)
    assert clean(column).texts.to_list() == clean_without_a_look(column).texts.to_list()


@pytest.mark.parametrize("cell", ["Ann\nBob", "Ann\tBob", "Ann\r\nBob", "\n"])
def test_a_column_with_line_ends_in_its_cells_is_looked_at_by_each_cell(cell: str) -> None:
    column = pl.Series("c0", [cell, "Cid"])
    assert look_at(column.to_frame(), ["c0"]) == {}
    assert clean(column).texts.to_list() == [" ".join(cell.split()), "Cid"]


@given(st.lists(st.none() | st.text("aN/n-#( \t\n.é\u2013\u0301\x7fИ", max_size=5), min_size=1, max_size=6))
def test_what_a_look_leaves_out_is_plain_and_stands_for_something(cells: list[str | None]) -> None:
    column = pl.Series("c0", cells, dtype=pl.String)
    seen, unseen = clean(column), clean_without_a_look(column)
    assert_series_equal(seen.texts, unseen.texts)
    blanked = blank_leftovers({"c0": seen}, ["c0"])["c0"].texts
    assert_series_equal(blanked, blank(unseen.texts, LEFTOVERS))


@given(
    st.lists(st.lists(st.none() | st.text("aN/n-#( \t\n.é\u2013\u0301\x7fИ", max_size=5), min_size=3, max_size=3), min_size=1, max_size=4),
    st.sets(st.sampled_from(["c0", "c1", "c2"])),
)
def test_columns_cleaned_together_are_as_they_are_one_by_one(rows: list[list[str | None]], keeps_lines: set[str]) -> None:
    frame = pl.DataFrame({f"c{index}": pl.Series([row[index] for row in rows], dtype=pl.String) for index in range(3)})
    together = blank_leftovers(clean_columns(frame, frame.columns, keeps_lines), frame.columns)
    for name in frame.columns:
        alone = clean_columns(frame, [name], keeps_lines & {name})
        assert_series_equal(together[name].texts, blank_leftovers(alone, [name])[name].texts)
        assert (together[name].had_controls is None) == (alone[name].had_controls is None)
        assert together[name].longest == max(len((text or "").encode()) for text in clean_columns(frame, [name], keeps_lines)[name].texts)


def test_a_cell_that_is_not_plain_is_cleaned_among_plain_ones() -> None:
    judged = judge_table(["email", "city"], [["a@x.org", "Paris"], ["b@x.org", " New\u00a0 York"], ["c@x.org", "Łódź"]])
    assert judged.rows["city"].to_list() == ["Paris", "New York", "Łódź"]
