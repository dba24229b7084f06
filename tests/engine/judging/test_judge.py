import pytest

from models.vocabulary import ISSUE_MESSAGES, AssignmentMode, InvalidValuePolicy, IssueCode, IssueSeverity, MatchField, MatchMode
from tests.engine.judging.judged import TODAY, judge_table
from workers.engine.frames import ISSUE_SCHEMA, Assignment, Chunk, EngineOptions, Issue, make_issue_frame
from workers.engine.judging import judge, judge_rows

KEYS = ["external_id", "email", "phone", "mobile_phone"]
GOOD_PHONE = "+33612345678"
BAD_ID = "x" * 201


@pytest.mark.parametrize(
    ("cells", "errors"),
    [
        (["7", "", "", ""], []),
        (["7", "bad", "bad", ""], []),
        (["", "a@x.org", "bad", ""], []),
        (["", "bad", GOOD_PHONE, ""], ["email"]),
        ([BAD_ID, "a@x.org", "", ""], ["external_id"]),
        (["", "", "bad", ""], ["phone"]),
        (["", "", "bad", "bad"], ["phone", "mobile_phone"]),
        (["", "", "bad", GOOD_PHONE], []),
        (["", "", "", GOOD_PHONE], []),
        (["n/a", "-", "", ""], [None]),
        ([None, None, None, None], [None]),
    ],
)
def test_under_identity_the_strongest_key_with_something_in_it_decides(cells: list[str | None], errors: list[str | None]) -> None:
    judged = judge_table(KEYS, [cells])
    assert judged.issues.filter(judged.issues["severity"] == "error")["field"].to_list() == errors
    assert judged.rows["failed"].to_list() == [bool(errors)]


@pytest.mark.parametrize(
    ("cells", "errors"),
    [
        (["", "bad", GOOD_PHONE, ""], []),
        ([BAD_ID, "a@x.org", "bad", ""], []),
        (["", "bad", "bad", ""], ["email", "phone"]),
        (["", "", "", ""], [None]),
    ],
)
def test_under_any_an_unusable_key_fails_only_a_row_without_another(cells: list[str], errors: list[str | None]) -> None:
    judged = judge_table(KEYS, [cells], match_mode=MatchMode.ANY)
    assert judged.issues.filter(judged.issues["severity"] == "error")["field"].to_list() == errors


@pytest.mark.parametrize(
    ("match_fields", "cells", "codes"),
    [
        ((MatchField.EMAIL,), ["7", "", GOOD_PHONE, ""], ["no_match_key"]),
        ((MatchField.EMAIL,), [BAD_ID, "a@x.org", "", ""], []),
        ((MatchField.PHONE, MatchField.EMAIL), ["", "bad", GOOD_PHONE, ""], ["invalid_email"]),
        ((MatchField.PHONE,), ["", "bad", GOOD_PHONE, ""], []),
    ],
)
def test_only_match_fields_decide(match_fields: tuple[MatchField, ...], cells: list[str], codes: list[str]) -> None:
    judged = judge_table(KEYS, [cells], match_fields=match_fields)
    assert judged.issues.filter(judged.issues["severity"] == "error")["code"].to_list() == codes


def test_unusable_value_fails_the_row_where_the_policy_says_so() -> None:
    headers = ["email", "birthday", "tags"]
    row = ["a@gmial.com", "soon", ""]
    kept = judge_table(headers, [row])
    failed = judge_table(headers, [row, ["a@x.org", "", "b" * 101]], invalid_values=InvalidValuePolicy.FAIL_ROW)
    assert kept.rows["failed"].to_list() == [False]
    assert kept.issues["severity"].to_list() == ["warning", "warning"]
    assert failed.rows["failed"].to_list() == [True, True]
    assert failed.issues.select("code", "severity").rows() == [
        ("email_domain_typo", "warning"),
        ("invalid_date", "error"),
        ("value_too_long", "error"),
    ]


