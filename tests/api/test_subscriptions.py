"""Watching imports over real sockets: WebSocket by a real client, and SSE as it comes over the wire."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
import websockets
from gql import Client, FileVar, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.websockets import WebsocketsTransport
from sqlalchemy import update
from sqlmodel import col

from api.app import make_app
from api.commands import event_stream, watch_imports
from api.commands.tokens import find_token, issue_token, make_sign_in_link, revoke_token
from models.database import writing
from models.settings import Settings
from models.tables import User
from models.vocabulary import Role
from tests.api.door import CREATE, CSV
from tests.api.served import bind, serving
from tests.support.rig import Rig, make_rig
from workers.bell import CHANNEL, WATCHED
from workers.queues import event_channel
from workers.stages.publish import publish

PROGRESS = """subscription($id: ID!, $after: BigInt) {
  importProgress(id: $id, after: $after) { sequence kind status counts { total created } progress { percent } }
}"""
ALL = "subscription($after: BigInt) { importEvents(after: $after) { sequence importId status } }"
PROTOCOL = "graphql-transport-ws"
PATIENCE = 60.0


@dataclass
class Served:
    """The API at an address, and the workers behind it."""

    address: str
    settings: Settings
    rig: Rig
    token: str
    stranger: str
    redis: redis.Redis

    def publish(self) -> None:
        for tenant_id, sequence in publish(self.rig.deps.database).newest.items():
            self.redis.publish(event_channel(tenant_id), str(sequence))

    def client(self) -> Client:
        payload = {"Authorization": f"Bearer {self.token}"}
        return Client(transport=WebsocketsTransport(url=f"ws://{self.address}/graphql", init_payload=payload))


@pytest.fixture
def served(sqlite_url: str, redis_url: str, tmp_path: Path) -> Iterator[Served]:
    listener = bind()
    settings = Settings(
        data_dir=tmp_path,
        database_url=sqlite_url,
        redis_url=redis_url,
        secret_key="only-for-tests",
        public_url=f"http://127.0.0.1:{listener.getsockname()[1]}",
        allowed_origins=("https://dashboards.test",),
    )
    rig = make_rig(settings)
    token = issue_token(rig.deps.database, "acme", Role.MEMBER)
    stranger = issue_token(rig.deps.database, "globex", Role.MEMBER)
    actor = find_token(rig.deps.database, token)
    assert actor is not None
    rig.tenant_id = actor.tenant_id
    client = redis.Redis.from_url(redis_url)
    with serving(make_app(settings, with_dashboard=False, outbox=rig.outbox), listener) as address:
        yield Served(address, settings, rig, token, stranger, client)
    client.close()
    rig.deps.database.close()


def add_import(served: Served) -> str:
    return str(served.rig.add_file(CSV, auto_start=True))


@pytest.mark.parametrize("is_redis_heard", [True, False], ids=["nudged", "polling"])
async def test_progress_is_a_snapshot_and_every_later_event_to_the_end(
    served: Served, monkeypatch: pytest.MonkeyPatch, is_redis_heard: bool
) -> None:
    # With a clock that never comes round, only a nudge can wake; with nudges that are not heard, only the clock.
    monkeypatch.setattr(event_stream, "LISTENING_POLL_SECONDS", 3600.0 if is_redis_heard else 0.2)
    if not is_redis_heard:
        monkeypatch.setattr(event_stream.EventStream, "_hear", lambda *_: None)
    import_id = add_import(served)
    served.publish()
    seen: list[dict[str, Any]] = []

    async def watch() -> None:
        async with served.client() as session:
            query = gql(PROGRESS)
            query.variable_values = {"id": import_id}
            async for result in session.subscribe(query):
                seen.append(result["importProgress"])

    async with asyncio.timeout(PATIENCE):
        watching = asyncio.create_task(watch())
        while not seen:
            await asyncio.sleep(0.01)
        await asyncio.to_thread(served.rig.drain)
        await asyncio.to_thread(served.publish)
        await watching
    assert seen[0]["kind"] == "SNAPSHOT"
    assert seen[0]["status"] == "UPLOADED"
    assert seen[-1]["status"] == "COMPLETED"
    assert seen[-1]["counts"] == {"total": 2, "created": 2}
    sequences = [event["sequence"] for event in seen]
    assert sequences == sorted(set(sequences))


async def test_who_publishes_is_told_whether_anybody_watches(served: Served) -> None:
    import_id = add_import(served)
    served.publish()
    bell = served.redis.pubsub()
    bell.subscribe(CHANNEL)

    def heard() -> int:
        return int(served.redis.publish(event_channel(served.rig.tenant_id), "0"))

    async with asyncio.timeout(PATIENCE):
        assert await asyncio.to_thread(heard) == 0
        async with served.client() as session:
            query = gql(PROGRESS)
            query.variable_values = {"id": import_id}
            events = session.subscribe(query)
            await anext(events)
            while await asyncio.to_thread(heard) != 1:
                await asyncio.sleep(0.05)
            rings = []
            while WATCHED.encode() not in rings:
                message = await asyncio.to_thread(bell.get_message, timeout=0.1)
                rings += [message["data"]] if message else []
            await events.aclose()
        while await asyncio.to_thread(heard) != 0:
            await asyncio.sleep(0.05)
    bell.close()


async def test_nothing_is_missed_by_who_comes_back(served: Served) -> None:
    import_id = add_import(served)
    served.publish()
    served.rig.drain()
    served.publish()
    events = await collect(served, {"query": PROGRESS, "variables": {"id": import_id, "after": 1}})
    sequences = [event["data"]["importProgress"]["sequence"] for event in events]
    assert len(sequences) > 1
    assert sequences == list(range(1, len(sequences) + 1))
    assert events[-1]["data"]["importProgress"]["status"] == "COMPLETED"


async def test_what_many_ask_in_the_same_words_is_answered_to_each_as_if_alone(served: Served) -> None:
    import_id = add_import(served)
    with_flag = "subscription($id: ID!, $full: Boolean!) { importProgress(id: $id, after: 0) { sequence status @include(if: $full) } }"
    served.publish()
    served.rig.drain()
    served.publish()
    asked = [
        {"query": PROGRESS, "variables": {"id": import_id, "after": 0}},
        {"query": PROGRESS.replace("sequence", "number: sequence"), "variables": {"id": import_id, "after": 0}},
        {"query": with_flag, "variables": {"id": import_id, "full": True}},
        {"query": with_flag, "variables": {"id": import_id, "full": False}},
    ]
    alone = [await collect(served, body) for body in asked]
    for each, again in zip(alone, await asyncio.gather(*(collect(served, body) for body in asked * 3)), strict=False):
        # All but the first, which tells of the moment.
        assert each[1:] == again[1:]
    keys = [set(answer[-1]["data"]["importProgress"]) for answer in alone]
    assert keys == [
        {"sequence", "kind", "status", "counts", "progress"},
        {"number", "kind", "status", "counts", "progress"},
        {"sequence", "status"},
        {"sequence"},
    ]
    # What is wrong is refused again, and who may not see it does not.
    for _ in range(2):
        (refused,) = await collect(served, {"query": PROGRESS.replace("sequence", "sequences"), "variables": {"id": import_id}})
        assert refused["errors"][0]["extensions"]["code"] == "INVALID_REQUEST"
    (foreign,) = await collect(served, asked[0], token=served.stranger)
    assert foreign["errors"][0]["extensions"]["code"] == "NOT_FOUND"


async def test_a_finished_import_is_told_in_one_event(served: Served) -> None:
    import_id = add_import(served)
    served.rig.drain()
    events = await collect(served, {"query": PROGRESS, "variables": {"id": import_id}})
    assert [event["data"]["importProgress"]["status"] for event in events] == ["COMPLETED"]


async def test_a_foreign_import_is_not_found(served: Served) -> None:
    import_id = add_import(served)
    for token, wanted in ((served.stranger, import_id), (served.token, "nothing")):
        events = await collect(served, {"query": PROGRESS, "variables": {"id": wanted}}, token=token)
        assert events[0]["errors"][0]["extensions"]["code"] == "NOT_FOUND"


async def test_sse_answers_get_as_well(served: Served) -> None:
    import_id = add_import(served)
    served.rig.drain()
    params = {"query": PROGRESS, "variables": json.dumps({"id": import_id})}
    headers = {"Accept": "text/event-stream", "Authorization": f"Bearer {served.token}"}
    async with httpx.AsyncClient() as http:
        answer = await http.get(f"http://{served.address}/graphql", params=params, headers=headers, timeout=PATIENCE)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "event: next" in answer.text
    assert "event: complete" in answer.text


async def test_all_imports_of_the_tenant_are_told_and_no_others(served: Served) -> None:
    other = make_rig(served.settings)
    theirs = other.add_file(CSV)
    import_id = add_import(served)
    seen: list[dict[str, Any]] = []
    async with asyncio.timeout(PATIENCE), served.client() as session:
        query = gql(ALL)
        query.variable_values = {"after": 0}
        events = session.subscribe(query)
        await asyncio.to_thread(served.publish)
        seen.append((await anext(events))["importEvents"])
        await asyncio.to_thread(served.rig.drain)
        await asyncio.to_thread(served.publish)
        while seen[-1]["status"] != "COMPLETED":
            seen.append((await anext(events))["importEvents"])
        await events.aclose()
    assert {event["importId"] for event in seen} == {import_id}
    assert str(theirs) not in {event["importId"] for event in seen}
    other.deps.database.close()


async def test_a_file_is_sent_by_a_real_client(served: Served, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(CSV)
    transport = AIOHTTPTransport(url=f"http://{served.address}/graphql", headers={"Authorization": f"Bearer {served.token}"})
    async with Client(transport=transport) as session:
        query = gql(CREATE)
        query.variable_values = {"input": {"source": {"file": FileVar(str(path))}}}
        payload = (await session.execute(query, upload_files=True))["createImport"]
    assert payload["userErrors"] == []
    assert payload["import"]["status"] == "UPLOADED"


@pytest.mark.parametrize(
    ("origin", "is_open"),
    [("https://evil.test", False), (None, False), ("null", False), ("https://dashboards.test", True), ("own", True)],
)
async def test_a_session_opens_a_socket_from_listed_origins_alone(served: Served, origin: str | None, is_open: bool) -> None:
    link = make_sign_in_link(served.rig.deps.database, served.settings, "acme")
    async with httpx.AsyncClient() as http:
        signed_in = await http.post(f"http://{served.address}/sign-in", data={"code": link.rpartition("code=")[2]})
    headers = {"Cookie": signed_in.headers["set-cookie"].partition(";")[0]}
    if origin is not None:
        headers["Origin"] = f"http://{served.address}" if origin == "own" else origin
    await expect_socket(served, headers, {}, is_open=is_open)


@pytest.mark.parametrize(
    ("params", "is_open"),
    [
        ({}, False),
        ({"token": "rdk_wrong"}, False),
        ({"Authorization": "Bearer rdk_wrong"}, False),
        ({"token": "TOKEN"}, True),
        ({"Authorization": "Bearer TOKEN"}, True),
    ],
)
async def test_a_token_opens_a_socket(served: Served, params: dict[str, str], is_open: bool) -> None:
    given = {name: value.replace("TOKEN", served.token) for name, value in params.items()}
    await expect_socket(served, {}, given, is_open=is_open)


ADD = 'mutation { createContact(input: {email: "late@example.com"}) { contact { id } userErrors { code } } }'


class Socket:
    """A WebSocket as it comes over the wire."""

    def __init__(self, ws: Any) -> None:
        self._ws = ws

    async def subscribe(self, name: str, query: str, variables: dict[str, Any] | None = None) -> None:
        await self._ws.send(json.dumps({"id": name, "type": "subscribe", "payload": {"query": query, "variables": variables or {}}}))

    async def hear(self, name: str) -> dict[str, Any]:
        """The next message of an operation."""
        while True:
            message: dict[str, Any] = json.loads(await self._ws.recv())
            if message["id"] == name:
                return message

    async def ask(self, name: str, query: str) -> dict[str, Any]:
        """The answer to an operation that has one."""
        await self.subscribe(name, query)
        payload = (await self.hear(name))["payload"]
        return payload if isinstance(payload, dict) else {"errors": payload}


@asynccontextmanager
async def open_socket(served: Served, params: dict[str, str], **headers: str) -> AsyncIterator[Socket]:
    protocols = [websockets.Subprotocol(PROTOCOL)]
    url = f"ws://{served.address}/graphql"
    async with asyncio.timeout(PATIENCE), websockets.connect(url, subprotocols=protocols, additional_headers=headers) as ws:
        await ws.send(json.dumps({"type": "connection_init", "payload": params}))
        assert json.loads(await ws.recv())["type"] == "connection_ack"
        yield Socket(ws)


async def test_a_revoked_token_does_nothing_more_over_an_open_socket(served: Served) -> None:
    async with open_socket(served, {"token": served.token}) as socket:
        assert (await socket.ask("1", "{ viewer { role } }"))["data"] == {"viewer": {"role": "MEMBER"}}
        revoke_token(served.rig.deps.database, served.token)
        for name, query in (("2", ADD), ("3", "{ viewer { role } }"), ("4", "subscription { importEvents { sequence } }")):
            refused = await socket.ask(name, query)
            assert not refused.get("data")
            assert [error["extensions"]["code"] for error in refused["errors"]] == ["UNAUTHENTICATED"]
    assert served.rig.contacts() == []


async def test_a_role_that_was_changed_counts_for_the_next_operation_of_a_socket(served: Served) -> None:
    database = served.rig.deps.database
    link = make_sign_in_link(database, served.settings, "acme", user_name="ann", role=Role.MEMBER)
    async with httpx.AsyncClient() as http:
        signed_in = await http.post(f"http://{served.address}/sign-in", data={"code": link.rpartition("code=")[2]})
    cookie = signed_in.headers["set-cookie"].partition(";")[0]
    async with open_socket(served, {}, Cookie=cookie, Origin=f"http://{served.address}") as socket:
        assert (await socket.ask("1", ADD))["data"]["createContact"]["userErrors"] == []
        with writing(database) as tx:
            tx.execute(update(User).where(col(User.name) == "ann").values(role=Role.VIEWER.value))
        codes = (await socket.ask("2", ADD.replace("late", "later")))["data"]["createContact"]["userErrors"]
        assert codes == [{"code": "FORBIDDEN"}]
    assert [contact.email for contact in served.rig.contacts()] == ["late@example.com"]


async def test_who_watches_is_told_nothing_once_the_token_was_revoked(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_imports, "LOOK_AGAIN_SECONDS", 0.2)
    import_id = add_import(served)
    codes: list[str] = []
    is_told = asyncio.Event()

    async def watch_by_sse() -> None:
        async for event in _events(served, {"query": PROGRESS, "variables": {"id": import_id}}, served.token):
            codes.extend(error["extensions"]["code"] for error in event.get("errors", ()))
            is_told.set()

    async with open_socket(served, {"token": served.token}) as socket:
        watching = asyncio.create_task(watch_by_sse())
        await socket.subscribe("1", PROGRESS, {"id": import_id})
        assert (await socket.hear("1"))["payload"]["data"]["importProgress"]["kind"] == "SNAPSHOT"
        await is_told.wait()
        # It goes on for as long as the token works, with looks in between.
        await asyncio.sleep(0.7)
        assert not watching.done()
        await asyncio.to_thread(served.publish)
        assert "errors" not in (await socket.hear("1"))["payload"]
        revoke_token(served.rig.deps.database, served.token)
        refused = await socket.hear("1")
        assert refused["payload"]["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        assert (await socket.hear("1"))["type"] == "complete"
        await watching
    assert codes == ["UNAUTHENTICATED"]


async def expect_socket(served: Served, headers: dict[str, str], params: dict[str, str], *, is_open: bool) -> None:
    protocols = [websockets.Subprotocol(PROTOCOL)]
    async with websockets.connect(f"ws://{served.address}/graphql", subprotocols=protocols, additional_headers=headers) as ws:
        await ws.send(json.dumps({"type": "connection_init", "payload": params}))
        if is_open:
            assert json.loads(await ws.recv())["type"] == "connection_ack"
        else:
            with pytest.raises(websockets.ConnectionClosedError) as closed:
                await ws.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4403


async def collect(served: Served, body: dict[str, Any], *, token: str | None = None) -> list[dict[str, Any]]:
    """The events of an SSE subscription that ends by itself."""
    return [event async for event in _events(served, body, token or served.token)]


async def _events(served: Served, body: dict[str, Any], token: str) -> AsyncIterator[dict[str, Any]]:
    headers = {"Accept": "text/event-stream", "Authorization": f"Bearer {token}"}
    async with (
        asyncio.timeout(PATIENCE),
        httpx.AsyncClient() as http,
        http.stream("POST", f"http://{served.address}/graphql", json=body, headers=headers) as answer,
    ):
        assert answer.status_code == 200
        async for line in answer.aiter_lines():
            if line.startswith("data: {"):
                yield json.loads(line.removeprefix("data: "))
