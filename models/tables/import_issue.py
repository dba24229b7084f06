"""An issue of a row, as it stands after the newest run; at most so many of a code and field (see ImportIssueCount for all)."""

from uuid import UUID

from sqlmodel import BigInteger, Column, Field, Index, SQLModel, Text

from models.dialects import BigId
from models.tables.base import id_column


class ImportIssue(SQLModel, table=True):
    __tablename__ = "import_issue"
    __table_args__ = (
        Index("ix_import_issue_row", "import_id", "row", "id"),
        Index("ix_import_issue_kind", "import_id", "code", "field", "row"),
    )

    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    tenant_id: UUID = id_column()
    import_id: UUID = id_column()
    row: int = Field(sa_column=Column(BigInteger, nullable=False))
    batch: int | None = Field(default=None)
    column: str | None = Field(default=None, sa_type=Text)
    field: str | None = Field(default=None, max_length=200)
    value: str | None = Field(default=None, sa_type=Text)
    code: str = Field(max_length=60)
    severity: str = Field(max_length=20)
    message: str = Field(sa_type=Text)
    suggestion: str | None = Field(default=None, sa_type=Text)
