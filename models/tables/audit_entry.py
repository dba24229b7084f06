"""Who did what, when."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Field, Index, SQLModel

from models.tables.base import id_column, id_field, json_field, moment


class AuditEntry(SQLModel, table=True):
    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_subject", "tenant_id", "subject_id"), Index("ix_audit_entry_at", "tenant_id", "at", "id"))

    id: UUID = id_field()
    tenant_id: UUID = id_column(foreign_key="tenant.id")
    at: datetime = moment(nullable=False)
    actor: str | None = Field(default=None, max_length=200)
    action: str = Field(max_length=60)
    subject_id: UUID | None = id_column(nullable=True)
    detail: dict[str, Any] = json_field()
