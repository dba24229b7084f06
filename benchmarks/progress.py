"""Progress as a client sees it: how long after the fact it hears of it, how true percent and time left are, and what a crowd costs.

A fact is the commit that made it true (benchmarks.import_facts). Imports of one file are watched one after the other: all are new, all are
known and updated, all are known and skipped. The first is watched over WebSocket and SSE, and then by a crowd besides.
"""

import asyncio
import json
import resource
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import websockets

from benchmarks.bench_stack import FINAL, BenchStack
from benchmarks.import_facts import COMMIT_MOMENTS, Facts, noting_facts, prepare_facts
from benchmarks.machine import say
from benchmarks.made_contacts import write_contacts
from benchmarks.made_people import Manner
from benchmarks.progress_truth import (
    PHASES,
    Heard,
    describe_latencies,
    describe_truth,
    first_part_share,
    list_latencies,
    most_in_a_second,
)
from benchmarks.two_databases import DATABASES, running_on

PROGRESS = """subscription ($id: ID!) { importProgress(id: $id) {
    sequence at status progress { percent processed total batchesDone etaSeconds }
} }"""
CROWD = 2_000
CONNECTING_AT_ONCE = 50
# By default; the options of the second and third import of the same people.
STRATEGIES = {"create": {}, "update": {"duplicateStrategy": "UPDATE"}, "skip": {"duplicateStrategy": "SKIP"}}


def measure(rows: int, runs: int, databases: Sequence[str] = DATABASES) -> dict[str, Any]:
    """Import so many rows, watched over both transports and by a crowd."""
    measured: dict[str, Any] = {"rows": rows, "crowd": CROWD}
    # One file more for each socket, here and in the API, which inherits it.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    for database in databases:
        with (
            tempfile.TemporaryDirectory(prefix="rolodock-bench-") as folder,
            running_on(database, COMMIT_MOMENTS) as (bench, server),
        ):
            prepare_facts(bench)
            measured[database] = server | _measure(bench, Path(folder), rows)
    return measured


def _measure(bench: BenchStack, folder: Path, rows: int) -> dict[str, Any]:
    latencies: dict[str, list[float]] = {"websocket": [], "sse": []}
    described: dict[str, Any] = {}
    for name, options in STRATEGIES.items():
        path = folder / f"{name}.csv"
        write_contacts(path, rows, Manner(changed=0.0 if name == "create" else 1.0))
        job = bench.begin(path, **options)
        with noting_facts(bench, UUID(job)) as facts:
            heard = asyncio.run(_watch(bench, job))
        described[name] = _describe(facts, heard["websocket"])
        for transport, events in heard.items():
            latencies[transport] += list_latencies(facts.found, events)
        say(f"{name}: {len(facts.found)} facts, {len(heard['websocket'])} events")
    path = folder / "crowd.csv"
    write_contacts(path, rows, Manner(first_person=rows))
    job = bench.begin(path)
    with noting_facts(bench, UUID(job)) as facts:
        crowd, watched = asyncio.run(_crowd(bench, job))
    crowd["latency_ms"] = describe_latencies([each for heard in watched for each in list_latencies(facts.found, heard)])
    return {
        "latency_ms": {transport: describe_latencies(found) for transport, found in latencies.items()},
        "imports": described,
        "crowd": crowd,
    }


def _describe(facts: Facts, heard: Sequence[Heard]) -> dict[str, Any]:
    return {
        "facts": len(facts.found),
        "events": len(heard),
        "most_events_in_a_second": most_in_a_second(heard),
        "a_fact_was_found_late_by_at_most_ms": round(facts.latest_look_seconds * 1000, 1),
        "first_part_of_planning": first_part_share(facts.found),
        **{phase.lower(): describe_truth(phase, facts.found, heard) for phase in PHASES},
    }


async def _watch(bench: BenchStack, job: str) -> dict[str, list[Heard]]:
    websocket, sse = await asyncio.gather(_collect(_by_websocket(bench, job)), _collect(_by_sse(bench, job)))
    return {"websocket": websocket, "sse": sse}


async def _collect(events: AsyncIterator[dict[str, Any]]) -> list[Heard]:
    return [Heard(time.time(), event) async for event in events]


async def _open(bench: BenchStack, job: str) -> websockets.ClientConnection:
    """A socket with a subscription to the import."""
    url = bench.stack.url.replace("http", "ws", 1) + "/graphql"
    socket = await websockets.connect(url, subprotocols=[websockets.Subprotocol("graphql-transport-ws")], proxy=None, max_queue=None)
    await socket.send(json.dumps({"type": "connection_init", "payload": {"token": bench.stack.token}}))
    assert json.loads(await socket.recv())["type"] == "connection_ack"
    payload = {"query": PROGRESS, "variables": {"id": job}}
    await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
    return socket


async def _by_websocket(bench: BenchStack, job: str) -> AsyncIterator[dict[str, Any]]:
    async with await _open(bench, job) as socket:
        while (message := json.loads(await socket.recv()))["type"] != "complete":
            if message["type"] == "next":
                yield message["payload"]["data"]["importProgress"]


async def _by_sse(bench: BenchStack, job: str) -> AsyncIterator[dict[str, Any]]:
    headers = {"Authorization": f"Bearer {bench.stack.token}", "Accept": "text/event-stream"}
    body = {"query": PROGRESS, "variables": {"id": job}}
    async with (
        httpx.AsyncClient(timeout=600, trust_env=False) as client,
        client.stream("POST", f"{bench.stack.url}/graphql", json=body, headers=headers) as answer,
    ):
        async for line in answer.aiter_lines():
            if line.startswith("data: {"):
                yield json.loads(line.removeprefix("data: "))["data"]["importProgress"]


async def _crowd(bench: BenchStack, job: str) -> tuple[dict[str, Any], list[list[Heard]]]:
    """Many who watch one import, each at a socket: what they cost, and what every hundredth heard."""
    before, began = _meter(bench), time.time()
    connecting = asyncio.Semaphore(CONNECTING_AT_ONCE)
    watched = await asyncio.gather(*(_watch_in_crowd(bench, job, connecting) for _ in range(CROWD)))
    ends = [heard[-1].at for heard in watched]
    first = max(heard[0].at for heard in watched)
    whole = {tuple(each.event["sequence"] for each in heard if each.at > first) for heard in watched}
    return {
        "sockets": len(watched),
        "seconds_until_all_watched": round(first - began, 1),
        "events_delivered": sum(map(len, watched)),
        "heard_different_events": len(whole) - 1,
        "reads_of_the_log": _meter(bench) - before,
        "first_to_last_hears_of_the_end_ms": round((max(ends) - min(ends)) * 1000),
    }, watched[::100]


async def _watch_in_crowd(bench: BenchStack, job: str, connecting: asyncio.Semaphore) -> list[Heard]:
    async with connecting:
        socket = await _open(bench, job)
    heard = []
    async with socket:
        while not heard or heard[-1].event["status"] not in FINAL:
            message = json.loads(await socket.recv())
            if message["type"] == "next":
                heard.append(Heard(time.time(), message["payload"]["data"]["importProgress"]))
    return heard


def _meter(bench: BenchStack) -> int:
    lines = bench.client.get("/metrics").text.splitlines()
    return int(float(next(line.split()[1] for line in lines if line.startswith("rolodock_event_reads "))))
