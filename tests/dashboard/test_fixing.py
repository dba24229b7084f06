"""Fixing in place from the page: the rules that fit a group, what they come to, and cells and rows by hand."""

import re
from dataclasses import replace
from typing import Any

import pytest

from dashboard import strings
from dashboard.client import ApiClient
from dashboard.components.issues import issue_groups, issue_rows
from dashboard.pages.importing.fixing import (
    Answers,
    collect_changes,
    editable_rows,
    edited_rows,
    effect_view,
    modal_body,
    read_rule,
    rules_for,
)
from dashboard.pages.importing.page import draw
from dashboard.records.issues import Issue, IssueGroup
from dashboard.records.rows import KnownRows
from tests.dashboard import canned
from tests.dashboard.fake_api import FakeApi
from tests.dashboard.test_import_page import as_json, as_plain, ids


def body(client: ApiClient, import_id: str) -> Any:
    drawn = draw(client, import_id, view="", before=None)
    assert drawn is not None
    return drawn.body


@pytest.mark.parametrize(
    ("field", "has_suggestion", "rules"),
    [
        ("phone", False, ["country", "replace", "leave_out", "exclude"]),
        ("birthday", False, ["day_first", "month_first", "replace", "leave_out", "exclude"]),
        ("email", True, ["suggestion", "domain", "replace", "leave_out", "exclude"]),
        (None, True, ["exclude"]),
    ],
)
def test_a_group_is_offered_the_rules_that_fit_it(field: str | None, has_suggestion: bool, rules: list[str]) -> None:
    assert rules_for(field, has_suggestion=has_suggestion) == rules
    assert set(rules) <= set(strings.FIX_RULES)


def test_a_rule_is_sent_once_all_of_it_is_said() -> None:
    assert read_rule(Answers("country")) is None
    assert read_rule(Answers("country", country="FR")) == {"defaultCountry": "FR"}
    assert read_rule(Answers("replace", find="si", by="")) is None
    assert read_rule(Answers("replace", find=" ", by="yes")) == {"replaceValue": {"value": None, "by": "yes"}}
    assert read_rule(Answers("domain", domain="gmial.com")) is None
    assert read_rule(Answers("domain", domain=" @GMIAL.com", domain_by="gmail.com ")) == {
        "replaceDomain": {"domain": "gmial.com", "by": "gmail.com"}
    }
    assert read_rule(Answers("day_first", country="FR")) == {"dateOrder": "DAY_FIRST"}


@pytest.mark.parametrize(
    ("value", "suggestion", "domains"),
    [
        ("ines@gmial.com", "ines@gmail.com", ("gmial.com", "gmail.com")),
        ("ines.gmail.com", "ines@gmail.com", ("", "")),
        ("Ines@GMAIL.com ", "ines@gmail.com", ("", "")),
        (None, None, ("", "")),
    ],
)
def test_a_wrong_domain_is_proposed_with_the_one_it_seems_to_mean(
    value: str | None, suggestion: str | None, domains: tuple[str, str]
) -> None:
    issue = Issue(2, "EMAIL_DOMAIN_TYPO", "NOTE", "A typing error.", "E-mail", "email", value, suggestion)
    assert issue.domains == domains
    group = IssueGroup(issue.code, issue.severity, 1, issue, True, "email")
    assert f'"domains": "{" ".join(domains)}"' in as_json(issue_groups([group], {issue.code}))
    asked = modal_body(issue.code, "email", has_suggestion=True, status="PLANNED", domains=domains)
    assert (as_plain(asked, "fix-domain")["value"], as_plain(asked, "fix-domain-by")["value"]) == domains


def test_every_rule_on_the_page_is_one_that_the_api_takes(client: ApiClient, api: FakeApi) -> None:
    import_id = api.add_import("PLANNED")
    for name in strings.FIX_RULES:
        rule = read_rule(Answers(name, country="FR", by="x", domain="a.example", domain_by="b.example"))
        assert rule is not None
        effect = client.preview_fix(import_id, code="INVALID_PHONE", field="phone", rule=rule)
        assert effect is not None
        assert effect.rows == 41


