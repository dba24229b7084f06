"""Giving up a stage, a batch or a report after an error that a retry cannot help, or after too many tries."""

from sqlalchemy import select
from sqlmodel import col

from models.database import Reading, Writing
from models.queries.batches import ask_finalize, fail_batch, release_next
from models.queries.reports import finish_report
from models.queries.sending import FollowUp
from models.queries.stages import fail_import
from models.tables import ImportBatch, ImportJob, Report
from models.vocabulary import FINAL_STATUSES, ImportStatus, Stage

BATCH_STAGES = (Stage.APPLY_BATCH, Stage.ROLL_BACK_BATCH)


def tries_of(tx: Reading, follow_up: FollowUp) -> int:
    """How often a stage was begun."""
    if follow_up.stage in BATCH_STAGES:
        statement = select(ImportBatch.tries).where(col(ImportBatch.id) == follow_up.id)  # type: ignore[call-overload]
    elif follow_up.stage is Stage.EXPORT:
        statement = select(Report.attempt).where(col(Report.id) == follow_up.id)  # type: ignore[call-overload]
    else:
        statement = select(ImportJob.tries).where(col(ImportJob.id) == follow_up.id)  # type: ignore[call-overload]
    return int(tx.execute(statement).scalar_one_or_none() or 0)


def give_up(tx: Writing, follow_up: FollowUp, code: str, message: str) -> list[FollowUp]:
    """End it with what to tell: an import becomes FAILED, a batch leaves its rows unprocessed, a report says that it could not be made."""
    if follow_up.stage is Stage.EXPORT:
        finish_report(tx, follow_up.id, None, code)
        return []
    if follow_up.stage in BATCH_STAGES:
        batch = tx.get_one(ImportBatch, follow_up.id)
        if not fail_batch(tx, batch, code, message):
            return []
        return release_next(tx, batch.import_id, batch.epoch, 1) + ask_finalize(tx, batch.import_id)
    job = tx.get_one(ImportJob, follow_up.id)
    if job.stage == follow_up.stage.value and ImportStatus(job.status) in (
        ImportStatus.UPLOADED,
        ImportStatus.INSPECTING,
        ImportStatus.PLANNING,
    ):
        fail_import(tx, job, code, message)
    elif ImportStatus(job.status) in FINAL_STATUSES:
        job.stage = job.due_at = None
        tx.add(job)
    return []
