"""An import as a whole: where it stands, and its line in the history."""

from dataclasses import dataclass
from datetime import datetime

from dashboard.records.answers import PageInfo, UserError

# The import rests here until a person or a program asks for more.
FINAL_STATUSES = frozenset({"COMPLETED", "COMPLETED_WITH_ERRORS", "FAILED", "CANCELLED", "ROLLED_BACK", "PARTIALLY_ROLLED_BACK"})


WAITING_STATUSES = frozenset({"NEEDS_MAPPING", "PLANNED"})


@dataclass(frozen=True, slots=True)
class Counts:
    total: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    failed: int = 0
    unprocessed: int = 0
    duplicates: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    phase: str
    percent: float
    processed: int
    elapsed_seconds: float
    batches_done: int
    batches_total: int
    total: int | None = None
    queue_position: int | None = None
    rows_per_second: float | None = None
    eta_seconds: float | None = None
    step: str | None = None
    step_processed: int | None = None


@dataclass(frozen=True, slots=True)
class PlanHash:
    hash: str


@dataclass(frozen=True, slots=True)
class Download:
    url: str
    filename: str


@dataclass(frozen=True, slots=True)
class ImportHead:
    """What is asked at every tick: enough for the title, the state and the live counts."""

    id: str
    version: int
    status: str
    counts: Counts
    progress: Progress
    created_at: datetime
    can_cancel: bool
    can_start: bool
    can_edit: bool
    can_retry: bool
    can_rollback: bool
    is_retry: bool
    filename: str | None = None
    size_bytes: int | None = None
    source_kind: str = "file"
    created_by: str | None = None
    completed_at: datetime | None = None
    plan: PlanHash | None = None
    error_report: Download | None = None
    failure: UserError | None = None

    @property
    def is_final(self) -> bool:
        return self.status in FINAL_STATUSES

    @property
    def is_whole(self) -> bool:
        """It was cancelled when there was nothing left to cancel."""
        return self.status == "CANCELLED" and self.counts.total > 0 and not self.counts.unprocessed

    @property
    def is_cancelled_retry(self) -> bool:
        return self.status == "CANCELLED" and self.is_retry

    @property
    def is_moving(self) -> bool:
        """Work is going on, so that the page has to follow it."""
        return not self.is_final and self.status not in WAITING_STATUSES


@dataclass(frozen=True, slots=True)
class ImportSummary:
    id: str
    status: str
    counts: Counts
    created_at: datetime
    filename: str | None = None
    source_kind: str = "file"
    created_by: str | None = None
    stuck_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class ImportPage:
    nodes: tuple[ImportSummary, ...]
    page_info: PageInfo
    total_count: int
