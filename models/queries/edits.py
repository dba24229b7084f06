"""What people corrected of an import's source: cells, and rows that are left out. Kept beside the source, which stays as it came."""

from dataclasses import dataclass
from typing import Any

import polars as pl
from sqlalchemy import bindparam, delete, func, update
from sqlmodel import SQLModel, col

from models.bulk import insert_frame
from models.database import Reading, Writing
from models.errors import LimitExceeded, WrongState
from models.lifecycle import EDITABLE, require_one_of
from models.queries import audit
from models.queries.batches import cancel_pending
from models.queries.imports import move
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
        excluded=pl.Series("row", tx.execute(_within(ExcludedRow, job, first_row, last_row)).scalars().all(), dtype=pl.Int64),
    )


def count_edits(tx: Reading, job: ImportJob) -> tuple[int, int]:
    """How many cells are corrected, and how many rows left out."""
    counts = (
        scoped_columns(job.tenant_id, table, func.count()).where(col(table.import_id) == job.id) for table in (EditedCell, ExcludedRow)
    )
    cells, rows = (tx.execute(statement).scalar_one() for statement in counts)
    return cells, rows


def keep_edits(tx: Writing, job: ImportJob, change: EditChange, *, most: int) -> None:
    """Keep a change. Raises LimitExceeded (too_many_edits) beyond so many cells and rows of an import in all."""
    known = list_edits(tx, job)
    keys = pl.concat([change.cells.select("row", "column"), change.reverted.select("row", "column")])
    replaced = known.cells.join(keys, on=["row", "column"], how="semi").select("row", "column")
    excluded = change.excluded.filter(~change.excluded.is_in(known.excluded.implode()))
    included = known.excluded.filter(known.excluded.is_in(change.included.implode()))
    total = known.cells.height - replaced.height + change.cells.height + known.excluded.len() - included.len() + excluded.len()
    if total > most:
        raise LimitExceeded(
            f"This import would have {total:,} corrected cells and left-out rows; {most:,} are possible (ROLODOCK_MAX_EDITS).",
            code="too_many_edits",
        )
    _delete(tx, EditedCell, job, replaced)
    _delete(tx, ExcludedRow, job, included.to_frame("row"))
    for table, frame in ((EditedCell, change.cells.select(list(CELL_SCHEMA))), (ExcludedRow, excluded.to_frame("row"))):
        insert_frame(tx.connection(), _table_of(table), frame, tenant_id=job.tenant_id, import_id=job.id)


def drop_edits(tx: Writing, job: ImportJob) -> None:
    """Forget what was corrected: the rows and columns that it speaks of are there no more."""
    for table in (EditedCell, ExcludedRow):
        tx.execute(delete(table).where(col(table.import_id) == job.id))


def edit(tx: Writing, job: ImportJob, change: EditChange, *, most: int, actor: str | None, action: str, **told: Any) -> list[FollowUp]:
    """Keep a change, and plan again where there was a plan that nobody applied. `action` and `told` are for the audit trail.

    An import that ended, or that waits for an answer, is planned again when it is retried or answered: it keeps its status.
    Raises WrongState and LimitExceeded.
    """
    status = ImportStatus(job.status)
    require_one_of(status, EDITABLE, "edited")
    keep_edits(tx, job, change, most=most)
    counted = {"cells": change.cells.height, "reverted": change.reverted.height}
    counted |= {"rows_excluded": change.excluded.len(), "rows_included": change.included.len()}
    audit.record_import(tx, job, actor, action, **told, **counted)
    if status is not ImportStatus.PLANNED:
        _raise_version(tx, job)
        return []
    move(tx, job, ImportStatus.PLANNING, actor=actor, stage=Stage.PLAN.value, epoch=job.epoch + 1, plan_epoch=None)
    cancel_pending(tx, job.id)
    return [FollowUp(Stage.PLAN, job.id)]


def _delete(tx: Writing, table: type[SQLModel], job: ImportJob, keys: pl.DataFrame) -> None:
    if keys.is_empty():
        return
    columns = _table_of(table).c
    one = delete(_table_of(table)).where(columns.import_id == job.id, *(columns[name] == bindparam(f"of_{name}") for name in keys.columns))
    tx.connection().execute(one, keys.rename(lambda name: f"of_{name}").to_dicts())


def _raise_version(tx: Writing, job: ImportJob) -> None:
    statement = (
        update(ImportJob)
        .where(col(ImportJob.id) == job.id, col(ImportJob.version) == job.version, col(ImportJob.status) == job.status)
        .values(version=job.version + 1)
        .execution_options(synchronize_session=False)
    )
    if not tx.execute(statement).rowcount:  # type: ignore[attr-defined]
        raise WrongState("The import was changed by somebody else just now. Load it again.", code="stale_version")
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
