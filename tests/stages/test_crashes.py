"""A worker dies at every statement of every stage, and storage fails: what comes of it is what an undisturbed run comes to."""

import dataclasses
from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import select
from sqlmodel import col

from models.database import reading, writing
from models.errors import StorageUnavailable
from models.queries import transitions
from models.queries.writer import ask_for_turn
from models.settings import Settings
from models.storage import ObjectStore, make_object_store
from models.tables import ImportBatch, ImportEvent
from models.vocabulary import AssignmentMode, BatchStatus, DirectoryPolicy, DuplicateStrategy, ImportStatus, Stage
from tests.stages.accounts import Account, take_account
from tests.stages.dying import EVERY_MOMENT, Died, Ending, Killer, repeat_and_die, work_and_die
from tests.stages.files import MESSY, messy_options, seed_by_hand
from tests.stages.test_tidying import add_upload, uploads
from tests.support.rig import Rig, make_rig
from workers.actors.running import StageRunner
from workers.stages.publish import publish
from workers.stages.tidy import tidy_uploads

pytestmark = [
    pytest.mark.timeout(300),
    # Who dies closes nothing.
    pytest.mark.filterwarnings("ignore:<psycopg.ServerCursor:ResourceWarning"),
]

# With a company that several batches have in common, and owners.
FILE = [{**row, "company": ("Acme Inc.", "ACME", "Beta")[number % 3]} for number, row in enumerate(MESSY[1:12])]
# Less of the same, for the ways of ending that differ in little.
SHORT_FILE = FILE[:6]
DIRECTORIES = {
    "company_policy": DirectoryPolicy.CREATE,
    "owner_policy": DirectoryPolicy.CREATE,
    "assignment": {"mode": AssignmentMode.ROUND_ROBIN, "owners": ("olga", "max")},
}


@pytest.fixture
def patient(small_settings: Settings) -> Settings:
    """A worker may die as often as the test likes."""
    return small_settings.model_copy(update={"attempts": 10_000, "batch_rows": 4, "batches_in_flight": 1, "batches_at_once": 3})


def _import(
    settings: Settings,
    ending: Ending | None,
    rows: Sequence[dict[str, str]] = FILE,
    *,
    undone: bool = False,
    moments: slice = EVERY_MOMENT,
) -> tuple[Account, int]:
    """What an import comes to, or its undoing, each of whose moments ends so; and how often it ended."""
    rig = make_rig(settings)
    seed_by_hand(rig)
    job_id = rig.add_rows(rows, **messy_options(rig, **DIRECTORIES))
    if undone:
        rig.drain()
        rig.edit(next(c for c in rig.contacts() if c.external_id == "c"), notes="edited since")
        rig.roll_back(job_id)
    endings = 0
    if ending is not None:
        killer = Killer(ending)
        killer.watch(rig)
        endings = work_and_die(rig, killer, moments)
    rig.drain()
    account = take_account(rig, [job_id])
    rig.deps.database.close()
    return account, endings


# Accounts of what nothing disturbs, by how many rows there are and whether they are undone.
_KNOWN: dict[tuple[int, bool], Account] = {}


def _undisturbed(settings: Settings, rows: Sequence[dict[str, str]] = FILE, *, undone: bool = False) -> Account:
    """What it comes to by itself, which is the same on both databases: whichever is the first says it to the other."""
    key = (len(rows), undone)
    if key not in _KNOWN:
        _KNOWN[key], _ = _import(settings, None, rows, undone=undone)
    return _KNOWN[key]


def _half_of_the_moments(settings: Settings) -> slice:
    """Every second moment, the even ones on SQLite and the odd ones on Postgres, so that each is tried on one of them.

    A stage makes the same uses of both, but for a few; and what a moment finds stored differs from what the one before it finds only
    where a commit or a file lies between them. After each commit and file itself something ends on both, at `Ending.DIES_AFTER`.
    """
    return slice(0 if settings.database_url.startswith("sqlite") else 1, None, 2)


def test_dying_at_every_use_of_database_or_store_changes_nothing(patient: Settings) -> None:
    after_crashes, deaths = _import(patient, Ending.DIES_BEFORE, moments=_half_of_the_moments(patient))
    undisturbed = _undisturbed(patient)
    assert deaths > 100
    assert after_crashes == undisturbed
    assert undisturbed.status == "completed_with_errors"
    assert [name for _, name, _, _ in undisturbed.entries] == ["Acme Inc.", "Beta", "max", "olga"]


