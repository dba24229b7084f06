"""A whole Rolodock whose imports are timed: what a client sees, and what the database says of when each step began.

An import's row in `audit_entry` for each status is written by the transaction that moves it there, with the moment by the database's
clock. The database runs on this machine, so that its clock and ours are one.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import func, select
from sqlmodel import col

from benchmarks.made_contacts import write_contacts
from benchmarks.made_people import PEOPLE, Manner
from benchmarks.worker_memory import Memory, MemoryWatch, resident_bytes
from models.database import Database, make_database, reading
from models.settings import Settings
from models.tables import AuditEntry, ImportBatch
from tests.support.stack import Stack, running_stack

CREATE_UPLOAD = "mutation ($input: CreateUploadInput!) { createUpload(input: $input) { upload { id url } userErrors { message } } }"
CREATE_IMPORT = "mutation ($input: CreateImportInput!) { createImport(input: $input) { import { id } userErrors { message } } }"
READ_STATUS = "query ($id: ID!) { import(id: $id) { status } }"
READ_COUNTS = (
    "query ($id: ID!) { import(id: $id) { status counts { total created updated unchanged skipped failed unprocessed duplicates } } }"
)
ROLL_BACK = "mutation ($input: RollbackImportInput!) { rollbackImport(input: $input) { import { id } userErrors { message } } }"
READ_ROLLBACK = "query ($id: ID!) { import(id: $id) { status rollback { removed restored kept } } }"
COMPLETED = {"COMPLETED", "COMPLETED_WITH_ERRORS"}
FINAL = COMPLETED | {"FAILED", "CANCELLED", "NEEDS_MAPPING"}
# No duration depends on it, and each look takes the API and this process some 25 ms of the processors that are measured.
LOOK_SECONDS = 1.0
WAIT_SECONDS = 3_600.0
IDLE_ROWS, WARM_ROWS = 10, 5_000
# Larger than any file that is measured.
MAX_UPLOAD_BYTES, MAX_ROWS = str(8 * 1024**3), str(20_000_000)


@dataclass(frozen=True, slots=True)
class Timed:
    """One import. `seconds` run from PLANNING to COMPLETED, `total_seconds` from before the first byte of its upload."""

    counts: dict[str, int]
    seconds: float
    planning_seconds: float
    applying_seconds: float
    total_seconds: float
    batches: int
    repeated: int  # tries of batches beyond the first of each
    memory: Memory

    def describe(self) -> dict[str, Any]:
        return {
            "seconds": round(self.seconds, 3),
            "planning_seconds": round(self.planning_seconds, 3),
            "applying_seconds": round(self.applying_seconds, 3),
            "upload_to_completed_seconds": round(self.total_seconds, 3),
            "rows_per_second": round(self.counts["total"] / self.seconds),
            "counts": self.counts,
            "batches": self.batches,
            "batches_repeated": self.repeated,
            **self.memory.in_mb(),
        }


class BenchStack:
    """A running Rolodock and a client of its API."""

    def __init__(self, stack: Stack, client: httpx.Client, database: Database) -> None:
        self.stack = stack
        self.client = client
        self.database = database
        self._idle: dict[int, int] = {}

    def warm_up(self, folder: Path) -> None:
        """Let every worker do all that it will do once, and note what it holds before it has had much to do."""
        self._warm_up(folder, IDLE_ROWS, 3)
        self._idle = {pid: resident_bytes(pid, "VmRSS") for pid in self.stack.pids_of("api.cli worker")}
        self._warm_up(folder, WARM_ROWS, 2)

    def _warm_up(self, folder: Path, rows: int, times: int) -> None:
        for number in range(times):
            # Two at a time, so that each worker has one to plan.
            begun = []
            for part in range(2):
                path = folder / "warm.csv"
                # People from the far end, whom nobody else is about.
                write_contacts(path, rows, Manner(first_person=PEOPLE - (2 * number + part + 1) * rows))
                begun.append(self.begin(path))
            for job in begun:
                self.wait(job)

    def watch_memory(self) -> MemoryWatch:
        """What the workers hold meanwhile, beside what they held before they had much to do."""
        return MemoryWatch(self._idle)

    def begin(self, path: Path, **options: str) -> str:
        """Upload a file and ask for its import, which starts by itself: the import's id."""
        announced = {"filename": path.name, "sizeBytes": path.stat().st_size}
        upload = self.ask(CREATE_UPLOAD, input=announced)["upload"]
        with path.open("rb") as file:
            self.client.put(upload["url"], content=file).raise_for_status()
        source = {
            "source": {"uploadId": upload["id"]},
            "autoStart": True,
            "allowDuplicateFile": True,
            "options": {"defaultCountry": "US", **options},
        }
        job: str = self.ask(CREATE_IMPORT, input=source)["import"]["id"]
        return job

    def wait(self, job: str) -> dict[str, int]:
        """The counts of an import once it is through. Fails where it did not complete."""
        deadline = time.monotonic() + WAIT_SECONDS
        while self.ask(READ_STATUS, id=job)["status"] not in FINAL:
            assert time.monotonic() < deadline, f"the import has not ended within {WAIT_SECONDS} s"
            time.sleep(LOOK_SECONDS)
        content = self.ask(READ_COUNTS, id=job)
        assert content["status"] in COMPLETED, content
        counts: dict[str, int] = content["counts"]
        return counts

    def time_import(self, path: Path, **options: str) -> Timed:
        """Import a file with these options besides the country."""
        return self.time_named_import(path, **options)[1]

    def time_named_import(self, path: Path, **options: str) -> tuple[str, Timed]:
        """The same, with the import's id."""
        with self.watch_memory() as watch:
            began = datetime.now(UTC)
            job = self.begin(path, **options)
            counts = self.wait(job)
        return job, self.read_times(job, counts, began, watch.memory)

    def time_rollback(self, job: str) -> tuple[float, dict[str, int]]:
        """Undo an import: how many seconds it took, and how many contacts it removed, restored and kept."""
        self.ask(ROLL_BACK, input={"id": job, "reason": "measured"})
        deadline = time.monotonic() + WAIT_SECONDS
        while (found := self.ask(READ_ROLLBACK, id=job))["status"] == "ROLLING_BACK":
            assert time.monotonic() < deadline, f"the rollback has not ended within {WAIT_SECONDS} s"
            time.sleep(LOOK_SECONDS)
        moments, _, _ = self._read_log(UUID(job))
        ended = next(moments[status] for status in ("import.rolled_back", "import.partially_rolled_back") if status in moments)
        undone: dict[str, int] = found["rollback"]
        return (ended - moments["import.rolling_back"]).total_seconds(), undone

    def read_times(self, job: str, counts: dict[str, int], began: datetime, memory: Memory) -> Timed:
        moments, batches, tries = self._read_log(UUID(job))
        completed = next(moments[status] for status in ("import.completed", "import.completed_with_errors") if status in moments)
        return Timed(
            counts=counts,
            seconds=(completed - moments["import.planning"]).total_seconds(),
            planning_seconds=(moments["import.planned"] - moments["import.planning"]).total_seconds(),
            applying_seconds=(completed - moments["import.applying"]).total_seconds(),
            total_seconds=(completed - began).total_seconds(),
            batches=batches,
            repeated=tries - batches,
            memory=memory,
        )

    def _read_log(self, job: UUID) -> tuple[dict[str, datetime], int, int]:
        entries = select(col(AuditEntry.action), col(AuditEntry.at)).where(col(AuditEntry.subject_id) == job).order_by(col(AuditEntry.at))
        tries = select(func.count(), func.coalesce(func.sum(col(ImportBatch.tries)), 0)).where(col(ImportBatch.import_id) == job)
        with reading(self.database) as tx:
            moments = {entry.action: entry.at for entry in tx.execute(entries)}
            count, sum_of_tries = tx.execute(tries).one()
        return moments, count, sum_of_tries

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The one field of an answer of the API."""
        answer = self.client.post("/graphql", json={"query": query, "variables": variables}).raise_for_status().json()
        assert "errors" not in answer, answer
        data: dict[str, Any] = next(iter(answer["data"].values()))
        assert not data.get("userErrors"), data
        return data


@contextmanager
def running_bench_stack(database_url: str = "") -> Iterator[BenchStack]:
    """`rolodock up` with two workers in a folder of its own for the length of the block, warmed up. No URL: SQLite."""
    with tempfile.TemporaryDirectory(prefix="rolodock-bench-") as folder:
        data_dir = Path(folder) / "data"
        database = make_database(Settings(data_dir=data_dir, database_url=database_url).resolved_database_url())
        with running_stack(data_dir, database_url=database_url, max_upload_bytes=MAX_UPLOAD_BYTES, max_rows=MAX_ROWS) as stack:
            headers = {"Authorization": f"Bearer {stack.token}"}
            with httpx.Client(base_url=stack.url, headers=headers, timeout=600, trust_env=False) as client:
                bench = BenchStack(stack, client, database)
                try:
                    bench.warm_up(Path(folder))
                    yield bench
                finally:
                    database.close()
