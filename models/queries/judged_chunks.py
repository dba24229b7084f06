"""Chunks that any worker may judge: recording and releasing them, taking one up, and the guard that lets one be judged once."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import polars as pl
from sqlalchemy import ColumnElement, delete, exists, func, or_, select, update
from sqlmodel import col

from models.database import Reading, Writing
from models.dialects import moment_from_now
from models.queries.edits import KeptEdits
from models.queries.plans import ChunkRecord
from models.queries.sending import FollowUp
from models.queries.stages import fail_import, note_headway
from models.tables import ImportJob, JudgedChunk
from models.tenancy import scoped, scoped_columns
from models.vocabulary import ImportStatus, Stage


@dataclass(frozen=True, slots=True)
class WayOfJudging:
    """All that decides how rows are judged, besides the rows. One fingerprint: one way. What was edited counts for the chunk it lies in."""

    date_orders: Mapping[str, str | None]
    fingerprint: str
    edits: KeptEdits

    def fingerprint_of(self, first_row: int, last_row: int) -> str:
        """The fingerprint for the chunk of these rows, both inclusive."""
        cells = self.edits.cells.filter(pl.col("row").is_between(first_row, last_row))
        excluded = self.edits.excluded.filter(self.edits.excluded.is_between(first_row, last_row))
        if cells.is_empty() and excluded.is_empty():
            return self.fingerprint
        told = json.dumps([self.fingerprint, cells.rows(), excluded.to_list()])
        return hashlib.sha256(told.encode()).hexdigest()


def record_chunks_to_judge(
    tx: Writing, job: ImportJob, chunks: Sequence[ChunkRecord], way: WayOfJudging | None, judged_keys: Mapping[int, str] | None = None
) -> None:
    """Record chunks of the import's present run. Without a way they wait for one; those that have a judged key, by number, are through."""
    for chunk in chunks:
        tx.add(
            JudgedChunk(
                tenant_id=job.tenant_id,
                import_id=job.id,
                epoch=job.epoch,
                number=chunk.number,
                first_row=chunk.first_row,
                last_row=chunk.last_row,
                row_count=chunk.row_count,
                source_key=chunk.object_key,
                date_orders={} if way is None else dict(way.date_orders),
                fingerprint=None if way is None else way.fingerprint_of(chunk.first_row, chunk.last_row),
                judged_key=(judged_keys or {}).get(chunk.number),
            )
        )
    tx.flush()


def set_way_of_judging(tx: Writing, job: ImportJob, way: WayOfJudging) -> None:
    """Let the run's chunks that wait for it be judged this way; those that an earlier run judged so need not be again.

    Chunks of the run that were to be judged in another way, before an upgrade of the judge, are judged anew.
    """
    _forget_other_ways(tx, job, way)
    waiting = _of_run(job.id, job.epoch, col(JudgedChunk.fingerprint).is_(None))
    columns = (col(JudgedChunk.id), col(JudgedChunk.source_key), col(JudgedChunk.first_row), col(JudgedChunk.last_row))
    chunks = tx.execute(select(*columns).where(*waiting)).all()
    fingerprints = {chunk_id: way.fingerprint_of(first_row, last_row) for chunk_id, _, first_row, last_row in chunks}
    known = find_judged_alike(tx, job, set(fingerprints.values()))
    for chunk_id, source_key, _, _ in chunks:
        values = {"fingerprint": fingerprints[chunk_id], "judged_key": known.get((source_key, fingerprints[chunk_id]))}
        if values != {"fingerprint": way.fingerprint, "judged_key": None}:
            same = update(JudgedChunk).where(*waiting, col(JudgedChunk.id) == chunk_id)
            tx.execute(same.values(**values, date_orders=dict(way.date_orders)).execution_options(synchronize_session=False))
    ready = update(JudgedChunk).where(*waiting).values(fingerprint=way.fingerprint, date_orders=dict(way.date_orders))
    tx.execute(ready.execution_options(synchronize_session=False))


