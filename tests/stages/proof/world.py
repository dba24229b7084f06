"""One database for many cases: each has a tenant of its own on it, with the case's contacts, and workers that work on nothing else."""

import dataclasses
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from models.clock import new_id, utc_now
from models.database import reading, writing
from models.queries.plans import load_run
from models.storage import make_object_store
from models.tables import Contact, ContactChange, ContactList, ImportBatch, ListMember, Tenant
from models.vocabulary import TEXT_FIELDS
from tests.engine.oracle import KINDS
from tests.engine.oracle import Contact as Held
from tests.stages.proof.cases import LISTS, Case, Handling
from tests.stages.proof.expected import Outcome
from tests.stages.proof.ground import Ground
from tests.stages.proof.issues import read_issues
from tests.stages.proof.names import add_entries, read_entries
from tests.support.rig import HeldOutbox, Rig
from workers.actors.running import StageRunner
from workers.engine.plans import make_drifted_frame, real_outcomes
from workers.stages.deps import Deps
from workers.stages.frames import load_frame

# A worker may die, and a transaction may be told to try again, as often as the case likes.
ENDLESS = 1_000_000


@dataclasses.dataclass(frozen=True)
class World:
    """A rig with a tenant and the lists of a case."""

    rig: Rig
    list_ids: tuple[str, ...]

    def add_import(self, case: Case) -> UUID:
        """The case's file, asked to be imported."""
        chosen = case.options.model_dump() | {"list_ids": self.list_ids[: case.list_count]}
        return self.rig.add_rows(case.rows, mapping=case.mapping, auto_start=not case.handling.is_reviewed, **chosen)


def make_world(
    ground: Ground, contacts: list[Held], handling: Handling, *, entries: tuple[tuple[str, str], ...] = (), attempts: int = ENDLESS
) -> World:
    """A tenant of these contacts, with these companies and owners in its directories, and workers who handle files as told."""
    told = {"chunk_rows": handling.chunk_rows, "batch_rows": handling.batch_rows, "attempts": attempts}
    database = ground.database
    deps = Deps(database, make_object_store("memory:///"), ground.settings.model_copy(update=told))
    outbox = HeldOutbox(database)
    began = utc_now() - timedelta(days=1)
    with writing(database) as tx:
        tenant = Tenant(name=f"tenant-{new_id()}", created_at=began)
        tx.add(tenant)
        tx.flush()
        lists = [ContactList(tenant_id=tenant.id, name=name, created_at=began) for name in LISTS]
        tx.add_all(lists)
        tx.flush()
        tx.add_all(_new_contact(tenant.id, held, began) for held in contacts)
        tx.flush()
        members = [(lists[place].id, UUID(held["id"])) for held in contacts for place in held["lists"]]
        tx.add_all(ListMember(list_id=list_id, contact_id=contact_id, tenant_id=tenant.id) for list_id, contact_id in members)
        add_entries(tx, tenant.id, entries)
        list_ids = tuple(str(each.id) for each in lists)
        tenant_id = tenant.id
    return World(Rig(deps, tenant_id, outbox, StageRunner(deps, outbox)), list_ids)


def _new_contact(tenant_id: UUID, held: Held, created_at: Any) -> Contact:
    names = (*TEXT_FIELDS, "version", "consent", "tags", "custom", *(f"{kind}_key" for kind in KINDS))
    values = {name: held[name] for name in names}
    return Contact(tenant_id=tenant_id, id=UUID(held["id"]), created_at=created_at, updated_at=created_at, **values)


def with_lists(contacts: list[Held], list_ids: tuple[str, ...]) -> list[Held]:
    """The contacts of a case, their lists named by the ids that they have in a world."""
    return [{**contact, "lists": [list_ids[place] for place in contact["lists"]]} for contact in contacts]


