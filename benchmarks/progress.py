"""Progress as a client sees it: how long after the fact it hears of it, how true percent and time left are, and what a crowd costs.

A fact is what another client of the database sees, which looks every 10 ms: an import in another status, or with more batches done. The
database runs on this machine, so that its clock and ours are one. What is left is compared with what it turned out to be.
"""

import asyncio
import json
import statistics
import tempfile
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import websockets
from sqlalchemy import func, select
from sqlmodel import col

from benchmarks.bench_stack import FINAL, BenchStack, running_bench_stack
from benchmarks.durable_postgres import running_durable_postgres
from benchmarks.machine import say
from benchmarks.made_contacts import write_contacts
from models.database import reading
from models.tables import ImportBatch, ImportJob
from models.vocabulary import BatchStatus

PROGRESS = """subscription ($id: ID!) { importProgress(id: $id) {
    sequence at status progress { percent batchesDone etaSeconds }
} }"""
CROWD, SUBSCRIPTIONS_A_SOCKET = 2_000, 20
LOOK_SECONDS = 0.01
PHASES = ("PLANNING", "APPLYING")


@dataclass(frozen=True, slots=True)
class Fact:
    """What the database showed, and when."""

    at: float
    status: str
    batches_done: int


@dataclass(frozen=True, slots=True)
class Heard:
    """An event, and when it came."""

    at: float
    event: dict[str, Any]


def measure(rows: int, runs: int) -> dict[str, Any]:
    """Import so many rows, watched over both transports and by a crowd, on SQLite and on a durable PostgreSQL."""
    measured: dict[str, Any] = {"rows": rows, "crowd": CROWD}
    with tempfile.TemporaryDirectory(prefix="rolodock-bench-") as folder:
        path = Path(folder) / "contacts.csv"
        write_contacts(path, rows)
        with running_bench_stack() as bench:
            measured["sqlite"] = _measure(bench, path)
        with running_durable_postgres() as database, running_bench_stack(database.url) as bench:
            measured["postgres"] = _measure(bench, path)
    return measured


def _measure(bench: BenchStack, path: Path) -> dict[str, Any]:
    job = bench.begin(path)
    facts = _Facts(bench, UUID(job))
    heard = asyncio.run(_watch(bench, job))
    seen = facts.end()
    say(f"{len(seen)} facts, {len(heard['websocket'])} events")
    described = {
        "facts": len(seen),
        **{f"{name}_latency_ms": _describe_latency(seen, events) for name, events in heard.items()},
        "most_events_in_a_second": _most_in_a_second(heard["websocket"]),
        **{phase.lower(): _describe_truth(phase, heard["websocket"]) for phase in PHASES},
    }
    crowd_job = bench.begin(path)
    return described | {"crowd": asyncio.run(_crowd(bench, crowd_job))}


class _Facts:
    """What another client of the database sees, in a thread of its own."""

    def __init__(self, bench: BenchStack, job: UUID) -> None:
        self._facts: list[Fact] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, args=(bench, job))
        self._thread.start()

    def _look(self, bench: BenchStack, job: UUID) -> None:
        done = select(func.count()).where(col(ImportBatch.import_id) == job, col(ImportBatch.status) == BatchStatus.DONE.value)
        statement = select(col(ImportJob.status), done.scalar_subquery()).where(col(ImportJob.id) == job)
        last = None
        while not self._ended.is_set():
            with reading(bench.database) as tx:
                status, batches = tx.execute(statement).one()
            if (status, batches) != last:
                self._facts.append(Fact(time.time(), status.upper(), batches))
                last = status, batches
            time.sleep(LOOK_SECONDS)

    def end(self) -> list[Fact]:
        self._ended.set()
        self._thread.join()
        return self._facts


async def _watch(bench: BenchStack, job: str) -> dict[str, list[Heard]]:
    websocket, sse = await asyncio.gather(_collect(_by_websocket(bench, job)), _collect(_by_sse(bench, job)))
    return {"websocket": websocket, "sse": sse}


async def _collect(events: AsyncIterator[dict[str, Any]]) -> list[Heard]:
    return [Heard(time.time(), event) async for event in events]


