"""What an import came to, and how it was undone."""

from dataclasses import dataclass
from datetime import datetime

from dashboard.records.answers import UserError
from dashboard.records.issues import EditCounts, IssueGroup


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
class ImportResult:
    id: str
    issue_groups: tuple[IssueGroup, ...]
    edits: EditCounts
    rollback: Rollback | None = None
    retry_blocked_by: UserError | None = None
