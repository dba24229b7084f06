"""The client speaks for the person whose browser asks, keeps nothing, and turns what goes wrong into a sentence."""

from datetime import UTC, datetime

import httpx
import pytest

from dashboard.client import ApiClient, ApiUnavailable, DashboardError, NotSignedIn
from tests.dashboard.fake_api import FakeApi


def answering(response: httpx.Response) -> ApiClient:
    return ApiClient("http://127.0.0.1:1", cookie=lambda: None, transport=httpx.MockTransport(lambda _request: response))


def test_counts_come_as_numbers_whether_sent_as_numbers_or_text(client: ApiClient, api: FakeApi) -> None:
    head = client.import_head(api.add_import("COMPLETED_WITH_ERRORS", total=1000))
    assert head is not None
    assert isinstance(api.view(api.imports[head.id])["counts"]["unprocessed"], str)
    counts = head.counts
    assert counts.created + counts.updated + counts.unchanged + counts.skipped + counts.failed + counts.unprocessed == counts.total == 1000


def test_missing_import_is_none(client: ApiClient) -> None:
    assert client.import_head("00000000-0000-0000-0000-000000000000") is None


def test_request_without_a_session_is_not_signed_in(address: str) -> None:
    with pytest.raises(NotSignedIn):
        ApiClient(address, cookie=lambda: None).imports()


def test_session_ended_inside_an_answer_is_not_signed_in() -> None:
    errors = [{"message": "Sign in.", "extensions": {"code": "UNAUTHENTICATED"}}]
    with pytest.raises(NotSignedIn):
        answering(httpx.Response(200, json={"data": None, "errors": errors})).imports()


def test_error_of_the_api_is_told_in_its_own_words() -> None:
    with pytest.raises(DashboardError, match="Something is off, id 17"):
        answering(httpx.Response(200, json={"data": None, "errors": [{"message": "Something is off, id 17."}]})).imports()


@pytest.mark.parametrize("response", [httpx.Response(503), httpx.Response(200, text="<html>")])
def test_api_that_gives_no_answer_is_unavailable(response: httpx.Response) -> None:
    with pytest.raises(ApiUnavailable):
        answering(response).imports()


def test_api_that_is_down_is_unavailable() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(ApiUnavailable):
        ApiClient("http://127.0.0.1:1", cookie=lambda: None, transport=httpx.MockTransport(refuse)).imports()


def test_cookie_set_for_one_person_is_not_sent_for_the_next() -> None:
    seen: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("Cookie"))
        page = {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}, "totalCount": 0}
        return httpx.Response(200, json={"data": {"imports": page}}, headers={"Set-Cookie": "rolodock_session=ada; Path=/"})

    people = iter(["rolodock_session=ada", None])
    client = ApiClient("http://127.0.0.1:1", cookie=lambda: next(people), transport=httpx.MockTransport(answer))
    client.imports()
    client.imports()
    assert seen == ["rolodock_session=ada", None]


def test_refusal_comes_back_as_user_errors(client: ApiClient, api: FakeApi) -> None:
    import_id = api.add_import("PLANNED")
    (refused,) = client.start_import(import_id, version=99, plan_hash=None)
    assert refused.code == "STALE_VERSION"
    assert client.start_import(import_id, version=1, plan_hash="9f2c4be1d07a55aa31c0") == ()
    assert api.imports[import_id]["status"] == "APPLYING"


def test_imports_are_filtered_and_paged(client: ApiClient, api: FakeApi) -> None:
    for name in ("a.csv", "b.csv", "c.csv"):
        api.add_import("COMPLETED", name)
    api.add_import("PLANNED", "d.csv")
    first = client.imports(statuses=["COMPLETED"], first=2)
    rest = client.imports(statuses=["COMPLETED"], first=2, after=first.page_info.end_cursor)
    assert first.page_info.has_next_page
    assert not rest.page_info.has_next_page
    assert sorted(job.filename or "" for job in first.nodes + rest.nodes) == ["a.csv", "b.csv", "c.csv"]
    assert [job.filename for job in client.imports(search=" D.csv ").nodes] == ["d.csv"]


def test_analytics_are_read(client: ApiClient) -> None:
    found = client.analytics(since=datetime(2026, 10, 1, tzinfo=UTC), until=datetime(2026, 11, 1, tzinfo=UTC), bucket="DAY")
    assert found.imports == 99
    assert found.buckets[1].counts.total == 1200


def test_contact_is_read_with_its_history(client: ApiClient) -> None:
    contact = client.contact("00000000-0000-0000-0000-000000000005")
    assert contact is not None
    assert [change.field for change in contact.history[0].changes] == ["phone"]
