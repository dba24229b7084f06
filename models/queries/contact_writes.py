"""Writing contacts set by set, with their journal: what a batch does inside its one transaction."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, update
from sqlmodel import col

from models.database import Writing
from models.dialects import insert_many, insert_new, is_one_of
from models.queries.claims import CLAIMS, pass_on
from models.tables import Contact, ContactChange, ListMember
from models.tenancy import scoped_columns
from models.vocabulary import TEXT_FIELDS

# In the order in which created contacts are handed over; tags and custom as JSON text.
CREATE_COLUMNS = ("import_row", "id", *TEXT_FIELDS, "consent", "tags", "custom", *CLAIMS)
UPDATE_VALUES = (*TEXT_FIELDS, "consent", "tags", "custom", *CLAIMS)


@dataclass(frozen=True, slots=True)
class Change:
    """What a write does to one contact, for the journal. `changes` goes from field to {"before": …, "after": …}, as JSON text."""

    contact_id: UUID
    version_before: int
    row: int | None
    changes: str
    tags_added: str = "[]"
    tags_removed: str = "[]"
    lists_added: str = "[]"
    lists_removed: str = "[]"


def insert_contacts(tx: Writing, tenant_id: UUID, import_id: UUID, rows: Iterable[Sequence[Any]]) -> None:
    """Insert contacts, each as the values of CREATE_COLUMNS. Raises IntegrityError where a key is claimed by now."""
    now = tx.now()
    insert_many(
        tx.connection(),
        Contact.__table__,  # type: ignore[attr-defined]
        CREATE_COLUMNS,
        rows,
        tenant_id=tenant_id,
        version=1,
        created_at=now,
        updated_at=now,
        deleted_at=None,
        import_id=import_id,
    )


def lock_versions(tx: Writing, tenant_id: UUID, ids: Collection[str]) -> dict[str, tuple[int, dict[str, str | None]]]:
    """The version and the claims of live contacts, which stay as they are until the commit. Locked in one order by everybody."""
    if not ids:
        return {}
    claims = [col(getattr(Contact, name)) for name in CLAIMS]
    statement = (
        scoped_columns(tenant_id, Contact, Contact.id, Contact.version, *claims)
        .where(is_one_of(tx.dialect_name, col(Contact.id), ids), col(Contact.deleted_at).is_(None))
        .order_by(col(Contact.id))
        .with_for_update(of=Contact)
    )
    return {str(row.id): (row.version, {name: getattr(row, name) for name in CLAIMS}) for row in tx.execute(statement)}


def update_contacts(
    tx: Writing, tenant_id: UUID, updates: Sequence[Mapping[str, Any]], held: Mapping[str, tuple[int, Mapping[str, str | None]]]
) -> dict[str, set[str]]:
    """Give locked contacts their new values (`id` and UPDATE_VALUES; tags and custom as JSON values); the claims that were released.

    Claims that change are let go first, all of them, so that two contacts can change places.
    """
    if not updates:
        return {}
    released: dict[str, set[str]] = {name: set() for name in CLAIMS}
    letting_go = []
    for values in updates:
        claims = held[values["id"]][1]
        changed = [name for name in CLAIMS if claims[name] is not None and claims[name] != values[name]]
        for name in changed:
            released[name].add(str(claims[name]))
        if changed:
            letting_go.append(values["id"])
    contact = Contact.__table__  # type: ignore[attr-defined]
    connection = tx.connection()
    if letting_go:
        connection.execute(
            update(contact)
            .where(contact.c.tenant_id == tenant_id, is_one_of(tx.dialect_name, contact.c.id, letting_go))
            .values(dict.fromkeys(CLAIMS))
        )
    statement = (
        update(contact)
        .where(contact.c.tenant_id == tenant_id, contact.c.id == bindparam("contact_id"))
        .values(version=contact.c.version + 1, updated_at=tx.now(), **{name: bindparam(f"new_{name}") for name in UPDATE_VALUES})
    )
    connection.execute(
        statement, [{"contact_id": UUID(values["id"]), **{f"new_{name}": values[name] for name in UPDATE_VALUES}} for values in updates]
    )
    return {name: values for name, values in released.items() if values}


def pass_on_all(tx: Writing, tenant_id: UUID, released: Mapping[str, Collection[str]]) -> None:
    """Let others claim what was released, at the end of the transaction that released it."""
    for name, values in released.items():
        pass_on(tx, tenant_id, name, values)


def add_members(tx: Writing, tenant_id: UUID, pairs: Iterable[tuple[UUID, UUID]]) -> None:
    """Put contacts into lists (list id, contact id)."""
    rows = [{"list_id": list_id, "contact_id": contact_id, "tenant_id": tenant_id} for list_id, contact_id in pairs]
    insert_new(tx.connection(), ListMember.__table__, rows)  # type: ignore[attr-defined]


def journal(
    tx: Writing,
    tenant_id: UUID,
    changes: Iterable[Change],
    *,
    actor: str | None,
    import_id: UUID | None = None,
    undoes_import_id: UUID | None = None,
) -> None:
    """Write the changes of this transaction into the journal."""
    columns = (
        "contact_id",
        "version_before",
        "version_after",
        "row",
        "changes",
        "tags_added",
        "tags_removed",
        "lists_added",
        "lists_removed",
    )
    rows = (
        (
            change.contact_id.hex,
            change.version_before,
            change.version_before + 1,
            change.row,
            change.changes,
            change.tags_added,
            change.tags_removed,
            change.lists_added,
            change.lists_removed,
        )
        for change in changes
    )
    insert_many(
        tx.connection(),
        ContactChange.__table__,  # type: ignore[attr-defined]
        columns,
        rows,
        tenant_id=tenant_id,
        at=tx.now(),
        actor=actor,
        import_id=import_id,
        undoes_import_id=undoes_import_id,
    )
