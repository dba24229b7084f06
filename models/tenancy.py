"""The only way to select a tenant's rows."""

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import SQLModel

from models.errors import NotFound

Row = TypeVar("Row", bound=SQLModel)


def scoped(table: type[Row], tenant_id: UUID) -> Select[Row]:
    """Select rows of a table that belong to a tenant."""
    return select(table).where(table.tenant_id == tenant_id)  # type: ignore[attr-defined]


def scoped_columns(tenant_id: UUID, table: type[SQLModel], *columns: Any) -> Select[Any]:
    """Select columns or aggregates of a table's rows that belong to a tenant."""
    return select(*columns).select_from(table).where(table.tenant_id == tenant_id)  # type: ignore[attr-defined]


def require_found(row: Row | None, noun: str) -> Row:
    """The row. Raises NotFound where there is none, in the same words whether it is missing or somebody else's."""
    if row is None:
        raise NotFound(f"There is no such {noun}.")
    return row
