"""What the pages show: the API's objects as frozen values, each with only what a page asks for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

# The import rests here until a person or a program asks for more.
FINAL_STATUSES = frozenset({"COMPLETED", "COMPLETED_WITH_ERRORS", "FAILED", "CANCELLED", "ROLLED_BACK", "PARTIALLY_ROLLED_BACK"})
# What the API calls a question.
LEAST_CONFIDENCE = 0.5
WAITING_STATUSES = frozenset({"NEEDS_MAPPING", "PLANNED"})


@dataclass(frozen=True, slots=True)
class UserError:
    code: str
    message: str
    path: tuple[str, ...] | None = None


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


@dataclass(frozen=True, slots=True)
class Suggestion:
    field: str
    confidence: float
    reason: str


@dataclass(frozen=True, slots=True)
class Column:
    index: int
    header: str
    samples: tuple[str, ...]
    fill_rate: float
    suggestions: tuple[Suggestion, ...]
    field: str | None = None


@dataclass(frozen=True, slots=True)
class MappedColumn:
    column: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of how the file is read; `is_said`: by a person."""

    aspect: str
    value: str | None
    confidence: float
    reason: str
    alternatives: tuple[str, ...] = ()
    is_question: bool = False
    is_said: bool = False

    @property
    def suggested(self) -> str | None:
        """What was decided, or else the best of what could not be decided between."""
        return self.value or next(iter(self.alternatives), None)

    @property
    def is_unsure(self) -> bool:
        """Worth a second look, whether or not the import waits for it."""
        return self.is_question or self.confidence < LEAST_CONFIDENCE


@dataclass(frozen=True, slots=True)
class Dialect:
    format: str
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    header_row: int | None = None
    header_rows: int = 1
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    archive: str | None = None
    member: str | None = None
    members: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True)
class Issue:
    row: int
    code: str
    severity: str
    message: str
    column: str | None = None
    field: str | None = None
    value: str | None = None
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class IssueGroup:
    code: str
    severity: str
    count: int
    example: Issue
    field: str | None = None


@dataclass(frozen=True, slots=True)
class FixSample:
    """A cell before and after a rule; of a row that is left out there is none."""

    row: int
    issues: tuple[Issue, ...]
    column: str | None = None
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class FixEffect:
    """What a rule comes to; `resolved` is None where only planning can tell."""

    rows: int
    changed: int
    samples: tuple[FixSample, ...]
    resolved: int | None = None


@dataclass(frozen=True, slots=True)
class EditCounts:
    cells: int = 0
    excluded_rows: int = 0


@dataclass(frozen=True, slots=True)
class EditedCell:
    column: str
    original: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class RowCells:
    """A row by its number, with its cells by column."""

    row: int
    values: Any = None


@dataclass(frozen=True, slots=True)
class EditedRow:
    row: int
    is_excluded: bool
    edited: tuple[EditedCell, ...]


@dataclass(frozen=True, slots=True)
class EditedPage:
    nodes: tuple[EditedRow, ...]
    total_count: int


@dataclass(frozen=True, slots=True)
class PreviewRow:
    row: int
    raw: tuple[str, ...]
    mapped: dict[str, Any]
    issues: tuple[Issue, ...]


@dataclass(frozen=True, slots=True)
class FieldChange:
    field: str
    before: Any = None
    after: Any = None


@dataclass(frozen=True, slots=True)
class PlannedRow:
    row: int
    outcome: str
    changes: tuple[FieldChange, ...]
    contact_id: str | None = None
    values: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class PlanHash:
    hash: str


@dataclass(frozen=True, slots=True)
class Plan:
    hash: str
    counts: Counts
    created: tuple[PlannedRow, ...]
    updated: tuple[PlannedRow, ...]


@dataclass(frozen=True, slots=True)
class Assignment:
    mode: str
    owners: tuple[str, ...]
    column: str | None = None


@dataclass(frozen=True, slots=True)
class FieldPolicy:
    field: str
    policy: str


@dataclass(frozen=True, slots=True)
class Options:
    duplicate_strategy: str
    match_fields: tuple[str, ...]
    match_mode: str
    error_policy: str
    invalid_values: str
    empty_cells: str
    assignment: Assignment
    company_policy: str
    owner_policy: str
    tags: tuple[str, ...]
    field_policies: tuple[FieldPolicy, ...] = ()
    max_error_rate: float | None = None
    default_country: str | None = None
    date_order: str | None = None
    split_names: bool = True
    recase_names: bool = True
    sheet: str | None = None
    header_row: int | None = None
    header_rows: int | None = None
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    member: str | None = None


