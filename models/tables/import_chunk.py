"""A piece of the source as columns of text, in the object store."""

from uuid import UUID

from sqlmodel import BigInteger, Column, Field, SQLModel

from models.tables.base import id_column


class ImportChunk(SQLModel, table=True):
    __tablename__ = "import_chunk"

    import_id: UUID = id_column(primary_key=True)
    number: int = Field(primary_key=True)
    tenant_id: UUID = id_column(foreign_key="tenant.id", index=True)
    first_row: int = Field(sa_column=Column(BigInteger, nullable=False))
    last_row: int = Field(sa_column=Column(BigInteger, nullable=False))
    row_count: int = Field()
    object_key: str = Field(max_length=300)


def issues_key(object_key: str) -> str:
    """Where what its reader had to say of a chunk lies, beside the chunk."""
    return object_key.removesuffix(".arrow") + ".issues.arrow"
