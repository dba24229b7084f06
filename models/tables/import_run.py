"""A run of an import: planning, retrying and rolling back each open one, numbered by epoch, and its batches belong to it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import BigInteger, Column, Field, SQLModel

from models.tables.base import id_column, json_field, moment


class ImportRun(SQLModel, table=True):
    __tablename__ = "import_run"

    import_id: UUID = id_column(primary_key=True)
    epoch: int = Field(primary_key=True)
    tenant_id: UUID = id_column(foreign_key="tenant.id", index=True)
    kind: str = Field(max_length=20)
    rows: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    planned: dict[str, Any] = json_field()  # outcome -> rows, and duplicates
    plan_hash: str | None = Field(default=None, max_length=64)
    created_at: datetime = moment(nullable=False)
    started_at: datetime | None = moment()  # applying began; null: the plan was never applied
