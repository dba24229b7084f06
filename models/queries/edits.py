"""What people corrected of an import's source: cells, and rows that are left out. Kept beside the source, which stays as it came."""

from dataclasses import dataclass
from typing import Any

import polars as pl
from sqlalchemy import bindparam, delete, func, update
from sqlmodel import SQLModel, col

from models.bulk import insert_frame
from models.database import Reading, Writing
from models.errors import LimitExceeded
from models.lifecycle import EDITABLE, require_one_of
from models.queries import audit
from models.queries.batches import cancel_pending
from models.queries.imports import move, overtaken
from models.queries.reports import overtake_reports
from models.queries.sending import FollowUp
from models.tables import EditedCell, ExcludedRow, ImportJob
from models.tenancy import scoped_columns
from models.vocabulary import ImportStatus, Stage

CELL_SCHEMA: dict[str, pl.DataType] = {"row": pl.Int64(), "column": pl.String(), "value": pl.String()}


@dataclass(frozen=True, slots=True)
class KeptEdits:
    """The corrected cells (CELL_SCHEMA), by row and column, and the numbers of the rows that are left out."""

    cells: pl.DataFrame
    excluded: pl.Series


@dataclass(frozen=True, slots=True)
class EditChange:
    """What is to be kept from now on, and what is to be as in the source again. `reverted`: row and column of cells."""

    cells: pl.DataFrame
    reverted: pl.DataFrame
    excluded: pl.Series
    included: pl.Series


def list_edits(tx: Reading, job: ImportJob, first_row: int | None = None, last_row: int | None = None) -> KeptEdits:
    """The edits of an import, or of these rows, both inclusive."""
    return KeptEdits(
        cells=pl.DataFrame(tx.execute(_within(EditedCell, job, first_row, last_row)).all(), schema=CELL_SCHEMA, orient="row"),
        excluded=_list_excluded(tx, job, first_row, last_row),
    )


def list_edited_rows(tx: Reading, job: ImportJob) -> frozenset[int]:
    """The rows of which a cell is corrected or that are left out."""
    rows = (
        scoped_columns(job.tenant_id, table, col(table.row)).where(col(table.import_id) == job.id) for table in (EditedCell, ExcludedRow)
    )
    return frozenset(row for statement in rows for row in tx.execute(statement.distinct()).scalars())


def count_edits(tx: Reading, job: ImportJob) -> tuple[int, int]:
    """How many cells are corrected, and how many rows left out."""
    counts = (
        scoped_columns(job.tenant_id, table, func.count()).where(col(table.import_id) == job.id) for table in (EditedCell, ExcludedRow)
    )
    cells, rows = (tx.execute(statement).scalar_one() for statement in counts)
    return cells, rows


def measure_cells(cells: pl.DataFrame) -> int:
    """How many characters cells (CELL_SCHEMA) have in all."""
    return int(cells["value"].str.len_chars().sum())


def require_characters(characters: int, most: int) -> None:
    """Raises LimitExceeded (edits_too_large) where the corrected cells of an import would have more characters in all."""
    if characters > most:
        raise LimitExceeded(
            f"The corrected cells of this import would have {characters:,} characters; "
            f"{most:,} are possible (ROLODOCK_MAX_EDITED_CHARACTERS).",
            code="edits_too_large",
        )


def keep_edits(tx: Writing, job: ImportJob, change: EditChange, *, most: int, most_characters: int) -> None:
    """Keep a change.

    Raises LimitExceeded beyond so many cells and rows (too_many_edits) or characters of cells (edits_too_large) of an import in all.
    """
    keys = pl.concat([change.cells.select("row", "column"), change.reverted.select("row", "column")])
    replaced = _measure(tx, job, keys)
    known_excluded = _list_excluded(tx, job)
    excluded = change.excluded.filter(~change.excluded.is_in(known_excluded.implode()))
    included = known_excluded.filter(known_excluded.is_in(change.included.implode()))
    cells, rows = count_edits(tx, job)
    total = cells - replaced.height + change.cells.height + rows - included.len() + excluded.len()
    if total > most:
        raise LimitExceeded(
            f"This import would have {total:,} corrected cells and left-out rows; {most:,} are possible (ROLODOCK_MAX_EDITS).",
            code="too_many_edits",
        )
    freed = int(replaced["characters"].sum())
    require_characters(_count_characters(tx, job) - freed + measure_cells(change.cells), most_characters)
    _delete(tx, EditedCell, job, replaced.select("row", "column"))
    _delete(tx, ExcludedRow, job, included.to_frame("row"))
    for table, frame in ((EditedCell, change.cells.select(list(CELL_SCHEMA))), (ExcludedRow, excluded.to_frame("row"))):
        insert_frame(tx.connection(), _table_of(table), frame, tenant_id=job.tenant_id, import_id=job.id)


