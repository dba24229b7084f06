"""A named list of contacts."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel, UniqueConstraint

from models.tables.base import id_column, id_field, moment


class ContactList(SQLModel, table=True):
    __tablename__ = "contact_list"
    __table_args__ = (UniqueConstraint("tenant_id", "name", name="uq_contact_list_name"),)

    id: UUID = id_field()
    tenant_id: UUID = id_column(foreign_key="tenant.id")
    name: str = Field(max_length=200)
    created_at: datetime = moment(nullable=False)
