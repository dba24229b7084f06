"""What a run made of a chunk: its judged rows, their outcomes and their issues, in the object store."""

from uuid import UUID

from sqlmodel import BigInteger, Column, Field, SQLModel

from models.tables.base import id_column


class PlannedChunk(SQLModel, table=True):
    __tablename__ = "planned_chunk"

    import_id: UUID = id_column(primary_key=True)
    epoch: int = Field(primary_key=True)
    number: int = Field(primary_key=True)
    tenant_id: UUID = id_column(foreign_key="tenant.id", index=True)
    first_row: int = Field(sa_column=Column(BigInteger, nullable=False))
    last_row: int = Field(sa_column=Column(BigInteger, nullable=False))
    row_count: int = Field()
    judged_key: str = Field(max_length=300)
    outcomes_key: str = Field(max_length=300)
    issues_key: str = Field(max_length=300)
