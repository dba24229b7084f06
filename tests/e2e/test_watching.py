"""Watching an import while it runs, over WebSocket by a real client and over SSE as it comes over the wire."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from gql import Client, gql
from gql.transport.websockets import WebsocketsTransport

from tests.e2e.client import COUNTS, FINAL, ApiClient, Json, require_sum
from tests.e2e.people import MAPPING, known_people
from tests.e2e.service import Service

pytestmark = pytest.mark.slow

PROGRESS = f"""subscription ($id: ID!, $after: BigInt) {{
    importProgress(id: $id, after: $after) {{ sequence kind importId status counts {{ {COUNTS} }} progress {{ percent processed }} }}
}}"""


def begin(client: ApiClient) -> str:
    mapping = [{"column": column, "field": field} for column, field in MAPPING.items()]
    import_id: str = client.create_import(known_people(), mapping=mapping, autoStart=True)["id"]
    return import_id


async def watch_by_websocket(client: ApiClient, import_id: str, after: int | None = None) -> AsyncIterator[Json]:
    """The events until the server says that it was the last."""
    url = client.url.replace("http", "ws", 1) + "/graphql"
    request = gql(PROGRESS)
    request.variable_values = {"id": import_id, "after": after}
    async with Client(transport=WebsocketsTransport(url=url, init_payload=client.headers)) as session:
        async for result in session.subscribe(request):
            yield result["importProgress"]


async def watch_by_sse(client: ApiClient, import_id: str, after: int | None = None) -> AsyncIterator[Json]:
    """The same; raises where the stream breaks off without its end."""
    body = {"query": PROGRESS, "variables": {"id": import_id, "after": after}}
    headers = {**client.headers, "Accept": "text/event-stream"}
    kind = ""
    async with (
        httpx.AsyncClient(trust_env=False, timeout=60) as http,
        http.stream("POST", f"{client.url}/graphql", json=body, headers=headers) as answer,
    ):
        async for line in answer.aiter_lines():
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
            elif line.startswith("data: ") and kind == "next":
                yield json.loads(line.removeprefix("data: "))["data"]["importProgress"]
    assert kind == "complete"


@pytest.mark.parametrize("watch", [watch_by_websocket, watch_by_sse])
async def test_every_event_of_a_running_import_adds_up_and_the_last_is_its_end(service: Service, watch: Any) -> None:
    client = service.client()
    import_id = begin(client)
    events = [event async for event in watch(client, import_id)]
    assert events[0]["kind"] == "SNAPSHOT"
    sequences = [event["sequence"] for event in events]
    assert sequences == sorted(set(sequences))
    for event in events:
        assert event["importId"] == import_id
        require_sum(event["counts"])
    assert [event["status"] in FINAL for event in events] == [False] * (len(events) - 1) + [True]
    done = [event["counts"]["created"] for event in events]
    assert done == sorted(done)
    assert events[-1]["status"] == "COMPLETED"
    assert events[-1]["counts"] == client.read(import_id)["counts"]


@pytest.mark.parametrize("watch", [watch_by_websocket, watch_by_sse])
async def test_who_was_cut_off_comes_back_to_what_came_since(default_service: Service, watch: Any) -> None:
    client = default_service.client()
    import_id = begin(client)
    seen: list[Json] = []
    events = watch(client, import_id)
    async for event in events:
        seen.append(event)
        if event["kind"] != "SNAPSHOT":
            break
    await events.aclose()
    rest = [event async for event in watch(client, import_id, seen[-1]["sequence"])]
    # The snapshot tells again where one left off; the log goes on without a gap.
    assert rest[0]["kind"] == "SNAPSHOT"
    sequences = [event["sequence"] for event in rest]
    assert sequences == list(range(seen[-1]["sequence"], seen[-1]["sequence"] + len(rest)))
    log = client.read(import_id, "events(after: 0, first: 100) { sequence status }")["events"]
    assert [event["sequence"] for event in log if event["sequence"] > sequences[0]] == sequences[1:]
    assert rest[-1]["status"] == "COMPLETED"


async def test_another_tenants_import_cannot_be_watched(default_service: Service) -> None:
    import_id = begin(default_service.client())
    stranger = default_service.client()
    answer = httpx.post(
        f"{stranger.url}/graphql",
        json={"query": PROGRESS, "variables": {"id": import_id}},
        headers={**stranger.headers, "Accept": "text/event-stream"},
        trust_env=False,
    )
    assert '"code": "NOT_FOUND"' in answer.text or '"code":"NOT_FOUND"' in answer.text
