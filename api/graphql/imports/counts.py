"""Counts, progress and events."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import strawberry

from api.commands.watch_imports import SNAPSHOT
from api.graphql.enums import ImportStatus, PlanningStep
from api.graphql.scalars import BigInt
from api.graphql.shared_answers import Answers
from models import tables
from models.queries import counts

# Of the log, for all who watch: more than come while one of a crowd is told of the first.
MOST_SHOWN_EVENTS = 1_000


@strawberry.type(description="What became of the rows. The six outcomes always add up to the total.")
class ImportCounts:
    total: BigInt
    created: BigInt
    updated: BigInt
    unchanged: BigInt
    skipped: BigInt
    failed: BigInt
    unprocessed: BigInt
    duplicates: BigInt = strawberry.field(description="Rows that matched a contact or an earlier row, whatever was done with them.")

    @classmethod
    def of(cls, found: counts.Counts) -> "ImportCounts":
        return cls(
            total=BigInt(found.total),
            created=BigInt(found.created),
            updated=BigInt(found.updated),
            unchanged=BigInt(found.unchanged),
            skipped=BigInt(found.skipped),
            failed=BigInt(found.failed),
            unprocessed=BigInt(found.unprocessed),
            duplicates=BigInt(found.duplicates),
        )


@strawberry.type(description="How far the current phase is; while planning, in rows planned.")
class ImportProgress:
    phase: ImportStatus
    percent: float
    processed: BigInt
    total: BigInt | None
    batches_done: int
    batches_total: int
    queue_position: int | None
    rows_per_second: float | None
    eta_seconds: float | None
    elapsed_seconds: float = strawberry.field(
        description="Of the phase, and of an import that has ended those of its last run; 0 while it waits for a person."
    )
    step: PlanningStep | None = strawberry.field(description="What planning is at; null elsewhere, and before a worker has taken it up.")
    step_processed: BigInt | None = strawberry.field(description="The rows that the step is through with; 0 where it cannot tell.")

    @classmethod
    def of(cls, found: counts.Progress) -> "ImportProgress":
        return cls(
            phase=found.phase,
            percent=found.percent,
            processed=BigInt(found.processed),
            total=BigInt(found.total),
            batches_done=found.batches_done,
            batches_total=found.batches_total,
            queue_position=found.queue_position,
            rows_per_second=found.rows_per_second,
            eta_seconds=found.eta_seconds,
            elapsed_seconds=found.elapsed_seconds,
            step=found.step,
            step_processed=None if found.step is None else BigInt(found.step_processed),
        )


@strawberry.type(description="Something that happened to an import, numbered without a gap in its tenant.")
class ImportEvent:
    sequence: BigInt
    at: datetime
    kind: str
    import_id: strawberry.ID
    status: ImportStatus
    counts: ImportCounts
    progress: ImportProgress
    message: str | None
    answers: strawberry.Private[Answers] = field(default_factory=Answers)

    @classmethod
    def of(cls, event: tables.ImportEvent) -> "ImportEvent":
        """The event as it is shown; one of the log, which never changes, is made once for all who watch."""
        if event.kind == SNAPSHOT:
            return cls._make(event)
        return _show_logged(_Logged(event.tenant_id, event.sequence, event))

    @classmethod
    def _make(cls, event: tables.ImportEvent) -> "ImportEvent":
        stored: dict[str, Any] = {**event.progress, "phase": ImportStatus(event.progress["phase"])}
        if stored.get("step") is not None:
            stored["step"] = PlanningStep(stored["step"])
        return cls(
            sequence=BigInt(event.sequence),
            at=event.at,
            kind=event.kind.upper(),
            import_id=strawberry.ID(str(event.import_id)),
            status=ImportStatus(event.status),
            counts=ImportCounts.of(counts.Counts(**event.counts)),
            progress=ImportProgress.of(counts.Progress(**stored)),
            message=event.message,
        )


@dataclass(frozen=True, slots=True)
class _Logged:
    """An event of the log, which its number names."""

    tenant_id: UUID
    sequence: int
    event: tables.ImportEvent = field(compare=False)


@lru_cache(maxsize=MOST_SHOWN_EVENTS)
def _show_logged(logged: _Logged) -> ImportEvent:
    return ImportEvent._make(logged.event)
