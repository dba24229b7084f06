"""An entry of a directory that a tenant keeps: a company or an owner, once for all ways of writing its name."""

from datetime import datetime
from uuid import UUID

from sqlmodel import BigInteger, Column, Field, Index, SQLModel, Text, UniqueConstraint

from models.tables.base import id_column, id_field, moment


class DirectoryEntry(SQLModel, table=True):
    __tablename__ = "directory_entry"
    __table_args__ = (
        UniqueConstraint("tenant_id", "kind", "name_key", name="uq_directory_entry_name_key"),
        Index("ix_directory_entry_import", "import_id"),
    )

    id: UUID = id_field()
    tenant_id: UUID = id_column(foreign_key="tenant.id")
    kind: str = Field(max_length=20)
    name_key: str = Field(sa_type=Text)  # what all ways of writing the name have in common
    name: str = Field(sa_type=Text)  # as contacts are given it
    created_at: datetime = moment(nullable=False)
    created_by: str | None = Field(default=None, max_length=200)
    # The import that created it, and the lowest row that owns a write with it; null: somebody added it by hand.
    import_id: UUID | None = id_column(nullable=True)
    import_row: int | None = Field(default=None, sa_column=Column(BigInteger))
