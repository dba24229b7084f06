"""An import's page shows what its state calls for, and offers what can be done then."""

import json
from dataclasses import replace
from typing import Any

import pytest
from plotly.utils import PlotlyJSONEncoder

from dashboard import strings
from dashboard.client import ApiClient
from dashboard.components.feedback import user_errors
from dashboard.components.status import steps
from dashboard.components.tables import import_row
from dashboard.pages.importing import mapping, options, plan, reading, reading_form, result, working
from dashboard.pages.importing.page import draw, layout
from dashboard.records.answers import UserError
from dashboard.records.imports import Counts
from dashboard.records.mapping import Dialect
from dashboard.records.results import RollbackPreview
from dashboard.records.rows import PlannedRow
from tests.dashboard import canned
from tests.dashboard.conftest import HeldClock
from tests.dashboard.fake_api import FakeApi

# Per status: what the page must hold, and what it must not.
EXPECTED = {
    "UPLOADED": ({"progress", "cancel-button"}, {"plan-button"}),
    "INSPECTING": ({"progress", "cancel-button"}, {"progress-percent"}),
    "NEEDS_MAPPING": (
        {"plan-button", "cancel-button", "option-refused", "map-0", "preview", "option-country"},
        {"start-button", "back-to-plan-button"},
    ),
    "PLANNING": ({"progress-percent", "cancel-button"}, {"live-counts"}),
    "PLANNED": (
        {"start-button", "change-mapping-button", "cancel-button", "plan-counts", "plan-hash", "issues"},
        {"plan-button"},
    ),
    "QUEUED": ({"progress", "cancel-button", "queue-position"}, {"start-button"}),
    "APPLYING": ({"progress-percent", "live-counts", "cancel-button"}, {"rollback-button"}),
    "COMPLETED": ({"result", "rollback-button", "result-counts"}, {"retry-button", "cancel-button"}),
    "COMPLETED_WITH_ERRORS": ({"result", "retry-button", "rollback-button", "error-report-link", "issues"}, {"cancel-button"}),
    "FAILED": ({"result", "retry-button", "import-failure"}, {"rollback-button", "result-counts"}),
    "CANCELLING": ({"progress", "live-counts"}, {"cancel-button"}),
    "CANCELLED": ({"result", "retry-button", "rollback-button"}, {"cancel-button"}),
    "ROLLING_BACK": ({"progress"}, {"cancel-button", "rollback-button"}),
    "ROLLED_BACK": ({"result"}, {"rollback-button", "retry-button"}),
    "PARTIALLY_ROLLED_BACK": ({"result", "rollback-button"}, {"retry-button"}),
}
FAILURE = {"code": "UNCLOSED_QUOTE", "message": "Row 812 opens a quote that is never closed.", "path": None}


def as_json(component: Any) -> str:
    return json.dumps(component, cls=PlotlyJSONEncoder)


def ids(component: Any) -> set[str]:
    """Every element id in what the browser would receive."""
    found: set[str] = set()

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("id"), str):
                found.add(node["id"])
            for child in node.values():
                walk(child)
        elif isinstance(node, list):
            for child in node:
                walk(child)

    walk(json.loads(as_json(component)))
    return found


def as_plain(component: Any, element_id: str) -> dict[str, Any]:
    """The properties of an element in what the browser would receive."""
    found: list[dict[str, Any]] = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if node.get("id") == element_id:
                found.append(node)
            for child in node.values():
                walk(child)
        elif isinstance(node, list):
            for child in node:
                walk(child)

    walk(json.loads(as_json(component)))
    (only,) = found
    return only


def add(api: FakeApi, status: str) -> str:
    return api.add_import(status, failure=FAILURE, total=0) if status == "FAILED" else api.add_import(status)


def test_every_status_is_expected_to_show_something() -> None:
    assert set(EXPECTED) == set(strings.STATUSES)


@pytest.mark.parametrize("status", EXPECTED)
def test_page_offers_what_the_status_allows(status: str, client: ApiClient, api: FakeApi) -> None:
    page = layout(client, add(api, status))
    shown = ids(page)
    present, absent = EXPECTED[status]
    assert present <= shown
    assert not absent & shown
    assert {
        "status-badge",
        "import-body",
        "poll",
        "rollback-confirm",
        "rollback-reason",
        "cancel-text",
        "cancel-keep",
        "cancel-confirm",
    } <= shown
    assert strings.STATUSES[status] in as_json(page)


@pytest.mark.parametrize(("status", "must_poll"), [("PLANNING", True), ("APPLYING", True), ("NEEDS_MAPPING", False), ("PLANNED", False)])
def test_page_follows_the_import_only_while_it_moves(status: str, must_poll: bool, client: ApiClient, api: FakeApi) -> None:
    drawn = draw(client, add(api, status), view="", before=None)
    assert drawn is not None
    assert drawn.must_poll is must_poll


