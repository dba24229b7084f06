"""Where the fields of a contact come from, as far as the journal that told it was swept: who set what, and no value."""

from typing import Any
from uuid import UUID

from sqlmodel import SQLModel

from models.tables.base import id_column, json_field


class ContactOrigin(SQLModel, table=True):
    __tablename__ = "contact_origin"

    tenant_id: UUID = id_column(primary_key=True)
    contact_id: UUID = id_column(primary_key=True)
    items: list[Any] = json_field(list)  # [field, which tag or list, at, import id, row, actor] of each (models.queries.origins)
