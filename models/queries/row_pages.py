"""Pages of an import's batches and kept contacts, and which run accounts for its rows."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from models.database import Reading
from models.queries.pages import Page, decode_cursor, make_page
from models.queries.plans import find_planned_epoch
from models.tables import ImportBatch, ImportJob, KeptContact
from models.tenancy import scoped
from models.vocabulary import RunKind


def find_account_epoch(tx: Reading, job: ImportJob) -> int | None:
    """The run whose plan accounts for the rows: the newest plan's, or, while a retry is planned, the one before it."""
    if job.plan_epoch is not None:
        return job.plan_epoch
    if not any(job.settled.values()):
        return None
    return find_planned_epoch(tx, job, job.epoch)


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
