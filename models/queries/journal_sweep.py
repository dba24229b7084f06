"""Sweeping the journal, and contacts that were deleted. Read across tenants, by the workers' retention alone.

Nothing goes that an undo could still ask for: of each tenant only what is older than the first write of every import that can be undone.
What goes leaves behind who set which field of the contact (ContactOrigin), without any value.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlmodel import col

from models.database import Reading, Writing
from models.dialects import is_one_of
from models.queries.journals import list_journals
from models.queries.origins import TOLD, find_kept_origins, pack_origins, trace
from models.tables import Contact, ContactChange, ContactOrigin, ImportJob, ImportRun
from models.tenancy import scoped_columns
from models.vocabulary import RunKind

# No transaction lasts so long: what one wrote later than it began is not taken for older than it is.
MARGIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class OldEntry:
    """An entry of the journal."""

    id: int
    tenant_id: UUID
    contact_id: UUID
    at: datetime


def find_horizon(tx: Reading, tenant_id: UUID, days: float, *, margin: timedelta = MARGIN) -> datetime:
    """The moment before which nothing of a tenant's journal is needed any more."""
    before = tx.now() - timedelta(days=days)
    job: Any = ImportJob
    run: Any = ImportRun
    first = (
        scoped_columns(tenant_id, ImportRun, func.min(run.started_at))
        .join(ImportJob, job.id == run.import_id)
        .where(run.kind == RunKind.PLAN.value, run.started_at.is_not(None))
        .where(job.journal_swept_at.is_(None), job.deleted_at.is_(None), job.created_at < before)
    )
    started = tx.execute(first).scalar_one()
    return (before if started is None else min(before, started)) - margin


def list_entries(tx: Reading, after: int, limit: int) -> list[OldEntry]:
    """Entries in the order in which they were written."""
    table: Any = ContactChange
    statement = select(table.id, table.tenant_id, table.contact_id, table.at).where(table.id > after)
    return [OldEntry(*row) for row in tx.execute(statement.order_by(table.id).limit(limit))]


def sweep_contacts(tx: Writing, tenant_id: UUID, contact_ids: Collection[UUID], horizon: datetime) -> int:
    """Delete what the journal says of contacts before the horizon, and contacts deleted before it; how many entries went.

    The journal of a contact waits while a later undo speaks of it, since that undo may take back what is older.
    """
    ids = sorted(contact_ids)
    kept = find_kept_origins(tx, tenant_id, ids)
    deleted = _deleted_at(tx, tenant_id, ids)
    going: list[int] = []
    gone: list[UUID] = []
    origins: list[dict[str, Any]] = []
    for contact_id, changes in list_journals(tx, tenant_id, ids, "id", *TOLD).items():
        old = [change for change in changes if change.at < horizon]
        late = [change for change in changes if change.at >= horizon]
        if not old or any(change.undoes_import_id is not None for change in late):
            continue
        going += (change.id for change in old)
        deleted_at = deleted.get(contact_id)
        if deleted_at is not None and deleted_at < horizon and not late:
            gone.append(contact_id)
        else:
            items = pack_origins(trace(kept.get(contact_id, {}), old))
            origins.append({"tenant_id": tenant_id, "contact_id": contact_id, "items": items})
    _delete_of(tx, tenant_id, ContactOrigin, col(ContactOrigin.contact_id), [*gone, *(row["contact_id"] for row in origins)])
    if origins:
        tx.execute(insert(ContactOrigin), origins)
    _delete_of(tx, tenant_id, Contact, col(Contact.id), gone, col(Contact.deleted_at).is_not(None))
    for some in (going[at : at + 5_000] for at in range(0, len(going), 5_000)):
        tx.execute(delete(ContactChange).where(col(ContactChange.id).in_(some)).execution_options(synchronize_session=False))
    return len(going)


def _deleted_at(tx: Reading, tenant_id: UUID, ids: Sequence[UUID]) -> dict[UUID, datetime | None]:
    statement = scoped_columns(tenant_id, Contact, Contact.id, Contact.deleted_at).where(is_one_of(tx.dialect_name, col(Contact.id), ids))
    return {row.id: row.deleted_at for row in tx.execute(statement)}


def _delete_of(tx: Writing, tenant_id: UUID, table: Any, column: Any, ids: Sequence[UUID], *conditions: Any) -> None:
    if ids:
        gone = delete(table).where(table.tenant_id == tenant_id, is_one_of(tx.dialect_name, column, ids), *conditions)
        tx.execute(gone.execution_options(synchronize_session=False))
