"""Writing contacts set by set, with their journal: what a batch does inside its one transaction."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from threading import Lock
from uuid import UUID

import polars as pl
from sqlalchemy import update
from sqlmodel import col

from models.bulk import WaitingRows, insert_frame, insert_new_frame, insert_waiting, stage_rows, update_frame
from models.database import Database, Writing, connecting, writing_load, writing_load_at
from models.dialects import SQLITE, is_one_of
from models.load import Load
from models.queries.claims import CLAIMS, pass_on
from models.tables import Contact, ContactChange, ListMember
from models.tenancy import scoped_columns


@dataclass(frozen=True, slots=True)
class Change:
    """What a write does to one contact, for the journal. `changes` goes from field to {"before": …, "after": …}, as JSON text."""

    contact_id: UUID
    version_before: int
    row: int | None
    changes: str
    tags_added: str = "[]"
    tags_removed: str = "[]"
    lists_added: str = "[]"
    lists_removed: str = "[]"


# Threads that made much ready at the same time would all have it ready late, and none early for whoever may write meanwhile.
MAKING_READY = Lock()

CHANGE_SCHEMA: dict[str, pl.DataType] = {
    "contact_id": pl.String(),
    "version_before": pl.Int64(),
    "row": pl.Int64(),
    **dict.fromkeys(("changes", "tags_added", "tags_removed", "lists_added", "lists_removed"), pl.String()),
}


@contextmanager
def writing_contacts(database: Database, load: Load, contacts: pl.DataFrame) -> Iterator[tuple[Writing, pl.DataFrame | WaitingRows]]:
    """One transaction, and what it may hand to insert_contacts; where one writes at a time, they are made ready before it is our turn."""
    if database.dialect_name != SQLITE or contacts.is_empty():
        with writing_load(database, load) as tx:
            yield tx, contacts
        return
    with connecting(database) as connection:
        with nullcontext() if load.is_small else MAKING_READY:
            waiting = stage_rows(connection, Contact.__table__, contacts)  # type: ignore[attr-defined]
        # Our turn may be long in coming, and the rows are there by now.
        del contacts
        with writing_load_at(database, connection, load) as tx:
            yield tx, waiting


def insert_contacts(tx: Writing, tenant_id: UUID, import_id: UUID, contacts: pl.DataFrame | WaitingRows) -> None:
    """Insert contacts, in columns of the table. Raises IntegrityError where a key is claimed by now."""
    moments = ("created_at", "updated_at")
    if isinstance(contacts, WaitingRows):
        insert_waiting(tx.connection(), contacts, moments=moments, tenant_id=tenant_id, import_id=import_id)
        return
    table = Contact.__table__  # type: ignore[attr-defined]
    insert_frame(tx.connection(), table, contacts, moments=moments, tenant_id=tenant_id, import_id=import_id)


def lock_versions(tx: Writing, tenant_id: UUID, ids: Collection[str]) -> dict[str, tuple[int, dict[str, str | None]]]:
    """The version and the claims of live contacts, which stay as they are until the commit. Locked in one order by everybody."""
    if not ids:
        return {}
    claims = [col(getattr(Contact, name)) for name in CLAIMS]
    statement = (
        scoped_columns(tenant_id, Contact, Contact.id, Contact.version, *claims)
        .where(is_one_of(tx.dialect_name, col(Contact.id), ids), col(Contact.deleted_at).is_(None))
        .order_by(col(Contact.id))
        .with_for_update(of=Contact)
    )
    return {str(row.id): (row.version, {name: getattr(row, name) for name in CLAIMS}) for row in tx.execute(statement)}


def let_go(tx: Writing, tenant_id: UUID, planned: pl.DataFrame) -> dict[str, set[str]]:
    """Let contacts (`id` and their CLAIMS to be) let go of what they claim and will not; the claims that were released.

    All of them, before any is claimed anew, so that two contacts can change places.
    """
    released: dict[str, set[str]] = {name: set() for name in CLAIMS}
    letting_go = []
    held = lock_versions(tx, tenant_id, planned["id"].to_list())
    for values in planned.iter_rows(named=True):
        _, claims = held.get(values["id"], (0, {}))
        changed = {name: value for name, value in claims.items() if value is not None and value != values[name]}
        for name, value in changed.items():
            released[name].add(value)
        if changed:
            letting_go.append(values["id"])
    if letting_go:
        statement = update(Contact).where(col(Contact.tenant_id) == tenant_id, is_one_of(tx.dialect_name, col(Contact.id), letting_go))
        tx.execute(statement.values(dict.fromkeys(CLAIMS)).execution_options(synchronize_session=False))
    return {name: values for name, values in released.items() if values}


def update_contacts(tx: Writing, tenant_id: UUID, contacts: pl.DataFrame) -> int:
    """Give live contacts (`id`, `version` as planned with) new values in the other columns; how many were still at that version."""
    return update_frame(
        tx.connection(),
        Contact.__table__,  # type: ignore[attr-defined]
        contacts,
        matching=("id", "version"),
        where={"tenant_id": tenant_id, "deleted_at": None},
        moments=("updated_at",),
        raised=("version",),
    )


def pass_on_all(tx: Writing, tenant_id: UUID, released: Mapping[str, Collection[str]]) -> None:
    """Let others claim what was released, at the end of the transaction that released it."""
    for name, values in released.items():
        pass_on(tx, tenant_id, name, values)


def add_members(tx: Writing, tenant_id: UUID, members: pl.DataFrame) -> None:
    """Put contacts into lists (`list_id`, `contact_id`)."""
    insert_new_frame(tx.connection(), ListMember.__table__, members, tenant_id=tenant_id)  # type: ignore[attr-defined]


def journal(
    tx: Writing,
    tenant_id: UUID,
    changes: Iterable[Change] | pl.DataFrame,
    *,
    actor: str | None,
    import_id: UUID | None = None,
    undoes_import_id: UUID | None = None,
) -> None:
    """Write the changes of this transaction into the journal; in columns (of CHANGE_SCHEMA, some may be left out) where they are many."""
    frame = changes if isinstance(changes, pl.DataFrame) else _make_frame(changes)
    insert_frame(
        tx.connection(),
        ContactChange.__table__,  # type: ignore[attr-defined]
        frame.with_columns(version_after=pl.col("version_before") + 1),
        moments=("at",),
        tenant_id=tenant_id,
        actor=actor,
        import_id=import_id,
        undoes_import_id=undoes_import_id,
    )


def _make_frame(changes: Iterable[Change]) -> pl.DataFrame:
    return pl.DataFrame([asdict(change) | {"contact_id": str(change.contact_id)} for change in changes], schema=CHANGE_SCHEMA)
