"""The contacts that an import's keys find, for the engine to match against."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import polars as pl
from sqlmodel import col

from models.database import Reading
from models.dialects import is_one_of
from models.lookups import look_up
from models.tables import Contact, ListMember
from models.tenancy import scoped_columns


def has_contacts(tx: Reading, tenant_id: UUID) -> bool:
    """Whether the tenant has a live contact."""
    live = scoped_columns(tenant_id, Contact, Contact.id).where(col(Contact.deleted_at).is_(None)).limit(1)
    return tx.execute(live).first() is not None


def stored_schema(columns: Collection[str]) -> dict[str, pl.DataType]:
    """Columns of a contact as they are found: lists and objects as JSON text."""
    return {name: pl.Int64() if name == "version" else pl.String() for name in columns}


def find_claims(tx: Reading, tenant_id: UUID, keys: Mapping[str, pl.Series], columns: Collection[str]) -> pl.DataFrame:
    """These columns of the live contacts that claim one of the keys (`external_id_key`, … -> values in order, each once).

    Lists and objects come as JSON text. A contact that claims several of the keys comes several times.
    """
    schema = stored_schema(columns)
    live = scoped_columns(tenant_id, Contact, *(getattr(Contact, name) for name in columns)).where(col(Contact.deleted_at).is_(None))
    frames = [look_up(tx.connection(), live, getattr(Contact, claim), values, schema) for claim, values in keys.items()]
    return pl.concat([pl.DataFrame(schema=schema), *frames])


def find_known(tx: Reading, tenant_id: UUID, claim: str, keys: pl.Series) -> pl.Series:
    """Those of these keys (in order, each once) that some contact claims; the index alone is asked."""
    column = getattr(Contact, claim)
    return look_up(tx.connection(), scoped_columns(tenant_id, Contact, column), column, keys, {claim: pl.String()})[claim]


def find_contacts(tx: Reading, tenant_id: UUID, ids: pl.Series, columns: Collection[str]) -> pl.DataFrame:
    """These columns of live contacts, by their ids in order, each once; lists and objects as JSON text."""
    schema = stored_schema(columns)
    statement = scoped_columns(tenant_id, Contact, *(getattr(Contact, name) for name in columns))
    return look_up(tx.connection(), statement.where(col(Contact.deleted_at).is_(None)), col(Contact.id), ids, schema)


def find_memberships(tx: Reading, tenant_id: UUID, contact_ids: pl.Series, list_ids: Sequence[str]) -> pl.DataFrame:
    """Which of these contacts are in which of the lists (`contact_id`, `list_id`)."""
    schema = {"contact_id": pl.String(), "list_id": pl.String()}
    if not list_ids:
        return pl.DataFrame(schema=schema)
    statement = scoped_columns(tenant_id, ListMember, ListMember.contact_id, ListMember.list_id)
    among = statement.where(is_one_of(tx.dialect_name, col(ListMember.list_id), list_ids))
    return look_up(tx.connection(), among, col(ListMember.contact_id), contact_ids, schema)