@pytest.mark.parametrize("ending", [Ending.DIES_AFTER, Ending.FAILS_BEFORE, Ending.FAILS_AFTER])
def test_what_fails_at_every_use_of_database_or_store_or_after_it_changes_nothing(patient: Settings, ending: Ending) -> None:
    undisturbed = _undisturbed(patient, SHORT_FILE)
    moments = EVERY_MOMENT if ending.is_after else _half_of_the_moments(patient)
    after_crashes, endings = _import(patient, ending, SHORT_FILE, moments=moments)
    assert endings > (20 if ending.is_after else 50)
    assert after_crashes == undisturbed
    assert undisturbed.status == "completed_with_errors"


@pytest.mark.parametrize("ending", list(Ending))
def test_an_undo_that_ends_at_every_statement_changes_nothing(patient: Settings, ending: Ending) -> None:
    rows = FILE if ending is Ending.DIES_BEFORE else SHORT_FILE
    undisturbed = _undisturbed(patient, rows, undone=True)
    after_crashes, endings = _import(patient, ending, rows, undone=True)
    # After a statement is before the next one, so that only commits count there.
    assert endings > (3 if ending.is_after else 30)
    assert after_crashes == undisturbed
    assert undisturbed.entries == []


@pytest.mark.parametrize("ending", list(Ending))
def test_a_cancel_that_ends_at_every_statement_leaves_what_a_retry_takes_up(patient: Settings, ending: Ending) -> None:
    rig = make_rig(patient.model_copy(update={"batches_at_once": 1}))
    job_id = rig.add_rows(FILE, **messy_options(rig))
    while not rig.contacts():
        rig.step()
    rig.cancel(job_id)
    killer = Killer(ending)
    killer.watch(rig)
    assert work_and_die(rig, killer) > (2 if ending.is_after else 10)
    assert rig.status(job_id) is ImportStatus.CANCELLED
    assert rig.counts(job_id).created == len(rig.contacts()) > 0
    assert rig.counts(job_id).unprocessed > 0
    rig.retry(job_id)
    rig.drain()
    assert rig.counts(job_id).unprocessed == 0
    assert rig.counts(job_id).created == len(rig.contacts())
    rig.deps.database.close()


@pytest.mark.parametrize("ending", list(Ending))
def test_what_is_discarded_goes_wholly_wherever_it_ends(patient: Settings, ending: Ending) -> None:
    rig = make_rig(patient)
    job_id = rig.import_rows(FILE, **messy_options(rig))
    known = len(rig.contacts())
    rig.ask(transitions.delete, job_id, actor="tester")
    killer = Killer(ending)
    killer.watch(rig)
    assert work_and_die(rig, killer) > (2 if ending.is_after else 10)
    assert list(rig.deps.storage.iter_keys("")) == []
    assert rig.issues(job_id) == []
    assert len(rig.contacts()) == known
    rig.deps.database.close()


@pytest.mark.parametrize("ending", list(Ending))
def test_sweeping_tidying_and_publishing_may_end_anywhere(patient: Settings, ending: Ending) -> None:
    rig = make_rig(patient)
    job_id = rig.add_rows(FILE, **messy_options(rig))
    add_upload(rig, "sources/old", hours_ago=3)
    killer = Killer(ending)
    killer.watch(rig)
    ends = 0
    published: set[ImportStatus] = set()
    while rig.step():
        if (status := rig.status(job_id)) not in published:
            published.add(status)
            ends += repeat_and_die(killer, lambda: publish(rig.deps.database))
    for work in (rig.sweep, lambda: tidy_uploads(rig.deps, "one")):
        ends += repeat_and_die(killer, work)
    rig.drain_with_sweeps()
    publish(rig.deps.database)
    assert ends > (5 if ending.is_after else 30)
    assert rig.counts(job_id).unprocessed == 0
    assert uploads(rig) == set()
    assert "sources/old" not in set(rig.deps.storage.iter_keys("sources"))
    with reading(rig.deps.database) as tx:
        events = list(tx.execute(select(ImportEvent).order_by(col(ImportEvent.sequence))).scalars())
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    assert events[-1].status == "completed_with_errors"
    rig.deps.database.close()


def test_a_stage_that_always_kills_its_worker_is_given_up(rig: Rig) -> None:
    killer = Killer(Ending.DIES_BEFORE)
    killer.watch(rig)
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
    with writing(rig.deps.database) as tx:
        assert ask_for_turn(tx, rig.tenant_id, job_id)
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
