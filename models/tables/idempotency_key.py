"""What a client called its request, so that the same request makes one import."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from models.tables.base import id_column, moment


class IdempotencyKey(SQLModel, table=True):
    __tablename__ = "idempotency_key"

    tenant_id: UUID = id_column(foreign_key="tenant.id", primary_key=True)
    key: str = Field(max_length=200, primary_key=True)
    input_sha256: str = Field(max_length=64)
    import_id: UUID = id_column()
    created_at: datetime = moment(nullable=False)
