"""What became true of an import and when: the moment of each commit that changed how far it is.

PostgreSQL says itself when a transaction was committed (`track_commit_timestamp`); triggers note what it changed. SQLite keeps no such
moment, so there a process of its own asks a thousand times a second whether another connection has committed (`data_version`), which costs
it a look at shared memory; how late it can have been is told with the figures. The clock is that of the one machine in either case.
"""

import multiprocessing
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any
from uuid import UUID

from sqlalchemy import text

from benchmarks.bench_stack import BenchStack
from benchmarks.two_databases import SQLITE
from models.database import reading, writing

# Besides what every server of a benchmark is set to.
COMMIT_MOMENTS = "track_commit_timestamp=on"
# Statuses in which rows of a stage are counted, not batches.
READING = ("UPLOADED", "INSPECTING", "PLANNING")
LOOK_SECONDS = 0.001
_NOTES = (
    "CREATE TABLE bench_fact (id bigserial PRIMARY KEY, import_id uuid NOT NULL, status text, seen bigint, settled bigint)",
    """CREATE FUNCTION bench_note_import() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO bench_fact (import_id, status, seen, settled) VALUES (NEW.id, NEW.status, NEW.total, NEW.position);
        RETURN NULL; END $$""",
    """CREATE FUNCTION bench_note_batch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO bench_fact (import_id) VALUES (NEW.import_id);
        RETURN NULL; END $$""",
    """CREATE TRIGGER bench_import AFTER UPDATE ON import_job FOR EACH ROW
        WHEN ((OLD.status, OLD.total, OLD.position) IS DISTINCT FROM (NEW.status, NEW.total, NEW.position))
        EXECUTE FUNCTION bench_note_import()""",
    """CREATE TRIGGER bench_batch AFTER UPDATE ON import_batch FOR EACH ROW
        WHEN (OLD.status <> 'done' AND NEW.status = 'done') EXECUTE FUNCTION bench_note_batch()""",
)
_READ_NOTES = text(
    "SELECT status, seen, settled, extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8 AS at FROM bench_fact"
    " WHERE import_id = :import_id ORDER BY at, id"
)
_LOOK = """SELECT status, total, position, (SELECT count(*) FROM import_batch WHERE import_id = ?1 AND status = 'done')
    FROM import_job WHERE id = ?1"""


@dataclass(frozen=True, slots=True)
class Fact:
    """From `at` on (seconds since 1970) an import was so far: rows seen and settled by its planning, and batches done since."""

    at: float
    status: str
    seen: int
    settled: int
    batches_done: int


@dataclass
class Facts:
    """What was found of an import, once it has ended. `latest_look_seconds`: so much later than it was true may each have been found."""

    found: list[Fact]
    latest_look_seconds: float = 0.0


def prepare_facts(bench: BenchStack) -> None:
    """Let PostgreSQL note what changes from now on."""
    if bench.database.dialect_name != SQLITE:
        with writing(bench.database) as tx:
            for statement in _NOTES:
                tx.execute(text(statement))


@contextmanager
def noting_facts(bench: BenchStack, job: UUID) -> Iterator[Facts]:
    """The facts of an import that is seen to its end within the block; there after it."""
    facts = Facts([])
    if bench.database.dialect_name != SQLITE:
        yield facts
        with reading(bench.database) as tx:
            facts.found = list(_count_up(tx.execute(_READ_NOTES, {"import_id": job})))
        return
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_watch_sqlite, args=(bench.database.writer.url.database, job.bytes, theirs)
    )
    process.start()
    assert ours.recv() == "watching"
    try:
        yield facts
    finally:
        ours.send("end")
        facts.found, facts.latest_look_seconds = ours.recv()
        process.join()


def _count_up(notes: Any) -> Iterator[Fact]:
    status, seen, settled, done = "", 0, 0, 0
    for note in notes:
        if note.status is None:
            done += 1
        else:
            status, seen, settled = note.status.upper(), note.seen, note.settled
        yield Fact(note.at, status, seen, settled, done)


def _watch_sqlite(path: str, job: bytes, pipe: Connection) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    found: list[Fact] = []
    version, looked_at, latest = None, time.time(), 0.0
    pipe.send("watching")
    while not pipe.poll():
        now = time.time()
        latest, looked_at = max(latest, now - looked_at), now
        (newest,) = connection.execute("PRAGMA data_version").fetchone()
        if newest != version:
            version = newest
            status, *numbers = connection.execute(_LOOK, (job,)).fetchone()
            fact = Fact(now, status.upper(), *numbers)
            if not found or (fact.status, numbers) != (found[-1].status, [found[-1].seen, found[-1].settled, found[-1].batches_done]):
                found.append(fact)
        time.sleep(LOOK_SECONDS)
    connection.close()
    pipe.send((found, latest))
