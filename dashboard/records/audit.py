"""Who did what."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dashboard.records.answers import PageInfo


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
