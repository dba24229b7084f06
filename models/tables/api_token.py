"""A token of a program; only its hash is kept."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from models.tables.base import id_column, id_field, moment


class ApiToken(SQLModel, table=True):
    __tablename__ = "api_token"

    id: UUID = id_field()
    tenant_id: UUID = id_column(foreign_key="tenant.id", index=True)
    user_id: UUID = id_column(foreign_key="user_account.id")
    role: str = Field(max_length=20)
    token_hash: str = Field(max_length=64, unique=True)  # SHA-256, hexadecimal
    created_at: datetime = moment(nullable=False)
    revoked_at: datetime | None = moment()