def test_the_effect_is_told_before_anything_is_changed(client: ApiClient, api: FakeApi) -> None:
    import_id = api.add_import("PLANNED")
    effect = client.preview_fix(import_id, code="INVALID_PHONE", field="phone", rule={"defaultCountry": "FR"})
    assert effect is not None
    shown = as_json(effect_view(effect, excludes=False))
    assert strings.FIX_EFFECT.format(changed="40", rows="41", resolved="39") in shown
    assert "+3312" in shown
    nothing = client.preview_fix(import_id, code="NO_MATCH_KEY", field=None, rule={"leaveOut": True})
    assert nothing is not None
    assert strings.FIX_EFFECT_NONE.format(rows="3") in as_json(effect_view(nothing, excludes=False))


def test_groups_can_be_fixed_where_that_changes_something(client: ApiClient, api: FakeApi) -> None:
    assert '"type": "fix-group"' in as_json(body(client, api.add_import("PLANNED")))
    # Of an import that ended only what failed is taken up again.
    ended = as_json(body(client, api.add_import("COMPLETED_WITH_ERRORS")))
    assert '"code": "INVALID_EMAIL", "field": "email", "severity": "ERROR", "suggests"' in ended
    assert not re.search('"code": "DUPLICATE_ROW", "field": "", "severity": "[A-Z]+", "suggests"', ended)
    assert '"type": "fix-group"' not in as_json(body(client, api.add_import("COMPLETED")))


def test_the_questions_of_a_rule_are_hidden_until_it_is_chosen() -> None:
    shown = modal_body("AMBIGUOUS_DATE", "birthday", has_suggestion=False, status="PLANNED")
    assert {"fix-rule", "fix-country-box", "fix-values-box", "fix-domain-box", "fix-effect", "fix-apply"} <= ids(shown)
    assert as_json(shown).count('"display": "none"') == 3


def test_cells_and_rows_are_edited_where_their_issues_are_listed(client: ApiClient, api: FakeApi) -> None:
    import_id = api.add_import("PLANNED")
    page = client.import_issues(import_id, code="INVALID_PHONE", field="phone", severity="WARNING", first=3)
    shown = as_json(editable_rows(page, "PLANNED"))
    assert shown.count('"type": "cell-edit"') == shown.count('"type": "row-mark"') == 3
    assert '"className": "stacks"' in shown, "a phone has no room for a table with inputs"
    # With the corners of a button a box of this size is a circle, which asks for one of several.
    assert shown.count('"radius": "xs"') == 3
    assert editable_rows(page, "COMPLETED") is None
    # Under a retry's plan those of rows that an earlier run settled stand in no batch.
    assert editable_rows(replace(page, nodes=tuple(replace(issue, batch=None) for issue in page.nodes)), "PLANNED") is None
    # A warning is no reason to take a row up again.
    assert editable_rows(page, "COMPLETED_WITH_ERRORS") is None


def test_only_what_was_changed_is_sent() -> None:
    entries = [
        {"row": 4, "do": "exclude", "column": "Phone", "value": "12"},
        {"row": 5, "do": "exclude", "column": "Phone", "value": "13"},
        {"row": 6, "do": "revert", "column": "Phone", "value": None},
        {"row": 7, "do": "include", "column": None, "value": None},
    ]
    edits, excluded, included = collect_changes(entries, [(0, "+3312"), (1, "13")], [(0, False), (1, True), (2, True), (3, True)])
    assert edits == [{"row": 4, "column": "Phone", "value": "+3312"}, {"row": 6, "column": "Phone", "value": None}]
    assert (excluded, included) == ([5], [7])


