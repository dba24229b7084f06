"""Where what a contact has comes from: for each field, tag and list, which import and row, or who, set what stands there now.

Told from the journal, from what was kept of it when it was swept, and for what nobody touched from the contact's creation. What was undone
counts as never done, so that a field which a rollback put back comes from where its former value came from.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlmodel import col

from models.database import Reading
from models.dialects import is_one_of
from models.queries.journals import GIVEN_AND_TAKEN, list_journals
from models.tables import Contact, ContactOrigin, ListMember
from models.tenancy import scoped_columns
from models.vocabulary import CUSTOM_PREFIX, TEXT_FIELDS, Consent

TAGS, LISTS = "tags", "lists"
# What of the journal tells who set what.
TOLD = ("at", "import_id", "undoes_import_id", "row", "actor", "changes", *GIVEN_AND_TAKEN)
# The field, and which of several: a tag in lower case or the id of a list; "" for a field that has one value.
Item = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Origin:
    """Who set something, and when: an import's row, or somebody."""

    at: datetime
    import_id: UUID | None
    row: int | None
    actor: str | None


@dataclass(frozen=True, slots=True)
class FieldOrigin:
    """A value of a contact and where it comes from; of tags and lists, one for each."""

    field: str
    value: Any
    origin: Origin


def list_origins(tx: Reading, contact: Contact) -> list[FieldOrigin]:
    """Where each value of a contact comes from, in the order of the fields."""
    changes = list_journals(tx, contact.tenant_id, [contact.id], *TOLD).get(contact.id, [])
    found = trace(find_kept_origins(tx, contact.tenant_id, [contact.id]).get(contact.id, {}), changes)
    creation = Origin(contact.created_at, contact.import_id, contact.import_row, None)
    return [FieldOrigin(item[0], value, found.get(item, creation)) for item, value in _iter_values(tx, contact)]


def trace(kept: Mapping[Item, Origin], changes: Sequence[Row[Any]]) -> dict[Item, Origin]:
    """Who touched each item last, by these changes, oldest first, and by what was kept of earlier ones."""
    undone = {change.undoes_import_id for change in changes if change.undoes_import_id is not None}
    found = dict(kept)
    for change in changes:
        if change.undoes_import_id is None and (change.import_id is None or change.import_id not in undone):
            origin = Origin(change.at, change.import_id, change.row, change.actor)
            found.update(dict.fromkeys(_items(change), origin))
    return found


def find_kept_origins(tx: Reading, tenant_id: UUID, contact_ids: Iterable[UUID]) -> dict[UUID, dict[Item, Origin]]:
    """What was kept of the swept journal of some contacts."""
    statement = scoped_columns(tenant_id, ContactOrigin, ContactOrigin.contact_id, ContactOrigin.items)
    found = tx.execute(statement.where(is_one_of(tx.dialect_name, col(ContactOrigin.contact_id), list(contact_ids))))
    return {contact_id: unpack_origins(items) for contact_id, items in found}


def pack_origins(origins: Mapping[Item, Origin]) -> list[Any]:
    """As they are stored."""
    return [
        [*item, origin.at.isoformat(), None if origin.import_id is None else str(origin.import_id), origin.row, origin.actor]
        for item, origin in sorted(origins.items())
    ]


def unpack_origins(stored: Iterable[Any]) -> dict[Item, Origin]:
    """As they were packed."""
    return {
        (field, which): Origin(datetime.fromisoformat(at), None if import_id is None else UUID(import_id), row, actor)
        for field, which, at, import_id, row, actor in stored
    }


def _items(change: Row[Any]) -> Iterator[Item]:
    yield from ((name, "") for name in change.changes if name != TAGS)
    yield from ((TAGS, tag.casefold()) for tag in (*change.tags_added, *change.tags_removed))
    yield from ((LISTS, each) for each in (*change.lists_added, *change.lists_removed))


def _iter_values(tx: Reading, contact: Contact) -> Iterator[tuple[Item, Any]]:
    for name in TEXT_FIELDS:
        if (value := getattr(contact, name)) is not None:
            yield (name, ""), value
    if contact.consent != Consent.UNKNOWN.value:
        yield ("consent", ""), contact.consent
    for key, value in sorted(contact.custom.items()):
        yield (f"{CUSTOM_PREFIX}{key}", ""), value
    for tag in contact.tags:
        yield (TAGS, tag.casefold()), tag
    for list_id in list_memberships(tx, contact):
        yield (LISTS, list_id), list_id


def list_memberships(tx: Reading, contact: Contact) -> list[str]:
    """The ids of the lists that a contact is in."""
    statement = scoped_columns(contact.tenant_id, ListMember, ListMember.list_id).where(col(ListMember.contact_id) == contact.id)
    return sorted(str(list_id) for list_id in tx.execute(statement).scalars())
