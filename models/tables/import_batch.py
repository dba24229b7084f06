"""A batch: the rows that one transaction settles. `pending -> done` is its guard.

The outcome counts are the planned ones until it is done, then the real ones. In a rollback the rows are those whose changes are undone.
"""

from datetime import datetime
from uuid import UUID

from sqlmodel import BigInteger, Column, Field, Index, SQLModel, text

from models.tables.base import id_column, id_field, moment
from models.vocabulary import BatchStatus


class ImportBatch(SQLModel, table=True):
    __tablename__ = "import_batch"
    __table_args__ = (
        Index("ix_import_batch_run", "import_id", "epoch", "number", unique=True),
        Index("ix_import_batch_due", "due_at", sqlite_where=text("due_at IS NOT NULL"), postgresql_where=text("due_at IS NOT NULL")),
    )

    id: UUID = id_field()
    tenant_id: UUID = id_column(foreign_key="tenant.id", index=True)
    import_id: UUID = id_column()
    epoch: int = Field()
    number: int = Field()
    kind: str = Field(max_length=20)
    status: str = Field(default=BatchStatus.PENDING.value, max_length=20)
    first_row: int = Field(sa_column=Column(BigInteger, nullable=False))
    last_row: int = Field(sa_column=Column(BigInteger, nullable=False))
    row_count: int = Field(default=0)
    created: int = Field(default=0)
    updated: int = Field(default=0)
    unchanged: int = Field(default=0)
    skipped: int = Field(default=0)
    failed: int = Field(default=0)
    unprocessed: int = Field(default=0)
    duplicates: int = Field(default=0)
    removed: int = Field(default=0)
    restored: int = Field(default=0)
    kept: int = Field(default=0)
    creates_key: str | None = Field(default=None, max_length=300)
    updates_key: str | None = Field(default=None, max_length=300)
    attempt: int = Field(default=0)
    tries: int = Field(default=0)
    due_at: datetime | None = moment()
    started_at: datetime | None = moment()
    finished_at: datetime | None = moment()
    failure_code: str | None = Field(default=None, max_length=60)
    failure_message: str | None = Field(default=None, max_length=1000)
