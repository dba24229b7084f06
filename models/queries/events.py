"""The log of events, from which every way of watching reads."""

from dataclasses import asdict
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlmodel import col

from models.database import Reading, Writing
from models.queries.counts import Counts, Progress, count_rows, measure_progress
from models.tables import ImportEvent, ImportJob, Tenant
from models.tenancy import scoped
from models.vocabulary import ImportStatus

# What may change without the import's own row being moved.
MOVING = (
    ImportStatus.UPLOADED,
    ImportStatus.INSPECTING,
    ImportStatus.PLANNING,
    ImportStatus.QUEUED,
    ImportStatus.APPLYING,
    ImportStatus.CANCELLING,
    ImportStatus.ROLLING_BACK,
)


def list_events(tx: Reading, tenant_id: UUID, *, after: int, import_id: UUID | None, limit: int) -> list[ImportEvent]:
    """Events of a tenant, or of one import, with a higher sequence, in order."""
    statement = scoped(ImportEvent, tenant_id).where(col(ImportEvent.sequence) > after).order_by(col(ImportEvent.sequence)).limit(limit)
    if import_id is not None:
        statement = statement.where(col(ImportEvent.import_id) == import_id)
    return list(tx.execute(statement).scalars())


def latest_event(tx: Reading, tenant_id: UUID, import_id: UUID) -> ImportEvent | None:
    """The newest event of an import; None: nothing was published yet."""
    statement = scoped(ImportEvent, tenant_id).where(col(ImportEvent.import_id) == import_id)
    return tx.execute(statement.order_by(col(ImportEvent.sequence).desc()).limit(1)).scalar_one_or_none()


def list_to_publish(tx: Reading, limit: int) -> list[ImportJob]:
    """Imports whose progress may have changed since it was last published. Read across tenants, by the publisher alone."""
    statement = (
        select(ImportJob)
        .where(
            or_(
                col(ImportJob.published_version) != col(ImportJob.version),
                col(ImportJob.status).in_([status.value for status in MOVING]),
            )
        )
        .order_by(col(ImportJob.id))
        .limit(limit)
    )
    return list(tx.execute(statement).scalars())


def append_events(tx: Writing, jobs: list[ImportJob]) -> list[ImportEvent]:
    """Append an event for each import that changed since its last one, numbered without a gap in its tenant."""
    counts = count_rows(tx, jobs)
    progress = measure_progress(tx, jobs)
    events = []
    for job in jobs:
        last = latest_event(tx, job.tenant_id, job.id)
        state = (job.status, asdict(counts[job.id]), _progress_json(progress[job.id]))
        if last is not None and job.published_version == job.version and _same(last, counts[job.id], progress[job.id]):
            continue
        sequence = tx.execute(
            update(Tenant)
            .where(col(Tenant.id) == job.tenant_id)
            .values(event_sequence=col(Tenant.event_sequence) + 1)
            .returning(col(Tenant.event_sequence))
        ).scalar_one()
        event = ImportEvent(
            tenant_id=job.tenant_id,
            sequence=sequence,
            import_id=job.id,
            at=tx.now(),
            kind="status" if last is None or last.status != job.status else "progress",
            status=state[0],
            counts=state[1],
            progress=state[2],
            message=job.failure_message if job.status == ImportStatus.FAILED.value else None,
        )
        tx.add(event)
        events.append(event)
        tx.execute(update(ImportJob).where(col(ImportJob.id) == job.id).values(published_version=job.version))
    tx.flush()
    return events


def _progress_json(progress: Progress) -> dict[str, object]:
    return asdict(progress) | {"phase": progress.phase.value}


def _same(event: ImportEvent, counts: Counts, progress: Progress) -> bool:
    return (
        event.counts == asdict(counts)
        and event.progress["processed"] == progress.processed
        and event.progress["batches_done"] == progress.batches_done
        and event.progress["queue_position"] == progress.queue_position
        and event.progress["phase"] == progress.phase.value
    )
