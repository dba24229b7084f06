"""A person who signs in to a tenant."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from models.tables.base import id_column, id_field, moment
from models.vocabulary import Role


class User(SQLModel, table=True):
    __tablename__ = "user_account"  # `user` is a reserved word in Postgres

    id: UUID = id_field()
    tenant_id: UUID = id_column(foreign_key="tenant.id", index=True)
    name: str = Field(max_length=200)
    role: str = Field(default=Role.MEMBER.value, max_length=20)
    created_at: datetime = moment(nullable=False)
    deactivated_at: datetime | None = moment()