def test_body_that_is_shown_already_is_not_drawn_again(client: ApiClient, api: FakeApi, clock: HeldClock) -> None:
    import_id = api.add_import("APPLYING")
    applying = draw(client, import_id, view="", before=None)
    assert applying is not None
    clock.pass_seconds(4)
    again = draw(client, import_id, view="", before=applying.shown)
    assert again is not None
    assert again.body is None, "a button that is drawn anew loses a click"
    assert set(again.moving) == {"progress-bar", "progress-percent", "progress-facts", "live-counts"}
    assert set(again.moving) <= ids(applying.body)
    clock.pass_seconds(11)
    ended = draw(client, import_id, view="", before=again.shown)
    assert ended is not None
    assert "result" in ids(ended.body)
    # What a browser sends back has been through JSON.
    still = draw(client, import_id, view="", before=json.loads(json.dumps(ended.shown)))
    assert still is not None
    assert still.body is None


def test_mapping_can_be_changed_after_planning_and_the_wish_ends_when_the_import_moves_on(client: ApiClient, api: FakeApi) -> None:
    import_id = api.add_import("PLANNED")
    changing = draw(client, import_id, view="mapping", before=None)
    assert changing is not None
    assert {"plan-button", "back-to-plan-button"} <= ids(changing.body)
    assert changing.shown["headers"] == list(canned.HEADERS)
    api.imports[import_id]["status"] = "APPLYING"
    applying = draw(client, import_id, view="mapping", before=changing.shown)
    assert applying is not None
    assert applying.shown["view"] == ""


def test_missing_import_says_so(client: ApiClient) -> None:
    assert strings.IMPORT_NOT_FOUND in as_json(layout(client, "nothing-like-an-id"))


def test_failure_is_shown_with_its_code(client: ApiClient, api: FakeApi) -> None:
    page = as_json(layout(client, add(api, "FAILED")))
    assert "Row 812 opens a quote" in page
    assert "UNCLOSED_QUOTE" in page


def test_preview_marks_the_cell_that_an_issue_is_about(client: ApiClient, api: FakeApi) -> None:
    page = as_json(layout(client, add(api, "NEEDS_MAPPING")))
    assert '"data-issue": "INVALID_PHONE"' in page
    assert '"data-issue": "NO_MATCH_KEY"' in page, "an issue of the whole row marks its number"


def test_preview_as_imported_marks_the_rows_that_will_not_go_in(client: ApiClient, api: FakeApi) -> None:
    page = as_json(layout(client, add(api, "NEEDS_MAPPING")))
    assert [row for row in range(2, 12) if f'"data-fails": "{row}"' in page] == [5, 11]
    assert strings.PREVIEW_FAILS.format(reasons=canned.NO_MATCH_KEY["message"]) in page


def test_plan_shows_what_a_field_was_and_becomes(client: ApiClient, api: FakeApi) -> None:
    page = as_json(layout(client, add(api, "PLANNED")))
    assert "+31201234560" in page
    assert "+31201234567" in page


def test_what_an_undone_import_took_is_not_told(client: ApiClient, api: FakeApi) -> None:
    told = strings.RESULT_TOOK.partition("{")[0]
    assert told in as_json(layout(client, add(api, "COMPLETED")))
    assert told not in as_json(layout(client, add(api, "ROLLED_BACK")))


def test_rollback_names_what_was_kept(client: ApiClient, api: FakeApi, clock: HeldClock) -> None:
    import_id = api.add_import("COMPLETED")
    assert client.roll_back_import(import_id, version=1, reason="Wrong file") == ()
    clock.pass_seconds(11)
    page = as_json(layout(client, import_id))
    assert "rollback-result" in page
    assert "Wrong file" in page
    assert "edited after the import" in page
    kept = api.imports[import_id]["rollback"]["keptContacts"][0]
    assert as_json({"type": "contact-open", "id": kept["contactId"]}) in page
    assert as_json(" ".join(canned.PEOPLE[kept["row"] - 2][:2])) in page
    assert "contact-drawer" in page


