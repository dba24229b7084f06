"""Deleting what an import left behind besides contacts and journal."""

from typing import Any

from sqlalchemy import delete, func, update
from sqlmodel import SQLModel, col

from models.database import Reading, Writing
from models.queries.counts import OUTCOMES, count_rows
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
    """Whether another import that is not deleted, and whose file is kept, reads the same stored source."""
    others = scoped_columns(job.tenant_id, ImportJob, func.count()).where(
        col(ImportJob.object_key) == job.object_key,
        col(ImportJob.id) != job.id,
        col(ImportJob.deleted_at).is_(None),
        col(ImportJob.file_swept_at).is_(None),
    )
    return bool(tx.execute(others).scalar_one())


def delete_rows(tx: Writing, job: ImportJob) -> None:
    """Delete the rows of a deleted import and let its stage end. Of one that retention took, the figures stay."""
    kept: dict[str, Any] = {}
    if job.swept_at is not None:
        kept = {"settled": {name: getattr(count_rows(tx, [job])[job.id], name) for name in (*OUTCOMES, "duplicates")}}
    for table in OF_AN_IMPORT:
        if table is ImportIssueCount and job.swept_at is not None:
            continue
        columns = table.__table__.c  # type: ignore[attr-defined]
        tx.execute(delete(table).where(columns.import_id == job.id, columns.tenant_id == job.tenant_id))
    gone: dict[str, Any] = {"stage": None, "due_at": None, "head": [], "columns": [], "sweeping_since": None}
    tx.execute(update(ImportJob).where(col(ImportJob.id) == job.id).values(**gone, **kept))
