"""Batches: sending the next ones, the guard that lets one be settled once, and what ends a run."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, select, text, update
from sqlmodel import col

from models.database import Reading, Writing
from models.dialects import SQLITE, moment_from_now
from models.queries.sending import BATCH_STAGES, FollowUp
from models.tables import ImportBatch, ImportJob
from models.tables.import_job import IS_MOVING
from models.vocabulary import BatchStatus, ImportStatus, RunKind, Stage

# The statuses in which batches of a kind are settled.
WORKING = {RunKind.PLAN: ImportStatus.APPLYING, RunKind.ROLLBACK: ImportStatus.ROLLING_BACK}


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What came of a batch's rows, or of an undone batch's contacts."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    failed: int = 0
    unprocessed: int = 0
    duplicates: int = 0
    removed: int = 0
    restored: int = 0
    kept: int = 0


def release_next(tx: Writing, import_id: UUID, epoch: int, count: int) -> list[FollowUp]:
    """Make the next batches of a run due, lowest first."""
    statement = (
        update(ImportBatch)
        .where(col(ImportBatch.id).in_(_once(_waiting(import_id, epoch, count))))
        .values(due_at=moment_from_now(tx.dialect_name))
        .returning(col(ImportBatch.number), col(ImportBatch.kind), col(ImportBatch.id))
        .execution_options(synchronize_session=False)
    )
    released = sorted(tuple(row) for row in tx.execute(statement))
    return [FollowUp(BATCH_STAGES[RunKind(kind)], batch_id) for _, kind, batch_id in released]


def wake_batches(tx: Writing, import_id: UUID, seconds: float) -> list[FollowUp]:
    """Let those batches of an import be due now that would be within so many seconds anyway, as they have waited for their turn."""
    now = tx.now()
    soon = select(col(ImportBatch.id)).where(
        col(ImportBatch.import_id) == import_id,
        col(ImportBatch.status) == BatchStatus.PENDING.value,
        col(ImportBatch.due_at) > now,
        col(ImportBatch.due_at) <= now + timedelta(seconds=seconds),
    )
    statement = (
        update(ImportBatch)
        .where(col(ImportBatch.id).in_(_once(soon.with_for_update(skip_locked=True))))
        .values(due_at=now)
        .returning(col(ImportBatch.number), col(ImportBatch.kind), col(ImportBatch.id))
        .execution_options(synchronize_session=False)
    )
    woken = sorted(tuple(row) for row in tx.execute(statement))
    return [FollowUp(BATCH_STAGES[RunKind(kind)], batch_id) for _, kind, batch_id in woken]


def _waiting(import_id: UUID, epoch: int, count: int) -> Select[UUID]:
    """The next batches of a run that were not sent yet, lowest first."""
    return (
        select(col(ImportBatch.id))
        .where(
            col(ImportBatch.import_id) == import_id,
            col(ImportBatch.epoch) == epoch,
            col(ImportBatch.status) == BatchStatus.PENDING.value,
            col(ImportBatch.due_at).is_(None),
        )
        .order_by(col(ImportBatch.number))
        .limit(count)
        .with_for_update(skip_locked=True)
    )


def _once(waiting: Select[UUID]) -> Select[UUID]:
    """The same, looked for once: a subquery that a plan runs again passes over what it locked, and takes more than its limit."""
    found = waiting.cte("found")
    return select(found.c.id)


def begin_batch(tx: Writing, batch_id: UUID, seconds: float) -> tuple[ImportBatch, ImportJob] | None:
    """Note that a batch is being worked on, due again after `seconds`; None: it was taken up since it was last sent, or there is
    nothing to do for it any more.
    """
    here = tx.dialect_name
    statement = (
        update(ImportBatch)
        .where(col(ImportBatch.id) == batch_id, col(ImportBatch.status) == BatchStatus.PENDING.value, col(ImportBatch.started_at).is_(None))
        .values(tries=col(ImportBatch.tries) + 1, started_at=moment_from_now(here), due_at=moment_from_now(here, seconds))
        .execution_options(synchronize_session=False)
    )
    if not tx.execute(statement).rowcount:  # type: ignore[attr-defined]
        return None
    both = select(ImportBatch, ImportJob).join(ImportJob, col(ImportJob.id) == col(ImportBatch.import_id))
    batch, job = tx.execute(both.where(col(ImportBatch.id) == batch_id)).one()
    if job.epoch != batch.epoch or job.status != WORKING[RunKind(batch.kind)].value:
        return None
    return batch, job


def join_batches(tx: Writing, batch: ImportBatch, count: int, seconds: float) -> list[ImportBatch]:
    """Take up the next batches of the run that were not sent yet, to settle them together with one that was just begun.

    Only where one writes at a time, so that no other worker would write them meanwhile; and only for a batch that is tried for the first
    time, so that what fails together is tried again one by one.
    """
    if tx.dialect_name != SQLITE or batch.tries > 1 or count < 1:
        return []
    here = tx.dialect_name
    waiting = _waiting(batch.import_id, batch.epoch, count).where(col(ImportBatch.tries) == 0)
    statement = (
        update(ImportBatch)
        .where(col(ImportBatch.id).in_(_once(waiting)))
        .values(tries=1, started_at=moment_from_now(here), due_at=moment_from_now(here, seconds))
        .returning(ImportBatch)
    )
    return sorted(tx.execute(statement).scalars(), key=lambda joined: joined.number)


def part_batches(tx: Writing, batch_ids: Sequence[UUID]) -> None:
    """Let batches that were taken up together and not settled be due now, each on its own."""
    _let_joined(tx, batch_ids, due_at=moment_from_now(tx.dialect_name))


def return_batches(tx: Writing, batch_ids: Sequence[UUID]) -> None:
    """Let batches that were taken up together and not begun to be settled wait to be sent, as they did; not one that was sent since."""
    _let_joined(tx, batch_ids, due_at=None, started_at=None, tries=0)


def _let_joined(tx: Writing, batch_ids: Sequence[UUID], **values: Any) -> None:
    # What was taken up along with another was never sent itself.
    statement = update(ImportBatch).where(
        col(ImportBatch.id).in_(batch_ids), col(ImportBatch.status) == BatchStatus.PENDING.value, col(ImportBatch.attempt) == 0
    )
    tx.execute(statement.values(**values).execution_options(synchronize_session=False))


def guard_batch(tx: Writing, batch: ImportBatch, status: BatchStatus = BatchStatus.DONE) -> bool:
    """The first statement of a batch's transaction: pending -> done by compare-and-set; False: write nothing."""
    is_current = exists().where(col(ImportJob.id) == batch.import_id, col(ImportJob.epoch) == batch.epoch)
    statement = (
        update(ImportBatch)
        .where(
            col(ImportBatch.id) == batch.id,
            col(ImportBatch.epoch) == batch.epoch,
            col(ImportBatch.status) == BatchStatus.PENDING.value,
            is_current,
        )
        .values(status=status.value, due_at=None, finished_at=moment_from_now(tx.dialect_name))
        .execution_options(synchronize_session=False)
    )
    return bool(tx.execute(statement).rowcount)  # type: ignore[attr-defined]