def drop_edits(tx: Writing, job: ImportJob) -> None:
    """Forget what was corrected: the rows and columns that it speaks of are there no more."""
    for table in (EditedCell, ExcludedRow):
        tx.execute(delete(table).where(col(table.tenant_id) == job.tenant_id, col(table.import_id) == job.id))


def edit(
    tx: Writing, job: ImportJob, change: EditChange, *, most: int, most_characters: int, actor: str | None, action: str, **told: Any
) -> list[FollowUp]:
    """Keep a change, and plan again where there was a plan that nobody applied. `action` and `told` are for the audit trail.

    An import that ended, or that waits for an answer, is planned again when it is retried or answered: it keeps its status.
    Raises WrongState and LimitExceeded.
    """
    status = ImportStatus(job.status)
    require_one_of(status, EDITABLE, "edited")
    keep_edits(tx, job, change, most=most, most_characters=most_characters)
    overtake_reports(tx, job)
    counted = {"cells": change.cells.height, "reverted": change.reverted.height}
    counted |= {"rows_excluded": change.excluded.len(), "rows_included": change.included.len()}
    audit.record_import(tx, job, actor, action, **told, **counted)
    if status is not ImportStatus.PLANNED:
        _raise_version(tx, job)
        return []
    move(tx, job, ImportStatus.PLANNING, actor=actor, stage=Stage.PLAN.value, epoch=job.epoch + 1, plan_epoch=None)
    cancel_pending(tx, job.id)
    return [FollowUp(Stage.PLAN, job.id)]


def _list_excluded(tx: Reading, job: ImportJob, first_row: int | None = None, last_row: int | None = None) -> pl.Series:
    return pl.Series("row", tx.execute(_within(ExcludedRow, job, first_row, last_row)).scalars().all(), dtype=pl.Int64)


def _count_characters(tx: Reading, job: ImportJob) -> int:
    statement = scoped_columns(job.tenant_id, EditedCell, func.coalesce(func.sum(func.length(col(EditedCell.value))), 0))
    return int(tx.execute(statement.where(col(EditedCell.import_id) == job.id)).scalar_one())


def _measure(tx: Reading, job: ImportJob, keys: pl.DataFrame) -> pl.DataFrame:
    """Those of the keys (`row`, `column`) of which a corrected cell is kept, and its `characters`."""
    schema = {"row": pl.Int64, "column": pl.String, "characters": pl.Int64}
    if keys.is_empty():
        return pl.DataFrame(schema=schema)
    row, column = col(EditedCell.row), col(EditedCell.column)
    size = func.coalesce(func.length(col(EditedCell.value)), 0)
    statement = scoped_columns(job.tenant_id, EditedCell, row, column, size).where(
        col(EditedCell.import_id) == job.id, row.between(keys["row"].min(), keys["row"].max())
    )
    known = pl.DataFrame(tx.execute(statement).all(), schema=schema, orient="row")
    return known.join(keys, on=["row", "column"], how="semi")


def _delete(tx: Writing, table: type[SQLModel], job: ImportJob, keys: pl.DataFrame) -> None:
    if keys.is_empty():
        return
    columns = _table_of(table).c
    of_import = (columns.tenant_id == job.tenant_id, columns.import_id == job.id)
    one = delete(_table_of(table)).where(*of_import, *(columns[name] == bindparam(f"of_{name}") for name in keys.columns))
    tx.connection().execute(one, keys.rename(lambda name: f"of_{name}").to_dicts())


def _raise_version(tx: Writing, job: ImportJob) -> None:
    statement = (
        update(ImportJob)
        .where(col(ImportJob.id) == job.id, col(ImportJob.version) == job.version, col(ImportJob.status) == job.status)
        .values(version=job.version + 1)
        .execution_options(synchronize_session=False)
    )
    if not tx.execute(statement).rowcount:  # type: ignore[attr-defined]
        raise overtaken()
    tx.refresh(job)


def _within(table: type[EditedCell] | type[ExcludedRow], job: ImportJob, first_row: int | None, last_row: int | None) -> Any:
    columns = (table.row,) if table is ExcludedRow else (table.row, EditedCell.column, EditedCell.value)
    statement = scoped_columns(job.tenant_id, table, *columns).where(col(table.import_id) == job.id)
    if first_row is not None:
        statement = statement.where(col(table.row) >= first_row)
    if last_row is not None:
        statement = statement.where(col(table.row) <= last_row)
    return statement.order_by(*map(col, columns[:2]))


def _table_of(table: type[SQLModel]) -> Any:
    return table.__table__  # type: ignore[attr-defined]
