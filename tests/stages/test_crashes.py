"""A worker dies at every statement of every stage, and storage fails: what comes of it is what an undisturbed run comes to."""

import dataclasses
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlmodel import col

from models.database import reading
from models.errors import StorageUnavailable
from models.settings import Settings
from models.storage import ObjectStore, make_object_store
from models.tables import ImportBatch
from models.vocabulary import AssignmentMode, BatchStatus, DirectoryPolicy, DuplicateStrategy, ImportStatus, Stage
from tests.stages.accounts import Account, take_account
from tests.stages.files import MESSY, messy_options, seed_by_hand
from tests.support.rig import Rig, make_rig
from workers.actors.running import StageRunner
from workers.queues import FollowUp

# With a company that several batches have in common, and owners.
FILE = [{**row, "company": ("Acme Inc.", "ACME", "Beta")[number % 3]} for number, row in enumerate(MESSY[1:12])]
DIRECTORIES = {
    "company_policy": DirectoryPolicy.CREATE,
    "owner_policy": DirectoryPolicy.CREATE,
    "assignment": {"mode": AssignmentMode.ROUND_ROBIN, "owners": ("olga", "max")},
}


class Died(BaseException):
    """The process ends here: nothing of ours runs any more, and the database rolls back."""


class Killer:
    """Lets the test's own thread die at a statement or commit, counted from now."""

    def __init__(self) -> None:
        self.left: int | None = None

    def look(self, *_: Any) -> None:
        if self.left is None or threading.current_thread() is not threading.main_thread():
            return
        if self.left == 0:
            self.left = None
            raise Died
        self.left -= 1

    @contextmanager
    def at(self, statement: int) -> Iterator[None]:
        self.left = statement
        try:
            yield
        finally:
            self.left = None


@pytest.fixture
def patient(small_settings: Settings) -> Settings:
    """A worker may die as often as the test likes."""
    return small_settings.model_copy(update={"attempts": 10_000, "batch_rows": 4, "batches_in_flight": 1, "batches_at_once": 3})


def _arm(rig: Rig) -> Killer:
    killer = Killer()
    for engine in (rig.deps.database.reader, rig.deps.database.writer):
        event.listen(engine, "before_cursor_execute", killer.look)
        event.listen(engine, "commit", killer.look)
    return killer


def _work_and_die(rig: Rig, killer: Killer) -> int:
    """Deliver everything; a stage dies at its first statement, then at its second, and so on, until it comes through."""
    deaths = 0
    survived: dict[FollowUp, int] = {}
    for _ in range(3_000):
        if not rig.outbox.waiting:
            rig.sweep()
            if not rig.outbox.waiting:
                return deaths
        follow_up, attempt = rig.outbox.waiting.pop(0)
        try:
            with killer.at(survived.get(follow_up, 0)):
                rig.deliver(follow_up, attempt)
        except Died:
            deaths += 1
            survived[follow_up] = survived.get(follow_up, 0) + 1
            rig.sweep()
    raise AssertionError("The work does not come to an end.")


def _import(settings: Settings, *, dying: bool, undone: bool = False) -> tuple[Account, int]:
    rig = make_rig(settings)
    seed_by_hand(rig)
    killer = _arm(rig)
    job_id = rig.add_rows(FILE, **messy_options(rig, **DIRECTORIES))
    deaths = 0
    if dying and not undone:
        deaths = _work_and_die(rig, killer)
    else:
        rig.drain()
    if undone:
        rig.edit(next(c for c in rig.contacts() if c.external_id == "c"), notes="edited since")
        rig.roll_back(job_id)
        if dying:
            deaths = _work_and_die(rig, killer)
        rig.drain()
    account = take_account(rig, [job_id])
    rig.deps.database.close()
    return account, deaths


