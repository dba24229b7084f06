"""Imports of which nothing comes although somebody is at them: since when, sending it again, and giving it up.

Moments are compared by the database's clock. A heartbeat is no progress, nor is doing again what an earlier attempt did.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, text, update
from sqlmodel import col

from models.database import Reading, Writing
from models.dialects import limit_lock_waits
from models.queries import audit
from models.queries.batches import ask_finalize
from models.queries.sending import FollowUp
from models.queries.stages import fail_import
from models.queries.writer import WRITING
from models.tables import ImportBatch, ImportJob, WriterLease
from models.tables.import_job import IS_MOVING
from models.vocabulary import BatchStatus, ImportStatus, Stage

TIMEOUT = "timeout"
TIMED_OUT = "Nothing came of this import for {seconds:,.0f} seconds, twice over, so it was given up. Retry it; what was applied stays."
LOCK_SECONDS = 3.0
# Stages without which an import would never come to an end.
ENDING = frozenset({Stage.FINALIZE.value, Stage.DISCARD.value})


@dataclass(frozen=True, slots=True)
class Standstill:
    """An import that somebody is at, and since when nothing came of that: it came further then, or was begun after it had waited."""

    job: ImportJob
    since: datetime


def list_standing_still(tx: Reading, seconds: float) -> list[Standstill]:
    """Imports of which nothing came for so long. Read across tenants, by the workers alone.

    Who waits is not among them: queued, for a worker, or for the turn of writing.
    """
    run = (col(ImportBatch.import_id) == col(ImportJob.id), col(ImportBatch.epoch) == col(ImportJob.epoch))
    last_batch = select(func.max(col(ImportBatch.finished_at))).where(*run).scalar_subquery()
    is_pending = col(ImportBatch.status) == BatchStatus.PENDING.value
    # Of one that is sent, and so waits to be begun, the beginning is unknown; one that waits for the turn begins anew each time it asks.
    begun = select(func.min(col(ImportBatch.started_at))).where(*run, is_pending, col(ImportJob.stage).is_(None)).scalar_subquery()
    statement = select(ImportJob, last_batch, begun).where(text(IS_MOVING), _is_at_work(), ~_waits_for_turn()).order_by(col(ImportJob.id))
    before = tx.now() - timedelta(seconds=seconds)
    found = [Standstill(job, _still_since(job, done_at, begun_at)) for job, done_at, begun_at in tx.execute(statement)]
    return [standstill for standstill in found if standstill.since < before]


def list_moving_again(tx: Reading) -> list[UUID]:
    """Imports that were sent again and have come further since."""
    finished = exists().where(
        col(ImportBatch.import_id) == col(ImportJob.id),
        col(ImportBatch.epoch) == col(ImportJob.epoch),
        col(ImportBatch.finished_at) > col(ImportJob.resent_at),
    )
    statement = select(col(ImportJob.id)).where(
        text(IS_MOVING), col(ImportJob.resent_at).is_not(None), or_(col(ImportJob.moved_at) > col(ImportJob.resent_at), finished)
    )
    return list(tx.execute(statement).scalars())


def note_moving(tx: Writing, import_ids: Collection[UUID]) -> None:
    """They are stuck no more."""
    statement = update(ImportJob).where(col(ImportJob.id).in_(import_ids)).values(stuck_since=None, resent_at=None)
    tx.execute(statement.execution_options(synchronize_session=False))


def send_again(tx: Writing, standstill: Standstill) -> bool:
    """Let what nothing comes of be due at once, for another worker, and note that the import is stuck; False: it has moved on."""
    job, now = standstill.job, tx.now()
    limit_lock_waits(tx.connection(), LOCK_SECONDS)
    statement = (
        update(ImportJob)
        .where(_is_still(job))
        .values(stuck_since=standstill.since, resent_at=now)
        .execution_options(synchronize_session=False)
    )
    if not tx.execute(statement).rowcount:  # type: ignore[attr-defined]
        return False
    # Another attempt, so that the heart of the old one, which may still beat, keeps nobody from beginning it.
    if job.stage is not None:
        again = update(ImportJob).where(col(ImportJob.id) == job.id).values(due_at=now, attempt=col(ImportJob.attempt) + 1)
    else:
        # One that a hung transaction holds is not to be had, and would hold us up too.
        pending = select(col(ImportBatch.id)).where(_is_pending(job.id, job.epoch), col(ImportBatch.started_at).is_not(None))
        free = tx.execute(pending.with_for_update(skip_locked=True)).scalars().all()
        again = update(ImportBatch).where(col(ImportBatch.id).in_(free)).values(due_at=now, attempt=col(ImportBatch.attempt) + 1)
    tx.execute(again.execution_options(synchronize_session=False))
    audit.record_import(tx, job, None, "import.stuck", status=job.status, since=standstill.since.isoformat())
    return True


def time_out(tx: Writing, standstill: Standstill, seconds: float) -> list[FollowUp]:
    """Give an import up that was sent again in vain. What was applied stays; what was not is unprocessed, and can be retried.

    An import that is ending is not given up: it would never end. Raises DatabaseBusy where somebody holds what is to be given up.
    """
    job = standstill.job
    message = TIMED_OUT.format(seconds=seconds)
    if job.stage in ENDING:
        return []
    # Who holds a batch in a transaction that does not end holds us up too; we ask again later.
    limit_lock_waits(tx.connection(), LOCK_SECONDS)
    if job.stage is not None:
        fail_import(tx, job, TIMEOUT, message)
        return []
    if tx.execute(select(col(ImportJob.id)).where(_is_still(job)).with_for_update()).scalar_one_or_none() is None:
        return []
    given_up = {"status": BatchStatus.FAILED.value, "failure_code": TIMEOUT, "failure_message": message, "due_at": None}
    statement = update(ImportBatch).where(_is_pending(job.id, job.epoch)).values(**given_up)
    tx.execute(statement.execution_options(synchronize_session=False))
    return ask_finalize(tx, job.id)


def has_timed_out(tx: Reading, import_id: UUID, epoch: int) -> str | None:
    """What to tell of a run that was given up for standing still; None: it was not."""
    statement = select(col(ImportBatch.failure_message)).where(
        col(ImportBatch.import_id) == import_id, col(ImportBatch.epoch) == epoch, col(ImportBatch.failure_code) == TIMEOUT
    )
    return tx.execute(statement.limit(1)).scalar_one_or_none()


def count_stuck(tx: Reading) -> int:
    """How many imports are stuck. Read across tenants, for the metrics alone."""
    statement = select(func.count()).select_from(ImportJob).where(text(IS_MOVING), col(ImportJob.stuck_since).is_not(None))
    return int(tx.execute(statement).scalar_one())


def _still_since(job: ImportJob, done_at: datetime | None, begun_at: datetime | None) -> datetime:
    moments = (job.created_at, job.phase_started_at, job.moved_at, job.first_begun_at, done_at, begun_at)
    return max(moment for moment in moments if moment is not None)


def _is_still(job: ImportJob) -> ColumnElement[bool]:
    return and_(
        col(ImportJob.id) == job.id,
        col(ImportJob.status) == job.status,
        col(ImportJob.epoch) == job.epoch,
        col(ImportJob.attempt) == job.attempt,
        col(ImportJob.resent_at).is_(None) if job.resent_at is None else col(ImportJob.resent_at) == job.resent_at,
    )


def _is_pending(import_id: UUID, epoch: int) -> ColumnElement[bool]:
    return and_(
        col(ImportBatch.import_id) == import_id,
        col(ImportBatch.epoch) == epoch,
        col(ImportBatch.status) == BatchStatus.PENDING.value,
    )


def _is_at_work() -> ColumnElement[bool]:
    """Somebody has taken up its stage, or a batch of it."""
    begun = exists().where(
        col(ImportBatch.import_id) == col(ImportJob.id),
        col(ImportBatch.epoch) == col(ImportJob.epoch),
        col(ImportBatch.status) == BatchStatus.PENDING.value,
        col(ImportBatch.started_at).is_not(None),
    )
    is_begun = and_(col(ImportJob.stage).is_not(None), col(ImportJob.attempt) > 0, col(ImportJob.started_attempt) == col(ImportJob.attempt))
    return and_(col(ImportJob.status) != ImportStatus.QUEUED.value, or_(is_begun, and_(col(ImportJob.stage).is_(None), begun)))


def _waits_for_turn() -> ColumnElement[bool]:
    """Another import of the tenant writes just now."""
    other = ImportJob.__table__.alias("other")  # type: ignore[attr-defined]
    return exists().where(
        col(WriterLease.tenant_id) == col(ImportJob.tenant_id),
        col(WriterLease.import_id) == other.c.id,
        other.c.id != col(ImportJob.id),
        other.c.status.in_(sorted(WRITING)),
        col(ImportJob.stage).is_(None),
    )
