"""The log of events, from which every way of watching reads."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, func, or_, select, text, union, update
from sqlmodel import col

from models.database import Reading, Writing
from models.dialects import SQLITE
from models.queries.counts import Counts, Progress, count_rows, measure_progress
from models.tables import ImportEvent, ImportJob, Tenant
from models.tables.import_job import IS_MOVING, IS_UNPUBLISHED
from models.tenancy import scoped
from models.vocabulary import ImportStatus, Stage

# Of an import there are at most ten events a second.
GAP_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class State:
    """Where an import stood at one moment, and what had been told of it last by then."""

    job: ImportJob
    counts: Counts
    progress: Progress
    last: ImportEvent | None

    @property
    def has_moved(self) -> bool:
        """What moved an import made it another version."""
        return self.job.published_version != self.job.version

    @property
    def is_news(self) -> bool:
        return self.last is None or self.has_moved or not _same(self.last, self.counts, self.progress)


@dataclass(frozen=True, slots=True)
class News:
    """What can be told now, of how many imports something could be, and in how many seconds of more of them, since those were told of a
    moment ago (None: of none). `told` are the numbers of the newest events of their tenants.
    """

    states: list[State]
    told: dict[UUID, int]
    ripe_count: int = 0
    next_seconds: float | None = None


def list_events(tx: Reading, tenant_id: UUID, *, after: int, import_id: UUID | None, limit: int) -> list[ImportEvent]:
    """Events of a tenant, or of one import, with a higher sequence, in order."""
    statement = scoped(ImportEvent, tenant_id).where(col(ImportEvent.sequence) > after).order_by(col(ImportEvent.sequence)).limit(limit)
    if import_id is not None:
        statement = statement.where(col(ImportEvent.import_id) == import_id)
    return list(tx.execute(statement).scalars())


def list_new_events(tx: Reading, ends: Mapping[UUID, int], *, limit: int) -> dict[UUID, list[ImportEvent]]:
    """The next events of those of these tenants that have some beyond their number here, each in order and at most so many."""
    statement = select(col(Tenant.id), col(Tenant.event_sequence)).where(col(Tenant.id).in_(ends))
    grown = [tenant_id for tenant_id, last in tx.execute(statement) if last > ends[tenant_id]]
    found = {tenant_id: list_events(tx, tenant_id, after=ends[tenant_id], import_id=None, limit=limit) for tenant_id in grown}
    return {tenant_id: events for tenant_id, events in found.items() if events}


def latest_event(tx: Reading, tenant_id: UUID, import_id: UUID) -> ImportEvent | None:
    """The newest event of an import; None: nothing was published yet."""
    statement = scoped(ImportEvent, tenant_id).where(col(ImportEvent.import_id) == import_id)
    return tx.execute(statement.order_by(col(ImportEvent.sequence).desc()).limit(1)).scalar_one_or_none()


def list_to_publish(tx: Reading, after: UUID | None, limit: int) -> list[ImportJob]:
    """Imports whose progress may have changed since it was last published, by id. Read across tenants, by the publisher alone.

    Of those that wait, to be begun or in the queue, nothing changes but their place in the queue: see `queue_positions`.
    """
    statement = _find_changed().limit(limit)
    if after is not None:
        statement = statement.where(col(ImportJob.id) > after)
    return list(tx.execute(statement).scalars())


# Put together once, as are the other statements that take long to put together: the publisher asks several times a second.
@cache
def _find_changed() -> Select[ImportJob]:
    # One look at each of two small indexes, so that imports which are over cost nothing.
    may_have_changed = union(*(select(col(ImportJob.id)).where(text(condition)) for condition in (IS_MOVING, IS_UNPUBLISHED)))
    return (
        select(ImportJob)
        .where(col(ImportJob.id).in_(may_have_changed))
        .where(or_(text(IS_UNPUBLISHED), ~_waits()))
        # What is left of a deleted import would tell of rows that nobody processed.
        .where(col(ImportJob.deleted_at).is_(None))
        .order_by(col(ImportJob.id))
    )


def has_moving(tx: Reading) -> bool:
    """Whether any import is under way or waits. Read across tenants, by the publisher alone."""
    return tx.execute(select(col(ImportJob.id)).where(text(IS_MOVING)).limit(1)).scalar_one_or_none() is not None


def list_imports(tx: Reading, import_ids: Collection[UUID]) -> list[ImportJob]:
    """Those of these imports that were not deleted. Read across tenants, by the publisher alone."""
    found = select(ImportJob).where(col(ImportJob.id).in_(import_ids), col(ImportJob.deleted_at).is_(None))
    # As they are in this transaction, whatever it has loaded before.
    return list(tx.execute(found.execution_options(populate_existing=True)).scalars())


def queue_positions(tx: Reading) -> dict[UUID, int]:
    """The place of each queued import in its tenant's queue. Read across tenants, by the publisher alone."""
    order = (col(ImportJob.queued_at), col(ImportJob.id))
    position = func.row_number().over(partition_by=col(ImportJob.tenant_id), order_by=order)
    statement = select(col(ImportJob.id), position).where(text(IS_MOVING), col(ImportJob.status) == ImportStatus.QUEUED.value)
    return dict(tuple(row) for row in tx.execute(statement))