async def _open(bench: BenchStack, ids: list[str], job: str) -> websockets.ClientConnection:
    """A socket with so many subscriptions to the import."""
    url = bench.stack.url.replace("http", "ws", 1) + "/graphql"
    socket = await websockets.connect(url, subprotocols=[websockets.Subprotocol("graphql-transport-ws")], proxy=None, max_queue=None)
    await socket.send(json.dumps({"type": "connection_init", "payload": {"token": bench.stack.token}}))
    assert json.loads(await socket.recv())["type"] == "connection_ack"
    for number in ids:
        payload = {"query": PROGRESS, "variables": {"id": job}}
        await socket.send(json.dumps({"id": number, "type": "subscribe", "payload": payload}))
    return socket


async def _by_websocket(bench: BenchStack, job: str) -> AsyncIterator[dict[str, Any]]:
    async with await _open(bench, ["1"], job) as socket:
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


def _describe_latency(facts: list[Fact], heard: list[Heard]) -> dict[str, float]:
    """From each fact to the first event that tells of it or of something later."""
    order = {status: place for place, status in enumerate(dict.fromkeys(fact.status for fact in facts))}
    latencies = []
    # The first two may have been there before anybody watched.
    for fact in facts[2:]:
        wanted = order[fact.status], fact.batches_done
        told = [each.at for each in heard if (order.get(each.event["status"], -1), each.event["progress"]["batchesDone"]) >= wanted]
        if told:
            latencies.append((min(told) - fact.at) * 1000)
    ordered = sorted(latencies)
    return {
        "p50": round(statistics.median(ordered), 1),
        "p99": round(ordered[min(int(len(ordered) * 0.99), len(ordered) - 1)], 1),
        "max": round(ordered[-1], 1),
    }


def _most_in_a_second(heard: list[Heard]) -> int:
    moments = [datetime.fromisoformat(each.event["at"]).timestamp() for each in heard]
    return max(sum(start <= moment < start + 1 for moment in moments) for start in moments)


def _describe_truth(phase: str, heard: list[Heard]) -> dict[str, Any] | None:
    """How far percent and time left were from what they turned out to be, in percent of the phase's duration."""
    inside = [each for each in heard if each.event["status"] == phase]
    after = [each.at for each in heard if inside and each.at > inside[-1].at]
    if len(inside) < 3 or not after:
        return None
    began, ended = inside[0].at, after[0]
    duration = ended - began
    percents = [abs(each.event["progress"]["percent"] - 100 * (each.at - began) / duration) for each in inside]
    told = [(each.at, each.event["progress"]["etaSeconds"]) for each in inside if each.event["progress"]["etaSeconds"] is not None]
    lefts = [100 * abs(eta - (ended - at)) / duration for at, eta in told]
    return {
        "seconds": round(duration, 1),
        "percent_error_p50": round(statistics.median(percents), 1),
        "percent_error_max": round(max(percents), 1),
        "time_left_told": len(told),
        "time_left_error_p50": round(statistics.median(lefts), 1) if lefts else None,
        "time_left_error_max": round(max(lefts), 1) if lefts else None,
    }


async def _crowd(bench: BenchStack, job: str) -> dict[str, Any]:
    """Many who watch one import: how often the log was read for them, and how long after each other they heard of its end."""
    ids = [str(number) for number in range(SUBSCRIPTIONS_A_SOCKET)]
    before = _meter(bench)
    sockets = [await _open(bench, ids, job) for _ in range(CROWD // SUBSCRIPTIONS_A_SOCKET)]
    counts = await asyncio.gather(*(_drain(socket) for socket in sockets))
    ends = [end for _, socket_ends in counts for end in socket_ends]
    return {
        "events_delivered": sum(count for count, _ in counts),
        "reads_of_the_log": _meter(bench) - before,
        "first_to_last_hears_of_the_end_ms": round((max(ends) - min(ends)) * 1000),
    }


async def _drain(socket: websockets.ClientConnection) -> tuple[int, list[float]]:
    count, ends = 0, []
    async with socket:
        while len(ends) < SUBSCRIPTIONS_A_SOCKET:
            message = json.loads(await socket.recv())
            if message["type"] == "next":
                count += 1
                if message["payload"]["data"]["importProgress"]["status"] in FINAL:
                    ends.append(time.time())
    return count, ends


def _meter(bench: BenchStack) -> int:
    lines = bench.client.get("/metrics").text.splitlines()
    return int(float(next(line.split()[1] for line in lines if line.startswith("rolodock_event_reads "))))