@dataclass(frozen=True, slots=True)
class Download:
    url: str
    filename: str


@dataclass(frozen=True, slots=True)
class KeptContact:
    contact_id: str
    code: str
    message: str
    fields: tuple[str, ...]
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Rollback:
    removed: int
    restored: int
    kept: int
    kept_contacts: tuple[KeptContact, ...]
    reason: str | None = None
    by: str | None = None
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RollbackPreview:
    """What a rollback would do to contacts, as of now."""

    removes: int
    restores: int
    keeps: int


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
    def is_moving(self) -> bool:
        """Work is going on, so that the page has to follow it."""
        return not self.is_final and self.status not in WAITING_STATUSES


@dataclass(frozen=True, slots=True)
class ImportMapping:
    """What a person needs to say which column is which field."""

    id: str
    columns: tuple[Column, ...]
    mapping: tuple[MappedColumn, ...]
    options: Options
    preview: tuple[PreviewRow, ...]
    dialect: Dialect | None = None


@dataclass(frozen=True, slots=True)
class ImportPlanned:
    id: str
    issue_groups: tuple[IssueGroup, ...]
    edits: EditCounts
    mapping: tuple[MappedColumn, ...]
    plan: Plan | None = None


@dataclass(frozen=True, slots=True)
class ImportResult:
    id: str
    issue_groups: tuple[IssueGroup, ...]
    rollback: Rollback | None = None
    retry_blocked_by: UserError | None = None


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
class PageInfo:
    has_next_page: bool
    end_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class ImportPage:
    nodes: tuple[ImportSummary, ...]
    page_info: PageInfo
    total_count: int


@dataclass(frozen=True, slots=True)
class IssuePage:
    nodes: tuple[Issue, ...]
    total_count: int


@dataclass(frozen=True, slots=True)
class Bucket:
    start: datetime
    imports: int
    counts: Counts


@dataclass(frozen=True, slots=True)
class IssueBreakdown:
    code: str
    count: int
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Analytics:
    imports: int
    refused_uploads: int
    counts: Counts
    success_rate: float
    buckets: tuple[Bucket, ...]
    issues: tuple[IssueBreakdown, ...]
    rows_per_second_p50: float | None = None
    duration_seconds_p50: float | None = None
    duration_seconds_p95: float | None = None


@dataclass(frozen=True, slots=True)
class ContactSummary:
    id: str
    updated_at: datetime
    first_name: str | None = None
    last_name: str | None = None
    full_name: str | None = None
    email: str | None = None
    phone: str | None = None
    mobile_phone: str | None = None
    company: str | None = None
    country: str | None = None

    @property
    def name(self) -> str:
        return self.full_name or " ".join(part for part in (self.first_name, self.last_name) if part)


@dataclass(frozen=True, slots=True)
class ContactPage:
    nodes: tuple[ContactSummary, ...]
    page_info: PageInfo
    total_count: int


@dataclass(frozen=True, slots=True)
class ContactChange:
    kind: str
    at: datetime
    changes: tuple[FieldChange, ...]
    import_id: str | None = None
    filename: str | None = None
    row: int | None = None
    actor: str | None = None
    is_undo: bool = False


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at the page."""

    name: str
    role: str

    @property
    def may_change(self) -> bool:
        return self.role != "VIEWER"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    at: datetime
    action: str
    detail: Any
    actor: str | None = None
    subject_id: str | None = None


@dataclass(frozen=True, slots=True)
class AuditPage:
    nodes: tuple[AuditEntry, ...]
    page_info: PageInfo
    total_count: int


@dataclass(frozen=True, slots=True)
class ContactDetail:
    id: str
    updated_at: datetime
    consent: str
    tags: tuple[str, ...]
    history: tuple[ContactChange, ...]
    first_name: str | None = None
    last_name: str | None = None
    full_name: str | None = None
    email: str | None = None
    phone: str | None = None
    mobile_phone: str | None = None
    company: str | None = None
    job_title: str | None = None
    address_line1: str | None = None
    address_line2: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None
    website: str | None = None
    birthday: str | None = None
    notes: str | None = None
    owner: str | None = None
    external_id: str | None = None
