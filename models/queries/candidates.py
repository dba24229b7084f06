"""The contacts that an import's keys find, for the engine to match against."""

from collections.abc import Collection, Mapping, Sequence
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

COLUMNS = ("id", "version", *TEXT_FIELDS, "consent", "tags", "custom", *CLAIMS)
# Keys sent in one statement.
KEYS_AT_ONCE = 5_000


def find_candidates(tx: Reading, tenant_id: UUID, keys: Mapping[str, Collection[str]]) -> dict[UUID, dict[str, Any]]:
    """Every live contact that claims one of the keys (`external_id_key`, `email_key`, `phone_key` -> values), by id."""
    found: dict[UUID, dict[str, Any]] = {}
    for claim in CLAIMS:
        values = sorted(keys.get(claim, ()))
        for start in range(0, len(values), KEYS_AT_ONCE):
            condition = is_one_of(tx.dialect_name, col(getattr(Contact, claim)), values[start : start + KEYS_AT_ONCE])
            statement = scoped_columns(tenant_id, Contact, *(getattr(Contact, name) for name in COLUMNS)).where(condition)
            found.update({row.id: dict(row._mapping) for row in tx.execute(statement)})
    return found


def find_by_id(tx: Reading, tenant_id: UUID, ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """Live contacts by their ids, in the same shape."""
    if not ids:
        return {}
    statement = scoped_columns(tenant_id, Contact, *(getattr(Contact, name) for name in COLUMNS)).where(
        is_one_of(tx.dialect_name, col(Contact.id), ids), col(Contact.deleted_at).is_(None)
    )
    return {row.id: dict(row._mapping) for row in tx.execute(statement)}


def find_memberships(tx: Reading, tenant_id: UUID, contact_ids: Collection[UUID], list_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Which of the lists each contact is in, where it is in any."""
    if not contact_ids or not list_ids:
        return {}
    memberships: dict[UUID, list[str]] = {}
    ids = sorted(contact_ids)
    for start in range(0, len(ids), KEYS_AT_ONCE):
        condition = is_one_of(tx.dialect_name, col(ListMember.contact_id), ids[start : start + KEYS_AT_ONCE])
        statement = scoped_columns(tenant_id, ListMember, ListMember.contact_id, ListMember.list_id).where(
            condition, or_(*(col(ListMember.list_id) == list_id for list_id in list_ids))
        )
        for contact_id, list_id in tx.execute(statement):
            memberships.setdefault(contact_id, []).append(str(list_id))
    return memberships