def give_back_try(tx: Writing, batch_id: UUID) -> None:
    """Waiting for one's turn is no try: a batch is given up after too many of those."""
    statement = update(ImportBatch).where(col(ImportBatch.id) == batch_id, col(ImportBatch.tries) > 0)
    tx.execute(statement.values(tries=col(ImportBatch.tries) - 1).execution_options(synchronize_session=False))


def record_result(tx: Writing, batch_id: UUID, result: BatchResult) -> None:
    """Replace a batch's planned counts with the real ones."""
    values = {name: getattr(result, name) for name in BatchResult.__slots__}
    tx.execute(update(ImportBatch).where(col(ImportBatch.id) == batch_id).values(**values).execution_options(synchronize_session=False))


def fail_batch(tx: Writing, batch: ImportBatch, code: str, message: str) -> bool:
    """Give a batch up; its rows stay unprocessed."""
    if not guard_batch(tx, batch, BatchStatus.FAILED):
        return False
    statement = update(ImportBatch).where(col(ImportBatch.id) == batch.id)
    tx.execute(statement.values(failure_code=code, failure_message=message[:1000]).execution_options(synchronize_session=False))
    return True


def cancel_pending(tx: Writing, import_id: UUID) -> None:
    """What has not been settled will not be; waits for batches that are being settled right now."""
    _cancel(tx, _is_pending(import_id))