def _waits() -> ColumnElement[bool]:
    """It is queued, or its inspection or planning was not begun yet."""
    unbegun = and_(col(ImportJob.stage).in_((Stage.INSPECT.value, Stage.PLAN.value)), col(ImportJob.started_attempt) == 0)
    return or_(col(ImportJob.status) == ImportStatus.QUEUED.value, func.coalesce(unbegun, false()))


def look_for_news(tx: Reading, jobs: Sequence[ImportJob], gap_seconds: float = 0.0) -> News:
    """Where those of the imports stand that changed since their last event, if that was at least so long ago.

    Several statements measure it, so that only a transaction that sees one moment, or one that lets nobody else write, may ask.
    """
    if not jobs:
        return News([], {})
    # Most batches end sooner after the last event than the next one may come: nothing is counted for those.
    latest = _latest_events(tx, jobs)
    told = dict(tuple(row) for row in tx.execute(_find_numbers(), {"tenant_ids": list({job.tenant_id for job in jobs})}))
    now = tx.now()
    # The last event may be of a moment that is yet to come, where the clock was put back.
    pauses = {
        job.id: gap_seconds - (now - last.at).total_seconds() for job in jobs if (last := latest.get(job.id)) is not None and last.at <= now
    }
    ripe = [job for job in jobs if pauses.get(job.id, 0.0) <= 0]
    next_seconds = min((pause for pause in pauses.values() if pause > 0), default=None)
    if not ripe:
        return News([], told, 0, next_seconds)
    counts = count_rows(tx, ripe)
    progress = measure_progress(tx, ripe)
    states = [State(job, counts[job.id], progress[job.id], latest.get(job.id)) for job in ripe]
    return News([state for state in states if state.is_news], told, len(ripe), next_seconds)


def tell_at_once(tx: Writing, import_id: UUID) -> None:
    """Where one writes at a time, append the event of what this transaction does, as the last thing in it: the publisher, who would come
    after the next batch, which takes seconds, then has only to say that there is one. Elsewhere the publisher does not have to wait.
    """
    if tx.dialect_name == SQLITE:
        append_events(tx, look_for_news(tx, list_imports(tx, [import_id]), GAP_SECONDS).states)


