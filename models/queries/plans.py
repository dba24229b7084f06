"""What a plan leaves in the database: its run, its chunks, its batches and the issues, all in the transaction that ends planning."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import polars as pl
from sqlalchemy import Select, delete, func, select
from sqlmodel import col

from models.bulk import insert_frame
from models.clock import new_id
from models.database import Reading, Writing
from models.dialects import is_one_of
from models.tables import DriftedRow, ImportBatch, ImportChunk, ImportIssue, ImportIssueCount, ImportJob, ImportRun, PlannedChunk
from models.tenancy import scoped, scoped_columns
from models.vocabulary import BatchStatus, RunKind

ISSUE_COLUMNS = ("row", "batch", "column", "field", "value", "code", "severity", "message", "suggestion")


@dataclass(frozen=True, slots=True)
class ChunkRecord:
    """Where a chunk of the source lies."""

    number: int
    first_row: int
    last_row: int
    row_count: int
    object_key: str


@dataclass(frozen=True, slots=True)
class PlannedChunkRecord:
    """Where what a run made of a chunk lies."""

    number: int
    first_row: int
    last_row: int
    row_count: int
    judged_key: str
    outcomes_key: str
    issues_key: str


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """A batch as planned: its rows and its predicted counts."""

    number: int
    first_row: int
    last_row: int
    row_count: int
    counts: Mapping[str, int]
    creates_key: str
    updates_key: str


@dataclass(frozen=True, slots=True)
class PlanRecord:
    """Everything that a plan leaves behind. Issues come in pieces of the columns ISSUE_COLUMNS, kinds as (code, field, severity, count)."""

    rows: int
    plan_hash: str
    planned: Mapping[str, int]
    chunks: Sequence[PlannedChunkRecord]
    batches: Sequence[BatchRecord]
    issues: Callable[[], Iterable[pl.DataFrame]]
    issue_kinds: Sequence[tuple[str, str, str, int]]


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """A run that was applied, at least in part: its chunks, the numbers of its batches that are done, and the rows that drifted."""

    chunks: list[PlannedChunk]
    done: frozenset[int]
    drifted: dict[int, tuple[str, UUID | None]]


def record_chunks(tx: Writing, job: ImportJob, chunks: Sequence[ChunkRecord]) -> None:
    """Replace the chunks of an import."""
    tx.execute(delete(ImportChunk).where(col(ImportChunk.import_id) == job.id))
    for chunk in chunks:
        tx.add(
            ImportChunk(
                import_id=job.id,
                number=chunk.number,
                tenant_id=job.tenant_id,
                first_row=chunk.first_row,
                last_row=chunk.last_row,
                row_count=chunk.row_count,
                object_key=chunk.object_key,
            )
        )
    tx.flush()


def list_chunks(tx: Reading, import_id: UUID) -> list[ImportChunk]:
    """The chunks of an import, in order."""
    return list(tx.execute(select(ImportChunk).where(col(ImportChunk.import_id) == import_id).order_by(col(ImportChunk.number))).scalars())


def find_earlier_run(tx: Reading, job: ImportJob) -> PlannedRun | None:
    """The newest run that was applied, at least in part; None: no row was settled yet."""
    epoch = tx.execute(_select_applied(job, job.epoch).limit(1)).scalar_one_or_none() if _has_settled(job) else None
    return None if epoch is None else load_run(tx, job, epoch)


def list_earlier_runs(tx: Reading, job: ImportJob, epoch: int) -> list[PlannedRun]:
    """All runs before an epoch that were applied, at least in part, the newest first."""
    epochs = tx.execute(_select_applied(job, epoch)).scalars().all() if _has_settled(job) else []
    return [load_run(tx, job, earlier) for earlier in epochs]


def _has_settled(job: ImportJob) -> bool:
    """Whether rows are to be left as an earlier run settled them. Where there are none the import may have been read otherwise since, and
    what was begun then says nothing of the rows that it has now.
    """
    return any(job.settled.values())


def _select_applied(job: ImportJob, epoch: int) -> Select[Any]:
    """The epochs before one in which something was applied, the newest first."""
    return (
        select(col(ImportRun.epoch))
        .where(
            col(ImportRun.import_id) == job.id,
            col(ImportRun.kind) == RunKind.PLAN.value,
            col(ImportRun.started_at).is_not(None),
            col(ImportRun.epoch) < epoch,
        )
        .order_by(col(ImportRun.epoch).desc())
    )


def find_planned_epoch(tx: Reading, job: ImportJob, up_to: int) -> int | None:
    """The newest run, up to an epoch, that has a plan."""
    chunks = scoped_columns(job.tenant_id, PlannedChunk, func.max(col(PlannedChunk.epoch)))
    epoch: int | None = tx.execute(chunks.where(col(PlannedChunk.import_id) == job.id, col(PlannedChunk.epoch) <= up_to)).scalar_one()
    return epoch


def load_run(tx: Reading, job: ImportJob, epoch: int | None) -> PlannedRun:
    """A run and how far it came; empty for None."""
    chunks = scoped(PlannedChunk, job.tenant_id).where(col(PlannedChunk.import_id) == job.id, col(PlannedChunk.epoch) == epoch)
    done = scoped_columns(job.tenant_id, ImportBatch, ImportBatch.number).where(
        col(ImportBatch.import_id) == job.id, col(ImportBatch.epoch) == epoch, col(ImportBatch.status) == BatchStatus.DONE.value
    )
    drifted = scoped(DriftedRow, job.tenant_id).where(col(DriftedRow.import_id) == job.id, col(DriftedRow.epoch) == epoch)
    return PlannedRun(
        chunks=list(tx.execute(chunks.order_by(col(PlannedChunk.number))).scalars()),
        done=frozenset(tx.execute(done).scalars()),
        drifted={each.row: (each.outcome, each.contact_id) for each in tx.execute(drifted).scalars()},
    )


def record_drifted(tx: Writing, job: ImportJob, epoch: int, drifted: Mapping[int, tuple[str, UUID | None]]) -> None:
    """Keep what became of rows that did not go as planned."""
    for row, (outcome, contact_id) in drifted.items():
        tx.add(DriftedRow(import_id=job.id, epoch=epoch, row=row, tenant_id=job.tenant_id, outcome=outcome, contact_id=contact_id))


def record_plan(tx: Writing, job: ImportJob, plan: PlanRecord) -> None:
    """Keep a plan as the run of the import's present epoch, in place of what stood there for its issues."""
    tx.add(
        ImportRun(
            import_id=job.id,
            epoch=job.epoch,
            tenant_id=job.tenant_id,
            kind=RunKind.PLAN.value,
            rows=plan.rows,
            planned=dict(plan.planned),
            plan_hash=plan.plan_hash,
            created_at=tx.now(),
        )
    )
    for chunk in plan.chunks:
        tx.add(
            PlannedChunk(
                import_id=job.id,
                epoch=job.epoch,
                number=chunk.number,
                tenant_id=job.tenant_id,
                first_row=chunk.first_row,
                last_row=chunk.last_row,
                row_count=chunk.row_count,
                judged_key=chunk.judged_key,
                outcomes_key=chunk.outcomes_key,
                issues_key=chunk.issues_key,
            )
        )
    for batch in plan.batches:
        tx.add(
            ImportBatch(
                id=new_id(),
                tenant_id=job.tenant_id,
                import_id=job.id,
                epoch=job.epoch,
                number=batch.number,
                kind=RunKind.PLAN.value,
                first_row=batch.first_row,
                last_row=batch.last_row,
                row_count=batch.row_count,
                creates_key=batch.creates_key,
                updates_key=batch.updates_key,
                created=batch.counts["created"],
                updated=batch.counts["updated"],
                unchanged=batch.counts["unchanged"],
                skipped=batch.counts["skipped"],
                failed=batch.counts["failed"],
                unprocessed=batch.counts["unprocessed"],
                duplicates=batch.counts["duplicates"],
            )
        )
    tx.flush()
    replace_issues(tx, job, plan.issues(), plan.issue_kinds)