def test_what_was_edited_is_counted_listed_and_can_be_taken_back(client: ApiClient, api: FakeApi) -> None:
    import_id = api.add_import("PLANNED")
    assert "edits-show" not in ids(body(client, import_id))
    cells = [{"row": 4, "column": "Phone number", "value": "+3312"}]
    assert client.edit_rows(import_id, version=1, edits=cells, exclude_rows=[9], include_rows=[]) == ()
    assert api.imports[import_id]["status"] == "PLANNING"
    api.imports[import_id]["status"] = "PLANNED"
    shown = body(client, import_id)
    assert "edits-show" in ids(shown)
    assert as_json(strings.EDITS_COUNT.format(cells="1", rows="1")) in as_json(shown)
    listed = as_json(edited_rows(client.edited_rows(import_id, first=50), "PLANNED"))
    assert strings.EDIT_REVERT in listed
    assert strings.EDIT_INCLUDE in listed


def test_a_refused_edit_is_told(client: ApiClient, api: FakeApi) -> None:
    import_id = api.add_import("PLANNED")
    errors = client.edit_rows(import_id, version=1, edits=[], exclude_rows=[404], include_rows=[])
    assert [error.code for error in errors] == ["UNKNOWN_ROW"]
    assert client.apply_fix(import_id, version=1, code="INVALID_PHONE", field="phone", rule={"leaveOut": True}) == ()


def test_rows_behind_a_group_say_who_is_in_them(client: ApiClient, api: FakeApi) -> None:
    import_id = api.add_import("PLANNED")
    page = client.import_issues(import_id, code="INVALID_EMAIL", field="email", severity="ERROR", first=50)
    names = {page.nodes[0].row: "Ada Lovelace"}
    assert "Ada Lovelace" in as_json(editable_rows(page, "PLANNED", KnownRows(names)))
    assert "Ada Lovelace" in as_json(issue_rows(page, names))
    assert client.known_rows(import_id, [4, 2]) == KnownRows({2: "Ada Keller", 4: "Grace O'Brien"})


def test_what_is_saved_for_the_next_retry_is_told_shown_and_can_be_taken_back(client: ApiClient, api: FakeApi) -> None:
    import_id = api.add_import("COMPLETED_WITH_ERRORS")
    assert "edits" not in ids(body(client, import_id))
    page = client.import_issues(import_id, code="INVALID_EMAIL", field="email", severity="ERROR", first=2)
    first, second = (issue.row for issue in page.nodes)
    cells = [{"row": first, "column": "E-mail", "value": "now@example.com"}]
    assert client.edit_rows(import_id, version=1, edits=cells, exclude_rows=[], include_rows=[]) == ()
    assert strings.EDITS_WAIT_ONE in as_json(body(client, import_id))
    assert client.edit_rows(import_id, version=2, edits=[], exclude_rows=[second], include_rows=[]) == ()
    shown = body(client, import_id)
    assert strings.EDITS_WAIT.format(count=2) in as_json(shown)
    assert {"edits", "edits-show"} <= ids(shown)
    known = client.known_rows(import_id, [first, second])
    reopened = as_json(editable_rows(page, "COMPLETED_WITH_ERRORS", known))
    assert '"value": "now@example.com"' in reopened
    assert reopened.count(strings.EDIT_WAITS) == 1
    assert '"do": "include"' in reopened
    waiting = client.waiting_rows(import_id, first=50)
    assert [row.row for row in waiting.nodes] == [first, second]
    assert as_json(edited_rows(waiting, "COMPLETED_WITH_ERRORS")).count(strings.EDIT_REVERT) == 1


@pytest.mark.parametrize(("is_open", "fixes"), [(True, True), (False, False)])
def test_under_the_plan_of_a_retry_only_what_it_takes_up_can_be_fixed(is_open: bool, fixes: bool, client: ApiClient, api: FakeApi) -> None:
    import_id = api.add_import("PLANNED", settled=canned.counts(1200, 0.5), groups={"hasOpenRows": is_open})
    shown = as_json(body(client, import_id))
    assert ('"type": "fix-group"' in shown) is fixes
    assert (strings.ISSUES_NOT_RETRIED in shown) is not fixes
