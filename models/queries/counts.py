"""Counts and progress of imports, derived from their batches so that they cannot drift."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, case, func, select
from sqlmodel import col

from models.database import Reading
from models.dialects import UtcDateTime
from models.queries.pace import RECENT_SECONDS, UNKNOWN, Pace, planned_share, planning_pace, working_pace
from models.queries.planning import Headway, find_headway
from models.tables import ImportBatch, ImportJob, ImportRun, KeptContact
from models.tenancy import scoped_columns
from models.vocabulary import FINAL_STATUSES, BatchStatus, ImportStatus, PlanningStep, RunKind

OUTCOMES = ("created", "updated", "unchanged", "skipped", "failed")
COUNTED = (*OUTCOMES, "duplicates")
# Statuses whose work is measured in rows of a stage, not in batches.
READING = frozenset({ImportStatus.UPLOADED, ImportStatus.INSPECTING, ImportStatus.PLANNING})
WORKING = frozenset({ImportStatus.APPLYING, ImportStatus.ROLLING_BACK})
# Nothing is done before a person says what.
WAITING = frozenset({ImportStatus.NEEDS_MAPPING, ImportStatus.PLANNED})
UNDONE = frozenset({ImportStatus.ROLLED_BACK, ImportStatus.PARTIALLY_ROLLED_BACK})


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the rows: created + updated + unchanged + skipped + failed + unprocessed = total."""

    total: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    failed: int = 0
    unprocessed: int = 0
    duplicates: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the current phase is. `processed` of `total` are rows; percent goes from 0 to 100.

    `elapsed_seconds` are those of the phase, and of an import that has ended those of its last run; none while it waits for a person.
    `step` is what planning is at, and `step_processed` the rows that it is through with.
    """

    phase: ImportStatus
    percent: float
    processed: int
    total: int
    batches_done: int
    batches_total: int
    queue_position: int | None
    rows_per_second: float | None
    eta_seconds: float | None
    elapsed_seconds: float
    step: PlanningStep | None = None
    step_processed: int = 0


@dataclass(frozen=True, slots=True)
class _BatchSums:
    """The batches of the newest run that has some, and when it began. `recent_rows` were done within the last RECENT_SECONDS; `last_at` is
    when the newest batch was.
    """

    done: int = 0
    total: int = 0
    rows: int = 0
    rows_done: int = 0
    recent_rows: int = 0
    last_at: datetime | None = None
    epoch: int = 0
    started_at: datetime | None = None


def count_rows(tx: Reading, jobs: Sequence[ImportJob]) -> dict[UUID, Counts]:
    """The counts of each import, in one statement."""
    planned = [job.id for job in jobs if job.plan_epoch is not None]
    found = {row.import_id: row for row in tx.execute(_count_outcomes(), {"import_ids": planned})} if planned else {}
    return {job.id: _add_up(job, found.get(job.id)) for job in jobs}


# Put together once: the publisher asks several times a second, and a statement takes longer to put together than to execute.
@cache
def _count_outcomes() -> Select[*tuple[Any, ...]]:
    done = case((col(ImportBatch.status) == BatchStatus.DONE.value, 1), else_=0)
    sums = [func.coalesce(func.sum(done * getattr(ImportBatch, name)), 0).label(name) for name in COUNTED]
    return (
        select(col(ImportBatch.import_id), *sums)
        .join(ImportJob, (col(ImportJob.id) == col(ImportBatch.import_id)) & (col(ImportJob.plan_epoch) == col(ImportBatch.epoch)))
        .where(col(ImportBatch.import_id).in_(bindparam("import_ids", expanding=True)))
        .group_by(col(ImportBatch.import_id))
    )


def _add_up(job: ImportJob, sums: object | None) -> Counts:
    values = {name: int(job.settled.get(name, 0)) + int(getattr(sums, name, 0) or 0) for name in COUNTED}
    settled = sum(values[name] for name in OUTCOMES)
    total = max(job.total, settled)
    return Counts(total=total, unprocessed=total - settled, **values)


def planned_counts(tx: Reading, job: ImportJob) -> Counts | None:
    """What the newest plan would do, in rows of its run: a retry plans those that failed or were left over; None: there is no plan yet."""
    run = find_plan_run(tx, job)
    if run is None or run.plan_hash is None:
        return None
    values = {name: int(run.planned.get(name, 0)) for name in COUNTED}
    return Counts(total=run.rows, unprocessed=run.rows - sum(values[name] for name in OUTCOMES), **values)


def find_plan_run(tx: Reading, job: ImportJob) -> ImportRun | None:
    """The run of the newest plan; None: nothing was planned yet."""
    return None if job.plan_epoch is None else tx.get(ImportRun, (job.id, job.plan_epoch))


def rollback_totals(tx: Reading, job: ImportJob) -> tuple[int, int, int]:
    """How many contacts undoing has removed, restored and kept."""
    statement = select(func.coalesce(func.sum(col(ImportBatch.removed)), 0), func.coalesce(func.sum(col(ImportBatch.restored)), 0)).where(
        col(ImportBatch.import_id) == job.id,
        col(ImportBatch.kind) == RunKind.ROLLBACK.value,
        col(ImportBatch.status) == BatchStatus.DONE.value,
    )
    removed, restored = tx.execute(statement).one()
    kept = tx.execute(scoped_columns(job.tenant_id, KeptContact, func.count()).where(col(KeptContact.import_id) == job.id)).scalar_one()
    return int(removed), int(restored), int(kept)


def measure_progress(tx: Reading, jobs: Sequence[ImportJob]) -> dict[UUID, Progress]:
    """How far the current phase of each import is."""
    now = tx.now()
    sums = _sum_batches(tx, jobs, now - timedelta(seconds=RECENT_SECONDS))
    positions = _queue_positions(tx, jobs)
    headways = find_headway(tx, jobs)
    return {
        job.id: _measure(job, sums.get(job.id, _BatchSums()), headways.get(job.id, Headway()), positions.get(job.id), now) for job in jobs
    }


def _sum_batches(tx: Reading, jobs: Sequence[ImportJob], recently: datetime) -> dict[UUID, _BatchSums]:
    # Before its first run is planned an import has no batches.
    asked = {"import_ids": [job.id for job in jobs if job.plan_epoch is not None or job.epoch > 1], "recently": recently}
    if not asked["import_ids"]:
        return {}
    return {
        import_id: _BatchSums(int(done), int(count), int(rows or 0), int(rows_done or 0), int(recent or 0), *run)
        for import_id, done, count, rows, rows_done, recent, *run in tx.execute(_add_up_batches(), asked)
    }


@cache
def _add_up_batches() -> Select[*tuple[Any, ...]]:
    is_done = case((col(ImportBatch.status) == BatchStatus.DONE.value, 1), else_=0)
    recent = case((col(ImportBatch.finished_at) > bindparam("recently", type_=UtcDateTime()), 1), else_=0)
    return (
        select(
            col(ImportBatch.import_id),
            func.sum(is_done),
            func.count(),
            func.sum(col(ImportBatch.row_count)),
            func.sum(is_done * col(ImportBatch.row_count)),
            func.sum(is_done * recent * col(ImportBatch.row_count)),
            func.max(col(ImportBatch.finished_at)),
            func.max(col(ImportBatch.epoch)),
            func.max(col(ImportRun.started_at)),
        )
        .join(ImportRun, (col(ImportRun.import_id) == col(ImportBatch.import_id)) & (col(ImportRun.epoch) == col(ImportBatch.epoch)))
        .where(col(ImportBatch.import_id).in_(bindparam("import_ids", expanding=True)))
        .where(col(ImportBatch.epoch) == _shown_epoch())
        .group_by(col(ImportBatch.import_id))
    )


def _shown_epoch() -> object:
    """The newest epoch that has batches: cancelling opens one without."""
    newest = ImportBatch.__table__.alias("newest")  # type: ignore[attr-defined]
    return select(func.max(newest.c.epoch)).where(newest.c.import_id == col(ImportBatch.import_id)).correlate(ImportBatch).scalar_subquery()


def _queue_positions(tx: Reading, jobs: Sequence[ImportJob]) -> dict[UUID, int]:
    queued = [job for job in jobs if job.status == ImportStatus.QUEUED.value]
    if not queued:
        return {}
    statement = (
        select(col(ImportJob.tenant_id), col(ImportJob.id))
        .where(col(ImportJob.status) == ImportStatus.QUEUED.value, col(ImportJob.tenant_id).in_({job.tenant_id for job in queued}))
        .order_by(col(ImportJob.queued_at), col(ImportJob.id))
    )
    positions: dict[UUID, int] = {}
    seen: dict[UUID, int] = {}
    for tenant_id, import_id in tx.execute(statement):
        seen[tenant_id] = seen.get(tenant_id, 0) + 1
        positions[import_id] = seen[tenant_id]
    return positions


def _measure(job: ImportJob, sums: _BatchSums, headway: Headway, queue_position: int | None, now: datetime) -> Progress:
    phase = ImportStatus(job.status)
    is_final = phase in FINAL_STATUSES
    if phase in READING:
        processed, total = job.position, max(job.total, job.position)
    elif sums.total:
        processed, total = sums.rows_done, sums.rows
    else:
        processed, total = 0, job.total
    began = job.phase_started_at or job.created_at
    elapsed = _measure_work(job, phase, sums, now)
    share = planned_share(job, headway) if phase is ImportStatus.PLANNING else processed / total if total else 0.0
    if is_final:
        pace = Pace(processed / elapsed if elapsed > 0 else 0.0, None)
    elif phase is ImportStatus.PLANNING:
        pace = planning_pace(job, share, now)
    elif phase in WORKING:
        pace = working_pace(sums.rows, sums.rows_done, sums.recent_rows, sums.last_at, began, now)
    else:
        pace = UNKNOWN
    return Progress(
        phase=phase,
        percent=100.0 if is_final else round(min(100.0 * share, 100.0), 2),
        processed=processed,
        total=total,
        batches_done=sums.done,
        batches_total=sums.total,
        queue_position=queue_position,
        rows_per_second=round(pace.rows_per_second, 1) or None,
        eta_seconds=pace.seconds_left if pace.seconds_left is None else round(pace.seconds_left, 1),
        elapsed_seconds=round(elapsed, 3),
        step=headway.step,
        step_processed=headway.processed,
    )


def _measure_work(job: ImportJob, phase: ImportStatus, sums: _BatchSums, now: datetime) -> float:
    """The seconds of the phase, or of the last run where the import has ended."""
    if phase in WAITING:
        return 0.0
    if phase not in FINAL_STATUSES:
        return max((now - (job.phase_started_at or job.created_at)).total_seconds(), 0.0)
    # Without a plan it ended before it had a run, or was retried and ended before that had one.
    has_run = job.plan_epoch is not None and sums.epoch >= job.plan_epoch
    ended_at = job.rolled_back_at if phase in UNDONE else job.completed_at
    if not has_run or sums.started_at is None or ended_at is None:
        return 0.0
    return max((ended_at - sums.started_at).total_seconds(), 0.0)