def test_dying_at_every_statement_changes_nothing(patient: Settings) -> None:
    undisturbed, _ = _import(patient, dying=False)
    after_crashes, deaths = _import(patient, dying=True)
    assert deaths > 100
    assert after_crashes == undisturbed
    assert undisturbed.status == "completed_with_errors"
    assert [name for _, name, _, _ in undisturbed.entries] == ["Acme Inc.", "Beta", "max", "olga"]


def test_dying_at_every_statement_of_an_undo_changes_nothing(patient: Settings) -> None:
    undisturbed, _ = _import(patient, dying=False, undone=True)
    after_crashes, deaths = _import(patient, dying=True, undone=True)
    assert deaths > 30
    assert after_crashes == undisturbed
    assert undisturbed.entries == []


def test_a_stage_that_always_kills_its_worker_is_given_up(rig: Rig) -> None:
    killer = _arm(rig)
    job_id = rig.add_rows(FILE)
    for _ in range(30):
        if not rig.outbox.waiting:
            rig.sweep()
            if not rig.outbox.waiting:
                break
        message = rig.outbox.waiting.pop(0)
        try:
            # Far enough to have been taken up.
            with killer.at(12 if message[0].stage is Stage.PLAN else 10_000):
                rig.deliver(*message)
        except Died:
            rig.sweep()
    assert rig.status(job_id) is ImportStatus.FAILED
    assert rig.job(job_id).failure_code == "worker_died"
    assert rig.contacts() == []
    rig.retry(job_id)
    rig.drain()
    assert rig.status(job_id) is ImportStatus.COMPLETED_WITH_ERRORS


class FailingStore(ObjectStore):
    """A store that cannot be reached for reading keys with a word in them."""

    def __init__(self, store: ObjectStore, word: str, times: int) -> None:
        super().__init__(store._store)
        self._word = word
        self.times = times

    def get(self, key: str) -> bytes:
        if self._word in key and self.times > 0:
            self.times -= 1
            raise StorageUnavailable("The file store cannot be reached just now.")
        return super().get(key)


def _with_failing_store(rig: Rig, word: str, times: int) -> FailingStore:
    store = FailingStore(rig.deps.storage, word, times)
    rig.runner = StageRunner(dataclasses.replace(rig.deps, storage=store), rig.outbox)
    return store


@pytest.mark.parametrize("word", ["judged", "creates"])
def test_storage_that_comes_back_costs_nothing(rig: Rig, word: str) -> None:
    _with_failing_store(rig, word, 3)
    job_id = rig.add_rows([{"email": f"p{n}@example.com"} for n in range(8)])
    rig.drain_with_sweeps()
    assert rig.status(job_id) is ImportStatus.COMPLETED
    assert rig.counts(job_id).created == len(rig.contacts()) == 8


def test_planning_without_storage_fails_and_can_be_retried(rig: Rig) -> None:
    store = _with_failing_store(rig, "judged", 1_000)
    job_id = rig.add_rows([{"email": f"p{n}@example.com"} for n in range(8)])
    rig.drain_with_sweeps()
    assert rig.status(job_id) is ImportStatus.FAILED
    assert rig.job(job_id).failure_code == "storage_unavailable"
    assert rig.counts(job_id).unprocessed == rig.counts(job_id).total
    store.times = 0
    rig.retry(job_id)
    rig.drain()
    assert rig.counts(job_id).created == 8


def test_a_batch_that_is_given_up_leaves_its_rows_to_a_retry(rig: Rig) -> None:
    store = _with_failing_store(rig, "creates-00002", 1_000)
    job_id = rig.add_rows([{"email": f"p{n}@example.com"} for n in range(10)])
    rig.drain_with_sweeps()
    assert rig.status(job_id) is ImportStatus.COMPLETED_WITH_ERRORS
    assert rig.job(job_id).failure_code == "batch_failed"
    counts = rig.counts(job_id)
    assert counts.unprocessed == 10 - len(rig.contacts()) > 0
    assert counts.created == len(rig.contacts())
    with reading(rig.deps.database) as tx:
        failed = tx.execute(select(ImportBatch).where(col(ImportBatch.status) == BatchStatus.FAILED.value)).scalars().all()
    assert [batch.failure_code for batch in failed] == ["storage_unavailable"]
    store.times = 0
    rig.retry(job_id)
    rig.drain()
    assert rig.status(job_id) is ImportStatus.COMPLETED
    assert rig.counts(job_id).created == len(rig.contacts()) == 10


