"""The contacts that an import's keys find, for the engine to match against."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import col

from models.database import Reading
from models.dialects import is_one_of
from models.queries.claims import CLAIMS
from models.tables import Contact, ListMember
from models.tenancy import scoped_columns
from models.vocabulary import TEXT_FIELDS

# What matching needs of a contact, and all of it.
CLAIM_COLUMNS = ("id", "external_id", "email", "phone", "mobile_phone", *CLAIMS)
CONTACT_COLUMNS = ("id", "version", *TEXT_FIELDS, "consent", "tags", "custom", *CLAIMS)
# Values sent in one statement, and so contacts that come back at a time.
MOST_AT_ONCE = 5_000


def has_contacts(tx: Reading, tenant_id: UUID) -> bool:
    """Whether the tenant has a live contact."""
    live = scoped_columns(tenant_id, Contact, Contact.id).where(col(Contact.deleted_at).is_(None)).limit(1)
    return tx.execute(live).first() is not None


def iter_claimants(tx: Reading, tenant_id: UUID, keys: Mapping[str, Collection[str]]) -> Iterator[list[tuple[Any, ...]]]:
    """The live contacts that claim one of the keys (`external_id_key`, `email_key`, `phone_key` -> values), some at a time.

    Each is the values of CLAIM_COLUMNS; one that claims several of the keys comes several times.
    """
    columns = [getattr(Contact, name) for name in CLAIM_COLUMNS]
    for claim in CLAIMS:
        for values in _pieces(keys.get(claim, ())):
            condition = is_one_of(tx.dialect_name, col(getattr(Contact, claim)), values)
            yield [tuple(row) for row in tx.execute(scoped_columns(tenant_id, Contact, *columns).where(condition))]


def iter_contacts(tx: Reading, tenant_id: UUID, ids: Collection[UUID]) -> Iterator[list[tuple[Any, ...]]]:
    """Live contacts by their ids, some at a time, each as the values of CONTACT_COLUMNS."""
    columns = [getattr(Contact, name) for name in CONTACT_COLUMNS]
    for some in _pieces(ids):
        condition = is_one_of(tx.dialect_name, col(Contact.id), some)
        statement = scoped_columns(tenant_id, Contact, *columns).where(condition, col(Contact.deleted_at).is_(None))
        yield [tuple(row) for row in tx.execute(statement)]


def find_memberships(tx: Reading, tenant_id: UUID, contact_ids: Collection[UUID], list_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Which of the lists each contact is in, where it is in any."""
    memberships: dict[UUID, list[str]] = {}
    if not list_ids:
        return memberships
    for some in _pieces(contact_ids):
        statement = scoped_columns(tenant_id, ListMember, ListMember.contact_id, ListMember.list_id).where(
            is_one_of(tx.dialect_name, col(ListMember.contact_id), some), or_(*(col(ListMember.list_id) == list_id for list_id in list_ids))
        )
        for contact_id, list_id in tx.execute(statement):
            memberships.setdefault(contact_id, []).append(str(list_id))
    return memberships


def _pieces(values: Collection[Any]) -> Iterator[list[Any]]:
    ordered = sorted(values)
    for start in range(0, len(ordered), MOST_AT_ONCE):
        yield ordered[start : start + MOST_AT_ONCE]