def _forget_other_ways(tx: Writing, job: ImportJob, way: WayOfJudging) -> None:
    others = [
        chunk.id
        for chunk in list_chunks_of_run(tx, job)
        if chunk.fingerprint is not None and chunk.fingerprint != way.fingerprint_of(chunk.first_row, chunk.last_row)
    ]
    if others:
        anew = update(JudgedChunk).where(*_of_run(job.id, job.epoch, col(JudgedChunk.id).in_(others)))
        unbegun = {"fingerprint": None, "judged_key": None, "started_at": None, "due_at": None}
        tx.execute(anew.values(**unbegun).execution_options(synchronize_session="fetch"))


def find_judged_alike(tx: Reading, job: ImportJob, fingerprints: Collection[str]) -> dict[tuple[str, str], str]:
    """Where chunks lie that earlier runs of an import judged in these ways, by where their source lies and the way's fingerprint."""
    judged = scoped_columns(job.tenant_id, JudgedChunk, JudgedChunk.source_key, JudgedChunk.fingerprint, JudgedChunk.judged_key).where(
        col(JudgedChunk.import_id) == job.id, col(JudgedChunk.epoch) < job.epoch, col(JudgedChunk.judged_key).is_not(None)
    )
    found = tx.execute(judged.order_by(col(JudgedChunk.epoch)))
    return {(source_key, fingerprint): key for source_key, fingerprint, key in found if fingerprint in fingerprints}


def list_chunks_of_run(tx: Reading, job: ImportJob) -> list[JudgedChunk]:
    """The chunks of the import's present run, as far as they are recorded, in order."""
    chunks = scoped(JudgedChunk, job.tenant_id).where(*_of_run(job.id, job.epoch))
    return list(tx.execute(chunks.order_by(col(JudgedChunk.number))).scalars())


def forget_chunks(tx: Writing, job: ImportJob, *, first: int = 1) -> None:
    """Forget the chunks of the import's present run from a number on; whoever judges one of them finds it gone."""
    tx.execute(delete(JudgedChunk).where(*_of_run(job.id, job.epoch, col(JudgedChunk.number) >= first)))


def forget_runs(tx: Writing, job: ImportJob) -> None:
    """Forget the chunks of runs that came to their end, the present one's too: no later one is judged in the same way."""
    tx.execute(delete(JudgedChunk).where(col(JudgedChunk.import_id) == job.id, col(JudgedChunk.epoch) <= job.epoch))


def release_chunks(tx: Writing, import_id: UUID, epoch: int, most: int) -> list[FollowUp]:
    """Make the next chunks of a run due, lowest first, as far as fewer than `most` are under way."""
    unjudged = _of_run(import_id, epoch, col(JudgedChunk.judged_key).is_(None))
    under_way = tx.execute(select(func.count()).where(*unjudged, col(JudgedChunk.due_at).is_not(None))).scalar_one()
    if under_way >= most:
        return []
    waiting = (
        select(col(JudgedChunk.id))
        .where(*unjudged, col(JudgedChunk.due_at).is_(None), col(JudgedChunk.fingerprint).is_not(None))
        .order_by(col(JudgedChunk.number))
        .limit(most - under_way)
        .with_for_update(skip_locked=True)
        .cte("found")
    )
    statement = (
        update(JudgedChunk)
        .where(col(JudgedChunk.id).in_(select(waiting.c.id)))
        .values(due_at=moment_from_now(tx.dialect_name))
        .returning(col(JudgedChunk.number), col(JudgedChunk.id))
        .execution_options(synchronize_session=False)
    )
    return [FollowUp(Stage.JUDGE_CHUNK, chunk_id) for _, chunk_id in sorted(tuple(row) for row in tx.execute(statement))]


def begin_chunk(tx: Writing, chunk_id: UUID, seconds: float) -> tuple[JudgedChunk, ImportJob] | None:
    """Note that a chunk is being judged, due again after `seconds`; None: it was taken up since it was last sent, or there is nothing to
    do for it any more.
    """
    statement = update(JudgedChunk).where(
        col(JudgedChunk.id) == chunk_id, col(JudgedChunk.judged_key).is_(None), col(JudgedChunk.started_at).is_(None)
    )
    if not tx.execute(statement.values(**_begun(tx, seconds)).execution_options(synchronize_session=False)).rowcount:  # type: ignore[attr-defined]
        return None
    both = select(JudgedChunk, ImportJob).join(ImportJob, col(ImportJob.id) == col(JudgedChunk.import_id))
    chunk, job = tx.execute(both.where(col(JudgedChunk.id) == chunk_id)).one()
    if job.epoch != chunk.epoch or job.status != ImportStatus.PLANNING.value:
        chunk.due_at = None
        tx.add(chunk)
        return None
    return chunk, job


