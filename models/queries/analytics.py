"""Figures over all imports of a tenant in a span of time, and over all tenants for the metrics."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import load_only

from models.database import Reading
from models.queries.counts import Counts, count_rows
from models.tables import ImportBatch, ImportIssueCount, ImportJob, RefusedUpload
from models.tenancy import scoped, scoped_columns
from models.vocabulary import FINAL_STATUSES, BatchStatus, ImportStatus, RunKind, TimeBucket

IMPORTS_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment up to, and without, another."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class ImportFigures:
    """What an import adds to the figures."""

    created_at: datetime
    is_final: bool
    is_cancelled: bool
    duration_seconds: float | None
    counts: Counts


@dataclass(frozen=True, slots=True)
class Bucket:
    """The imports that were made in an hour, day, week or month."""

    start: datetime
    imports: int
    counts: Counts


@dataclass(frozen=True, slots=True)
class IssueKind:
    """How often a code occurred in a field."""

    code: str
    field: str | None
    count: int


def list_figures(tx: Reading, tenant_id: UUID, span: Span) -> list[ImportFigures]:
    """The figures of each import made in the span, oldest first."""
    table: Any = ImportJob
    needed = (table.id, table.created_at, table.status, table.total, table.settled, table.plan_epoch, table.started_at, table.completed_at)
    statement = scoped(ImportJob, tenant_id).where(*_made_in(table, span)).options(load_only(*needed)).order_by(table.created_at)
    jobs = tx.execute(statement).scalars().all()
    figures: list[ImportFigures] = []
    for begin in range(0, len(jobs), IMPORTS_AT_A_TIME):
        some = jobs[begin : begin + IMPORTS_AT_A_TIME]
        counts = count_rows(tx, some)
        figures.extend(_figures(job, counts[job.id]) for job in some)
    return figures


def count_refused(tx: Reading, tenant_id: UUID, span: Span) -> int:
    """How many files were not taken in the span."""
    table: Any = RefusedUpload
    statement = scoped_columns(tenant_id, RefusedUpload, func.count()).where(table.at >= span.start, table.at < span.end)
    return int(tx.execute(statement).scalar_one())


def list_issue_kinds(tx: Reading, tenant_id: UUID, span: Span, limit: int) -> list[IssueKind]:
    """The most frequent kinds of issue of the span's imports."""
    table: Any = ImportIssueCount
    job: Any = ImportJob
    total = func.sum(table.count)
    statement = (
        scoped_columns(tenant_id, ImportIssueCount, table.code, table.field, total)
        .join(ImportJob, (job.id == table.import_id) & (job.tenant_id == table.tenant_id))
        .where(*_made_in(job, span))
        .group_by(table.code, table.field)
        .order_by(total.desc(), table.code, table.field)
        .limit(limit)
    )
    return [IssueKind(code, field or None, int(count)) for code, field, count in tx.execute(statement)]


def add_up(counts: Iterable[Counts]) -> Counts:
    """The sum of counts."""
    names = [field.name for field in fields(Counts)]
    sums = dict.fromkeys(names, 0)
    for each in counts:
        for name in names:
            sums[name] += getattr(each, name)
    return Counts(**sums)


def success_rate(figures: Sequence[ImportFigures]) -> float:
    """The share of the rows of finished imports that came to what was wanted; 0 where there are none.

    What a cancel left unprocessed was not wanted any more.
    """
    finished = [each for each in figures if each.is_final]
    counts = add_up(each.counts for each in finished)
    rows = counts.total - sum(each.counts.unprocessed for each in finished if each.is_cancelled)
    good = counts.created + counts.updated + counts.unchanged + counts.skipped
    return good / rows if rows else 0.0


def deal_into_buckets(figures: Sequence[ImportFigures], by: TimeBucket) -> list[Bucket]:
    """The figures by time, without gaps between the first import and the last."""
    dealt: dict[datetime, list[Counts]] = {}
    for each in figures:
        dealt.setdefault(_begin(each.created_at, by), []).append(each.counts)
    if not dealt:
        return []
    starts = [min(dealt)]
    while starts[-1] < max(dealt):
        starts.append(_next_begin(starts[-1], by))
    return [Bucket(start, len(dealt.get(start, ())), add_up(dealt.get(start, ()))) for start in starts]


def percentile(values: Iterable[float], share: float) -> float | None:
    """The nearest-rank percentile; None of nothing."""
    ordered = sorted(values)
    return ordered[max(ceil(share * len(ordered)) - 1, 0)] if ordered else None


def count_imports_by_status(tx: Reading) -> dict[str, int]:
    """How many imports stand in each status. Read across tenants, for the metrics alone."""
    table: Any = ImportJob
    statement = select(table.status, func.count()).where(table.deleted_at.is_(None)).group_by(table.status)
    found = {status: int(count) for status, count in tx.execute(statement)}
    return {status.value: found.get(status.value, 0) for status in ImportStatus}


def count_done_batches(tx: Reading) -> dict[str, int]:
    """How many batches are done, by kind. Read across tenants, for the metrics alone."""
    table: Any = ImportBatch
    statement = select(table.kind, func.count()).where(table.status == BatchStatus.DONE.value).group_by(table.kind)
    found = {kind: int(count) for kind, count in tx.execute(statement)}
    return {kind.value: found.get(kind.value, 0) for kind in RunKind}


def _made_in(table: Any, span: Span) -> tuple[Any, ...]:
    # What retention took still happened; what somebody deleted is not to be told of.
    return table.created_at >= span.start, table.created_at < span.end, or_(table.deleted_at.is_(None), table.swept_at.is_not(None))


def _figures(job: ImportJob, counts: Counts) -> ImportFigures:
    duration = (job.completed_at - job.started_at).total_seconds() if job.started_at and job.completed_at else None
    status = ImportStatus(job.status)
    return ImportFigures(job.created_at, status in FINAL_STATUSES, status is ImportStatus.CANCELLED, duration, counts)


def _begin(moment: datetime, by: TimeBucket) -> datetime:
    hour = moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    if by is TimeBucket.HOUR:
        return hour
    day = hour.replace(hour=0)
    if by is TimeBucket.DAY:
        return day
    if by is TimeBucket.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1)


def _next_begin(start: datetime, by: TimeBucket) -> datetime:
    if by is TimeBucket.MONTH:
        return (start + timedelta(days=32)).replace(day=1)
    return start + {TimeBucket.HOUR: timedelta(hours=1), TimeBucket.DAY: timedelta(days=1)}.get(by, timedelta(weeks=1))
