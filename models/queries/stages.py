"""What a worker notes of an import-wide stage while it runs: taking it up, its position, and its failure."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import case, or_, update
from sqlmodel import col

from models.database import Writing
from models.dialects import moment_from_now
from models.queries.imports import try_move
from models.tables import ImportJob
from models.vocabulary import ImportStatus, Stage


def take_up(tx: Writing, import_id: UUID, stage: Stage, attempt: int, seconds: float) -> ImportJob | None:
    """Begin an attempt of a stage: the import, or None where this attempt was begun before or is not the newest any more.

    The stage is due again after `seconds` without a heartbeat.
    """
    now = tx.now()
    first = col(ImportJob.first_begun_at)
    # Whoever dies and begins again does not come further by it.
    is_first = or_(first.is_(None), first <= col(ImportJob.moved_at), first <= col(ImportJob.resent_at))
    statement = (
        update(ImportJob)
        .where(
            col(ImportJob.id) == import_id,
            col(ImportJob.stage) == stage.value,
            col(ImportJob.attempt) == attempt,
            col(ImportJob.started_attempt) < attempt,
        )
        .values(
            started_attempt=attempt,
            tries=col(ImportJob.tries) + 1,
            position=0,
            begun_at=now,
            first_begun_at=case((is_first, now), else_=first),
            due_at=now + timedelta(seconds=seconds),
        )
        .execution_options(synchronize_session=False)
    )
    if not tx.execute(statement).rowcount:  # type: ignore[attr-defined]
        return None
    return tx.get(ImportJob, import_id, populate_existing=True)


def note_position(tx: Writing, job: ImportJob, position: int, seen: int, looked_up: int = 0) -> bool:
    """Note how many rows a stage has got through of those seen so far, and for how many of them it has looked for contacts; False: the
    import has moved on and the stage should end.
    """
    so_far = position + seen + looked_up
    has_moved = col(ImportJob.furthest) < so_far
    statement = (
        update(ImportJob)
        .where(
            col(ImportJob.id) == job.id,
            col(ImportJob.status) == job.status,
            col(ImportJob.epoch) == job.epoch,
            col(ImportJob.attempt) == job.attempt,
        )
        .values(
            position=position,
            # What was seen once is not shown as fewer while it is gone through again.
            total=case((col(ImportJob.total) < seen, seen), else_=col(ImportJob.total)),
            furthest=case((has_moved, so_far), else_=col(ImportJob.furthest)),
            moved_at=case((has_moved, moment_from_now(tx.dialect_name)), else_=col(ImportJob.moved_at)),
        )
        .execution_options(synchronize_session=False)
    )
    return bool(tx.execute(statement).rowcount)  # type: ignore[attr-defined]


def note_headway(tx: Writing, import_id: UUID) -> None:
    """Something was done for an import that nobody will have to do again."""
    statement = update(ImportJob).where(col(ImportJob.id) == import_id).values(moved_at=moment_from_now(tx.dialect_name))
    tx.execute(statement.execution_options(synchronize_session=False))


def forgive_tries(tx: Writing, job: ImportJob) -> None:
    """Count this attempt of a stage as its first."""
    statement = update(ImportJob).where(
        col(ImportJob.id) == job.id, col(ImportJob.stage) == job.stage, col(ImportJob.attempt) == job.attempt
    )
    tx.execute(statement.values(tries=1).execution_options(synchronize_session=False))


def fail_import(tx: Writing, job: ImportJob, code: str, message: str) -> bool:
    """Move an import to FAILED with what to tell; False: it has moved on meanwhile."""
    return try_move(tx, job, ImportStatus.FAILED, failure_code=code, failure_message=message[:1000], completed_at=tx.now())
