"""Imports run stage by stage in the test's own process, with a broker that delivers as the test says."""

import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from dramatiq.brokers.stub import StubBroker
from sqlalchemy import bindparam, select, update
from sqlmodel import SQLModel, col

from models.clock import new_id, utc_now
from models.database import Database, make_database, reading, writing, writing_end
from models.queries import transitions
from models.queries.contact_edits import create_contact, delete_contact, lock_contact, update_contact
from models.queries.counts import Counts, count_rows
from models.queries.imports import add_import
from models.queries.sending import FollowUp
from models.settings import Settings
from models.storage import make_object_store
from models.tables import Contact, ContactChange, ContactList, ImportBatch, ImportIssue, ImportJob, JudgedChunk, ListMember, Report, Tenant
from models.tables.import_options import ImportOptions
from models.vocabulary import FileFormat, ImportStatus, SourceKind, Stage
from workers.actors.imports import IMPORT_STAGES, OTHER_STAGES
from workers.actors.running import StageRunner
from workers.queues import Outbox, Queue
from workers.stages.deps import Deps
from workers.stages.sweep import sweep

MOST_STEPS = 2_000
# Made once: the tests sweep thousands of times.
LET_EVERYTHING_BE_DUE = [
    update(table).where(table.c.due_at.is_not(None)).values(due_at=bindparam("now"))
    for table in (SQLModel.metadata.tables[kind.__tablename__] for kind in (ImportJob, JudgedChunk, ImportBatch, Report))
]


