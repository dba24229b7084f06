"""Rows of every tenant that have had their time and are nothing of an import's. Deleted some at a time, by the workers' retention alone."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, or_, select
from sqlmodel import col

from models.database import Reading, Writing
from models.queries.idempotency import KEPT_HOURS
from models.tables import AuditEntry, IdempotencyKey, ImportEvent, ImportJob, RefusedUpload, SignInLink, Tenant
from models.vocabulary import FINAL_STATUSES

FINAL = [status.value for status in FINAL_STATUSES]


def list_tenants(tx: Reading) -> list[UUID]:
    """Every tenant's id."""
    return list(tx.execute(select(col(Tenant.id)).order_by(col(Tenant.id))).scalars())


def delete_events(tx: Writing, days: float, limit: int) -> int:
    """Events of imports that are at their end or were deleted."""
    table: Any = ImportEvent
    job: Any = ImportJob
    some = (
        select(table.tenant_id, table.sequence)
        .join(ImportJob, job.id == table.import_id)
        .where(table.at < tx.now() - timedelta(days=days), or_(job.status.in_(FINAL), job.deleted_at.is_not(None)))
        .order_by(table.at)
        .limit(limit)
    )
    found = tx.execute(some).all()
    by_tenant: dict[UUID, list[int]] = {}
    for tenant_id, sequence in found:
        by_tenant.setdefault(tenant_id, []).append(sequence)
    for tenant_id, sequences in by_tenant.items():
        gone = delete(ImportEvent).where(table.tenant_id == tenant_id, table.sequence.in_(sequences))
        tx.execute(gone.execution_options(synchronize_session=False))
    return len(found)


def delete_audit_entries(tx: Writing, tenant_id: UUID, days: float, limit: int) -> int:
    """Entries of a tenant's audit trail."""
    table: Any = AuditEntry
    some = select(table.id).where(table.tenant_id == tenant_id, table.at < tx.now() - timedelta(days=days)).order_by(table.at).limit(limit)
    return _delete(tx, AuditEntry, table.id.in_(some))


def delete_refusals(tx: Writing, days: float, limit: int) -> int:
    """What is known of files that were not taken."""
    table: Any = RefusedUpload
    some = select(table.id).where(table.at < tx.now() - timedelta(days=days)).limit(limit)
    return _delete(tx, RefusedUpload, table.id.in_(some))


def delete_links(tx: Writing, limit: int) -> int:
    """Sign-in links that have expired."""
    table: Any = SignInLink
    some = select(table.id).where(table.expires_at < tx.now()).limit(limit)
    return _delete(tx, SignInLink, table.id.in_(some))


def delete_keys(tx: Writing, limit: int) -> int:
    """Idempotency keys that mean nothing any more."""
    table: Any = IdempotencyKey
    found = tx.execute(
        select(table.tenant_id, table.key).where(table.created_at < tx.now() - timedelta(hours=KEPT_HOURS)).limit(limit)
    ).all()
    for tenant_id, key in found:
        _delete(tx, IdempotencyKey, and_(table.tenant_id == tenant_id, table.key == key))
    return len(found)


def _delete(tx: Writing, table: Any, condition: Any) -> int:
    return int(tx.execute(delete(table).where(condition).execution_options(synchronize_session=False)).rowcount)  # type: ignore[attr-defined]
