"""Undoing what an import did to contacts, row range by row range, from the journal.

What it created goes if nothing later touched it. A field that it changed gets its former value back if nothing later touched the
field; else it is kept, and reported. An undo is journalled like any other write, also where it had to leave everything as it is: an undo of
another import knows by that what must not come back.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import delete, func
from sqlmodel import col

from models.database import Reading, Writing
from models.dialects import queue_for
from models.queries.batches import BatchResult
from models.queries.claims import has_twins
from models.queries.contact_writes import pass_on_all
from models.queries.undo_choices import load_choices
from models.queries.undo_sets import (
    RowRange,
    count_untouched,
    list_changed,
    list_latest,
    list_touched_creations,
    remove_untouched,
    restore_latest,
)
from models.queries.undo_writes import keep, remove, restore, tell_kept
from models.tables import ImportBatch, ImportJob, KeptContact
from models.tenancy import scoped_columns
from models.vocabulary import RunKind

# Rows whose changes one batch of a rollback undoes.
BATCH_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Prospect:
    """What undoing some rows would do: how many contacts would go and be restored, and what would be kept."""

    removed: int
    restored: int
    kept: tuple[KeptContact, ...]


def undo_rows(tx: Writing, job: ImportJob, rows: RowRange, actor: str | None) -> BatchResult:
    """Undo what these rows did. A contact that several rows changed belongs to the lowest of them, so that each is undone once."""
    removed, released = remove_untouched(tx, job, rows, actor, tells_released=_queue_beside_twins(tx, job))
    undone = restore_latest(tx, job, rows, actor)
    others = (list_changed(tx, job, rows) - undone) | list_touched_creations(tx, job, rows)
    choices = load_choices(tx, job, rows, others, locks=True) if others else []
    going = [choice for choice in choices if choice.undo.removes]
    staying = [choice for choice in choices if choice.undo.changes_something]
    let_go = [released, remove(tx, job, going, actor), restore(tx, job, staying, actor)]
    kept = keep(tx, job, choices, actor)
    # At the end, so that who had a key before the import comes before those who only wait for it.
    pass_on_all(tx, job.tenant_id, {name: set().union(*(each.get(name, ()) for each in let_go)) for each in let_go for name in each})
    return BatchResult(removed=removed + len(going), restored=len(undone) + len(staying), kept=kept)


def _queue_beside_twins(tx: Writing, job: ImportJob) -> bool:
    """Whether contacts may be waiting for what others let go; if so, wait for the batches of this undo that were here before.

    A batch locks the contacts of its own rows, and at the end those that inherit from them, which may be rows of another batch, and so the
    other way round: of two at a time each could wait for what the other has. So each waits before it has locked any contact.
    Other imports write none meanwhile, since it is not their turn. Batches that apply a plan need not queue: what one of them writes, none
    of the others inherits (see Anchors in docs/semantics.md).
    """
    has_heirs = has_twins(tx, job.tenant_id)
    if has_heirs:
        queue_for(tx.connection(), job.id, alone=True)
    return has_heirs


def foresee_undo(tx: Reading, job: ImportJob, rows: RowRange) -> Prospect:
    """What `undo_rows` would do just now."""
    latest = list_latest(tx, job, rows)
    others = (list_changed(tx, job, rows) - latest) | list_touched_creations(tx, job, rows)
    choices = load_choices(tx, job, rows, others, locks=False) if others else []
    going = sum(choice.undo.removes for choice in choices)
    staying = sum(choice.undo.changes_something for choice in choices)
    return Prospect(count_untouched(tx, job, rows) + going, len(latest) + staying, tuple(tell_kept(job, choices)))


def cut_rows(tx: Reading, job: ImportJob) -> Iterator[tuple[int, int]]:
    """All rows of an import as ranges, first and last, each for one batch of a rollback.

    All of them, not only those of batches that are done: a batch takes rows beyond its own where a key passes between their contacts.
    """
    batches = scoped_columns(job.tenant_id, ImportBatch, func.min(col(ImportBatch.first_row)), func.max(col(ImportBatch.last_row)))
    is_planned = (col(ImportBatch.import_id) == job.id, col(ImportBatch.kind) == RunKind.PLAN.value)
    first, last = tx.execute(batches.where(*is_planned)).one()
    for start in range(first, last + 1, BATCH_ROWS):
        yield start, min(start + BATCH_ROWS - 1, last)


def clear_kept(tx: Writing, job: ImportJob) -> None:
    """Forget what an earlier rollback kept; the next one tells anew."""
    tx.execute(delete(KeptContact).where(col(KeptContact.tenant_id) == job.tenant_id, col(KeptContact.import_id) == job.id))
