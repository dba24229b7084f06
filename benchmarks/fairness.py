"""A small import beside a large one: how long 200 rows take from their upload to COMPLETED, of the same tenant and of another."""

import statistics
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx

from api.cli.accounts import Accounts
from benchmarks.bench_stack import COMPLETED, FINAL, BenchStack
from benchmarks.machine import say
from benchmarks.made_contacts import write_contacts
from benchmarks.made_people import PEOPLE, Manner
from benchmarks.two_databases import DATABASES, running_on
from models.settings import Settings
from models.vocabulary import Role

SMALL_ROWS = 200
ROLL_BACK = "mutation ($input: RollbackImportInput!) { rollbackImport(input: $input) { import { id } userErrors { message } } }"
READ = "query ($id: ID!) { import(id: $id) { status stuckSince } }"
PAUSE_SECONDS = 1.0
LOOK_SECONDS = 0.05
WAIT_SECONDS = 600.0
# Small imports of one round, each of people of its own.
MOST_SMALL = 500


def measure(rows: int, runs: int, databases: Sequence[str] = DATABASES) -> dict[str, Any]:
    """Import so many rows, roll a tenth as many back, and bring in small files meanwhile."""
    undone_rows = rows // 10
    measured: dict[str, Any] = {"rows": rows, "undone_rows": undone_rows, "small_rows": SMALL_ROWS}
    with tempfile.TemporaryDirectory(prefix="rolodock-bench-") as folder:
        large, undone = Path(folder) / "large.csv", Path(folder) / "undone.csv"
        write_contacts(large, rows)
        write_contacts(undone, undone_rows, Manner(first_person=rows))
        for database in databases:
            with running_on(database) as (bench, server):
                alone = [_small(bench, bench.client, Path(folder), -number) for number in range(3)]
                measured[database] = server | {"alone": _describe(alone)} | _measure(bench, Path(folder), large, undone)
    return measured


def _measure(bench: BenchStack, folder: Path, large: Path, undone: Path) -> dict[str, Any]:
    settings = Settings(data_dir=bench.stack.data_dir, database_url=bench.database.writer.url.render_as_string(hide_password=False))
    with closing(Accounts(settings)) as accounts:
        token = accounts.issue_token("another tenant", Role.MEMBER)
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=bench.stack.url, headers=headers, timeout=600, trust_env=False) as another:
        tenants = {"same_tenant": bench.client, "another_tenant": another}
        began = time.perf_counter()
        job = bench.begin(large)
        beside_import = _SmallImports(bench, tenants, folder, job, first=0)
        _wait(bench, job)
        seconds = round(time.perf_counter() - began, 1)
        found = beside_import.end()
        job = bench.begin(undone)
        bench.wait(job)
        bench.ask(ROLL_BACK, input={"id": job, "reason": "a measurement"})
        beside_rollback = _SmallImports(bench, tenants, folder, job, first=MOST_SMALL)
        _wait(bench, job)
        return {"large_import_seconds": seconds, "beside_import": found, "beside_rollback": beside_rollback.end()}


def _wait(bench: BenchStack, job: str) -> None:
    while bench.ask(READ, id=job)["status"] not in FINAL | {"ROLLED_BACK", "PARTIALLY_ROLLED_BACK"}:
        time.sleep(LOOK_SECONDS)
    say(f"the large one is {bench.ask(READ, id=job)['status']}")


class _SmallImports:
    """Small imports one after the other, of each tenant in a thread of its own, by what the large one does when they begin."""

    def __init__(self, bench: BenchStack, clients: dict[str, httpx.Client], folder: Path, large: str, first: int) -> None:
        self._bench = bench
        self._large = large
        self._first = first
        self._ended = threading.Event()
        self._seconds: dict[str, dict[str, list[float]]] = {name: {} for name in clients}
        self._threads = [
            threading.Thread(target=self._go_on, args=(name, client, folder, number))
            for number, (name, client) in enumerate(clients.items())
        ]
        for thread in self._threads:
            thread.start()

    def _go_on(self, name: str, client: httpx.Client, folder: Path, number: int) -> None:
        with httpx.Client(base_url=client.base_url, headers=client.headers, timeout=600, trust_env=False) as own:
            made = 0
            while not self._ended.is_set():
                phase = self._bench.ask(READ, id=self._large)["status"]
                made += 1
                seconds = _small(self._bench, own, folder, self._first + 1 + number + 2 * made)
                self._seconds[name].setdefault(phase.lower(), []).append(seconds)
                self._ended.wait(PAUSE_SECONDS)

    def end(self) -> dict[str, Any]:
        """Median and longest seconds, by tenant and by what the large import did."""
        self._ended.set()
        for thread in self._threads:
            thread.join()
        return {name: {phase: _describe(seconds) for phase, seconds in phases.items()} for name, phases in self._seconds.items()}


def _describe(seconds: list[float]) -> dict[str, Any]:
    return {"imports": len(seconds), "p50_seconds": round(statistics.median(seconds), 2), "max_seconds": round(max(seconds), 2)}


def _small(bench: BenchStack, client: httpx.Client, folder: Path, number: int) -> float:
    """Seconds from before the upload of a small file to when its import is seen to be COMPLETED."""
    path = folder / f"small-{number}.csv"
    # Nobody of the large file.
    write_contacts(path, SMALL_ROWS, Manner(first_person=PEOPLE - 100_000 - (number + 1) * SMALL_ROWS))
    own = BenchStack(bench.stack, client, bench.database)
    began = time.perf_counter()
    job = own.begin(path)
    while (status := own.ask(READ, id=job)["status"]) not in FINAL:
        assert time.perf_counter() - began < WAIT_SECONDS, f"a small import is still {status}"
        time.sleep(LOOK_SECONDS)
    assert status in COMPLETED, status
    return time.perf_counter() - began
