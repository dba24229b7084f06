"""Lists of contacts."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func

from models.database import Reading, Writing
from models.dialects import is_one_of
from models.errors import WrongState
from models.queries import audit
from models.tables import Contact, ContactList, ListMember
from models.tenancy import scoped, scoped_columns


@dataclass(frozen=True, slots=True)
class CountedList:
    """A list and how many live contacts are in it."""

    id: UUID
    name: str
    contact_count: int


def list_lists(tx: Reading, tenant_id: UUID, ids: Collection[UUID] | None = None) -> list[CountedList]:
    """The tenant's lists by name, or those of some ids."""
    table: Any = ContactList
    statement = scoped(ContactList, tenant_id).order_by(table.name, table.id)
    if ids is not None:
        statement = statement.where(is_one_of(tx.dialect_name, table.id, ids))
    found = tx.execute(statement).scalars().all()
    member: Any = ListMember
    contact: Any = Contact
    counts = (
        scoped_columns(tenant_id, ListMember, member.list_id, func.count())
        .join(Contact, (contact.tenant_id == member.tenant_id) & (contact.id == member.contact_id))
        .where(contact.deleted_at.is_(None), is_one_of(tx.dialect_name, member.list_id, [row.id for row in found]))
        .group_by(member.list_id)
    )
    count_of = {list_id: int(count) for list_id, count in tx.execute(counts)}
    return [CountedList(row.id, row.name, count_of.get(row.id, 0)) for row in found]


def lists_of_contacts(tx: Reading, tenant_id: UUID, contact_ids: Collection[UUID]) -> dict[UUID, list[CountedList]]:
    """The lists that each of some contacts is in."""
    member: Any = ListMember
    statement = scoped_columns(tenant_id, ListMember, member.contact_id, member.list_id)
    pairs = tx.execute(statement.where(is_one_of(tx.dialect_name, member.contact_id, contact_ids))).all()
    lists = {found.id: found for found in list_lists(tx, tenant_id, {list_id for _, list_id in pairs})} if pairs else {}
    result: dict[UUID, list[CountedList]] = {contact_id: [] for contact_id in contact_ids}
    for contact_id, list_id in pairs:
        if list_id in lists:
            result[contact_id].append(lists[list_id])
    for found in result.values():
        found.sort(key=lambda each: each.name)
    return result


def add_list(tx: Writing, tenant_id: UUID, name: str, actor: str | None) -> CountedList:
    """A new list. Raises WrongState for a name that is taken."""
    table: Any = ContactList
    if tx.execute(scoped(ContactList, tenant_id).where(table.name == name)).first() is not None:
        raise WrongState(f"There is a list called {name} already.", code="list_exists", path=("input", "name"))
    row = ContactList(tenant_id=tenant_id, name=name, created_at=tx.now())
    tx.add(row)
    tx.flush()
    audit.record(tx, tenant_id, actor, "list.created", row.id, name=name)
    return CountedList(row.id, row.name, 0)
