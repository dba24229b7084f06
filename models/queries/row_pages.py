"""Where the account of an import's rows lies: chunks, the plan's chunks, batches, and the rows that came out otherwise than planned."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func

from models.database import Reading
from models.queries.pages import Page, decode_cursor, make_page
from models.tables import DriftedRow, ImportBatch, ImportChunk, ImportJob, KeptContact, PlannedChunk
from models.tenancy import scoped, scoped_columns
from models.vocabulary import BatchStatus, RunKind


def list_chunks(tx: Reading, job: ImportJob) -> list[ImportChunk]:
    """The stored columns of the source, in order; none before planning, nor once they were swept."""
    table: Any = ImportChunk
    return list(tx.execute(scoped(ImportChunk, job.tenant_id).where(table.import_id == job.id).order_by(table.number)).scalars())


def find_account_epoch(tx: Reading, job: ImportJob) -> int | None:
    """The run whose plan accounts for the rows: the newest plan's, or, while a retry is planned, the one before it."""
    if job.plan_epoch is not None:
        return job.plan_epoch
    if not any(job.settled.values()):
        return None
    table: Any = PlannedChunk
    statement = scoped_columns(job.tenant_id, PlannedChunk, func.max(table.epoch)).where(table.import_id == job.id)
    epoch: int | None = tx.execute(statement).scalar_one()
    return epoch


def list_planned_chunks(tx: Reading, job: ImportJob, epoch: int | None) -> list[PlannedChunk]:
    """What a run's plan made of each chunk, in order."""
    table: Any = PlannedChunk
    statement = scoped(PlannedChunk, job.tenant_id).where(table.import_id == job.id, table.epoch == epoch)
    return list(tx.execute(statement.order_by(table.number)).scalars())


def list_done_numbers(tx: Reading, job: ImportJob, epoch: int | None) -> frozenset[int]:
    """The numbers of a run's batches that are done."""
    table: Any = ImportBatch
    statement = scoped_columns(job.tenant_id, ImportBatch, table.number).where(
        table.import_id == job.id, table.epoch == epoch, table.status == BatchStatus.DONE.value
    )
    return frozenset(tx.execute(statement).scalars())


def list_drifted_rows(tx: Reading, job: ImportJob, epoch: int | None) -> list[DriftedRow]:
    """The rows of a run that came out otherwise than planned."""
    table: Any = DriftedRow
    statement = scoped(DriftedRow, job.tenant_id).where(table.import_id == job.id, table.epoch == epoch)
    return list(tx.execute(statement).scalars())


def list_batches(tx: Reading, job: ImportJob, *, first: int, after_number: int | None) -> list[ImportBatch]:
    """Batches of the newest plan, in order."""
    table: Any = ImportBatch
    statement = scoped(ImportBatch, job.tenant_id).where(
        table.import_id == job.id, table.epoch == job.plan_epoch, table.kind == RunKind.PLAN.value
    )
    if after_number is not None:
        statement = statement.where(table.number > after_number)
    return list(tx.execute(statement.order_by(table.number).limit(first)).scalars())


def list_kept_contacts(tx: Reading, job: ImportJob, *, first: int, after: str | None) -> Page[KeptContact]:
    """A page of the contacts that an undo could not put back wholly."""
    table: Any = KeptContact
    statement = scoped(KeptContact, job.tenant_id).where(table.import_id == job.id)
    position = decode_cursor(after, UUID)
    if position is not None:
        statement = statement.where(table.contact_id > position[0])
    found: Sequence[KeptContact] = tx.execute(statement.order_by(table.contact_id).limit(first + 1)).scalars().all()
    return make_page(found, first, after, lambda kept: (kept.contact_id,))
