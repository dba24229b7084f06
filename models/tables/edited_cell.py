"""A cell of the source as somebody corrected it. The source itself stays as it came."""

from uuid import UUID

from sqlmodel import BigInteger, Column, Field, SQLModel, Text

from models.tables.base import id_column


class EditedCell(SQLModel, table=True):
    __tablename__ = "edited_cell"

    import_id: UUID = id_column(primary_key=True)
    row: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    column: str = Field(sa_column=Column(Text, primary_key=True))  # by its header
    tenant_id: UUID = id_column(foreign_key="tenant.id", index=True)
    value: str | None = Field(default=None, sa_type=Text)  # null: the cell says nothing, as one that a short row does not have
