"""What undoing an import does to each of some contacts, told from their journals: for whoever does it, and for whoever asks beforehand."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, select

from models.database import Reading
from models.dialects import is_one_of
from models.queries.journals import GIVEN_AND_TAKEN, list_journals
from models.queries.undo_plans import Entry, Undo, plan_undo
from models.queries.undo_sets import RowRange
from models.tables import Contact, ImportJob
from models.vocabulary import KeptCode

# What of the journal tells what an undo does.
TOLD = ("import_id", "undoes_import_id", "row", "changes", *GIVEN_AND_TAKEN)


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be done to one contact, as it is now, for the lowest of the import's rows that wrote it."""

    contact: RowMapping
    row: int | None
    undo: Undo
    code: KeptCode | None  # why something is kept
    is_told: bool  # the journal of the contact says already that the import was undone


def load_choices(tx: Reading, job: ImportJob, rows: RowRange, ids: Collection[UUID], *, locks: bool) -> list[Choice]:
    """In the order of their rows. Contacts that belong to rows elsewhere, or that are gone, are passed over; `locks`: they stay as they are
    until the commit.
    """
    contacts = _load_contacts(tx, job, ids, locks=locks)
    histories = _load_histories(tx, job, ids)
    choices = [_choose(job, rows, contact, histories.get(contact["id"], [])) for contact in contacts]
    return sorted((choice for choice in choices if choice is not None), key=lambda choice: choice.row or 0)


def _choose(job: ImportJob, rows: RowRange, contact: RowMapping, history: Sequence[Entry]) -> Choice | None:
    is_told = any(entry.undoes_import_id == job.id for entry in history)
    if contact["import_id"] == job.id:
        row: int = contact["import_row"] or 0
        if contact["deleted_at"] is not None or not rows.first <= row <= rows.last:
            return None
    else:
        own_rows = [entry.row for entry in history if entry.import_id == job.id and entry.row is not None]
        if not own_rows or min(own_rows) < rows.first:
            return None
        row = min(own_rows)
        if contact["deleted_at"] is not None:
            # Once undone there was nothing left to keep.
            return None if is_told else Choice(contact, row, Undo(), KeptCode.CONTACT_DELETED_SINCE, is_told=True)
    undo = plan_undo(history, job.id, contact["import_id"], contact["version"])
    code = KeptCode.CONTACT_EDITED_SINCE if contact["import_id"] == job.id else KeptCode.FIELD_EDITED_SINCE
    return Choice(contact, row, undo, code if undo.kept else None, is_told)


def _load_contacts(tx: Reading, job: ImportJob, ids: Collection[UUID], *, locks: bool) -> Sequence[RowMapping]:
    table = Contact.__table__  # type: ignore[attr-defined]
    statement = select(table).where(table.c.tenant_id == job.tenant_id, is_one_of(tx.dialect_name, table.c.id, ids)).order_by(table.c.id)
    return tx.execute(statement.with_for_update() if locks else statement).mappings().all()


def _load_histories(tx: Reading, job: ImportJob, ids: Collection[UUID]) -> dict[UUID, list[Entry]]:
    """The whole journal of each contact, oldest first."""
    journals = list_journals(tx, job.tenant_id, ids, *TOLD, "version_before", "version_after")
    return {contact_id: [_read_entry(told) for told in entries] for contact_id, entries in journals.items()}


def _read_entry(told: Any) -> Entry:
    return Entry(**{name: getattr(told, name) for name in TOLD}, raised=told.version_after - told.version_before)
