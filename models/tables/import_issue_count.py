"""How many issues of a kind an import has, exactly."""

from uuid import UUID

from sqlmodel import BigInteger, Column, Field, SQLModel

from models.tables.base import id_column


class ImportIssueCount(SQLModel, table=True):
    __tablename__ = "import_issue_count"

    import_id: UUID = id_column(primary_key=True)
    code: str = Field(max_length=60, primary_key=True)
    field: str = Field(max_length=200, primary_key=True)  # "": of the row as a whole
    severity: str = Field(max_length=20, primary_key=True)
    tenant_id: UUID = id_column(foreign_key="tenant.id", index=True)
    count: int = Field(sa_column=Column(BigInteger, nullable=False))
