"""The journals of contacts, for whoever tells from them what was done: undoing, the history, retention."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from models.database import Reading
from models.dialects import is_one_of
from models.tables import ContactChange
from models.tenancy import scoped_columns

# What an entry did to values that are several.
GIVEN_AND_TAKEN = ("tags_added", "tags_removed", "lists_added", "lists_removed")


def list_journals(tx: Reading, tenant_id: UUID, contact_ids: Collection[UUID], *columns: str) -> dict[UUID, list[Row[Any]]]:
    """These columns of every entry about each of some contacts, oldest first. Contacts without entries are not among the keys."""
    change: Any = ContactChange
    statement = (
        scoped_columns(tenant_id, ContactChange, change.contact_id, *(getattr(change, name) for name in columns))
        .where(is_one_of(tx.dialect_name, change.contact_id, list(contact_ids)))
        .order_by(change.version_after, change.id)
    )
    journals: dict[UUID, list[Row[Any]]] = {}
    for entry in tx.execute(statement):
        journals.setdefault(entry.contact_id, []).append(entry)
    return journals
