"""Deleting what an import left behind besides contacts and journal."""

from sqlalchemy import delete, func, update
from sqlmodel import SQLModel, col

from models.database import Reading, Writing
from models.tables import (
    DriftedRow,
    EditedCell,
    ExcludedRow,
    IdempotencyKey,
    ImportBatch,
    ImportChunk,
    ImportIssue,
    ImportIssueCount,
    ImportJob,
    ImportRun,
    JudgedChunk,
    KeptContact,
    PlannedChunk,
    Report,
)
from models.tenancy import scoped_columns

# Events stay: their sequence has no gaps.
OF_AN_IMPORT: tuple[type[SQLModel], ...] = (
    DriftedRow,
    EditedCell,
    ExcludedRow,
    IdempotencyKey,
    ImportBatch,
    ImportChunk,
    ImportIssue,
    ImportIssueCount,
    ImportRun,
    JudgedChunk,
    KeptContact,
    PlannedChunk,
    Report,
)


def is_source_shared(tx: Reading, job: ImportJob) -> bool:
    """Whether another import that is not deleted reads the same stored source."""
    others = scoped_columns(job.tenant_id, ImportJob, func.count()).where(
        col(ImportJob.object_key) == job.object_key, col(ImportJob.id) != job.id, col(ImportJob.deleted_at).is_(None)
    )
    return bool(tx.execute(others).scalar_one())


def delete_rows(tx: Writing, job: ImportJob) -> None:
    """Delete the rows of a deleted import and let its stage end."""
    for table in OF_AN_IMPORT:
        columns = table.__table__.c  # type: ignore[attr-defined]
        tx.execute(delete(table).where(columns.import_id == job.id, columns.tenant_id == job.tenant_id))
    tx.execute(update(ImportJob).where(col(ImportJob.id) == job.id).values(stage=None, due_at=None, head=[], columns=[]))
