"""A chunk of the source as one run of planning judges it: a message for any worker, like a batch, until `judged_key` says where it lies.

`fingerprint` says how its rows are judged: chunks that lie at one place and have one fingerprint are judged alike. It is null until that is
known, since the order of dates follows from the whole file; until then nobody judges the chunk.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import BigInteger, Column, Field, Index, SQLModel, text

from models.tables.base import id_column, id_field, json_field, moment


class JudgedChunk(SQLModel, table=True):
    __tablename__ = "judged_chunk"
    __table_args__ = (
        Index("ix_judged_chunk_run", "import_id", "epoch", "number", unique=True),
        Index("ix_judged_chunk_due", "due_at", sqlite_where=text("due_at IS NOT NULL"), postgresql_where=text("due_at IS NOT NULL")),
    )

    id: UUID = id_field()
    tenant_id: UUID = id_column(foreign_key="tenant.id", index=True)
    import_id: UUID = id_column()
    epoch: int = Field()
    number: int = Field()
    first_row: int = Field(sa_column=Column(BigInteger, nullable=False))
    last_row: int = Field(sa_column=Column(BigInteger, nullable=False))
    row_count: int = Field()
    source_key: str = Field(max_length=300)
    date_orders: dict[str, Any] = json_field()  # header -> which of day, month and year comes first
    fingerprint: str | None = Field(default=None, max_length=64)
    judged_key: str | None = Field(default=None, max_length=300)
    attempt: int = Field(default=0)
    tries: int = Field(default=0)
    due_at: datetime | None = moment()
    started_at: datetime | None = moment()
