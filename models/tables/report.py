"""An error report: the rows that failed, as a file for the person who brought them."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, Index, SQLModel, text

from models.tables.base import id_column, id_field, moment


class Report(SQLModel, table=True):
    __table_args__ = (
        Index("ix_report_due", "due_at", sqlite_where=text("due_at IS NOT NULL"), postgresql_where=text("due_at IS NOT NULL")),
        Index("ix_report_kept", "finished_at", sqlite_where=text("swept_at IS NULL"), postgresql_where=text("swept_at IS NULL")),
    )

    id: UUID = id_field()
    tenant_id: UUID = id_column(foreign_key="tenant.id", index=True)
    import_id: UUID = id_column(index=True)
    epoch: int = Field()
    format: str = Field(max_length=10)
    filename: str = Field(max_length=500)
    object_key: str | None = Field(default=None, max_length=300)
    attempt: int = Field(default=0)
    due_at: datetime | None = moment()
    created_at: datetime = moment(nullable=False)
    finished_at: datetime | None = moment()
    swept_at: datetime | None = moment()  # retention deleted the file
    # Why it could not be made; "overtaken": the rows were corrected since it was asked for.
    failure_code: str | None = Field(default=None, max_length=60)
