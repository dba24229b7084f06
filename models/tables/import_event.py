"""The log that every way of watching an import reads. `sequence` counts a tenant's events without a gap."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import BigInteger, Column, Field, Index, SQLModel, Text

from models.tables.base import id_column, json_field, moment


class ImportEvent(SQLModel, table=True):
    __tablename__ = "import_event"
    __table_args__ = (Index("ix_import_event_import", "import_id", "sequence"), Index("ix_import_event_at", "at"))

    tenant_id: UUID = id_column(foreign_key="tenant.id", primary_key=True)
    sequence: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    import_id: UUID = id_column()
    at: datetime = moment(nullable=False)
    kind: str = Field(max_length=30)
    status: str = Field(max_length=30)
    counts: dict[str, Any] = json_field()
    progress: dict[str, Any] = json_field()
    message: str | None = Field(default=None, sa_type=Text)
