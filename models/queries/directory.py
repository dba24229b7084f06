"""The directories of companies and owners: what is in them, what a batch needs of them, and what an undo takes out again."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import polars as pl
from sqlalchemy import Select, delete, func, or_, update
from sqlmodel import col

from models.bulk import insert_frame
from models.clock import new_id
from models.database import Reading, Writing
from models.dialects import insert_new, is_one_of
from models.errors import WrongState
from models.queries import audit
from models.queries.pages import Page, decode_cursor, make_page
from models.tables import AuditEntry, Contact, DirectoryEntry, ImportJob
from models.tenancy import scoped, scoped_columns
from models.vocabulary import DirectoryKind

# Keys sent in one statement.
MOST_AT_ONCE = 5_000
# Names looked for among the contacts in one pass over them, for want of an index.
MOST_LOOKED_FOR = 50_000


@dataclass(frozen=True, slots=True)
class NeededEntry:
    """What a write needs: an entry with this key and name; `row` owns the write."""

    key: str
    name: str
    row: int


def find_entry(tx: Reading, tenant_id: UUID, entry_id: UUID) -> DirectoryEntry | None:
    """The tenant's entry."""
    return tx.execute(scoped(DirectoryEntry, tenant_id).where(col(DirectoryEntry.id) == entry_id)).scalar_one_or_none()


def list_entries(tx: Reading, tenant_id: UUID, kind: DirectoryKind, *, first: int, after: str | None) -> Page[DirectoryEntry]:
    """A page of a directory by the names' keys, so that case and accents do not part what belongs together."""
    statement = scoped(DirectoryEntry, tenant_id).where(col(DirectoryEntry.kind) == kind.value)
    position = decode_cursor(after, str)
    if position is not None:
        statement = statement.where(col(DirectoryEntry.name_key) > position[0])
    found = tx.execute(statement.order_by(col(DirectoryEntry.name_key)).limit(first + 1)).scalars().all()
    return make_page(found, first, after, lambda entry: (entry.name_key,))


def count_entries(tx: Reading, tenant_id: UUID, kind: DirectoryKind) -> int:
    """How many entries a directory has."""
    return int(
        tx.execute(scoped_columns(tenant_id, DirectoryEntry, func.count()).where(col(DirectoryEntry.kind) == kind.value)).scalar_one()
    )


def count_contacts_named(tx: Reading, tenant_id: UUID, kind: DirectoryKind, names: Collection[str]) -> dict[str, int]:
    """How many live contacts have each of the names, written exactly so; in one pass, since no index holds the names of contacts."""
    column = col(getattr(Contact, kind.value))
    statement = scoped_columns(tenant_id, Contact, column, func.count()).where(
        col(Contact.deleted_at).is_(None), is_one_of(tx.dialect_name, column, names)
    )
    return {name: int(count) for name, count in tx.execute(statement.group_by(column))}


def list_names(tx: Reading, tenant_id: UUID, kind: DirectoryKind, limit: int) -> list[tuple[str, str]]:
    """Key and name of the first entries of a directory."""
    statement = scoped_columns(tenant_id, DirectoryEntry, DirectoryEntry.name_key, DirectoryEntry.name)
    found = tx.execute(statement.where(col(DirectoryEntry.kind) == kind.value).order_by(col(DirectoryEntry.name_key)).limit(limit))
    return [(key, name) for key, name in found]


def find_names(tx: Reading, tenant_id: UUID, kind: DirectoryKind, keys: Iterable[str]) -> dict[str, str]:
    """The names of the entries with these keys, by key."""
    return {entry.key: entry.name for entry in _find(tx, tenant_id, kind, keys)}


def find_created_names(tx: Reading, job: ImportJob, kind: DirectoryKind, keys: Iterable[str]) -> dict[str, str]:
    """Those of `find_names` that the import created itself."""
    return {entry.key: entry.name for entry in _find(tx, job.tenant_id, kind, keys) if entry.import_id == job.id}


def add_entry(tx: Writing, tenant_id: UUID, kind: DirectoryKind, key: str, name: str, actor: str | None) -> DirectoryEntry:
    """Add an entry by hand. Raises WrongState (name_taken) where there is one for this name, however that one is written."""
    row = {"id": new_id(), "tenant_id": tenant_id, "kind": kind.value, "name_key": key, "name": name}
    insert_new(tx.connection(), DirectoryEntry.__table__, [{**row, "created_at": tx.now(), "created_by": actor}])  # type: ignore[attr-defined]
    found = scoped(DirectoryEntry, tenant_id).where(col(DirectoryEntry.kind) == kind.value, col(DirectoryEntry.name_key) == key)
    entry: DirectoryEntry = tx.execute(found).scalar_one()
    if entry.id != row["id"]:
        raise WrongState(f"There is an entry for this name already, “{entry.name}”.", code="name_taken", path=("input", "name"))
    audit.record(tx, tenant_id, actor, f"{kind.value}.created", entry.id, name=name)
    return entry


