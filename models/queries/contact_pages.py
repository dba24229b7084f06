"""Pages of the tenant's contacts."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, and_, func, or_, true, union_all

from models.database import Reading
from models.dialects import json_array_contains
from models.queries.pages import Page, decode_cursor, make_page
from models.queries.searching import split_search
from models.tables import Contact, ContactChange, ListMember
from models.tenancy import require_found, scoped, scoped_columns

# A telephone number as people write it; its digits are one word.
SHORTEST_PHONE = 6
_WRITTEN_PHONE = re.compile(rf"(?=.*\d)\+?[\d\s()./-]{{{SHORTEST_PHONE},}}")
PHONES = ("phone", "mobile_phone")
SEARCHED = ("full_name", "first_name", "last_name", "email", "phone", "mobile_phone", "company", "external_id")


@dataclass(frozen=True, slots=True)
class ContactFilter:
    """Which contacts; None: any. `import_id`: those that the import created or changed."""

    search: str | None = None
    email: str | None = None
    import_id: UUID | None = None
    list_id: UUID | None = None
    tag: str | None = None
    owner: str | None = None


def find_contact(tx: Reading, tenant_id: UUID, contact_id: UUID) -> Contact | None:
    """The tenant's live contact."""
    table: Any = Contact
    return tx.execute(scoped(Contact, tenant_id).where(table.id == contact_id, table.deleted_at.is_(None))).scalar_one_or_none()


def require_contact(tx: Reading, tenant_id: UUID, contact_id: UUID) -> Contact:
    """The tenant's live contact. Raises NotFound."""
    return require_found(find_contact(tx, tenant_id, contact_id), "contact")


def list_contacts(tx: Reading, tenant_id: UUID, wanted: ContactFilter, *, first: int, after: str | None) -> Page[Contact]:
    """A page of the live contacts by id, so that those of one import keep the file's order."""
    table: Any = Contact
    statement = scoped(Contact, tenant_id).where(*_conditions(tx, tenant_id, wanted))
    position = decode_cursor(after, UUID)
    if position is not None:
        statement = statement.where(table.id > position[0])
    found = tx.execute(statement.order_by(table.id).limit(first + 1)).scalars().all()
    return make_page(found, first, after, lambda contact: (contact.id,))


def count_contacts(tx: Reading, tenant_id: UUID, wanted: ContactFilter) -> int:
    """How many contacts the whole list has."""
    statement = scoped_columns(tenant_id, Contact, func.count()).where(*_conditions(tx, tenant_id, wanted))
    return int(tx.execute(statement).scalar_one())


def _conditions(tx: Reading, tenant_id: UUID, wanted: ContactFilter) -> list[ColumnElement[bool]]:
    table: Any = Contact
    conditions: list[ColumnElement[bool]] = [table.deleted_at.is_(None)]
    if wanted.search:
        conditions += _searched(tx, tenant_id, wanted.search)
    if wanted.email is not None:
        conditions.append(table.id.in_(_with_email(tenant_id, wanted.email)))
    if wanted.owner is not None:
        conditions.append(table.owner == wanted.owner)
    if wanted.tag is not None:
        conditions.append(json_array_contains(tx.dialect_name, table.tags, wanted.tag))
    if wanted.import_id is not None:
        change: Any = ContactChange
        changed = scoped_columns(tenant_id, ContactChange, change.contact_id).where(change.import_id == wanted.import_id)
        conditions.append(or_(table.import_id == wanted.import_id, table.id.in_(changed)))
    if wanted.list_id is not None:
        member: Any = ListMember
        conditions.append(table.id.in_(scoped_columns(tenant_id, ListMember, member.contact_id).where(member.list_id == wanted.list_id)))
    return conditions


def _searched(tx: Reading, tenant_id: UUID, search: str) -> list[ColumnElement[bool]]:
    """Every word stands in one field or another; an address that somebody has whole finds those who have it, by an index."""
    table: Any = Contact
    words, dialled = split_search(search), _dialled(search)
    if len(words) == 1 and "@" in words[0]:
        holders = _with_email(tenant_id, words[0])
        if tx.execute(holders.limit(1)).first() is not None:
            return [table.id.in_(holders)]
    in_fields = and_(
        true(),
        *(
            or_(*(getattr(table, name).icontains(each, autoescape=True) for name in SEARCHED for each in _spellings(word)))
            for word in words
        ),
    )
    in_phones = [getattr(table, name).icontains(number, autoescape=True) for name in PHONES for number in dialled]
    return [or_(in_fields, *in_phones)]


def _dialled(search: str) -> list[str]:
    """A telephone number as contacts have it, if the whole search may be one: without signs between its digits, and without what is dialled
    before it at home or abroad.
    """
    if not _WRITTEN_PHONE.fullmatch(search.strip()):
        return []
    number = re.sub(r"[^+\d]", "", search)
    return [each for each in dict.fromkeys((number, number.lstrip("0"))) if len(each.lstrip("+")) >= SHORTEST_PHONE]


def _spellings(word: str) -> list[str]:
    """A word as it may stand in a field: SQLite, and PostgreSQL under the locale C, know the case of A to Z alone."""
    if word.isascii():
        return [word]
    return list(dict.fromkeys((word, word.lower(), word.upper(), word.capitalize(), word.title())))


def _with_email(tenant_id: UUID, email: str) -> CompoundSelect[Any]:
    """Ids of the live contacts with an address: who claims it, and who stands beside that one; each by its index."""
    table: Any = Contact
    address = email.strip().lower()
    claims = scoped_columns(tenant_id, Contact, table.id).where(table.email_key == address)
    is_twin = (table.email.is_not(None), table.email_key.is_(None), table.deleted_at.is_(None))
    return union_all(claims, scoped_columns(tenant_id, Contact, table.id).where(table.email == address, *is_twin))
