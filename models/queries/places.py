"""Places for inspecting and planning: how many imports of a tenant are sent there at a time, so that no tenant fills the queues alone."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlmodel import col

from models.database import Reading
from models.tables import ImportJob
from models.vocabulary import ImportStatus, Stage

# From here on planning may take more than a few seconds: some 10,000 rows of CSV, more of what is packed.
LARGE_BYTES = 1024 * 1024
SMALL_AT_ONCE = 6
LARGE_AT_ONCE = 1
STAGES = (Stage.INSPECT.value, Stage.PLAN.value)
STATUSES = (ImportStatus.UPLOADED.value, ImportStatus.INSPECTING.value, ImportStatus.PLANNING.value)


def has_place(now: datetime) -> ColumnElement[bool]:
    """Whether an import whose inspection or planning is due may be sent; other stages always may.

    Those of the same stage and kind hold a place that were sent and are not due again.
    """
    other: Any = ImportJob.__table__.alias("other")  # type: ignore[attr-defined]
    is_large = col(ImportJob.size_bytes) >= LARGE_BYTES
    held = (
        select(func.count())
        .select_from(other)
        .where(
            other.c.tenant_id == col(ImportJob.tenant_id),
            other.c.status.in_(STATUSES),
            other.c.id != col(ImportJob.id),
            other.c.stage == col(ImportJob.stage),
            (other.c.size_bytes >= LARGE_BYTES) == is_large,
            other.c.attempt > 0,
            other.c.due_at > now,
        )
        .scalar_subquery()
    )
    return or_(col(ImportJob.stage).not_in(STAGES), held < case((is_large, LARGE_AT_ONCE), else_=SMALL_AT_ONCE))


def is_large(tx: Reading, import_id: UUID) -> bool:
    """Whether planning the import may take minutes."""
    statement = select(col(ImportJob.size_bytes)).where(col(ImportJob.id) == import_id)
    return bool(tx.execute(statement).scalar_one() >= LARGE_BYTES)