def cancel_unbegun(tx: Writing, import_id: UUID) -> None:
    """The same but for batches that are being settled right now."""
    free = select(col(ImportBatch.id)).where(*_is_pending(import_id)).with_for_update(skip_locked=True)
    _cancel(tx, (col(ImportBatch.id).in_(_once(free)),))


def is_wanted(tx: Writing, batch: ImportBatch) -> bool:
    """Whether the run of a batch that is being settled still is the import's; by then it may have been cancelled, if others can write."""
    current = select(col(ImportJob.epoch)).where(col(ImportJob.id) == batch.import_id)
    return bool(tx.execute(current).scalar_one_or_none() == batch.epoch)


def _is_pending(import_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return col(ImportBatch.import_id) == import_id, col(ImportBatch.status) == BatchStatus.PENDING.value


def _cancel(tx: Writing, conditions: Sequence[ColumnElement[bool]]) -> None:
    statement = update(ImportBatch).where(*conditions).values(status=BatchStatus.CANCELLED.value, due_at=None)
    tx.execute(statement.execution_options(synchronize_session=False))


def ask_finalize(tx: Writing, import_id: UUID) -> list[FollowUp]:
    """Ask for the end of a run whose batches are all through; nothing where one is left or it was asked before."""
    pending = exists().where(
        col(ImportBatch.import_id) == import_id,
        col(ImportBatch.epoch) == col(ImportJob.epoch),
        col(ImportBatch.status) == BatchStatus.PENDING.value,
    )
    statement = (
        update(ImportJob)
        .where(
            col(ImportJob.id) == import_id,
            col(ImportJob.status).in_([status.value for status in WORKING.values()]),
            col(ImportJob.stage).is_(None),
            ~pending,
        )
        .values(
            stage=Stage.FINALIZE.value,
            due_at=moment_from_now(tx.dialect_name),
            attempt=0,
            started_attempt=0,
            tries=0,
            first_begun_at=None,
        )
        .execution_options(synchronize_session=False)
    )
    return [FollowUp(Stage.FINALIZE, import_id)] if tx.execute(statement).rowcount else []  # type: ignore[attr-defined]


def list_stalled(tx: Reading, limit: int) -> list[tuple[UUID, int]]:
    """Imports (id, epoch) that should be at work and of which no batch is under way: a worker died in between. For the sweeper alone."""
    under_way = exists().where(
        col(ImportBatch.import_id) == col(ImportJob.id),
        col(ImportBatch.epoch) == col(ImportJob.epoch),
        col(ImportBatch.status) == BatchStatus.PENDING.value,
        col(ImportBatch.due_at).is_not(None),
    )
    statement = (
        select(col(ImportJob.id), col(ImportJob.epoch))
        .where(text(IS_MOVING), col(ImportJob.status).in_([status.value for status in WORKING.values()]))
        .where(col(ImportJob.stage).is_(None), ~under_way)
        .order_by(col(ImportJob.id))
        .limit(limit)
    )
    return [(import_id, epoch) for import_id, epoch in tx.execute(statement)]


def count_failed(tx: Reading, import_id: UUID, epoch: int) -> int:
    """How many batches of a run were given up."""
    statement = select(func.count()).where(
        col(ImportBatch.import_id) == import_id,
        col(ImportBatch.epoch) == epoch,
        col(ImportBatch.status) == BatchStatus.FAILED.value,
    )
    return int(tx.execute(statement).scalar_one())
