"""A contact that an undo could not put back wholly, and why."""

from typing import Any
from uuid import UUID

from sqlmodel import BigInteger, Column, Field, SQLModel, Text

from models.tables.base import id_column, json_field


class KeptContact(SQLModel, table=True):
    __tablename__ = "kept_contact"

    import_id: UUID = id_column(primary_key=True)
    contact_id: UUID = id_column(primary_key=True)
    tenant_id: UUID = id_column(foreign_key="tenant.id", index=True)
    row: int | None = Field(default=None, sa_column=Column(BigInteger))
    code: str = Field(max_length=60)
    message: str = Field(sa_type=Text)
    fields: list[Any] = json_field(list)
