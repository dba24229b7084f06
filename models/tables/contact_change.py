"""The journal: what a write did to a contact, whoever wrote.

A creation by an import is told by the contact itself (`import_id`, `import_row`).
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import BigInteger, Column, Field, Index, SQLModel, text

from models.dialects import BigId
from models.tables.base import id_column, json_field, moment

_NOTHING = text("'[]'")


class ContactChange(SQLModel, table=True):
    __tablename__ = "contact_change"
    __table_args__ = (
        Index("ix_contact_change_contact", "tenant_id", "contact_id", "version_after"),
        Index("ix_contact_change_import", "import_id", "row"),
    )

    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    tenant_id: UUID = id_column()
    contact_id: UUID = id_column()
    at: datetime = moment(nullable=False, server_default=text("CURRENT_TIMESTAMP"))
    actor: str | None = Field(default=None, max_length=200)
    import_id: UUID | None = id_column(nullable=True)
    row: int | None = Field(default=None, sa_column=Column(BigInteger))
    undoes_import_id: UUID | None = id_column(nullable=True)
    version_before: int = Field()
    version_after: int = Field()
    changes: dict[str, Any] = json_field()  # field -> {"before": …, "after": …}
    tags_added: list[str] = json_field(list, _NOTHING)
    tags_removed: list[str] = json_field(list, _NOTHING)
    lists_added: list[str] = json_field(list, _NOTHING)
    lists_removed: list[str] = json_field(list, _NOTHING)
