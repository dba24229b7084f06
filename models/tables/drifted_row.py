"""A row whose real outcome is not the planned one, because its contact changed in between."""

from uuid import UUID

from sqlmodel import BigInteger, Column, Field, SQLModel

from models.tables.base import id_column


class DriftedRow(SQLModel, table=True):
    __tablename__ = "drifted_row"

    import_id: UUID = id_column(primary_key=True)
    epoch: int = Field(primary_key=True)
    row: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    tenant_id: UUID = id_column(foreign_key="tenant.id", index=True)
    outcome: str = Field(max_length=20)
    contact_id: UUID | None = id_column(nullable=True)
