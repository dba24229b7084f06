"""GraphQL over HTTP: methods, content types, sites, limits and masks."""

import errno
import io
import json
import logging
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette import formparsers

from api.app import make_app
from api.commands import read_imports
from models.errors import DatabaseBusy
from models.revisions import downgrade
from models.settings import Settings
from tests.api.door import CREATE, Door, open_door

QUERY = "{ imports { totalCount } }"


async def test_get_answers_queries_and_refuses_mutations(sqlite_door: Door) -> None:
    headers = {"Authorization": f"Bearer {sqlite_door.member}"}
    found = await sqlite_door.http.get("/graphql", params={"query": QUERY}, headers=headers)
    assert found.json() == {"data": {"imports": {"totalCount": 0}}}
    mutation = 'mutation { createList(input: {name: "x"}) { list { id } } }'
    refused = await sqlite_door.http.get("/graphql", params={"query": mutation}, headers=headers)
    assert refused.status_code == 400
    assert (await sqlite_door.ask("{ lists { id } }"))["lists"] == []


async def test_a_session_needs_the_preflight_header(sqlite_door: Door) -> None:
    cookie = await sqlite_door.sign_in()
    refused = await sqlite_door.post(QUERY, token="", **cookie)
    assert refused.status_code == 403
    assert refused.json()["errors"][0]["extensions"]["code"] == "CSRF"
    answered = await sqlite_door.post(QUERY, token="", **cookie, **{"GraphQL-Preflight": "1"})
    assert answered.json()["data"]["imports"] == {"totalCount": 0}


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "text/plain; application/json", ""])
async def test_what_a_form_could_send_is_refused(sqlite_door: Door, content_type: str) -> None:
    headers = {"Authorization": f"Bearer {sqlite_door.member}", "Content-Type": content_type}
    refused = await sqlite_door.http.post("/graphql", content=json.dumps({"query": QUERY}), headers=headers)
    assert refused.status_code == 415


async def test_a_multipart_form_of_another_site_gets_nowhere(sqlite_door: Door) -> None:
    cookie = await sqlite_door.sign_in()
    operations = {"query": CREATE, "variables": {"input": {"source": {"file": None}}}}
    sent = {
        "data": {"operations": json.dumps(operations), "map": json.dumps({"0": ["variables.input.source.file"]})},
        "files": {"0": ("a.csv", b"Email\na@example.com\n")},
    }
    refused = await sqlite_door.http.post("/graphql", **sent, headers={**cookie, "Origin": "https://evil.test"})  # type: ignore[arg-type]
    assert refused.status_code == 403
    assert (await sqlite_door.ask(QUERY))["imports"]["totalCount"] == 0
    own = await sqlite_door.http.post("/graphql", **sent, headers={**cookie, "GraphQL-Preflight": "1"})  # type: ignore[arg-type]
    assert own.json()["data"]["createImport"]["userErrors"] == []


async def test_mistakes_in_a_request_keep_their_words_and_get_a_code(sqlite_door: Door) -> None:
    for query in (
        "{ nothing }",
        "{ imports(first: 101) { totalCount } }",
        "{ imports(first: 0) { totalCount } }",
        '{ imports(after: "x") { totalCount } }',
    ):
        body = (await sqlite_door.post(query)).json()
        assert body["errors"][0]["extensions"]["code"] == "INVALID_REQUEST", body
    assert "nothing" in (await sqlite_door.post("{ nothing }")).json()["errors"][0]["message"]


@pytest.mark.parametrize(
    ("query", "limit", "words"),
    [
        ("{ imports { nodes { a: id b: id c: id } } }", {"graphql_max_aliases": 2}, "3 aliases found"),
        ("{ imports { nodes { rows { nodes { issues { code } } } } } }", {"graphql_max_depth": 4}, "exceeds maximum operation depth"),
        (
            "{ imports { ... on ImportConnection { nodes { ... on Import { id id id id id id } } } } }",
            {"graphql_max_tokens": 20},
            "20 tokens",
        ),
    ],
)
async def test_queries_have_limits(api_settings: Settings, query: str, limit: dict[str, int], words: str) -> None:
    async with open_door(api_settings.model_copy(update=limit)) as door:
        body = (await door.post(query)).json()
    assert words in body["errors"][0]["message"]


async def test_a_request_that_is_nested_too_deeply_is_a_mistake(sqlite_door: Door) -> None:
    headers = {"Authorization": f"Bearer {sqlite_door.member}", "Content-Type": "application/json"}
    refused = await sqlite_door.http.post("/graphql", content="[" * 100_000, headers=headers)
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["extensions"]["code"] == "INVALID_REQUEST"


