"""Places for inspecting and planning: how many imports of a tenant are sent there at a time, so that no tenant fills the queues alone."""

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Integer, Select, and_, bindparam, case, func, literal_column, or_, select, text
from sqlmodel import col

from models.database import Reading
from models.dialects import SQLITE, UtcDateTime
from models.load import FEW_ROWS
from models.tables import ImportBatch, ImportJob
from models.tables.import_job import IS_MOVING
from models.vocabulary import FileFormat, ImportStatus, Stage

# From here on planning may take more than a few seconds: some 10,000 rows of CSV.
LARGE_BYTES = 1024 * 1024
# Of what is packed: ten times as much text comes out of it, or more.
LARGE_PACKED_BYTES = LARGE_BYTES // 10
PACKED = tuple(each.value for each in (FileFormat.ZIP, FileFormat.GZIP, FileFormat.XLSX, FileFormat.XLSB, FileFormat.ODS))
SMALL_AT_ONCE = 6
LARGE_AT_ONCE = 1
STAGES = (Stage.INSPECT.value, Stage.PLAN.value)
STATUSES = (ImportStatus.UPLOADED.value, ImportStatus.INSPECTING.value, ImportStatus.PLANNING.value)

_JOB: Any = ImportJob.__table__  # type: ignore[attr-defined]


def has_place(now: datetime) -> ColumnElement[bool]:
    """Whether an import whose inspection or planning is due may be sent; other stages always may. For one import: each costs a count.

    Those of the same stage and kind hold a place that were sent and are not due again.
    """
    other = _JOB.alias("other")
    held = (
        select(func.count())
        .select_from(other)
        .where(
            other.c.tenant_id == _JOB.c.tenant_id,
            other.c.id != _JOB.c.id,
            other.c.stage == _JOB.c.stage,
            _kind(other) == _kind(_JOB),
            *_holds_place(other, now),
        )
        .scalar_subquery()
    )
    return or_(_JOB.c.stage.not_in(STAGES), held < _limit(_kind(_JOB)))


def list_due_with_place(tx: Reading, now: datetime, limit: int) -> list[tuple[str, UUID]]:
    """The stages and imports that are due and may be sent, longest first: of a tenant, stage and kind the first for which there is room.

    Whoever holds a place is counted once, and each that is due ranked once, however many wait.
    """
    return [(stage, import_id) for stage, import_id in tx.execute(_find_due_with_place(), {"now": now, "most": limit})]


# Put together once: every worker asks each second, and it takes longer to put together than to execute.
@cache
def _find_due_with_place() -> Select[str, UUID]:
    now = bindparam("now", type_=UtcDateTime())
    columns = (_JOB.c.tenant_id, _JOB.c.stage, _kind(_JOB).label("kind"), _JOB.c.status, _JOB.c.attempt, _JOB.c.due_at, _JOB.c.id)
    sent = select(*columns).select_from(ImportJob).where(_JOB.c.due_at.is_not(None)).cte("sent")
    group = (sent.c.tenant_id, sent.c.stage, sent.c.kind)
    held = (
        select(*group, func.count().label("count")).where(sent.c.stage.in_(STAGES), *_holds_place(sent, now)).group_by(*group).cte("held")
    )
    rank = func.row_number().over(partition_by=group, order_by=(sent.c.due_at, sent.c.id)).label("rank")
    due = select(*group, sent.c.id, sent.c.due_at, rank).where(sent.c.due_at <= now).cte("due")
    is_held = and_(held.c.tenant_id == due.c.tenant_id, held.c.stage == due.c.stage, held.c.kind == due.c.kind)
    room = _limit(due.c.kind) - func.coalesce(held.c["count"], 0)
    return (
        select(due.c.stage, due.c.id)
        .select_from(due.outerjoin(held, is_held))
        .where(or_(due.c.stage.not_in(STAGES), due.c.rank <= room))
        .order_by(due.c.due_at, due.c.id)
        .limit(bindparam("most", type_=Integer()))
    )


def is_large(tx: Reading, import_id: UUID) -> bool:
    """Whether planning the import may take minutes."""
    return bool(tx.execute(select(_kind(_JOB)).where(_JOB.c.id == import_id)).scalar_one())


def has_many_rows(tx: Reading, batch_id: UUID) -> bool:
    """Whether settling the batch may take longer than a moment; one that is gone is through at once."""
    rows = tx.execute(select(col(ImportBatch.row_count)).where(col(ImportBatch.id) == batch_id)).scalar_one_or_none()
    return rows is not None and rows > FEW_ROWS


def is_beside_small(tx: Reading, job: ImportJob) -> bool:
    """Whether small imports are under way besides this one where one writes at a time. Read across tenants, who share that one."""
    if tx.dialect_name != SQLITE:
        return False
    waiting = (ImportStatus.QUEUED.value, ImportStatus.CANCELLING.value)
    others = select(_JOB.c.id).where(text(IS_MOVING), _JOB.c.status.not_in(waiting), _JOB.c.id != job.id, _kind(_JOB) == 0)
    return tx.execute(others.limit(1)).scalar_one_or_none() is not None


def _kind(table: FromClause) -> ColumnElement[int]:
    """1: planning it may take minutes; 0: it is small."""
    large = case((table.c.format.in_(PACKED), literal_column(str(LARGE_PACKED_BYTES))), else_=literal_column(str(LARGE_BYTES)))
    return case((table.c.size_bytes >= large, literal_column("1")), else_=literal_column("0"))


def _limit(kind: ColumnElement[int]) -> ColumnElement[int]:
    return case((kind == 1, LARGE_AT_ONCE), else_=SMALL_AT_ONCE)


def _holds_place(table: FromClause, now: datetime | ColumnElement[datetime]) -> tuple[ColumnElement[bool], ...]:
    return table.c.status.in_(STATUSES), table.c.attempt > 0, table.c.due_at > now
