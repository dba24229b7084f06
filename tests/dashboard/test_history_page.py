"""The list of imports: in one of several orders, the stuck ones alone, and what is taken from it."""

from dataclasses import replace

import pytest

from dashboard import strings
from dashboard.client import ApiClient
from dashboard.components.tables import import_row, imports_table
from dashboard.pages import history
from dashboard.pages.history import Wanted
from dashboard.records.answers import Viewer
from dashboard.records.imports import FINAL_STATUSES, ImportPage
from tests.dashboard.conftest import HeldClock
from tests.dashboard.fake_api import FakeApi
from tests.dashboard.test_import_page import as_json, as_plain, ids

DELETE = '"type": "delete-import"'


def names(page: ImportPage) -> list[str | None]:
    return [job.filename for job in page.nodes]


@pytest.mark.parametrize(
    ("order", "found"), [("CREATED_AT_DESC", "abc"), ("CREATED_AT_ASC", "cba"), ("FILENAME", "abc"), ("TOTAL_DESC", "bca")]
)
def test_the_list_comes_in_the_order_that_was_chosen(order: str, found: str, client: ApiClient, api: FakeApi, clock: HeldClock) -> None:
    for name, total in (("c", 20), ("b", 300), ("a", 1)):
        api.add_import("COMPLETED", name, total=total)
        clock.pass_seconds(1)
    assert names(Wanted(order=order).page(client)) == list(found)
    assert order in strings.HISTORY_ORDERS


def test_every_order_of_the_api_can_be_chosen(schema_text: str) -> None:
    orders = schema_text.partition("enum ImportOrder {")[2].partition("}")[0].split()
    assert list(strings.HISTORY_ORDERS) == orders
    assert Wanted.of(None, None, None, None) == Wanted(order=orders[0])


def test_the_stuck_ones_can_be_seen_alone(client: ApiClient, api: FakeApi, clock: HeldClock) -> None:
    api.add_import("APPLYING", "moving.csv")
    assert strings.HISTORY_NONE_STUCK in as_json(history.results(Wanted(is_stuck=True).page(client), Wanted(is_stuck=True)))
    searched = Wanted(search="x", is_stuck=True)
    assert strings.HISTORY_EMPTY in as_json(history.results(searched.page(client), searched))
    api.add_import("APPLYING", "stuck.csv", stuckSince=clock())
    assert names(Wanted(is_stuck=True).page(client)) == ["stuck.csv"]
    assert len(Wanted().page(client).nodes) == 2


@pytest.mark.parametrize(("role", "is_shown"), [("ADMIN", True), ("MEMBER", False), ("VIEWER", False)])
def test_who_can_do_something_about_it_is_offered_the_stuck_ones(role: str, is_shown: bool) -> None:
    page = history.layout(Viewer("ada", role))
    assert {"history-stuck", "history-order", "delete-confirm"} <= ids(page), "the callbacks ask for them"
    assert ('"display": "none"}' not in as_json(page.children[1])) is is_shown


def test_only_what_has_ended_can_be_deleted(client: ApiClient, api: FakeApi) -> None:
    api.add_import("COMPLETED", "done.csv", total=1)
    (done,) = client.imports().nodes
    offered = {status for status in strings.STATUSES if DELETE in as_json(import_row(replace(done, status=status), deletes=True))}
    assert offered == FINAL_STATUSES
    assert '"of": "done.csv, 1 row"' in as_json(import_row(done, deletes=True))
    assert DELETE not in as_json(imports_table([done])), "the list of the first page only leads there"


def test_a_viewer_is_offered_no_deleting() -> None:
    assert as_plain(history.layout(Viewer("eve", "VIEWER")), "history-may-delete")["data"] is False
    assert as_plain(history.layout(Viewer("ada", "MEMBER")), "history-may-delete")["data"] is True


def test_deleting_says_what_goes_and_what_stays() -> None:
    shown = as_json(as_plain(history.layout(Viewer("ada", "MEMBER")), "delete-modal"))
    for word in ("file", "rows", "issues", "reports", "retry", "roll"):
        assert word in strings.DELETE_GOES
    assert strings.DELETE_GOES in shown
    assert strings.DELETE_STAYS in shown
    assert "contacts" in strings.DELETE_STAYS


def test_a_deleted_import_is_gone_from_the_list_and_one_that_moves_is_refused(client: ApiClient, api: FakeApi) -> None:
    import_id = api.add_import("COMPLETED")
    assert client.delete_import(import_id) == ()
    assert client.imports().nodes == ()
    (refused,) = client.delete_import(api.add_import("APPLYING"))
    assert refused.code == "WRONG_STATE"
