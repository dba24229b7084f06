"""A count of rows leads to the rows that it counts."""

import pytest

from dashboard import strings
from dashboard.client import ApiClient
from dashboard.components.counts import outcome_tiles
from dashboard.pages.importing import outcome_rows
from dashboard.pages.importing.page import draw
from dashboard.records.imports import Counts
from tests.dashboard.fake_api import FakeApi
from tests.dashboard.test_import_page import as_json, as_plain, ids

OPENS = '"type": "outcome-rows"'


@pytest.mark.parametrize(("status", "is_open"), [("PLANNED", True), ("COMPLETED", True), ("APPLYING", False)])
def test_counts_that_stand_still_can_be_opened(status: str, is_open: bool, client: ApiClient, api: FakeApi) -> None:
    drawn = draw(client, api.add_import(status), view="", before=None)
    assert drawn is not None
    # A button that is drawn anew at every tick would lose its clicks.
    assert (OPENS in as_json(drawn.body)) is is_open


def test_a_count_of_nothing_leads_nowhere() -> None:
    shown = as_json(outcome_tiles(Counts(total=3, created=3), opens=True))
    assert shown.count(OPENS) == 1
    assert '"outcome": "created"' in shown


def test_rows_say_who_they_are_about_and_what_becomes_of_them(client: ApiClient, api: FakeApi) -> None:
    import_id = api.add_import("PLANNED")
    found = client.outcome_rows(import_id, outcome="UPDATED", first=2)
    assert found is not None
    shown = as_json(outcome_rows.layout(found, "updated", "PLANNED"))
    for told in ("Ada Keller", "Jansen BV", "+31201234560", strings.OUTCOME_WHAT, "204 rows", "2 of 204"):
        assert told in shown
    assert as_plain(outcome_rows.layout(found, "updated", "PLANNED"), "outcome-load-more")["display"] == "block"
    failed = client.outcome_rows(import_id, outcome="FAILED", first=50)
    assert failed is not None
    told = as_json(outcome_rows.layout(failed, "failed", "COMPLETED"))
    assert "cannot be told who it is" in told
    assert strings.OUTCOME_WHAT_BECAME in told
    assert as_plain(outcome_rows.layout(failed, "failed", "COMPLETED"), "outcome-load-more")["display"] == "none"


def test_rows_go_on_where_the_last_ones_ended(client: ApiClient, api: FakeApi) -> None:
    import_id = api.add_import("COMPLETED", total=100)
    first = client.outcome_rows(import_id, outcome="UPDATED", first=10)
    assert first is not None
    at = outcome_rows.cursor(first, "updated", 10)
    rest = client.outcome_rows(import_id, outcome="UPDATED", first=10, after=at["after"])
    assert rest is not None
    assert [row.row for row in (*first.rows.nodes, *rest.rows.nodes)] == list(range(2, 19))
    assert not rest.rows.page_info.has_next_page


@pytest.mark.parametrize(("status", "title"), [("PLANNED", "To create"), ("COMPLETED", "Created")])
def test_rows_are_called_as_their_count_is(status: str, title: str) -> None:
    assert outcome_rows.title("created", status) == title


def test_what_is_gone_meanwhile_is_told(client: ApiClient, api: FakeApi) -> None:
    found = client.outcome_rows(api.add_import("COMPLETED", total=1), outcome="FAILED", first=10)
    assert found is not None
    shown = outcome_rows.layout(found, "failed", "COMPLETED")
    assert strings.OUTCOME_EMPTY in as_json(shown)
    assert "outcome-load-more" not in ids(shown)
    assert client.outcome_rows("00000000-0000-0000-0000-000000000000", outcome="FAILED", first=10) is None