async def test_a_request_that_is_too_large_is_not_read(sqlite_door: Door) -> None:
    headers = {"Authorization": f"Bearer {sqlite_door.member}", "Content-Type": "application/json"}

    async def endless() -> Any:
        for _ in range(40):
            yield b" " * (1024 * 1024)
        raise AssertionError("It was read to its end.")

    refused = await sqlite_door.http.post("/graphql", content=endless(), headers=headers)
    assert refused.status_code == 413
    assert "ROLODOCK_MAX_REQUEST_BYTES" in refused.json()["errors"][0]["message"]


async def test_a_bug_is_masked_and_logged_under_its_reference(
    sqlite_door: Door, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(read_imports, "total_imports", fail)
    with caplog.at_level(logging.ERROR):
        body = (await sqlite_door.post(QUERY)).json()
    message = body["errors"][0]["message"]
    assert message.startswith("Something went wrong. Reference: ")
    assert "secret" not in json.dumps(body)
    assert message.rpartition(" ")[2] in caplog.text
    assert "secret detail" in caplog.text


@pytest.mark.parametrize(
    ("error", "code"),
    [(DatabaseBusy("The database is busy."), "DATABASE_BUSY"), (OSError(errno.ENOSPC, "No space left on device"), "DISK_FULL")],
)
async def test_what_may_work_later_says_when(sqlite_door: Door, monkeypatch: pytest.MonkeyPatch, error: Exception, code: str) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(read_imports, "total_imports", fail)
    answer = await sqlite_door.post(QUERY)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"
    assert answer.json()["errors"][0]["extensions"]["code"] == code


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
async def test_a_file_that_finds_no_room_on_its_way_in_may_be_sent_again(sqlite_door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as full:
        full.setattr(formparsers, "SpooledTemporaryFile", lambda **_: _FullDisk())
        refused = await sqlite_door.send_file(b"email\nann@example.com\n")
    assert refused.status_code == 503
    assert refused.json()["errors"][0]["extensions"]["code"] == "DISK_FULL"
    assert (await sqlite_door.create(b"email\nann@example.com\n"))["userErrors"] == []


class _FullDisk(io.FileIO):
    """A temporary file, past what is kept of it in memory, on a disk without room."""

    _rolled, _max_size = True, 0

    def __init__(self) -> None:
        super().__init__("/dev/full", "r+")


async def test_introspection_is_open_to_those_who_are_known(sqlite_door: Door) -> None:
    assert (await sqlite_door.ask("{ __schema { queryType { name } } }"))["__schema"]["queryType"]["name"] == "Query"


async def test_health_metrics_and_headers(door: Door) -> None:
    assert (await door.http.get("/healthz")).status_code == 200
    ready = await door.http.get("/readyz")
    assert ready.status_code == 503
    assert ready.json() == {"ready": False, "database": True, "broker": False}
    await door.completed()
    metrics = (await door.http.get("/metrics")).text
    assert 'rolodock_imports{status="completed"} 1.0' in metrics
    assert "rolodock_imports_stuck 0.0" in metrics
    assert 'rolodock_batches_done{kind="plan"} 1.0' in metrics
    assert 'rolodock_http_requests_total{method="POST",route="/graphql",status="200"}' in metrics
    headers = (await door.http.get("/sign-in")).headers
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


async def test_the_dashboard_is_mounted_below_the_routes_of_the_api(api_settings: Settings) -> None:
    app = make_app(api_settings)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://rolodock.test") as http:
        page = await http.get("/")
        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")
        assert (await http.get("/healthz")).json() == {"status": "ok"}
        assert (await http.post("/graphql", json={"query": QUERY})).status_code == 401


@pytest.mark.parametrize(
    "sent",
    [
        {"query": "query($f: ContactFilter) { contacts(filter: $f) { totalCount } }", "variables": {"f": {"search": "a\x00b"}}},
        {"query": "query($f: ContactFilter) { contacts(filter: $f) { totalCount } }", "variables": {"f": {"search": "\ud800"}}},
        {"query": '{ contacts(filter: {search: "a\\u0000b"}) { totalCount } }'},
        {
            "query": "mutation($i: ContactInput!) { createContact(input: $i) { contact { id } } }",
            "variables": {"i": {"custom": {"a\x00": "b"}}},
        },
    ],
)
async def test_a_text_that_not_every_database_keeps_is_refused(door: Door, sent: dict[str, Any]) -> None:
    headers = {"Authorization": f"Bearer {door.member}", "Content-Type": "application/json"}
    answer = await door.http.post("/graphql", content=json.dumps(sent), headers=headers)
    assert answer.json()["errors"][0]["extensions"]["code"] == "INVALID_REQUEST"
    assert (await door.ask("{ contacts { totalCount } }"))["contacts"]["totalCount"] == 0


async def test_a_schema_of_another_version_is_not_ready(sqlite_door: Door, sqlite_url: str) -> None:
    assert (await sqlite_door.http.get("/readyz")).json()["database"] is True
    downgrade(sqlite_url, "base")
    assert (await sqlite_door.http.get("/readyz")).json()["database"] is False