class HeldOutbox(Outbox):
    """Keeps what is to be sent until the test delivers it."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, StubBroker(middleware=[]))
        self.waiting: list[tuple[FollowUp, int]] = []

    def _hand_over(self, follow_up: FollowUp, attempt: int, queue: Queue) -> None:
        self.waiting.append((follow_up, attempt))


@dataclass
class Rig:
    """A tenant, and workers that work when told to."""

    deps: Deps
    tenant_id: UUID
    outbox: HeldOutbox
    runner: StageRunner
    delivered: list[tuple[FollowUp, int]] = field(default_factory=list)

    def add_file(
        self,
        data: bytes,
        *,
        format: FileFormat = FileFormat.CSV,
        mapping: dict[str, str] | None = None,
        auto_start: bool = True,
        tenant_id: UUID | None = None,
        **options: Any,
    ) -> UUID:
        """A new import of these bytes; the mapping is suggested unless given."""
        job_id = new_id()
        stored = self.deps.storage.put_stream(f"uploads/{job_id}", iter([data]), max_bytes=1 << 40, limit_name="none")
        job = ImportJob(
            id=job_id,
            tenant_id=tenant_id or self.tenant_id,
            source_kind=SourceKind.FILE.value,
            filename="contacts.csv",
            object_key=stored.key,
            size_bytes=stored.size_bytes,
            sha256=stored.sha256,
            format=format.value,
            options=ImportOptions(**options).model_dump(mode="json"),
            mapping=mapping or {},
            is_mapping_given=mapping is not None,
            auto_start=auto_start,
            created_by="tester",
            created_at=utc_now(),
        )
        with writing(self.deps.database) as tx:
            follow_ups = add_import(tx, job, "tester")
        self.outbox.send(follow_ups)
        return job_id

    def add_rows(self, rows: Iterable[dict[str, str]], **options: Any) -> UUID:
        """A new import of records whose keys are field names."""
        return self.add_file(json.dumps(list(rows)).encode(), format=FileFormat.JSON, **options)

    def import_rows(self, rows: Iterable[dict[str, str]], **options: Any) -> UUID:
        """The same, run to its end or its pause."""
        job_id = self.add_rows(rows, **options)
        self.drain()
        return job_id

    def add_tenant(self) -> UUID:
        """Another tenant of the same database."""
        with writing(self.deps.database) as tx:
            tenant = Tenant(name=f"tenant-{new_id()}", created_at=utc_now())
            tx.add(tenant)
            return tenant.id

    def add_list(self, name: str) -> UUID:
        with writing(self.deps.database) as tx:
            contact_list = ContactList(tenant_id=self.tenant_id, name=name, created_at=tx.now())
            tx.add(contact_list)
            return contact_list.id

    def edit(self, contact: Contact, **values: Any) -> None:
        """A person edits a contact."""
        with writing(self.deps.database) as tx:
            update_contact(tx, lock_contact(tx, contact.tenant_id, contact.id, None), values, "a person")

    def create(self, **values: Any) -> Contact:
        """A person adds a contact."""
        with writing(self.deps.database) as tx:
            return create_contact(tx, self.tenant_id, values, "a person")

    def remove(self, contact: Contact) -> None:
        """A person deletes a contact."""
        with writing(self.deps.database) as tx:
            delete_contact(tx, lock_contact(tx, contact.tenant_id, contact.id, None), "a person")

    def cancel(self, job_id: UUID) -> None:
        with writing_end(self.deps.database, job_id) as tx:
            follow_ups = transitions.cancel(tx, tx.get_one(ImportJob, job_id), "tester")
        self.outbox.send(follow_ups)

    def retry(self, job_id: UUID) -> None:
        self.ask(transitions.retry, job_id, actor="tester")

    def ask(self, verb: Callable[..., list[FollowUp]], job_id: UUID, **arguments: Any) -> ImportJob:
        """Let a person or program ask something of an import."""
        with writing(self.deps.database) as tx:
            job = tx.get_one(ImportJob, job_id)
            follow_ups = verb(tx, job, **arguments)
        self.outbox.send(follow_ups)
        return job

    def start(self, job_id: UUID, **arguments: Any) -> None:
        self.ask(transitions.start, job_id, plan_hash=None, concurrent_imports=10, in_flight=4, actor="tester", **arguments)

    def roll_back(self, job_id: UUID) -> None:
        self.ask(transitions.roll_back, job_id, reason="a test", in_flight=4, actor="tester")

    def deliver(self, follow_up: FollowUp, attempt: int) -> None:
        """One message arrives."""
        self.delivered.append((follow_up, attempt))
        if follow_up.stage in IMPORT_STAGES:
            self.runner.run_for_import(IMPORT_STAGES[follow_up.stage], follow_up, attempt)
        else:
            self.runner.run(OTHER_STAGES[follow_up.stage], follow_up, attempt)

    def step(self, stage: Stage | None = None) -> bool:
        """Deliver the next message, or the next of a stage; False: there is none."""
        for at, (follow_up, attempt) in enumerate(self.outbox.waiting):
            if stage in (None, follow_up.stage):
                del self.outbox.waiting[at]
                self.deliver(follow_up, attempt)
                return True
        return False

    def drain(self, random: Random | None = None, *, check: Callable[[], None] | None = None) -> None:
        """Deliver until nothing is left: in the order of sending, or shuffled, with some of it again later."""
        for _ in range(MOST_STEPS):
            if not self.outbox.waiting:
                return
            at = random.randrange(len(self.outbox.waiting)) if random else 0
            message = self.outbox.waiting.pop(at)
            self.deliver(*message)
            if random and self.delivered and random.random() < 0.4:
                self.deliver(*random.choice(self.delivered))
            if check:
                check()
        raise AssertionError("The work does not come to an end.")

    def drain_with_sweeps(self, rounds: int = 30) -> None:
        """Deliver and sweep until neither finds anything to do: what happens after a crash, and after time has passed."""
        for _ in range(rounds):
            self.drain()
            self.sweep()
            if not self.outbox.waiting:
                return
        raise AssertionError("The sweeper does not come to an end.")

    def make_everything_due(self) -> None:
        """As if time had passed: what was sent and not done is due again."""
        with writing(self.deps.database) as tx:
            now = tx.now()
            for statement in LET_EVERYTHING_BE_DUE:
                tx.execute(statement, {"now": now})

    def sweep(self) -> None:
        """What the sweeper of a worker does in a round, after a long silence."""
        self.make_everything_due()
        self.outbox.send_swept(sweep(self.deps))

    def job(self, job_id: UUID) -> ImportJob:
        with reading(self.deps.database) as tx:
            return tx.get_one(ImportJob, job_id)

    def status(self, job_id: UUID) -> ImportStatus:
        return ImportStatus(self.job(job_id).status)

    def counts(self, job_id: UUID) -> Counts:
        with reading(self.deps.database) as tx:
            job = tx.get_one(ImportJob, job_id)
            return count_rows(tx, [job])[job_id]

    def contacts(self, tenant_id: UUID | None = None) -> list[Contact]:
        """The tenant's live contacts, by id."""
        with reading(self.deps.database) as tx:
            statement = select(Contact).where(col(Contact.tenant_id) == (tenant_id or self.tenant_id), col(Contact.deleted_at).is_(None))
            return list(tx.execute(statement.order_by(col(Contact.id))).scalars())

    def contact(self, email: str) -> Contact:
        return next(contact for contact in self.contacts() if contact.email == email)

    def issues(self, job_id: UUID) -> list[ImportIssue]:
        with reading(self.deps.database) as tx:
            statement = select(ImportIssue).where(col(ImportIssue.import_id) == job_id).order_by(col(ImportIssue.row), col(ImportIssue.id))
            return list(tx.execute(statement).scalars())

    def changes(self) -> list[ContactChange]:
        with reading(self.deps.database) as tx:
            return list(tx.execute(select(ContactChange).order_by(col(ContactChange.id))).scalars())

    def members(self) -> set[tuple[UUID, UUID]]:
        with reading(self.deps.database) as tx:
            return {(m.list_id, m.contact_id) for m in tx.execute(select(ListMember)).scalars()}


def make_rig(settings: Settings) -> Rig:
    """A rig on the settings' database, with a tenant of its own."""
    database = make_database(settings.resolved_database_url())
    deps = Deps(database, make_object_store(settings.resolved_storage_url()), settings)
    outbox = HeldOutbox(database)
    tenant = Tenant(name=f"tenant-{new_id()}", created_at=utc_now())
    tenant_id = tenant.id
    with writing(database) as tx:
        tx.add(tenant)
    return Rig(deps, tenant_id, outbox, StageRunner(deps, outbox))


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file, comma-separated, UTF-8."""
    import csv

    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()