def test_issues_of_reading_are_passed_on_and_fail_their_rows() -> None:
    read = [
        Issue(2, IssueCode.TOO_MANY_CELLS, IssueSeverity.ERROR, ISSUE_MESSAGES[IssueCode.TOO_MANY_CELLS]),
        Issue(3, IssueCode.STRAY_QUOTE, IssueSeverity.NOTE, ISSUE_MESSAGES[IssueCode.STRAY_QUOTE], column="phone"),
    ]
    whole = judge_table(["email", "phone"], [["a@x.org", ""], ["b@x.org", "12"]])
    frame = whole.rows.select("row", c0="email", c1=whole.rows["phone"].fill_null("12"))
    options = EngineOptions(mapping={"email": "email", "phone": "phone"}, today=TODAY)
    judged = judge(Chunk(frame, make_issue_frame(read)), ["email", "phone"], options)
    assert judged.rows["failed"].to_list() == [True, False]
    assert judged.issues.select("row", "code").rows() == [(2, "too_many_cells"), (3, "stray_quote"), (3, "invalid_phone")]


def test_issues_are_in_the_order_of_rows_then_columns() -> None:
    judged = judge_table(["birthday", "country", "email"], [["soon", "Atlantis", "bad"], ["later", "", ""], ["", "Mooh", "a@x.org"]])
    assert judged.issues.select("row", "column").rows() == [
        (2, "birthday"), (2, "country"), (2, "email"), (3, None), (3, "birthday"), (4, "country"),
    ]  # fmt: skip
    assert judged.issues.schema == ISSUE_SCHEMA


def test_columns_without_a_field_are_left_alone() -> None:
    judged = judge_table(["email", "other"], [["a@x.org", "x\x00"]], mapping={"email": "email"})
    assert judged.rows.columns == ["row", "failed", "email"]
    assert judged.issues.is_empty()


def test_cells_that_a_short_row_lacks_say_nothing() -> None:
    judged = judge_rows(
        [(2, ["a@x.org"])], ["email", "city", "tags"], EngineOptions(mapping={n: n for n in ("email", "city", "tags")}, today=TODAY)
    )
    assert judged.rows.row(0, named=True) == {"row": 2, "failed": False, "email": "a@x.org", "city": None, "tags": None}


def test_owners_take_turns_by_row_number_from_the_first_row_on() -> None:
    rows = [[f"p{number}@x.org"] for number in range(6)]
    turns = Assignment(AssignmentMode.ROUND_ROBIN, owners=("ann", "bob", "cid"))
    whole = judge_table(["email"], rows, assignment=turns, first_row=2).rows["assigned_owner"].to_list()
    options = EngineOptions(mapping={"email": "email"}, today=TODAY, assignment=turns, first_row=2)
    parts = [judge_rows([(row, rows[row - 2])], ["email"], options).rows["assigned_owner"].item() for row in range(2, 8)]
    assert whole == parts == ["ann", "bob", "cid", "ann", "bob", "cid"]


def test_owner_is_the_one_named_or_the_one_in_the_column() -> None:
    single = judge_table(["email"], [["a@x.org"]], assignment=Assignment(AssignmentMode.SINGLE, owners=("ann",)))
    assert single.rows["assigned_owner"].to_list() == ["ann"]
    by_column = judge_table(
        ["email", "Rep"],
        [["a@x.org", " Ann "], ["b@x.org", ""], ["c@x.org", None]],
        mapping={"email": "email"},
        assignment=Assignment(AssignmentMode.BY_COLUMN, column="Rep"),
    )
    assert by_column.rows["assigned_owner"].to_list() == ["Ann", None, None]
    assert by_column.issues.select("row", "column", "code", "severity").rows() == [
        (3, "Rep", "owner_missing", "note"),
        (4, "Rep", "owner_missing", "note"),
    ]
    assert "assigned_owner" not in judge_table(["email"], [["a@x.org"]]).rows.columns


def test_no_rows_give_no_rows() -> None:
    judged = judge_table([*KEYS, "country", "website", "birthday", "consent", "tags", "notes"], [])
    assert judged.rows.is_empty()
    assert judged.issues.is_empty()
    assert "mobile_phone" in judged.rows.columns