def test_the_store_of_the_rig_fails_only_where_it_is_told_to() -> None:
    store = FailingStore(make_object_store("memory:///"), "a", 1)
    store.put("a", b"1")
    store.put("b", b"2")
    assert store.get("b") == b"2"
    with pytest.raises(StorageUnavailable):
        store.get("a")
    assert store.get("a") == b"1"


class InterruptedStore(ObjectStore):
    """Does something else once, at the moment when a key with a word in it is read or written."""

    def __init__(self, store: ObjectStore, word: str, meanwhile: Callable[[], None]) -> None:
        super().__init__(store._store)
        self._word = word
        self._meanwhile: Callable[[], None] | None = meanwhile

    def _interrupt(self, key: str) -> None:
        if self._word in key and (meanwhile := self._meanwhile):
            self._meanwhile = None
            meanwhile()

    def get(self, key: str) -> bytes:
        self._interrupt(key)
        return super().get(key)

    def put(self, key: str, data: bytes) -> None:
        self._interrupt(key)
        super().put(key, data)


def _interrupted(rig: Rig, word: str, meanwhile: Callable[[], None]) -> None:
    store = InterruptedStore(rig.deps.storage, word, meanwhile)
    rig.runner = StageRunner(dataclasses.replace(rig.deps, storage=store), rig.outbox)


def test_a_worker_that_was_thought_dead_writes_nothing_twice(rig: Rig) -> None:
    """It has read its batch when another one, to whom it was sent again, has written it."""
    done_by_others: list[int] = []

    def others_write() -> None:
        mine = rig.delivered[-1][0]
        for _ in range(3):
            rig.sweep()
            for message in [message for message in rig.outbox.waiting if message[0] == mine]:
                rig.outbox.waiting.remove(message)
                rig.deliver(*message)
        done_by_others.append(sum(contact.version == 2 for contact in rig.contacts()))

    for n in range(8):
        rig.create(email=f"p{n}@example.com")
    rows = [{"email": f"p{n}@example.com", "company": "C"} for n in range(8)]
    job_id = rig.add_rows(rows, duplicate_strategy=DuplicateStrategy.UPDATE)
    while rig.outbox.waiting[0][0].stage is not Stage.APPLY_BATCH:
        rig.step()
    _interrupted(rig, "updates-00001", others_write)
    rig.drain_with_sweeps()
    assert done_by_others == [3]
    assert (rig.counts(job_id).updated, rig.counts(job_id).unchanged) == (8, 0)
    assert {contact.version for contact in rig.contacts()} == {2}
    assert len([change for change in rig.changes() if change.import_id == job_id]) == 8


def test_a_plan_that_was_overtaken_while_it_was_stored_is_not_recorded(rig: Rig) -> None:
    def cancel_and_retry() -> None:
        rig.cancel(job_id)
        rig.retry(job_id)
        rig.step(Stage.INSPECT)

    _interrupted(rig, "outcomes", cancel_and_retry)
    job_id = rig.add_rows([{"email": f"p{n}@example.com"} for n in range(8)])
    rig.step(Stage.INSPECT)
    rig.step(Stage.PLAN)
    assert rig.status(job_id) is ImportStatus.PLANNING
    assert rig.job(job_id).plan_epoch is None
    assert rig.job(job_id).tries == 0
    assert [follow_up.stage for follow_up, _ in rig.outbox.waiting] == [Stage.PLAN]
    rig.drain()
    assert rig.status(job_id) is ImportStatus.COMPLETED