def take_chunk(tx: Writing, job: ImportJob, seconds: float) -> JudgedChunk | None:
    """Take up the next chunk of a run that nobody has begun, or whose worker has been silent for too long; None: there is none.

    Those that were not sent come first: a message for the others may be about to arrive.
    """
    free = (
        select(col(JudgedChunk.id))
        .where(*_of_run(job.id, job.epoch, col(JudgedChunk.judged_key).is_(None), col(JudgedChunk.fingerprint).is_not(None), _is_free(tx)))
        .order_by(col(JudgedChunk.due_at).is_not(None), col(JudgedChunk.number))
        .limit(1)
        .with_for_update(skip_locked=True)
        .cte("found")
    )
    statement = update(JudgedChunk).where(col(JudgedChunk.id).in_(select(free.c.id))).values(**_begun(tx, seconds))
    return tx.execute(statement.returning(JudgedChunk)).scalar_one_or_none()


def give_back_chunk(tx: Writing, chunk: JudgedChunk) -> None:
    """Let a chunk that was taken up be free for others."""
    statement = update(JudgedChunk).where(
        col(JudgedChunk.id) == chunk.id, col(JudgedChunk.judged_key).is_(None), col(JudgedChunk.tries) == chunk.tries
    )
    tx.execute(statement.values(started_at=None, due_at=None).execution_options(synchronize_session=False))


def finish_chunk(tx: Writing, chunk: JudgedChunk, judged_key: str) -> bool:
    """Record where a judged chunk lies, by compare-and-set; False: another has judged it, or the import has moved on."""
    is_current = exists().where(
        col(ImportJob.id) == chunk.import_id, col(ImportJob.epoch) == chunk.epoch, col(ImportJob.status) == ImportStatus.PLANNING.value
    )
    statement = update(JudgedChunk).where(col(JudgedChunk.id) == chunk.id, col(JudgedChunk.judged_key).is_(None), is_current)
    statement = statement.values(judged_key=judged_key, due_at=None).execution_options(synchronize_session=False)
    if not tx.execute(statement).rowcount:  # type: ignore[attr-defined]
        return False
    note_headway(tx, chunk.import_id)
    return True


def count_unjudged(tx: Reading, job: ImportJob) -> tuple[int, int]:
    """How many chunks of the import's present run are still to be judged, and how many of these somebody could take up."""
    unjudged = _of_run(job.id, job.epoch, col(JudgedChunk.judged_key).is_(None))
    everything, free = tx.execute(select(func.count(), func.count().filter(_is_free(tx))).where(*unjudged)).one()
    return int(everything), int(free)


def give_up_chunk(tx: Writing, chunk: JudgedChunk, code: str, message: str) -> None:
    """End the import whose chunk cannot be judged, unless it has moved on or the chunk was judged by another."""
    job = tx.get_one(ImportJob, chunk.import_id)
    if chunk.judged_key is None and job.epoch == chunk.epoch and job.status == ImportStatus.PLANNING.value:
        fail_import(tx, job, code, message)
    chunk.due_at = None
    tx.add(chunk)


def _of_run(import_id: UUID, epoch: int, *more: ColumnElement[bool]) -> tuple[ColumnElement[bool], ...]:
    return (col(JudgedChunk.import_id) == import_id, col(JudgedChunk.epoch) == epoch, *more)


def _is_free(tx: Reading) -> ColumnElement[bool]:
    """Nobody has begun it, or who did has been silent for too long."""
    return or_(col(JudgedChunk.started_at).is_(None), col(JudgedChunk.due_at) <= tx.now())


def _begun(tx: Writing, seconds: float) -> dict[str, Any]:
    here = tx.dialect_name
    return {
        "tries": col(JudgedChunk.tries) + 1,
        "started_at": moment_from_now(here),
        "due_at": moment_from_now(here, seconds),
    }
