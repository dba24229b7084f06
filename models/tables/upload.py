"""A file that was announced, and then received, before an import is made of it."""

from datetime import datetime
from uuid import UUID

from sqlmodel import BigInteger, Column, Field, SQLModel

from models.tables.base import id_column, id_field, moment


class Upload(SQLModel, table=True):
    id: UUID = id_field()
    tenant_id: UUID = id_column(foreign_key="tenant.id", index=True)
    created_by: str | None = Field(default=None, max_length=200)
    filename: str = Field(max_length=500)
    declared_bytes: int | None = Field(default=None, sa_column=Column(BigInteger))
    object_key: str | None = Field(default=None, max_length=300)
    size_bytes: int | None = Field(default=None, sa_column=Column(BigInteger))
    sha256: str | None = Field(default=None, max_length=64)
    format: str | None = Field(default=None, max_length=20)
    created_at: datetime = moment(nullable=False)
    expires_at: datetime = moment(nullable=False)
    received_at: datetime | None = moment()
