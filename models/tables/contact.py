"""A contact. `*_key` are its claims: a value that identifies it, unique in its tenant; null claims nothing.

A deleted contact keeps its fields, for the history, and claims nothing. The defaults in the database are there so that an import need not
send what is the same in each row.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause
from sqlmodel import BigInteger, Column, Field, Index, SQLModel, Text, text

from models.dialects import POSTGRES, SQLITE
from models.tables.base import DIALECT, id_column, json_field, moment
from models.vocabulary import Consent

_NOW = text("CURRENT_TIMESTAMP")
_TWIN_EMAIL = text("email IS NOT NULL AND email_key IS NULL AND deleted_at IS NULL")
_TWIN_EXTERNAL_ID = text("external_id IS NOT NULL AND external_id_key IS NULL AND deleted_at IS NULL")
_TWIN_PHONE = text("phone_key IS NULL AND external_id IS NULL AND email IS NULL AND deleted_at IS NULL")


def _index(name: str, column: str, condition: TextClause, *, unique: bool = False) -> tuple[Index, Index]:
    """An index of contacts by a column in their tenant, for each of the databases.

    SQLite compares columns in turn, byte by byte, so what tells keys apart comes first there (decision 25).
    """
    return (
        Index(name, column, "tenant_id", unique=unique, sqlite_where=condition, info={DIALECT: SQLITE}).ddl_if(dialect=SQLITE),
        Index(name, "tenant_id", column, unique=unique, postgresql_where=condition, info={DIALECT: POSTGRES}).ddl_if(dialect=POSTGRES),
    )


def _claim(name: str) -> tuple[Index, Index]:
    return _index(f"uq_contact_{name}", name, text(f"{name} IS NOT NULL"), unique=True)


class Contact(SQLModel, table=True):
    __table_args__ = (
        *_claim("external_id_key"),
        *_claim("email_key"),
        *_claim("phone_key"),
        # Who takes a claim over when its holder goes; only contacts beside another are in these.
        *_index("ix_contact_twin_email", "email", _TWIN_EMAIL),
        *_index("ix_contact_twin_external_id", "external_id", _TWIN_EXTERNAL_ID),
        *_index("ix_contact_twin_phone", "phone", _TWIN_PHONE),
        # Room for the next version of each contact on its own page: no index is then written for an update that changes no key.
        {"postgresql_with": {"fillfactor": 90}},
    )

    tenant_id: UUID = id_column(primary_key=True)
    id: UUID = id_column(primary_key=True)
    version: int = Field(default=1, sa_column_kwargs={"server_default": text("1")})
    created_at: datetime = moment(nullable=False, server_default=_NOW)
    updated_at: datetime = moment(nullable=False, server_default=_NOW)
    deleted_at: datetime | None = moment()
    import_id: UUID | None = id_column(nullable=True)
    import_row: int | None = Field(default=None, sa_column=Column(BigInteger))

    first_name: str | None = Field(default=None, sa_type=Text)
    last_name: str | None = Field(default=None, sa_type=Text)
    full_name: str | None = Field(default=None, sa_type=Text)
    email: str | None = Field(default=None, sa_type=Text)
    phone: str | None = Field(default=None, sa_type=Text)
    mobile_phone: str | None = Field(default=None, sa_type=Text)
    company: str | None = Field(default=None, sa_type=Text)
    job_title: str | None = Field(default=None, sa_type=Text)
    address_line1: str | None = Field(default=None, sa_type=Text)
    address_line2: str | None = Field(default=None, sa_type=Text)
    city: str | None = Field(default=None, sa_type=Text)
    state: str | None = Field(default=None, sa_type=Text)
    postal_code: str | None = Field(default=None, sa_type=Text)
    country: str | None = Field(default=None, sa_type=Text)
    website: str | None = Field(default=None, sa_type=Text)
    birthday: str | None = Field(default=None, sa_type=Text)
    notes: str | None = Field(default=None, sa_type=Text)
    owner: str | None = Field(default=None, sa_type=Text)
    external_id: str | None = Field(default=None, sa_type=Text)
    consent: str = Field(default=Consent.UNKNOWN.value, max_length=20, sa_column_kwargs={"server_default": text("'unknown'")})
    tags: list[str] = json_field(list, text("'[]'"))
    custom: dict[str, Any] = json_field(server_default=text("'{}'"))

    external_id_key: str | None = Field(default=None, sa_type=Text)
    email_key: str | None = Field(default=None, sa_type=Text)
    phone_key: str | None = Field(default=None, sa_type=Text)
