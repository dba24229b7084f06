"""Which import of a tenant may write contacts now, and which one waits for its turn."""

from datetime import datetime
from uuid import UUID

from sqlmodel import SQLModel

from models.tables.base import id_column, moment


class WriterLease(SQLModel, table=True):
    __tablename__ = "writer_lease"

    tenant_id: UUID = id_column(foreign_key="tenant.id", primary_key=True)
    import_id: UUID | None = id_column(nullable=True)
    held_since: datetime | None = moment()
    waiting_import_id: UUID | None = id_column(nullable=True)
