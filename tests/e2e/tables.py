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


def read_tables(service: Service, token: str) -> tuple[list[tuple[Any, ...]], Counter[str]]:
    """Contacts with their claims, and how often the journal has which change of which contact."""
    database = make_database(service.settings.resolved_database_url())
    try:
        with reading(database) as tx:
            return _read(tx, service.tenant_id(token))
    finally:
        database.close()


def _read(tx: Reading, tenant_id: Any) -> tuple[list[tuple[Any, ...]], Counter[str]]:
    contacts = list(tx.execute(scoped(Contact, tenant_id).where(col(Contact.deleted_at).is_(None))).scalars())
    names = {contact.id: f"{contact.external_id} {contact.email}" for contact in contacts}
    changes = tx.execute(scoped(ContactChange, tenant_id)).scalars()
    # PostgreSQL keeps the keys of an object in an order of its own.
    journal = Counter(
        json.dumps((names[c.contact_id], c.row, c.version_before, c.version_after, c.changes, c.tags_added), sort_keys=True)
        for c in changes
    )
    return sorted((tuple(getattr(contact, name) for name in COLUMNS) for contact in contacts), key=repr), journal
