"""The audit trail: who did what, when."""

from typing import Any
from uuid import UUID

from models.database import Writing
from models.tables import AuditEntry


def record(tx: Writing, tenant_id: UUID, actor: str | None, action: str, subject_id: UUID | None, **detail: Any) -> None:
    """Add an entry; `action` is noun.verb, `detail` what a reader would want to know."""
    tx.add(AuditEntry(tenant_id=tenant_id, at=tx.now(), actor=actor, action=action, subject_id=subject_id, detail=detail))
