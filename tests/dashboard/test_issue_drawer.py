"""Which rows behind a group of issues are shown, page by page, and how far one is then."""

from dataclasses import dataclass
from typing import Any

from dashboard.pages.importing.issue_drawer import find_rows
from dashboard.records.answers import PageInfo
from dashboard.records.issues import Issue, IssuePage

PLANNED = {"id": "1", "status": "PLANNED"}
GROUP: dict[str, Any] = {"code": "INVALID_PHONE", "field": "phone", "severity": "ERROR", "after": None, "seen": 0}


@dataclass
class Issues:
    """The issues of an import, in order and by severity, as the API pages them; `open_rows` are in the newest plan."""

    rows: dict[str, range]
    open_rows: frozenset[int]

    def import_issues(
        self, import_id: str, *, code: str, field: str | None, severity: str, first: int, after: str | None = None
    ) -> IssuePage:
        rows = self.rows[severity]
        start = int(after or 0)
        end = min(start + first, len(rows))
        nodes = tuple(Issue(row, code, severity, "", field=field, batch=1 if row in self.open_rows else None) for row in rows[start:end])
        return IssuePage(nodes, len(rows), PageInfo(end < len(rows), str(end)))


def _show(client: Any, at: dict[str, Any]) -> tuple[list[int], int]:
    page, seen = find_rows(client, PLANNED, at)
    return [issue.row for issue in page.nodes], seen


def test_the_rows_of_a_retry_are_found_among_those_that_were_settled_before() -> None:
    client = Issues({"ERROR": range(1, 594)}, frozenset({7, 300, 590}))
    assert _show(client, GROUP) == ([7, 300, 590], 593)


def test_each_page_goes_on_where_the_one_before_ended() -> None:
    client = Issues({"ERROR": range(1, 107)}, frozenset(range(1, 107)))
    assert _show(client, GROUP) == (list(range(1, 51)), 50)
    assert _show(client, {**GROUP, "after": "50", "seen": 50}) == (list(range(51, 101)), 100)
    assert _show(client, {**GROUP, "after": "100", "seen": 100}) == (list(range(101, 107)), 106)


def test_rows_that_fail_are_listed_apart_from_those_that_are_only_warned_of() -> None:
    client = Issues({"ERROR": range(1, 3), "WARNING": range(3, 40)}, frozenset(range(1, 40)))
    assert _show(client, GROUP) == ([1, 2], 2)
    assert _show(client, {**GROUP, "severity": "WARNING"}) == (list(range(3, 40)), 37)


def test_where_none_can_be_corrected_the_first_are_shown_all_the_same() -> None:
    client = Issues({"ERROR": range(1, 121)}, frozenset())
    assert _show(client, GROUP) == (list(range(1, 51)), 50)
