"""Before an import is cancelled it is said what stays, and afterwards what stayed."""

from dataclasses import replace

import pytest

from dashboard import strings
from dashboard.client import ApiClient
from dashboard.pages.importing import result
from dashboard.pages.importing.cancelling import cancel, question
from dashboard.pages.importing.page import draw, layout
from dashboard.records.imports import Counts, ImportHead
from tests.dashboard import canned
from tests.dashboard.conftest import HeldClock
from tests.dashboard.fake_api import FakeApi
from tests.dashboard.test_import_page import as_json, ids

SETTLED = canned.counts(100, 0) | {"created": 60, "updated": 20, "unprocessed": 20}


def head_of(client: ApiClient, import_id: str) -> ImportHead:
    head = client.import_head(import_id)
    assert head is not None
    return head


@pytest.mark.parametrize("status", ["UPLOADED", "NEEDS_MAPPING", "PLANNING", "PLANNED", "QUEUED"])
def test_before_anything_is_applied_no_contact_is_touched(status: str, client: ApiClient, api: FakeApi) -> None:
    assert question(head_of(client, api.add_import(status))).text == strings.CANCEL_TEXT


@pytest.mark.parametrize("status", ["PLANNING", "PLANNED", "QUEUED"])
def test_what_was_done_before_a_retry_is_said_to_stay(status: str, client: ApiClient, api: FakeApi) -> None:
    asked = question(head_of(client, api.add_import(status, settled=SETTLED)))
    assert "60 created, 20 updated" in asked.text
    assert "No contact" not in asked.text
    assert (asked.title, asked.confirm) == (strings.CANCEL_TITLE_RETRY, strings.CANCEL_CONFIRM_RETRY)


@pytest.mark.parametrize("settled", [None, SETTLED])
def test_what_has_gone_in_is_said_to_stay(settled: object, client: ApiClient, api: FakeApi) -> None:
    asked = question(head_of(client, api.add_import("APPLYING", settled=settled)))
    assert asked.text == strings.CANCEL_TEXT_APPLYING
    assert asked.keep == strings.CANCEL_KEEP


def test_a_plan_is_cancelled_from_wherever_it_is_looked_at(client: ApiClient, api: FakeApi) -> None:
    for view in ("", "mapping"):
        drawn = draw(client, api.add_import("PLANNED"), view=view, before=None)
        assert drawn is not None
        assert "cancel-button" in ids(drawn.body)


def test_a_cancelled_retry_says_so_and_what_stays(client: ApiClient, api: FakeApi) -> None:
    import_id = api.add_import("PLANNED", total=100, settled=SETTLED)
    assert cancel(client, import_id, 4) == (None, 5, None)
    head, ended = head_of(client, import_id), client.import_result(import_id)
    assert ended is not None
    shown = as_json(result.layout(head, ended))
    assert strings.RESULT_TITLE_RETRY_CANCELLED in shown
    assert "What went in stays: 60 created, 20 updated. 20 of 100 rows are left to retry." in shown
    # One that had nothing left to cancel reads as done, and the first run as an import.
    whole = replace(head, counts=Counts(total=100, created=100))
    assert strings.RESULT_TITLE_RETRY_CANCELLED not in as_json(result.layout(whole, ended))
    assert strings.RESULT_TITLES["CANCELLED"] in as_json(result.layout(replace(head, is_retry=False), ended))


def test_a_cancel_that_comes_too_late_is_no_refusal(client: ApiClient, api: FakeApi, clock: HeldClock) -> None:
    import_id = api.add_import("APPLYING")
    clock.pass_seconds(11)
    feedback, counter, notice = cancel(client, import_id, 1)
    assert (feedback, counter) == (None, 2)
    assert strings.CANCEL_TOO_LATE in as_json(notice)
    # Not among the refusals, which go when the import is seen to have moved on.
    assert "import-notice" in ids(layout(client, import_id))
