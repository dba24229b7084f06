"""The charts' traces say what the records say."""

from datetime import UTC, datetime, timedelta

from dashboard.figures.issues import issues_by_code, issues_by_field
from dashboard.figures.outcomes import Period, outcomes_over_time
from dashboard.records.analytics import Bucket, IssueBreakdown
from dashboard.records.imports import Counts
from dashboard.theme import OUTCOME_HEX

DAYS = (datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC))
PERIOD = Period(datetime(2026, 10, 4, 12, tzinfo=UTC), datetime(2026, 11, 3, 12, tzinfo=UTC), timedelta(days=1))
ISSUES = (
    IssueBreakdown(code="INVALID_PHONE", field="phone", count=3),
    IssueBreakdown(code="INVALID_PHONE", field="mobile_phone", count=4),
    IssueBreakdown(code="NO_MATCH_KEY", field=None, count=5),
)


def test_outcomes_are_stacked_in_their_order_and_colours() -> None:
    buckets = (
        Bucket(start=DAYS[0], imports=1, counts=Counts(total=5, created=3, failed=2)),
        Bucket(start=DAYS[1], imports=1, counts=Counts(total=4, created=4)),
    )
    figure = outcomes_over_time(buckets, PERIOD)
    assert [(bar.name, tuple(bar.y)) for bar in figure.data] == [("Created", (3, 4)), ("Failed", (2, 0))]
    assert [bar.marker.color for bar in figure.data] == [OUTCOME_HEX["created"], OUTCOME_HEX["failed"]]
    assert all(tuple(bar.x) == DAYS for bar in figure.data)
    assert figure.layout.barmode == "stack"


def test_one_day_is_one_thin_bar_in_the_whole_period() -> None:
    figure = outcomes_over_time((Bucket(start=DAYS[0], imports=1, counts=Counts(total=5, created=5)),), PERIOD)
    shown_from, shown_until = figure.layout.xaxis.range
    assert shown_from < PERIOD.since < PERIOD.until < shown_until
    assert timedelta(milliseconds=figure.data[0].width) < timedelta(days=1)


def test_nothing_imported_draws_nothing() -> None:
    assert len(outcomes_over_time((), PERIOD).data) == 0


def test_issues_of_one_code_are_added_up_with_the_most_frequent_on_top() -> None:
    (bar,) = issues_by_code(ISSUES).data
    assert tuple(bar.y) == ("Nothing to identify the row by", "Invalid phone")
    assert tuple(bar.x) == (5, 7)


def test_issues_without_a_field_are_of_the_whole_row() -> None:
    (bar,) = issues_by_field(ISSUES).data
    assert dict(zip(bar.y, bar.x, strict=True)) == {"Whole row": 5, "Mobile phone": 4, "Phone": 3}


def test_only_the_most_frequent_issues_are_drawn() -> None:
    many = [IssueBreakdown(code=f"CODE_{n}", field=None, count=n) for n in range(1, 13)]
    (bar,) = issues_by_code(many).data
    assert tuple(bar.x) == (5, 6, 7, 8, 9, 10, 11, 12)


def test_the_longest_bar_leaves_room_for_its_number_however_narrow_the_screen() -> None:
    figure = issues_by_code([IssueBreakdown(code="AMBIGUOUS_DATE", field=None, count=100_004)])
    (bar,) = figure.data
    assert bar.text == ("100,004",)
    assert (bar.cliponaxis, bar.constraintext) == (False, "none")
    # In pixels beside the axis, since a share of it may be next to nothing.
    assert figure.layout.margin.r >= 7 * len(bar.text[0])
    assert figure.layout.xaxis.range == (0, 100_004)
    assert figure.layout.yaxis.ticktext == ("Day and month cannot<br>be told apart",)