def ensure_entries(tx: Writing, job: ImportJob, kind: DirectoryKind, needed: Sequence[NeededEntry]) -> bool:
    """Create the entries that are missing; False: one is there by now and spelled otherwise, so that nothing may be written.

    An entry that batches of the import need in common is created by whichever comes first, and ends with the lowest of their rows.
    Always in the order of the keys: two batches that need the same entries wait for each other and never crosswise.
    """
    ordered = sorted(needed, key=lambda entry: entry.key)
    keys = [entry.key for entry in ordered]
    known = {entry.key for entry in _find(tx, job.tenant_id, kind, keys)}
    common = {"tenant_id": job.tenant_id, "kind": kind.value, "created_at": tx.now(), "created_by": job.created_by, "import_id": job.id}
    missing = [
        {"id": new_id(), "name_key": entry.key, "name": entry.name, "import_row": entry.row, **common}
        for entry in ordered
        if entry.key not in known
    ]
    insert_new(tx.connection(), DirectoryEntry.__table__, missing)  # type: ignore[attr-defined]
    present = {entry.key: entry for entry in _find(tx, job.tenant_id, kind, keys)}
    for entry in ordered:
        found = present.get(entry.key)
        if found is None or found.name != entry.name:
            return False
        if found.import_id == job.id and entry.row < (found.import_row or 0):
            lower = update(DirectoryEntry).where(col(DirectoryEntry.id) == found.id, col(DirectoryEntry.import_row) > entry.row)
            tx.execute(lower.values(import_row=entry.row).execution_options(synchronize_session=False))
    return True


def remove_unused(tx: Writing, job: ImportJob, actor: str | None) -> None:
    """Take out what an undone import created and no live contact has any more. Each is told in the audit trail.

    That is the import, or one that was undone before it, while contacts of this one still had the name: in whatever order imports are
    undone, they come to the same. In a transaction that has the tenant's turn to itself: no batch of another import gives such a name to
    a contact meanwhile.
    """
    for kind in DirectoryKind:
        after = ""
        while created := _list_created(tx, job, kind, after):
            after = created[-1].name_key
            used = _names_in_use(tx, job.tenant_id, kind, [entry.name for entry in created])
            _remove(tx, job, kind, actor, [entry for entry in created if entry.name not in used])


def _list_created(tx: Writing, job: ImportJob, kind: DirectoryKind, after: str) -> Sequence[Any]:
    """The next entries that the import created, or one that was undone before, by their keys."""
    table = DirectoryEntry
    undone = scoped_columns(job.tenant_id, ImportJob, ImportJob.id).where(col(ImportJob.rolled_back_at).is_not(None))
    is_of_undone = or_(col(table.import_id) == job.id, col(table.import_id).in_(undone))
    statement = (
        scoped_columns(job.tenant_id, table, table.id, table.name_key, table.name, table.import_id, table.import_row)
        .where(is_of_undone, col(table.kind) == kind.value, col(table.name_key) > after)
        .order_by(col(table.name_key))
        .limit(MOST_LOOKED_FOR)
    )
    return tx.execute(statement).all()


def _remove(tx: Writing, job: ImportJob, kind: DirectoryKind, actor: str | None, unused: Sequence[Any]) -> None:
    table = DirectoryEntry
    for some in _pieces(unused):
        is_unused = is_one_of(tx.dialect_name, col(table.id), [entry.id for entry in some])
        gone = delete(table).where(col(table.tenant_id) == job.tenant_id, is_unused)
        tx.execute(gone.execution_options(synchronize_session=False))
        _tell_removed(tx, job, kind, actor, some)


def _tell_removed(tx: Writing, job: ImportJob, kind: DirectoryKind, actor: str | None, removed: Sequence[Any]) -> None:
    told = [
        (str(new_id()), str(entry.id), json.dumps({"name": entry.name, "import_id": str(entry.import_id), "row": entry.import_row}))
        for entry in removed
    ]
    frame = pl.DataFrame(told, schema=dict.fromkeys(("id", "subject_id", "detail"), pl.String()), orient="row")
    table = AuditEntry.__table__  # type: ignore[attr-defined]
    action = f"{kind.value}.removed"
    insert_frame(tx.connection(), table, frame, tenant_id=job.tenant_id, at=tx.now(), actor=actor, action=action)


def _names_in_use(tx: Reading, tenant_id: UUID, kind: DirectoryKind, names: Collection[str]) -> set[str]:
    column = col(getattr(Contact, kind.value))
    statement = scoped_columns(tenant_id, Contact, column).where(
        col(Contact.deleted_at).is_(None), is_one_of(tx.dialect_name, column, names)
    )
    return set(tx.execute(statement.distinct()).scalars())


@dataclass(frozen=True, slots=True)
class _Known:
    id: UUID
    key: str
    name: str
    import_id: UUID | None
    import_row: int | None


def _find(tx: Reading, tenant_id: UUID, kind: DirectoryKind, keys: Iterable[str]) -> Iterator[_Known]:
    table = DirectoryEntry
    for some in _pieces(sorted(set(keys))):
        statement: Select[Any] = (
            scoped_columns(tenant_id, table, table.id, table.name_key, table.name, table.import_id, table.import_row)
            .where(col(table.kind) == kind.value, is_one_of(tx.dialect_name, col(table.name_key), some))
            .order_by(col(table.name_key))
        )
        for row in tx.execute(statement):
            yield _Known(*row)


def _pieces(values: Sequence[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(values), MOST_AT_ONCE):
        yield list(values[start : start + MOST_AT_ONCE])