def read_contacts(rig: Rig) -> dict[str, Held]:
    """The tenant's live contacts, from the oldest to the youngest."""
    with reading(rig.deps.database) as tx:
        live = select(Contact).where(col(Contact.tenant_id) == rig.tenant_id, col(Contact.deleted_at).is_(None))
        found = list(tx.execute(live.order_by(col(Contact.id))).scalars())
        members = select(ListMember).where(col(ListMember.tenant_id) == rig.tenant_id)
        lists: dict[UUID, list[str]] = {}
        for member in tx.execute(members).scalars():
            lists.setdefault(member.contact_id, []).append(str(member.list_id))
    return {str(contact.id): _held(contact, lists.get(contact.id, [])) for contact in found}


def _held(contact: Contact, lists: list[str]) -> Held:
    names = (*TEXT_FIELDS, "consent", "tags", "custom", "version")
    claims = {kind: value for kind in KINDS if (value := getattr(contact, f"{kind}_key")) is not None}
    return {**{name: getattr(contact, name) for name in names}, "claims": claims, "lists": sorted(lists), "row": contact.import_row}


def read_rows_as_stored(rig: Rig) -> dict[UUID, tuple[Any, ...]]:
    """The tenant's contacts with every column that there is, deleted ones too."""
    table = Contact.__table__  # type: ignore[attr-defined]
    with reading(rig.deps.database) as tx:
        return {row.id: tuple(row) for row in tx.execute(select(table).where(table.c.tenant_id == rig.tenant_id))}


def read_changes(rig: Rig) -> list[ContactChange]:
    """The tenant's journal in the order of writing."""
    with reading(rig.deps.database) as tx:
        mine = select(ContactChange).where(col(ContactChange.tenant_id) == rig.tenant_id)
        return list(tx.execute(mine.order_by(col(ContactChange.id))).scalars())


def read_batches(rig: Rig, import_id: UUID) -> list[ImportBatch]:
    """The batches of an import's newest plan, in order."""
    with reading(rig.deps.database) as tx:
        mine = select(ImportBatch).where(col(ImportBatch.import_id) == import_id, col(ImportBatch.epoch) == rig.job(import_id).plan_epoch)
        return list(tx.execute(mine.order_by(col(ImportBatch.number))).scalars())


def read_account(rig: Rig, import_id: UUID, *, as_planned: bool = False) -> dict[int, tuple[str, str | None, dict[str, Any]]]:
    """What became of each row, or what is planned for it: its outcome, its contact, and what it changed."""
    job = rig.job(import_id)
    with reading(rig.deps.database) as tx:
        run = load_run(tx, job, job.plan_epoch)
    account = {}
    for chunk in run.chunks:
        planned = load_frame(rig.deps.storage, chunk.outcomes_key)
        shown = planned if as_planned else real_outcomes(planned, run.done, make_drifted_frame(run.drifted))
        for line in shown.iter_rows(named=True):
            account[line["row"]] = (line["outcome"], line["contact_id"], json.loads(line["changes"] or "{}"))
    return account


def read_outcome(rig: Rig, import_id: UUID) -> Outcome:
    """What an import came to."""
    journal = [
        {
            "contact": str(change.contact_id),
            "import": str(change.import_id),
            "row": change.row,
            "versions": (change.version_before, change.version_after),
            "changes": change.changes,
            "tags": (change.tags_added, change.tags_removed),
            "lists": (change.lists_added, change.lists_removed),
        }
        for change in read_changes(rig)
    ]
    return Outcome(
        contacts=read_contacts(rig),
        journal=sorted(journal, key=repr),
        issues=read_issues(rig.issues(import_id)),
        rows=read_account(rig, import_id),
        counts=dataclasses.asdict(rig.counts(import_id)),
        status=rig.status(import_id),
        entries=read_entries(rig),
    )


@contextmanager
def nothing_breaks() -> Iterator[None]:
    """Raises AssertionError where a stage broke in the block: the runner masks that and tries again."""
    broken: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            broken.append(logging.Formatter().format(record))

    listener, log = Listener(logging.ERROR), logging.getLogger("workers.actors.running")
    log.addHandler(listener)
    try:
        yield
    finally:
        log.removeHandler(listener)
    assert not broken, broken[0]
