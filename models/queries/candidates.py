"""The contacts that an import's keys find, for the engine to match against."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import polars as pl
from sqlmodel import col

from models.bulk import select_frame
from models.database import Reading
from models.dialects import is_one_of
from models.queries.claims import CLAIMS
from models.tables import Contact, ListMember
from models.tenancy import scoped_columns

# What matching needs of a contact, and all of it.
CLAIM_COLUMNS = ("id", "external_id", "email", "phone", "mobile_phone", *CLAIMS)
# Values sent in one statement, and so contacts that come back at a time.
MOST_AT_ONCE = 20_000


def has_contacts(tx: Reading, tenant_id: UUID) -> bool:
    """Whether the tenant has a live contact."""
    live = scoped_columns(tenant_id, Contact, Contact.id).where(col(Contact.deleted_at).is_(None)).limit(1)
    return tx.execute(live).first() is not None


def find_claims(tx: Reading, tenant_id: UUID, keys: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """CLAIM_COLUMNS of the live contacts that claim one of the keys (`external_id_key`, `email_key`, `phone_key` -> values in order).

    A contact that claims several of the keys comes several times.
    """
    columns = [getattr(Contact, name) for name in CLAIM_COLUMNS]
    schema = dict.fromkeys(CLAIM_COLUMNS, pl.String())
    frames = [pl.DataFrame(schema=schema)]
    for claim in CLAIMS:
        for values in _pieces(keys.get(claim, ())):
            condition = is_one_of(tx.dialect_name, col(getattr(Contact, claim)), values)
            frames.append(select_frame(tx.connection(), scoped_columns(tenant_id, Contact, *columns).where(condition), schema))
    return pl.concat(frames)


def find_contacts(tx: Reading, tenant_id: UUID, ids: Sequence[str], columns: Collection[str]) -> pl.DataFrame:
    """These columns of live contacts, by their ids in order; lists and objects as JSON text."""
    schema = {name: pl.Int64() if name == "version" else pl.String() for name in columns}
    frames = [pl.DataFrame(schema=schema)]
    for some in _pieces(ids):
        condition = is_one_of(tx.dialect_name, col(Contact.id), some)
        statement = scoped_columns(tenant_id, Contact, *(getattr(Contact, name) for name in columns))
        frames.append(select_frame(tx.connection(), statement.where(condition, col(Contact.deleted_at).is_(None)), schema))
    return pl.concat(frames)


def find_memberships(tx: Reading, tenant_id: UUID, contact_ids: Sequence[str], list_ids: Sequence[str]) -> pl.DataFrame:
    """Which of these contacts are in which of the lists (`contact_id`, `list_id`)."""
    schema = {"contact_id": pl.String(), "list_id": pl.String()}
    frames = [pl.DataFrame(schema=schema)]
    for some in _pieces(contact_ids) if list_ids else ():
        statement = scoped_columns(tenant_id, ListMember, ListMember.contact_id, ListMember.list_id).where(
            is_one_of(tx.dialect_name, col(ListMember.contact_id), some), is_one_of(tx.dialect_name, col(ListMember.list_id), list_ids)
        )
        frames.append(select_frame(tx.connection(), statement, schema))
    return pl.concat(frames)


def _pieces(values: Sequence[Any]) -> list[Sequence[Any]]:
    return [values[start : start + MOST_AT_ONCE] for start in range(0, len(values), MOST_AT_ONCE)]
