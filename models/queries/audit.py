"""The audit trail: who did what, when."""

from typing import Any
from uuid import UUID

from models.database import Writing
from models.tables import AuditEntry, ImportJob


def record(tx: Writing, tenant_id: UUID, actor: str | None, action: str, subject_id: UUID | None, **detail: Any) -> None:
    """Add an entry; `action` is noun.verb, `detail` what a reader would want to know."""
    tx.add(AuditEntry(tenant_id=tenant_id, at=tx.now(), actor=actor, action=action, subject_id=subject_id, detail=detail))


def record_import(tx: Writing, job: ImportJob, actor: str | None, action: str, **detail: Any) -> None:
    """Add an entry about an import, which tells its file's name too; details that are None are left out."""
    told = {name: value for name, value in {"filename": job.filename, **detail}.items() if value is not None}
    record(tx, job.tenant_id, actor, action, job.id, **told)
