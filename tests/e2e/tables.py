"""What a tenant's tables hold, but for what no two imports can share: ids and times."""

import json
from collections import Counter
from typing import Any

from sqlmodel import col

from models.database import Reading, make_database, reading
from models.tables import Contact, ContactChange
from models.tenancy import scoped
from models.vocabulary import TEXT_FIELDS
from tests.e2e.service import Service

COLUMNS = (*TEXT_FIELDS, "consent", "tags", "custom", "version", "import_row", "external_id_key", "email_key", "phone_key")
CHANGE = [
    col(column)
    for column in (
        ContactChange.contact_id, ContactChange.row, ContactChange.version_before, ContactChange.version_after, ContactChange.changes,
        ContactChange.tags_added,
    )
]  # fmt: skip


def read_tables(service: Service, token: str) -> tuple[list[tuple[Any, ...]], Counter[str]]:
    """Contacts with their claims, and how often the journal has which change of which contact."""
    database = make_database(service.settings.resolved_database_url())
    try:
        with reading(database) as tx:
            return _read(tx, service.tenant_id(token))
    finally:
        database.close()


def _read(tx: Reading, tenant_id: Any) -> tuple[list[tuple[Any, ...]], Counter[str]]:
    columns = [getattr(Contact, name) for name in COLUMNS]
    living = scoped(Contact, tenant_id).where(col(Contact.deleted_at).is_(None))
    contacts = tx.execute(living.with_only_columns(Contact.id, Contact.external_id, Contact.email, *columns)).all()
    names = {contact_id: f"{external_id} {email}" for contact_id, external_id, email, *_ in contacts}
    changes = tx.execute(scoped(ContactChange, tenant_id).with_only_columns(*CHANGE)).all()
    # PostgreSQL keeps the keys of an object in an order of its own.
    journal = Counter(json.dumps((names[contact_id], *change), sort_keys=True) for contact_id, *change in changes)
    return sorted((tuple(values) for _, _, _, *values in contacts), key=repr), journal
