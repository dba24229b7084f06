"""Looking at imports from beside, straight in the database: which ones run, when each got on last, and how often a stage was begun."""

import threading
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from models.database import Database, Reading, reading
from models.errors import Transient
from models.tables import ImportBatch, ImportJob
from models.vocabulary import BatchStatus, ImportStatus

LOOK_SECONDS = 0.1
# In these something of ours is to be done; in the others it is somebody's turn to ask.
AT_WORK = frozenset(
    status.value
    for status in (
        ImportStatus.UPLOADED,
        ImportStatus.INSPECTING,
        ImportStatus.PLANNING,
        ImportStatus.APPLYING,
        ImportStatus.CANCELLING,
        ImportStatus.ROLLING_BACK,
    )
)


@dataclass(frozen=True, slots=True)
class Seen:
    """How far an import was, and since when (by `time.monotonic`)."""

    state: tuple[Any, ...]
    since: float


class Watcher:
    """Looks several times a second for as long as it is open."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen: dict[UUID, Seen] = {}
        self._ended = threading.Event()
        self.tries: dict[tuple[UUID, str], int] = {}
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def at_work(self) -> dict[UUID, Seen]:
        """The imports that are being worked on, as last seen."""
        return {job_id: seen for job_id, seen in dict(self._seen).items() if seen.state[0] in AT_WORK}

    def has_got_on(self, job_id: UUID, since: float) -> bool:
        """Whether an import got on, or came to its end, after a moment."""
        seen = self._seen[job_id]
        return seen.since > since or seen.state[0] not in AT_WORK

    def close(self) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            try:
                with reading(self._database) as tx:
                    self._look(tx)
            except Transient:
                continue

    def _look(self, tx: Reading) -> None:
        jobs = tx.execute(
            select(
                *(col(getattr(ImportJob, name)) for name in ("id", "status", "stage", "epoch", "position", "total", "attempt", "tries"))
            ).where(col(ImportJob.completed_at).is_(None) | col(ImportJob.status).in_(AT_WORK))
        ).all()
        settled: dict[UUID, int] = dict(
            tx.execute(
                select(col(ImportBatch.import_id), func.count())
                .where(col(ImportBatch.import_id).in_([job.id for job in jobs]), col(ImportBatch.status) != BatchStatus.PENDING.value)
                .group_by(col(ImportBatch.import_id))
            ).all()
        )
        known = {job.id for job in jobs}
        now = time.monotonic()
        for job in jobs:
            state = (job.status, job.stage, job.epoch, job.position, job.total, settled.get(job.id, 0))
            if (last := self._seen.get(job.id)) is None or last.state != state:
                self._seen[job.id] = Seen(state, now)
            self._note_tries(job.id, f"{job.stage} {job.epoch}", job.tries)
        for job_id, seen in self._seen.items():
            if job_id not in known and seen.state[0] in AT_WORK:
                self._seen[job_id] = Seen(("ended",), now)

    def _note_tries(self, job_id: UUID, stage: str, tries: int) -> None:
        key = job_id, stage
        self.tries[key] = max(tries, self.tries.get(key, 0))


def list_batch_tries(database: Database) -> list[int]:
    """How often each batch that there ever was has been begun."""
    with reading(database) as tx:
        return list(tx.execute(select(col(ImportBatch.tries))).scalars())


def describe_imports(database: Database, imports: list[UUID]) -> list[str]:
    """Where imports stand, with their batches, for who has to find out why."""
    with reading(database) as tx:
        now = tx.now()
        jobs = list(tx.execute(select(ImportJob).where(col(ImportJob.id).in_(imports))).scalars())
        batches = list(
            tx.execute(
                select(ImportBatch).where(col(ImportBatch.import_id).in_(imports), col(ImportBatch.status) == BatchStatus.PENDING.value)
            ).scalars()
        )
    names = ("id", "status", "stage", "epoch", "due_at", "attempt", "started_attempt", "tries", "position", "total", "failure_code")
    said = [f"now {now}", *(f"import {[getattr(job, name) for name in names]}" for job in jobs)]
    of_batch = ("import_id", "epoch", "number", "status", "due_at", "attempt", "started_at", "tries")
    return said + [f"batch {[str(getattr(batch, name)) for name in of_batch]}" for batch in batches[:10]]
