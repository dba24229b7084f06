"""What of imports has had its time. Read across tenants, by the workers' retention alone.

Only imports in a final status are ever looked at, by how long they have been in it. A part is first marked as gone, in a transaction of its
own that holds the import, so that nobody begins anything that needs it; then it is deleted; and only when all of it is deleted is
`sweeping_since` cleared. Who dies in between leaves that mark, and the next sweep deletes what is left.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlmodel import col

from models.database import Reading, Writing
from models.queries import audit
from models.queries.discarding import is_source_shared
from models.queries.edits import drop_edits
from models.queries.remains import Part, is_swept, swept_column
from models.tables import ImportIssue, ImportJob, PlannedChunk, Report
from models.tenancy import scoped_columns
from models.vocabulary import FINAL_STATUSES, Stage

FINAL = [status.value for status in FINAL_STATUSES]
# Days by part; 0 keeps it for ever.
Days = Mapping[Part, float]


@dataclass(frozen=True, slots=True)
class OldReport:
    """An error report that has had its time, and where it lies."""

    id: UUID
    object_key: str | None


def list_due(tx: Reading, days: Days, limit: int) -> list[UUID]:
    """Imports of which a part has had its time, longest first, and before them those whose sweep was cut off."""
    table: Any = ImportJob
    found = list_unfinished(tx, limit)
    for part, before in _moments(tx, days):
        ended = (table.phase_started_at < before, getattr(table, swept_column(part)).is_(None))
        statement = select(table.id).where(*ended, table.status.in_(FINAL), table.deleted_at.is_(None))
        if part is Part.CHUNKS:
            statement = statement.where(~_is_exported())
        found += tx.execute(statement.order_by(table.phase_started_at).limit(limit)).scalars()
    return list(dict.fromkeys(found))[:limit]


def list_unfinished(tx: Reading, limit: int) -> list[UUID]:
    """Imports whose sweep was begun and has not ended; one that has begun anew keeps what is left until it ends again."""
    table: Any = ImportJob
    begun = (table.sweeping_since.is_not(None), table.status.in_(FINAL), table.deleted_at.is_(None))
    return list(tx.execute(select(table.id).where(*begun).order_by(table.sweeping_since).limit(limit)).scalars())


def begin_sweep(tx: Writing, import_id: UUID, days: Days) -> ImportJob | None:
    """Mark what has had its time as gone; None: somebody holds the import just now, or it needs everything again."""
    table: Any = ImportJob
    held = select(ImportJob).where(table.id == import_id, table.status.in_(FINAL), table.deleted_at.is_(None))
    job: ImportJob | None = tx.execute(held.with_for_update(skip_locked=True)).scalar_one_or_none()
    if job is None:
        return None
    due = [part for part, before in _moments(tx, days) if not is_swept(job, part) and (job.phase_started_at or job.created_at) < before]
    if Part.CHUNKS in due and tx.execute(select(table.id).where(table.id == job.id, _is_exported())).first():
        due.remove(Part.CHUNKS)
    if due:
        now = tx.now()
        for part in due:
            setattr(job, swept_column(part), now)
        job.sweeping_since = now
        if Part.CHUNKS in due:
            # They hold values of rows.
            drop_edits(tx, job)
            job.head = []
            job.columns = [{**column, "samples": []} for column in job.columns]
        tx.add(job)
        audit.record_import(tx, job, None, "import.swept", parts=[part.value for part in due])
    return job if job.sweeping_since is not None else None


def is_file_needed(tx: Reading, job: ImportJob) -> bool:
    """Whether the file must stay, for this import or for another that reads the same."""
    return not is_swept(job, Part.FILE) or is_source_shared(tx, job)


def list_outcome_keys(tx: Reading, job: ImportJob) -> frozenset[str]:
    """Where it lies what became of the rows: that is told as long as there is a journal or there are chunks."""
    if is_swept(job, Part.JOURNAL):
        return frozenset()
    statement = scoped_columns(job.tenant_id, PlannedChunk, PlannedChunk.outcomes_key).where(col(PlannedChunk.import_id) == job.id)
    return frozenset(tx.execute(statement).scalars())


def delete_issues(tx: Writing, job: ImportJob, limit: int) -> int:
    """Delete some of an import's issues, whose counts stay; how many went: none where they are no longer marked as gone.

    Begun anew between two of these, an import has issues again, which are none of this sweep's.
    """
    marked: Any = ImportJob
    held = select(marked.id).where(marked.id == job.id, marked.issues_swept_at.is_not(None)).with_for_update()
    if tx.execute(held).first() is None:
        return 0
    table: Any = ImportIssue
    some = scoped_columns(job.tenant_id, ImportIssue, table.id).where(table.import_id == job.id).limit(limit)
    return _count(tx.execute(delete(ImportIssue).where(table.id.in_(some)).execution_options(synchronize_session=False)))


def end_sweep(tx: Writing, job: ImportJob) -> None:
    """Nothing is left of what was marked as gone."""
    statement = update(ImportJob).where(col(ImportJob.id) == job.id).values(sweeping_since=None)
    tx.execute(statement.execution_options(synchronize_session=False))


def list_ended(tx: Reading, longest: timedelta, shortest: timedelta, after: UUID | None, limit: int) -> list[ImportJob]:
    """Imports that are at their end, and are so for no longer and no shorter than that, by id."""
    table: Any = ImportJob
    now = tx.now()
    ended = (table.phase_started_at.between(now - longest, now - shortest), table.status.in_(FINAL), table.deleted_at.is_(None))
    statement = select(ImportJob).where(*ended).order_by(table.id).limit(limit)
    if after is not None:
        statement = statement.where(table.id > after)
    return list(tx.execute(statement).scalars())


def list_deleted(tx: Reading, longest: timedelta, shortest: timedelta) -> list[UUID]:
    """Imports that were deleted from the history for no longer and no shorter than that."""
    table: Any = ImportJob
    now = tx.now()
    return list(tx.execute(select(table.id).where(table.deleted_at.between(now - longest, now - shortest)).order_by(table.id)).scalars())


def list_old_imports(tx: Reading, days: float, limit: int) -> list[UUID]:
    """Imports that have had their time in the history and of which no report is being made, longest first."""
    table: Any = ImportJob
    if not days:
        return []
    ended = (table.phase_started_at < _before(tx, days), table.status.in_(FINAL), table.deleted_at.is_(None), ~_is_exported())
    return list(tx.execute(select(table.id).where(*ended).order_by(table.phase_started_at).limit(limit)).scalars())


def take_from_history(tx: Writing, import_id: UUID, days: float) -> bool:
    """Have an import discarded that has had its time; its counts stay in the figures. False: it is held, has begun anew, or a report is
    being made of it.
    """
    table: Any = ImportJob
    held = select(ImportJob).where(table.id == import_id, table.status.in_(FINAL), table.deleted_at.is_(None), ~_is_exported())
    job: ImportJob | None = tx.execute(
        held.where(table.phase_started_at < _before(tx, days)).with_for_update(skip_locked=True)
    ).scalar_one_or_none()
    if job is None:
        return False
    job.deleted_at = job.swept_at = job.due_at = tx.now()
    job.stage = Stage.DISCARD.value
    job.attempt = job.started_attempt = job.tries = 0
    job.version += 1
    tx.add(job)
    audit.record_import(tx, job, None, "import.deleted", by="retention")
    return True


def list_old_reports(tx: Reading, days: float, limit: int) -> list[OldReport]:
    """Reports that have had their time, of imports at their end; longest first."""
    table: Any = Report
    job: Any = ImportJob
    if not days:
        return []
    statement = (
        select(table.id, table.object_key)
        .join(ImportJob, job.id == table.import_id)
        .where(table.swept_at.is_(None), table.finished_at < _before(tx, days), job.status.in_(FINAL), job.deleted_at.is_(None))
        .order_by(table.finished_at)
        .limit(limit)
    )
    return [OldReport(report_id, key) for report_id, key in tx.execute(statement)]


def forget_report(tx: Writing, report: OldReport) -> None:
    """Note that a report is gone; that it was there stays known."""
    statement = update(Report).where(col(Report.id) == report.id).values(swept_at=tx.now(), object_key=None)
    tx.execute(statement.execution_options(synchronize_session=False))


def _is_exported() -> Any:
    """Whether a report is still to be written from an import's chunks."""
    table: Any = Report
    return select(table.id).where(table.import_id == col(ImportJob.id), table.finished_at.is_(None)).exists()


def _moments(tx: Reading, days: Days) -> Iterator[tuple[Part, datetime]]:
    """For each part the moment before which its time is over, if it has a time."""
    for part, number in days.items():
        if number:
            yield part, _before(tx, number)


def _before(tx: Reading, days: float) -> datetime:
    return tx.now() - timedelta(days=days)


def _count(result: Any) -> int:
    return int(result.rowcount)
