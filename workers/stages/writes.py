"""What a batch is to write, and in which order its statements go."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import polars as pl

from models.bulk import WaitingRows
from models.database import Writing
from models.dialects import SQLITE
from models.queries.batches import is_wanted
from models.queries.claims import CLAIMS
from models.queries.contact_writes import add_members, insert_contacts, journal, let_go, pass_on_all, update_contacts
from models.tables import ImportBatch, ImportJob
from workers.stages.deps import Deps
from workers.stages.frames import change_columns, changed_columns, load_writes, update_columns
from workers.stages.position import Superseded

Rows = TypeVar("Rows", pl.DataFrame, pl.DataFrame | WaitingRows)
KEY_FIELDS = frozenset(("external_id", "email", "phone", "mobile_phone"))
# Between so many contacts it is asked whether the import was cancelled: about a second's work.
PIECE_ROWS = 20_000


class Outdated(Exception):
    """A contact is not at the version that it was planned with; raised to leave the transaction with nothing written."""


@dataclass(frozen=True, slots=True)
class Writes:
    """What a batch is to write, as planned."""

    creates: pl.DataFrame
    updates: pl.DataFrame

    @property
    def row_count(self) -> int:
        return self.creates.height + self.updates.height


def load_batch(deps: Deps, batch: ImportBatch) -> Writes:
    """What the plan says a batch comes to."""
    assert batch.creates_key is not None
    assert batch.updates_key is not None
    return Writes(*load_writes(deps.storage, batch.creates_key, batch.updates_key))


def join_writes(writes: Iterable[Writes]) -> Writes:
    """What several batches write, as one."""
    parts = list(writes)
    return Writes(pl.concat([part.creates for part in parts]), pl.concat([part.updates for part in parts]))


def write_contacts(tx: Writing, job: ImportJob, batch: ImportBatch, writes: Writes, contacts: pl.DataFrame | WaitingRows) -> None:
    """Update, then create: an update may release what a new contact claims.

    Raises IntegrityError, Outdated, and Superseded where the import is cancelled meanwhile.
    """
    creates, updates = writes.creates, writes.updates
    released = _update(tx, job, batch, updates) if updates.height else {}
    for piece in _pieces(tx, batch, contacts):
        insert_contacts(tx, job.tenant_id, job.id, piece)
    pass_on_all(tx, job.tenant_id, released)
    lists = pl.DataFrame({"list_id": job.options["list_ids"]}, schema={"list_id": pl.String()})
    created = creates.select(contact_id="id").join(lists, how="cross")
    joined = updates.select(contact_id="id", list_id="lists_added").explode("list_id", empty_as_null=False).drop_nulls()
    for piece in _pieces(tx, batch, pl.concat([created, joined])):
        add_members(tx, job.tenant_id, piece)
    for piece in _pieces(tx, batch, change_columns(updates)):
        journal(tx, job.tenant_id, piece, actor=job.created_by, import_id=job.id)


def require_wanted(tx: Writing, batch: ImportBatch) -> None:
    """The last statement of a batch's transaction: raises Superseded where the import was cancelled meanwhile, so that nothing of the batch
    appears after the cancel was answered.

    Nobody else can write to SQLite before the transaction ends: there a cancel lets it break off, or is answered after it.
    """
    if tx.dialect_name != SQLITE and not is_wanted(tx, batch):
        raise Superseded


def _pieces(tx: Writing, batch: ImportBatch, rows: Rows) -> Iterator[Rows]:
    """Rows piece by piece. Raises Superseded between two where the import was cancelled, which leaves nothing written.

    Rows that wait in SQLite go at once: nobody else can write there until the transaction ends, and a cancel breaks off any statement.
    """
    if not isinstance(rows, pl.DataFrame):
        yield rows
        return
    for start in range(0, rows.height, PIECE_ROWS):
        if start and not is_wanted(tx, batch):
            raise Superseded
        yield rows.slice(start, PIECE_ROWS)


def _update(tx: Writing, job: ImportJob, batch: ImportBatch, updates: pl.DataFrame) -> dict[str, set[str]]:
    """Write what changes and nothing else: a claim that a contact inherited meanwhile stays. The claims that were released."""
    columns = changed_columns(updates)
    names = KEY_FIELDS.intersection(columns)
    # Without a change of one of these fields no claim changes.
    has_moved = pl.any_horizontal(pl.lit(False), *(pl.col("changes").str.contains(f'"{name}":', literal=True) for name in sorted(names)))
    moving, staying = (updates.filter(has_moved), updates.filter(~has_moved)) if names else (updates.clear(), updates)
    released = let_go(tx, job.tenant_id, moving.select("id", *CLAIMS))
    parts = (update_columns(moving, [*columns, *CLAIMS]), update_columns(staying, columns))
    found = sum(update_contacts(tx, job.tenant_id, piece) for part in parts for piece in _pieces(tx, batch, part))
    if found != updates.height:
        raise Outdated
    return released