def test_looking_at_an_import_does_not_foresee_its_rollback(client: ApiClient, api: FakeApi, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which may take seconds: who opens the dialog waits for it."""
    job_id = api.add_import("PARTIALLY_ROLLED_BACK", rollbackPreview={"removes": 0, "restores": 0, "keeps": 1, "keptContacts": []})
    monkeypatch.setattr(client, "preview_rollback", None)
    assert "rollback-button" in ids(layout(client, job_id))


def test_a_retry_that_lacks_its_file_says_so(client: ApiClient, api: FakeApi) -> None:
    gone = {"code": "FILE_GONE", "message": "The stored file is not kept any more.", "path": None}
    assert gone["message"] in as_json(layout(client, api.add_import("FAILED", retryBlockedBy=gone)))
    plain = {**gone, "code": "WRONG_STATE"}
    assert gone["message"] not in as_json(layout(client, api.add_import("COMPLETED", retryBlockedBy=plain)))


def test_a_rollback_is_shown_before_it_is_confirmed(client: ApiClient, api: FakeApi) -> None:
    assert client.preview_rollback(api.add_import("COMPLETED", total=1200)) == RollbackPreview(removes=1197, restores=2, keeps=1)
    assert client.preview_rollback(api.add_import("ROLLED_BACK", rollbackPreview=None)) is None
    assert "rollback-preview" in as_json(layout(client, api.add_import("COMPLETED")))


@pytest.mark.parametrize(("restores", "keeps", "overlap"), [(2, 1, True), (2, 0, False), (0, 1, False)])
def test_contacts_that_may_count_twice_in_a_rollback_are_said_to(restores: int, keeps: int, overlap: bool) -> None:
    told = result.preview_words(RollbackPreview(removes=1, restores=restores, keeps=keeps))
    assert told.startswith(f"As of now. Contacts to remove: 1 · to restore: {restores} · ")
    assert (strings.ROLLBACK_BOTH in told) is overlap


def test_the_reason_of_a_rollback_may_be_left_out(client: ApiClient, api: FakeApi, schema_text: str) -> None:
    asked = as_plain(layout(client, api.add_import("COMPLETED")), "rollback-reason")
    assert "optional" in asked["label"]
    assert "reason: String\n" in schema_text.partition("input RollbackImportInput {")[2].partition("}")[0]


def test_certain_suggestions_are_chosen_until_something_is_mapped(client: ApiClient, api: FakeApi) -> None:
    job = client.import_mapping(api.add_import("NEEDS_MAPPING", mapping=[]))
    assert job is not None
    assert mapping.chosen_fields(job)["E-mail"] == "email"
    chosen = [{"column": "E-mail", "field": None}, {"column": "Company", "field": "company"}]
    job = client.import_mapping(api.add_import("NEEDS_MAPPING", mapping=chosen))
    assert job is not None
    assert mapping.chosen_fields(job)["E-mail"] is None, "left out on purpose"


def test_file_of_thousands_of_columns_is_cut_to_what_a_page_holds(client: ApiClient, api: FakeApi) -> None:
    import_id = api.add_import("NEEDS_MAPPING")
    head, job = client.import_head(import_id), client.import_mapping(import_id)
    assert head is not None
    assert job is not None
    wide = replace(job, columns=tuple(replace(job.columns[0], index=n, header=f"Column {n}") for n in range(5000)))
    shown = ids(mapping.layout(head, wide))
    assert "mapping-too-wide" in shown
    assert f"map-{mapping.MOST_COLUMNS - 1}" in shown
    assert f"map-{mapping.MOST_COLUMNS}" not in shown


def test_hint_speaks_up_without_a_field_that_identifies_and_where_one_is_filled_twice() -> None:
    assert strings.MAPPING_NO_KEY in as_json(mapping.hint(["first_name", None]))
    assert "City" in as_json(mapping.hint(["email", "city", "city"]))
    assert mapping.hint(["email", "city", None]) is None
    assert "A refusal in any of them counts" in as_json(mapping.hint(["email", "consent", "consent"]))
    assert mapping.hint(["email", "consent", None]) is None
    assert "Tags" in as_json(mapping.hint(["email", "tags", "tags"]))


def test_form_says_the_rate_and_the_owners_only_where_they_are_asked_for() -> None:
    values: dict[str, Any] = dict.fromkeys(options.OPTION_IDS)
    values |= {
        "option-error-policy": "STOP_AT_ERROR_RATE",
        "option-error-rate": 5,
        "option-assignment-mode": "ROUND_ROBIN",
        "option-owners": ["ada"],
        "option-owner-column": "Owner",
    }
    chosen = options.form_options(values)
    assert chosen["maxErrorRate"] == 0.05
    assert chosen["assignment"] == {"mode": "ROUND_ROBIN", "owners": ["ada"], "column": None}
    chosen = options.form_options(values | {"option-error-policy": "KEEP_GOOD_ROWS", "option-assignment-mode": "BY_COLUMN"})
    assert chosen["maxErrorRate"] is None
    assert chosen["assignment"] == {"mode": "BY_COLUMN", "owners": [], "column": "Owner"}


def test_form_is_accepted_by_the_api_and_plans_again(client: ApiClient, api: FakeApi) -> None:
    import_id = api.add_import("NEEDS_MAPPING")
    job = client.import_mapping(import_id)
    assert job is not None
    values: dict[str, Any] = dict.fromkeys(options.OPTION_IDS)
    values |= {"option-strategy": "UPDATE", "option-assignment-mode": "NONE", "option-country": "DE", "option-tags": ["fair"]}
    values |= {"option-policy-keep": ["owner", "custom.tier"], "option-policy-append": ["notes"]}
    values |= {"option-company-policy": "CREATE", "option-owner-policy": "MATCH"}
    headers = [column.header for column in job.columns]
    columns = mapping.mapping_input(headers, ["first_name", "last_name", "email", None, None, None, ""])
    assert client.update_import(import_id, version=1, mapping=columns, options=options.form_options(values)) == ()
    assert api.imports[import_id]["status"] == "PLANNING"
    assert api.imports[import_id]["mapping"][6] == {"column": "Source", "field": None}
    planned = client.import_mapping(import_id)
    assert planned is not None
    assert (planned.options.duplicate_strategy, planned.options.default_country, planned.options.tags) == ("UPDATE", "DE", ("fair",))
    chosen = {(each.field, each.policy) for each in planned.options.field_policies}
    assert chosen == {("owner", "KEEP"), ("custom.tier", "KEEP"), ("notes", "APPEND")}
    assert (planned.options.company_policy, planned.options.owner_policy) == ("CREATE", "MATCH")


def test_policies_of_fields_are_shown_beside_the_fields_that_they_name(client: ApiClient, api: FakeApi) -> None:
    chosen = [{"field": "custom.tier", "policy": "KEEP"}, {"field": "tags", "policy": "OVERWRITE"}]
    import_id = api.add_import("NEEDS_MAPPING", options=canned.options({"fieldPolicies": chosen}))
    page = layout(client, import_id)
    assert as_plain(page, "option-policy-keep")["value"] == ["custom.tier"]
    assert "custom.tier" in json.dumps(as_plain(page, "option-policy-keep")["data"])
    assert as_plain(page, "option-policy-overwrite")["value"] == ["tags"]
    assert [each["value"] for each in as_plain(page, "option-policy-append")["data"]] == ["tags", "notes"]


def values(dialect: Dialect, **other: Any) -> tuple[Any, ...]:
    """What the pickers hold, as the callback receives it."""
    return tuple((reading_form.shown(dialect) | {"delimiterOther": ""} | other)[name] for name in reading_form.READING_IDS)


def test_file_is_read_anew_only_for_what_was_changed(client: ApiClient, api: FakeApi) -> None:
    cover = Dialect(format="XLSX", sheet="Cover", header_row=3, sheets=("Cover", "People"))
    was_read = reading_form.shown(cover)
    assert reading_form.changes(was_read, values(cover)) == {}
    assert reading_form.changes(was_read, values(cover, headerRow=0)) == {"headerRow": 0}
    assert reading_form.changes(was_read, values(cover, headerRow="")) == {"headerRow": None}
    changed = reading_form.changes(was_read, values(cover, sheet="People", headerRow=5))
    assert changed == {"sheet": "People", "headerRow": None, "headerRows": None}
    import_id = api.add_import("NEEDS_MAPPING")
    assert client.update_import(import_id, version=1, mapping=None, options=changed) == ()
    assert api.imports[import_id]["status"] == "INSPECTING"
    job = client.import_mapping(import_id)
    assert job is not None
    assert job.dialect is not None
    assert job.dialect.sheet == "People"


def test_separators_are_sent_as_the_api_takes_them() -> None:
    text = Dialect(format="CSV", encoding="utf-8", delimiter=",", quote='"')
    was_read = reading_form.shown(text)
    assert reading_form.changes(was_read, values(text, delimiter=";")) == {"delimiter": ";"}
    assert reading_form.changes(was_read, values(text, delimiterOther="||")) == {"delimiter": "||"}
    assert reading_form.changes(was_read, values(text, quote="none")) == {"quote": ""}
    unquoted = replace(text, quote="")
    assert reading_form.changes(reading_form.shown(unquoted), values(unquoted)) == {}
    assert reading_form.changes(reading_form.shown(unquoted), values(unquoted, quote="'")) == {"quote": "'"}


def test_what_was_decided_is_told_in_words_with_its_reason(client: ApiClient, api: FakeApi) -> None:
    page = layout(client, add(api, "NEEDS_MAPPING"))
    assert {"reading", "decision-encoding", "decision-delimiter", "decision-headerRow"} <= ids(page)
    shown = as_json(page)
    for words in ("UTF-8", "Comma", "Row 1", "Every record has seven cells.", strings.FORMATS["CSV"]):
        assert f'"{words}"' in shown
    assert strings.READING_UNSURE not in shown
    assert not {"reading-asks", "reading-which-file"} & ids(page)


QUESTION = canned.decision("encoding", "windows-1252", 0.4, "Two encodings fit as well.", "iso8859-15", "mac-roman")


def test_question_stands_out_with_its_picker_beside_it(client: ApiClient, api: FakeApi) -> None:
    dialect = {"encoding": "windows-1252", "decisions": [*canned.DIALECT["decisions"][1:], QUESTION]}
    page = layout(client, api.add_import("NEEDS_MAPPING", dialect=dialect, failure={"code": "DIALECT_UNCERTAIN", "message": "Two."}))
    shown = as_json(page)
    assert "reading-asks" in ids(page)
    assert "mapping-refused" not in ids(page), "the question stands beside its decision"
    assert strings.READING_UNSURE in shown
    first = [choice["value"] for choice in as_plain(page, "option-encoding")["data"]][:3]
    assert first == ["windows-1252", "iso8859-15", "mac-roman"], "what was weighed comes first"
    assert [shown.count(f'"id": "{element_id}"') for element_id in reading_form.READING_IDS.values()] == [1] * len(reading_form.READING_IDS)


def test_what_a_person_said_is_told_as_said(client: ApiClient, api: FakeApi) -> None:
    import_id = api.add_import("NEEDS_MAPPING", dialect={"encoding": "windows-1252", "decisions": [QUESTION]})
    assert client.update_import(import_id, version=1, mapping=None, options={"encoding": "mac-roman"}) == ()
    job = client.import_mapping(import_id)
    assert job is not None
    shown = as_json(reading.card(job))
    assert strings.READING_YOURS in shown
    assert strings.READING_UNSURE not in shown


def test_sheet_can_be_chosen_only_where_there_are_several(client: ApiClient, api: FakeApi) -> None:
    decided = canned.decision("sheet", "People", 0.4, "It has e-mail addresses.", "Cover")
    sheets = {"format": "XLSX", "delimiter": None, "sheet": "People", "sheets": ["Cover", "People"], "decisions": [decided]}
    page = layout(client, api.add_import("NEEDS_MAPPING", dialect=sheets))
    assert [choice["label"] for choice in as_plain(page, "option-sheet")["data"]] == ["Cover", "People (suggested)"]
    empty = layout(client, api.add_import("NEEDS_MAPPING", dialect=sheets | {"sheet": "Cover"}, is_empty=True))
    assert "sheet-empty" in ids(empty)
    job = client.import_mapping(api.add_import("NEEDS_MAPPING"))
    assert job is not None
    assert not reading_form.is_asked_for("sheet", Dialect(format="XLSX", sheets=("One",)))
    assert '"decision-sheet"' not in as_json(reading.card(job))


def test_archive_of_several_files_asks_which_and_nothing_else(client: ApiClient, api: FakeApi) -> None:
    members = ["people.csv", "firms.csv"]
    decided = canned.decision("member", None, 0.0, "The archive holds two files.", *members)
    dialect = {"format": "ZIP", "archive": "ZIP", "members": members, "encoding": None, "delimiter": None, "decisions": [decided]}
    import_id = api.add_import("NEEDS_MAPPING", dialect=dialect, is_unchosen=True, is_empty=True)
    page = layout(client, import_id)
    assert "reading-which-file" in ids(page)
    assert as_plain(page, "mapping-table")["style"] == {"display": "none"}
    assert [choice["value"] for choice in as_plain(page, "option-member")["data"]] == members
    assert as_plain(page, "option-member")["data"][0]["label"] == "people.csv (suggested)"
    assert '"Suggested: people.csv"' in as_json(page)
    job = client.import_mapping(import_id)
    assert job is not None
    assert job.dialect is not None
    changed = reading_form.changes(reading_form.shown(job.dialect), values(job.dialect, member="firms.csv"))
    assert {name: value for name, value in changed.items() if value is not None} == {"member": "firms.csv"}
    assert client.update_import(import_id, version=1, mapping=None, options=changed) == ()
    assert api.imports[import_id]["status"] == "INSPECTING"


def test_import_that_failed_before_it_had_rows_can_be_read_otherwise(client: ApiClient, api: FakeApi) -> None:
    failure = {"code": "HEADER_ROW_NOT_FOUND", "message": "The file has no row 900."}
    asked = canned.options({}) | {"headerRow": 900}
    import_id = api.add_import("FAILED", failure=failure, total=0, options=asked)
    page = layout(client, import_id)
    shown = as_json(page)
    every = {*reading_form.READING_IDS.values(), "read-button", "plan-button", "reading-shown", *options.OPTION_IDS}
    assert {element_id: shown.count(f'"id": "{element_id}"') for element_id in every} == dict.fromkeys(every, 1)
    assert as_plain(page, "option-header-row")["value"] == 900, "as it was asked for, not as it was found before"
    job = client.import_mapping(import_id)
    assert job is not None
    tried = reading.as_asked(job)
    assert reading_form.changes(reading_form.shown(tried), values(tried)) == {}
    assert reading_form.changes(reading_form.shown(tried), values(tried, headerRow=1)) == {"headerRow": 1}
    assert reading_form.changes(reading_form.shown(tried), values(tried, headerRow="")) == {"headerRow": None}
    assert client.update_import(import_id, version=1, mapping=None, options={"headerRow": 1}) == ()
    assert api.imports[import_id]["status"] == "INSPECTING"


def test_import_that_failed_over_its_rows_is_not_read_otherwise(client: ApiClient, api: FakeApi) -> None:
    page = layout(client, api.add_import("FAILED"))
    assert "retry-button" in ids(page)
    assert not {"read-button", "option-encoding"} & ids(page)


def test_file_of_which_nothing_is_known_is_not_read_otherwise(client: ApiClient, api: FakeApi) -> None:
    import_id = api.add_import("FAILED", failure={"code": "UNREADABLE_FILE", "message": "It is damaged."}, total=0)
    head, job = client.import_head(import_id), client.import_mapping(import_id)
    assert head is not None
    assert job is not None
    unknown = replace(job, dialect=None)
    assert mapping.failed_layout(head, unknown) is None
    said = replace(unknown, options=replace(unknown.options, header_row=900))
    assert "option-header-row" in ids(mapping.failed_layout(head, said))
    unclosed = client.import_head(add(api, "FAILED"))
    assert unclosed is not None
    page = mapping.failed_layout(unclosed, unknown)
    assert as_plain(page, "option-quote").get("value") is None
    tried = reading.as_asked(unknown)
    assert reading_form.changes(reading_form.shown(tried), values(tried, quote="none")) == {"quote": ""}


def test_lists_of_an_object_are_called_so(client: ApiClient, api: FakeApi) -> None:
    decided = canned.decision("sheet", "people", 0.4, "Two lists fit as well.", "firms")
    lists = {"format": "JSON", "delimiter": None, "encoding": "utf-8", "sheet": "people", "sheets": ["people", "firms"]}
    page = layout(client, api.add_import("NEEDS_MAPPING", dialect=lists | {"decisions": [decided]}))
    picker = as_plain(page, "option-sheet")
    assert (picker["label"], picker["description"]) == (strings.OPTION_LIST, strings.OPTION_LIST_HINT)
    assert f'"{strings.OPTION_LIST}"' in as_json(as_plain(page, "decision-sheet"))
    empty = layout(client, api.add_import("NEEDS_MAPPING", dialect=lists | {"decisions": []}, is_empty=True))
    assert strings.LIST_EMPTY.format(sheet="people") in as_json(empty).replace("\\u201c", "“").replace("\\u201d", "”")


def test_object_that_is_one_contact_has_no_suggested_list(client: ApiClient, api: FakeApi) -> None:
    decided = canned.decision("sheet", None, 0.8, "The object is one contact.", "emails", "phones")
    lists = {"format": "JSON", "delimiter": None, "sheet": None, "sheets": ["emails", "phones"], "decisions": [decided]}
    page = layout(client, api.add_import("NEEDS_MAPPING", dialect=lists))
    assert [choice["label"] for choice in as_plain(page, "option-sheet")["data"]] == ["emails", "phones"]


def test_the_order_of_dates_is_asked_beside_its_reason_with_what_is_suggested(client: ApiClient, api: FakeApi) -> None:
    asked = canned.decision("dateOrder", "MONTH_FIRST", 0.4, "2 dates could be either.", "DAY_FIRST")
    page = layout(client, api.add_import("NEEDS_MAPPING", dialect={"decisions": [asked]}))
    assert "2 dates could be either." in as_json(as_plain(page, "decision-dateOrder"))
    assert as_plain(page, "option-date-order")["value"] == "MONTH_FIRST"
    assert as_plain(page, "option-date-order")["label"] == strings.OPTION_DATE_ORDER_ASKED
    assert as_json(page).count('"option-date-order"') == 1
    # Where nothing is asked it stands among the options, and says nothing.
    page = layout(client, api.add_import("NEEDS_MAPPING"))
    assert as_plain(page, "option-date-order").get("value") is None
    assert as_plain(page, "option-date-order")["label"] == strings.OPTION_DATE_ORDER
    assert as_json(page).count('"option-date-order"') == 1


def test_dates_and_names_go_to_the_api_as_they_were_chosen() -> None:
    values: dict[str, Any] = dict.fromkeys(options.OPTION_IDS)
    chosen = options.form_options(values | {"option-date-order": "DAY_FIRST", "option-names": ["splitNames"]})
    assert (chosen["dateOrder"], chosen["splitNames"], chosen["recaseNames"]) == ("DAY_FIRST", True, False)
    assert options.form_options(values)["dateOrder"] is None


def test_quotes_are_among_the_decisions(client: ApiClient, api: FakeApi) -> None:
    decided = [
        canned.decision("quote", "'", 0.9, "Cells begin and end with it."),
        canned.decision("escape", "\\", 0.9, "It stands before quotes."),
    ]
    page = layout(client, api.add_import("NEEDS_MAPPING", dialect={"quote": "'", "decisions": decided}))
    assert strings.QUOTES["'"] in as_json(as_plain(page, "decision-quote"))
    assert strings.ESCAPES["\\"] in as_json(as_plain(page, "decision-escape"))


def test_mapping_that_could_not_be_used_is_told(client: ApiClient, api: FakeApi) -> None:
    failure = {"code": "UNKNOWN_COLUMN", "message": "The file has no column called “Mail”."}
    assert "The file has no column called" in as_json(layout(client, api.add_import("NEEDS_MAPPING", failure=failure)))


@pytest.mark.parametrize(
    ("aspect", "value", "words"),
    [
        ("delimiter", "\t", "Tab"),
        ("delimiter", "||", "||"),
        ("quote", "", "Nothing"),
        ("headerRow", None, "None"),
        ("headerRow", "3", "Row 3"),
        ("headerRows", "2", "2 rows"),
        ("encoding", "cp1006", "DOS 1006 (Urdu)"),
        ("encoding", "something-new", "something-new"),
        ("escape", "\\", "After a backslash"),
        ("escape", None, "Doubled"),
        ("comment", None, strings.NONE),
        ("dateOrder", "DAY_FIRST", "Day first (31/12/1984)"),
        ("dateOrder", None, strings.NONE),
        ("blankRecords", "1200", "1,200 left out"),
        ("sheet", "People", "People"),
    ],
)
def test_decision_is_said_in_words(aspect: str, value: str | None, words: str) -> None:
    assert reading.say(aspect, value) == words


def test_how_sure_a_suggestion_is_is_told_only_where_it_was_taken() -> None:
    best = {"field": "email", "confidence": 0.95, "reason": "The name."}
    assert "95% sure" in as_json(mapping.confidence(best, "email"))
    shown = as_json(mapping.confidence(best, None))
    assert "Suggested: E-mail" in shown
    assert "sure" not in shown


@pytest.mark.parametrize(("failed", "unprocessed", "label"), [(0, 7, "Retry 7 rows"), (1, 0, "Retry 1 row"), (2, 3, "Retry 5 rows")])
def test_retry_names_the_rows_it_takes_up(failed: int, unprocessed: int, label: str, client: ApiClient, api: FakeApi) -> None:
    import_id = add(api, "CANCELLED")
    head, ended = client.import_head(import_id), client.import_result(import_id)
    assert head is not None
    assert ended is not None
    page = result.layout(replace(head, counts=Counts(total=9, failed=failed, unprocessed=unprocessed)), ended)
    assert f'"{label}"' in as_json(page)


@pytest.mark.parametrize("failed", [0, 2])
def test_failed_rows_can_be_downloaded_where_there_are_some(failed: int, client: ApiClient, api: FakeApi) -> None:
    import_id = add(api, "COMPLETED_WITH_ERRORS")
    head, ended = client.import_head(import_id), client.import_result(import_id)
    assert head is not None
    assert head.error_report is not None
    assert ended is not None
    page = result.layout(replace(head, counts=Counts(total=9, failed=failed)), ended)
    assert ("error-report-link" in ids(page)) is (failed > 0)


@pytest.mark.parametrize(("status", "has_pace"), [("APPLYING", True), ("CANCELLING", False)])
def test_import_that_is_being_stopped_has_no_speed(status: str, has_pace: bool, client: ApiClient, api: FakeApi) -> None:
    head = client.import_head(add(api, status))
    assert head is not None
    assert (strings.PROGRESS_SPEED in as_json(working.layout(head))) is has_pace


@pytest.mark.parametrize("status", ["CANCELLED", "FAILED", "ROLLED_BACK", "PARTIALLY_ROLLED_BACK"])
def test_last_step_says_how_it_ended(status: str) -> None:
    shown = as_json(steps(status))
    assert strings.STEP_ENDS[status] in shown
    assert shown.count("step-done") == len(strings.STEPS) - 1
    assert as_json(steps("COMPLETED")).count("step-done") == len(strings.STEPS)


def test_the_list_says_which_import_is_stuck(client: ApiClient, api: FakeApi) -> None:
    api.add_import("APPLYING")
    (moving,) = client.imports().nodes
    assert strings.HISTORY_STUCK not in as_json(import_row(moving))
    assert strings.HISTORY_STUCK in as_json(import_row(replace(moving, stuck_since=moving.created_at)))


def test_import_without_rows_yet_is_continued_from_the_list(client: ApiClient, api: FakeApi) -> None:
    api.add_import("NEEDS_MAPPING", total=0)
    api.add_import("COMPLETED")
    done, waiting = sorted(client.imports().nodes, key=lambda summary: summary.status)
    assert strings.HISTORY_CONTINUE in as_json(import_row(waiting))
    assert strings.HISTORY_CONTINUE not in as_json(import_row(done))


def test_stale_version_is_told_in_words_for_people() -> None:
    assert "Somebody else changed this import" in as_json(user_errors([UserError("STALE_VERSION", "The version is stale.")]))


def test_undone_import_tells_the_undo_first(client: ApiClient, api: FakeApi, clock: HeldClock) -> None:
    import_id = api.add_import("COMPLETED")
    client.roll_back_import(import_id, version=1, reason=None)
    clock.pass_seconds(11)
    page = as_json(layout(client, import_id))
    assert as_json("Contacts removed: 812 · restored: 203 · with something kept, because changed since: 1.")[1:-1] in page
    assert strings.ROLLBACK_BOTH in page
    assert page.index('"rollback-result"') < page.index('"result-counts"')


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"A": "Ada", "B": "Keller", "C": "ada@example.com"}, "Ada Keller"),
        ({"A": "", "B": None, "C": "ada@example.com"}, "ada@example.com"),
        ({}, None),
        (None, None),
    ],
)
def test_a_planned_row_is_headed_by_whom_it_is_about(values: dict[str, Any] | None, name: str | None) -> None:
    row = PlannedRow(row=2, outcome="UPDATED", changes=(), values=values)
    assert plan.who(row, {"first_name": "A", "last_name": "B", "email": "C"}) == name


def test_the_plan_names_the_people_of_its_examples(client: ApiClient, api: FakeApi) -> None:
    drawn = draw(client, api.add_import("PLANNED"), view="", before=None)
    assert drawn is not None
    row = canned.PLANNED[0][1]
    first, last = canned.PEOPLE[(row - 2) % len(canned.PEOPLE)][:2]
    assert as_json(f"{first} {last} · Row {row}") in as_json(drawn.body)


@pytest.mark.parametrize(("unprocessed", "is_whole"), [(0, True), (1, False)])
def test_an_import_that_was_cancelled_too_late_reads_as_done(unprocessed: int, is_whole: bool, client: ApiClient, api: FakeApi) -> None:
    import_id = add(api, "CANCELLED")
    head, ended = client.import_head(import_id), client.import_result(import_id)
    assert head is not None
    assert ended is not None
    head = replace(head, counts=Counts(total=9, created=9 - unprocessed, unprocessed=unprocessed))
    assert head.is_whole is is_whole
    shown = as_json(result.layout(head, ended))
    assert (strings.RESULT_ALL_DONE in shown) is is_whole
    assert (strings.RESULT_TITLES["CANCELLED"] in shown) is not is_whole
    at_the_end = as_json(steps(head.status, is_whole=head.is_whole))
    assert (at_the_end.count("step-done") == len(strings.STEPS)) is is_whole
    assert (strings.STEP_ENDS["CANCELLED"] in at_the_end) is not is_whole


@pytest.mark.parametrize(("position", "told"), [(2, strings.QUEUE_POSITION.format(position=2)), (None, strings.QUEUE_TURN)])
def test_what_is_queued_always_tells_its_place(position: int | None, told: str, client: ApiClient, api: FakeApi) -> None:
    head = client.import_head(add(api, "QUEUED"))
    assert head is not None
    assert f'"{told}"' in as_json(working.layout(replace(head, progress=replace(head.progress, queue_position=position))))


def test_blank_records_are_told_of_where_the_plan_and_the_reading_are(client: ApiClient, api: FakeApi) -> None:
    said = "3 blank records were left out between rows 2 and 9."
    dialect = {"decisions": [canned.decision("blankRecords", "3", 1.0, said)]}
    planned = draw(client, api.add_import("PLANNED", dialect=dialect), view="", before=None)
    assert planned is not None
    assert said in as_json(as_plain(planned.body, "left-out"))
    page = layout(client, api.add_import("NEEDS_MAPPING", dialect=dialect))
    assert "3 left out" in as_json(as_plain(page, "decision-blankRecords"))
    without = draw(client, api.add_import("PLANNED"), view="", before=None)
    assert without is not None
    assert "left-out" not in ids(without.body)


@pytest.mark.parametrize(
    ("step", "done", "told"),
    [
        (None, None, strings.PLANNING_WAITS),
        ("READING", 0, "Reading the file"),
        ("READING", 45_000, "Reading the file: 45,000 rows so far"),
        ("JUDGING", 0, "Judging each of 90,000 rows by itself"),
        ("JUDGING", 30_000, "Judging each row by itself: 30,000 of 90,000"),
        ("COMPARING", 0, "Comparing 90,000 rows with each other and with your contacts"),
        ("COMPARING", 50_000, "Comparing with your contacts: 50,000 of 90,000 rows"),
        ("SETTLING", 60_000, "Writing the plan: 60,000 of 90,000 rows"),
    ],
)
def test_planning_says_what_it_is_at(step: str | None, done: int | None, told: str, client: ApiClient, api: FakeApi) -> None:
    head = client.import_head(add(api, "PLANNING"))
    assert head is not None
    assert head.progress.step == "JUDGING"
    progress = replace(head.progress, step=step, step_processed=done, total=90_000)
    assert f'"{told}"' in as_json(working.layout(replace(head, progress=progress)))


def test_every_step_of_planning_has_its_words(schema_text: str) -> None:
    steps = schema_text.partition("enum PlanningStep {")[2].partition("}")[0].split()
    assert list(strings.PLANNING_STEPS) == steps
