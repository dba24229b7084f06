"""A file that was not taken, for the analytics; nothing of its content is kept."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from models.tables.base import id_column, id_field, moment


class RefusedUpload(SQLModel, table=True):
    __tablename__ = "refused_upload"

    id: UUID = id_field()
    tenant_id: UUID = id_column(foreign_key="tenant.id", index=True)
    at: datetime = moment(nullable=False)
    filename: str | None = Field(default=None, max_length=500)
    code: str = Field(max_length=60)
