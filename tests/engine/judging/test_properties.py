import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from models.vocabulary import ISSUE_MESSAGES, AssignmentMode, ContactField, IssueCode
from tests.engine.judging.judged import TODAY
from workers.engine.frames import ISSUE_SCHEMA, Assignment, EngineOptions, Judged
from workers.engine.judging import judge_rows

HEADERS = [*(field.value for field in ContactField), "custom.x"]
OPTIONS = EngineOptions(
    mapping={header: header for header in HEADERS},
    today=TODAY,
    default_country="FR",
    date_orders={"birthday": "day_first"},
    assignment=Assignment(AssignmentMode.BY_COLUMN, column="owner"),
)

# Any text, and texts made of what the rules look for.
MARKS = ("@", ".", ",", ";", "|", "/", "-", "+", "(", ")", "<", ">", "0", "00", "33", "6", "12", "31", "1984", "x12")
WORDS = ("mailto:", "https://", "www.", "example", ".com", "gmial.com", "FR", "USA", "NA", "n/a", "null", "yes", "oui", "mars", "a", "A")
LETTERS = ("É", "é", "e\u0301", "ß", "İ", "\ufb01")
SPACES = (" ", "\u00a0", "\u200b", "\u200d", "\u202e", "\x00", "\r\n", "\t")
pieces = st.sampled_from((*MARKS, *WORDS, *LETTERS, *SPACES))
cells = st.none() | st.text(max_size=12) | st.lists(pieces, max_size=8).map("".join)
tables = st.lists(st.lists(cells, min_size=len(HEADERS), max_size=len(HEADERS)), min_size=1, max_size=6)


def judge_numbered(rows: list[tuple[int, list[str | None]]]) -> Judged:
    return judge_rows(rows, HEADERS, OPTIONS)


@given(tables)
@settings(max_examples=35)
def test_any_text_is_judged_without_an_exception_and_to_the_schema(table: list[list[str | None]]) -> None:
    judged = judge_numbered(list(enumerate(table, start=2)))
    assert judged.rows["row"].to_list() == list(range(2, len(table) + 2))
    assert judged.rows.columns == ["row", "failed", *HEADERS, "assigned_owner"]
    assert judged.issues.schema == ISSUE_SCHEMA
    for name, dtype in judged.rows.schema.items():
        expected = {"row": pl.Int64, "failed": pl.Boolean, "tags": pl.List(pl.String)}.get(name, pl.String)
        assert dtype == expected
    assert set(judged.issues["code"]) <= {code.value for code in IssueCode}
    assert not any("{" in message for message in judged.issues["message"])
    assert set(judged.rows.filter(pl.col("failed"))["row"]) == set(judged.issues.filter(pl.col("severity") == "error")["row"])
    assert len(ISSUE_MESSAGES) == len(IssueCode)


@given(tables)
@settings(max_examples=35)
def test_judging_what_was_judged_changes_nothing(table: list[list[str | None]]) -> None:
    once = judge_numbered(list(enumerate(table, start=2))).rows
    texts = once.with_columns(pl.col("tags").list.join(";"))
    again = judge_numbered([(row[0], list(row[2:-1])) for row in texts.rows()]).rows
    assert_frame_equal(again.select(HEADERS), once.select(HEADERS))


@given(tables, st.integers(0, 6))
@settings(max_examples=25)
def test_where_a_file_is_cut_into_chunks_does_not_matter(table: list[list[str | None]], cut: int) -> None:
    rows = list(enumerate(table, start=2))
    whole, first, second = judge_numbered(rows), judge_numbered(rows[:cut]), judge_numbered(rows[cut:])
    assert_frame_equal(pl.concat([first.rows, second.rows]), whole.rows)
    assert_frame_equal(pl.concat([first.issues, second.issues]), whole.issues)
