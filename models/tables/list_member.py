"""That a contact is in a list."""

from uuid import UUID

from sqlmodel import Index, SQLModel

from models.tables.base import id_column


class ListMember(SQLModel, table=True):
    __tablename__ = "list_member"
    __table_args__ = (Index("ix_list_member_contact", "tenant_id", "contact_id"),)

    list_id: UUID = id_column(primary_key=True)
    contact_id: UUID = id_column(primary_key=True)
    tenant_id: UUID = id_column()
