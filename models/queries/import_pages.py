"""Pages of the tenant's imports."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func

from models.database import Reading
from models.dialects import contains_text
from models.folding import fold_case
from models.queries.pages import Page, Position, decode_cursor, follows, make_page
from models.queries.searching import require_search
from models.tables import ImportJob
from models.tenancy import scoped, scoped_columns
from models.vocabulary import ImportStatus


class ImportOrder(StrEnum):
    CREATED_AT_DESC = "created_at_desc"
    CREATED_AT_ASC = "created_at_asc"
    FILENAME = "filename"
    TOTAL_DESC = "total_desc"


@dataclass(frozen=True, slots=True)
class ImportFilter:
    """Which imports; None: any. `search`: what filename, external id or creator hold, whatever the case."""

    statuses: tuple[ImportStatus, ...] | None = None
    search: str | None = None
    created_by: str | None = None
    source_kind: str | None = None
    external_id: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    is_stuck: bool | None = None


def list_imports(
    tx: Reading, tenant_id: UUID, wanted: ImportFilter, *, order: ImportOrder, first: int, after: str | None
) -> Page[ImportJob]:
    """A page of the imports, without those deleted from the history."""
    columns, descending = _sort_columns(order)
    statement = scoped(ImportJob, tenant_id).where(*_conditions(tx.dialect_name, wanted))
    position = _decode(order, after)
    if position is not None:
        statement = statement.where(follows(columns, position, descending=descending))
    found = tx.execute(_sorted(statement, columns, descending).limit(first + 1)).scalars().all()
    return make_page(found, first, after, lambda job: _position(order, job))


def count_imports(tx: Reading, tenant_id: UUID, wanted: ImportFilter) -> int:
    """How many imports the whole list has."""
    return int(tx.execute(scoped_columns(tenant_id, ImportJob, func.count()).where(*_conditions(tx.dialect_name, wanted))).scalar_one())


def _conditions(dialect_name: str, wanted: ImportFilter) -> list[ColumnElement[bool]]:
    table: Any = ImportJob
    conditions: list[ColumnElement[bool]] = [table.deleted_at.is_(None)]
    if wanted.statuses is not None:
        conditions.append(table.status.in_([status.value for status in wanted.statuses]))
    if wanted.search:
        conditions.append(contains_text(dialect_name, table.search_text, fold_case(require_search(wanted.search))))
    for name in ("created_by", "source_kind", "external_id"):
        value = getattr(wanted, name)
        if value is not None:
            conditions.append(getattr(table, name) == value)
    if wanted.created_after is not None:
        conditions.append(table.created_at >= wanted.created_after)
    if wanted.created_before is not None:
        conditions.append(table.created_at < wanted.created_before)
    if wanted.is_stuck is not None:
        conditions.append(table.stuck_since.is_not(None) if wanted.is_stuck else table.stuck_since.is_(None))
    return conditions


def _sort_columns(order: ImportOrder) -> tuple[list[ColumnElement[Any]], bool]:
    table: Any = ImportJob
    if order is ImportOrder.FILENAME:
        return [table.filename_key, table.id], False
    if order is ImportOrder.TOTAL_DESC:
        return [table.total, table.id], True
    return [table.created_at, table.id], order is ImportOrder.CREATED_AT_DESC


def _position(order: ImportOrder, job: ImportJob) -> Position:
    if order is ImportOrder.FILENAME:
        return (job.filename_key, job.id)
    if order is ImportOrder.TOTAL_DESC:
        return (job.total, job.id)
    return (job.created_at.isoformat(), job.id)


def _decode(order: ImportOrder, after: str | None) -> Position | None:
    parser: Any = {ImportOrder.FILENAME: str, ImportOrder.TOTAL_DESC: int}.get(order, datetime.fromisoformat)
    return decode_cursor(after, parser, UUID)


def _sorted(statement: Select[ImportJob], columns: list[ColumnElement[Any]], descending: bool) -> Select[ImportJob]:
    return statement.order_by(*(column.desc() if descending else column.asc() for column in columns))
