"""A link that signs a user in once, within minutes."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from models.tables.base import id_column, id_field, moment


class SignInLink(SQLModel, table=True):
    __tablename__ = "sign_in_link"

    id: UUID = id_field()
    tenant_id: UUID = id_column(foreign_key="tenant.id", index=True)
    user_id: UUID = id_column(foreign_key="user_account.id")
    code_hash: str = Field(max_length=64, unique=True)  # SHA-256, hexadecimal
    expires_at: datetime = moment(nullable=False)
    used_at: datetime | None = moment()