def append_events(tx: Writing, states: Sequence[State]) -> list[ImportEvent]:
    """Append an event for each state, numbered without a gap in its tenant, unless somebody told of its import since it was seen: what is
    told never goes back, whoever else publishes.

    The tenant is locked, so that one appends at a time. An import is only to note that its move was told, since whoever records a plan
    holds it for a second. What others hold is left for the next round: who never waits can be part of no deadlock, whatever order others
    lock in.
    """
    asked = {"import_ids": [state.job.id for state in states]}
    moved = {"import_ids": [state.job.id for state in states if state.has_moved]}
    numbers = dict(tuple(row) for row in tx.execute(_lock_tenants(), {"tenant_ids": list({state.job.tenant_id for state in states})}))
    newest = dict(tuple(row) for row in tx.execute(_find_newest(), asked))
    untold = [state for state in states if state.job.tenant_id in numbers and newest.get(state.job.id, 0) == _number(state.last)]
    kept = set(tx.execute(_find_kept(), asked).scalars())
    notable = set(tx.execute(_lock_imports(), moved).scalars()) if moved["import_ids"] else set()
    events = []
    for state in untold:
        job = state.job
        if job.id not in kept or (state.has_moved and job.id not in notable):
            continue
        numbers[job.tenant_id] += 1
        events.append(
            ImportEvent(
                tenant_id=job.tenant_id,
                sequence=numbers[job.tenant_id],
                import_id=job.id,
                at=tx.now(),
                kind="status" if state.last is None or state.last.status != job.status else "progress",
                status=job.status,
                counts=asdict(state.counts),
                progress=_progress_json(state.progress),
                message=job.failure_message if job.status == ImportStatus.FAILED.value else None,
            )
        )
        if state.has_moved:
            published = update(ImportJob).where(col(ImportJob.id) == job.id).values(published_version=job.version)
            tx.execute(published.execution_options(synchronize_session=False))
    for tenant_id in {event.tenant_id for event in events}:
        counted = update(Tenant).where(col(Tenant.id) == tenant_id).values(event_sequence=numbers[tenant_id])
        tx.execute(counted.execution_options(synchronize_session=False))
    tx.add_all(events)
    tx.flush()
    return events


@cache
def _find_kept() -> Select[UUID]:
    return select(col(ImportJob.id)).where(
        col(ImportJob.id).in_(bindparam("import_ids", expanding=True)), col(ImportJob.deleted_at).is_(None)
    )


@cache
def _lock_imports() -> Select[UUID]:
    return _find_kept().order_by(col(ImportJob.id)).with_for_update(key_share=True, skip_locked=True)


@cache
def _find_numbers() -> Select[UUID, int]:
    return select(col(Tenant.id), col(Tenant.event_sequence)).where(col(Tenant.id).in_(bindparam("tenant_ids", expanding=True)))


@cache
def _lock_tenants() -> Select[UUID, int]:
    return _find_numbers().order_by(col(Tenant.id)).with_for_update(key_share=True, skip_locked=True)


def _latest_events(tx: Reading, jobs: Sequence[ImportJob]) -> dict[UUID, ImportEvent]:
    asked = {"import_ids": [job.id for job in jobs]}
    return {event.import_id: event for event in tx.execute(_find_latest(), asked).scalars()}


@cache
def _find_newest() -> Select[UUID, int]:
    return (
        select(col(ImportEvent.import_id), func.max(col(ImportEvent.sequence)).label("sequence"))
        .where(col(ImportEvent.import_id).in_(bindparam("import_ids", expanding=True)))
        .group_by(col(ImportEvent.import_id))
    )


@cache
def _find_latest() -> Select[ImportEvent]:
    newest = _find_newest().subquery()
    return select(ImportEvent).join(
        newest, (newest.c.import_id == col(ImportEvent.import_id)) & (newest.c.sequence == col(ImportEvent.sequence))
    )


def _number(event: ImportEvent | None) -> int:
    return event.sequence if event else 0


def _progress_json(progress: Progress) -> dict[str, object]:
    return asdict(progress) | {"phase": progress.phase.value, "step": progress.step and progress.step.value}


def _same(event: ImportEvent, counts: Counts, progress: Progress) -> bool:
    return (
        event.counts == asdict(counts)
        and event.progress["processed"] == progress.processed
        and event.progress["percent"] == progress.percent
        and event.progress["batches_done"] == progress.batches_done
        and event.progress["queue_position"] == progress.queue_position
        and event.progress["phase"] == progress.phase.value
        # Events of an earlier version of ours told of no steps.
        and event.progress.get("step") == (progress.step and progress.step.value)
        and event.progress.get("step_processed", 0) == progress.step_processed
    )
