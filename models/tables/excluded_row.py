"""A row of the source that somebody left out of the import."""

from uuid import UUID

from sqlmodel import BigInteger, Column, Field, SQLModel

from models.tables.base import id_column


class ExcludedRow(SQLModel, table=True):
    __tablename__ = "excluded_row"

    import_id: UUID = id_column(primary_key=True)
    row: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    tenant_id: UUID = id_column(foreign_key="tenant.id", index=True)
