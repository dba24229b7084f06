"""Pages of the audit trail, newest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_

from models.database import Reading
from models.queries.pages import Page, decode_cursor, follows, make_page
from models.tables import AuditEntry
from models.tenancy import scoped, scoped_columns


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries; None: any. `action` is whole, such as "import.deleted", or its noun alone; from `since`, before `until`."""

    actor: str | None = None
    action: str | None = None
    subject_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


def list_audit_entries(tx: Reading, tenant_id: UUID, wanted: AuditFilter, *, first: int, after: str | None) -> Page[AuditEntry]:
    """A page of the tenant's entries."""
    table: Any = AuditEntry
    columns = [table.at, table.id]
    statement = scoped(AuditEntry, tenant_id).where(*_conditions(wanted))
    position = decode_cursor(after, datetime.fromisoformat, UUID)
    if position is not None:
        statement = statement.where(follows(columns, position, descending=True))
    found = tx.execute(statement.order_by(*(column.desc() for column in columns)).limit(first + 1)).scalars().all()
    return make_page(found, first, after, lambda entry: (entry.at.isoformat(), entry.id))


def count_audit_entries(tx: Reading, tenant_id: UUID, wanted: AuditFilter) -> int:
    """How many entries the whole list has."""
    return int(tx.execute(scoped_columns(tenant_id, AuditEntry, func.count()).where(*_conditions(wanted))).scalar_one())


def _conditions(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    table: Any = AuditEntry
    conditions: list[ColumnElement[bool]] = []
    if wanted.actor is not None:
        conditions.append(table.actor == wanted.actor)
    if wanted.action is not None:
        action = wanted.action.lower()
        conditions.append(or_(table.action == action, table.action.startswith(f"{action}.", autoescape=True)))
    if wanted.subject_id is not None:
        conditions.append(table.subject_id == wanted.subject_id)
    if wanted.since is not None:
        conditions.append(table.at >= wanted.since)
    if wanted.until is not None:
        conditions.append(table.at < wanted.until)
    return conditions