def replace_issues(tx: Writing, job: ImportJob, issues: Iterable[pl.DataFrame], kinds: Sequence[tuple[str, str, str, int]]) -> None:
    """Let these be the issues of an import."""
    tx.execute(delete(ImportIssue).where(col(ImportIssue.import_id) == job.id))
    tx.execute(delete(ImportIssueCount).where(col(ImportIssueCount.import_id) == job.id))
    for piece in issues:
        insert_issues(tx, job, piece)
    for code, field, severity, count in kinds:
        tx.add(ImportIssueCount(import_id=job.id, code=code, field=field, severity=severity, tenant_id=job.tenant_id, count=count))
    tx.flush()


def change_issues(tx: Writing, job: ImportJob, told: pl.DataFrame, withdrawn: pl.DataFrame) -> None:
    """Add issues that came up while applying, take back those that are true no more, of which all of a row and code go together, and count
    both.
    """
    for (code,), lines in withdrawn.group_by("code"):
        gone = delete(ImportIssue).where(col(ImportIssue.import_id) == job.id, col(ImportIssue.code) == code)
        rows = is_one_of(tx.dialect_name, col(ImportIssue.row), lines["row"].unique().to_list())
        tx.execute(gone.where(rows).execution_options(synchronize_session=False))
    insert_issues(tx, job, told)
    changed = pl.concat([told.with_columns(count=1), withdrawn.with_columns(count=-1)], how="diagonal")
    kinds = changed.group_by("code", pl.col("field").fill_null(""), "severity").agg(pl.col("count").sum()).sort("code", "field", "severity")
    for code, field, severity, count in kinds.filter(pl.col("count") != 0).iter_rows():
        known = tx.get(ImportIssueCount, (job.id, code, field, severity), with_for_update=True)
        if known is None:
            tx.add(ImportIssueCount(import_id=job.id, code=code, field=field, severity=severity, tenant_id=job.tenant_id, count=count))
        elif known.count + count > 0:
            known.count += count
            tx.add(known)
        else:
            tx.delete(known)
    tx.flush()


def insert_issues(tx: Writing, job: ImportJob, issues: pl.DataFrame) -> None:
    """Insert issues, in the columns ISSUE_COLUMNS."""
    table = ImportIssue.__table__  # type: ignore[attr-defined]
    insert_frame(tx.connection(), table, issues.select(ISSUE_COLUMNS), tenant_id=job.tenant_id, import_id=job.id)
