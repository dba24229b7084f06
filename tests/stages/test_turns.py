"""Several imports at once: one writes at a time, each has its turn, and tenants know nothing of one another."""

import threading
import time
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from models.database import reading, writing, writing_load
from models.dialects import SQLITE
from models.load import FEW_ROWS, Load
from models.queries.batches import guard_batch
from models.queries.sending import FollowUp, postpone
from models.queries.transitions import cancel, start, start_queued
from models.queries.writer import ask_for_turn, give_up_turn, has_turn
from models.tables import ImportBatch, ImportJob, WriterLease
from models.vocabulary import DuplicateStrategy, ImportStatus, Stage
from tests.stages.accounts import fields_of
from tests.stages.files import KNOWN
from tests.support.rig import Rig
from workers.stages.apply_batch import apply_batch
from workers.stages.deps import Deps
from workers.stages.turns import SECONDS_BETWEEN_ASKING, pass_turn, wait_for_turn
from workers.stages.writes import Writes, load_batch

PEOPLE = [{"email": f"p{n:02}@example.com", "company": "A"} for n in range(12)]


def _overdue(rig: Rig) -> None:
    with writing(rig.deps.database) as tx:
        tx.execute(update(WriterLease).values(held_since=None))


def _applying(rig: Rig, count: int) -> list[UUID]:
    """Imports that are about to write."""
    mapping = {"email": "email", "company": "company"}
    jobs = [rig.add_rows([{**row, "email": f"{n}{row['email']}"} for row in PEOPLE], mapping=mapping) for n in range(count)]
    while any(f.stage is not Stage.APPLY_BATCH for f, _ in rig.outbox.waiting):
        assert rig.step(Stage.INSPECT) or rig.step(Stage.PLAN) or rig.step(Stage.JUDGE_CHUNK)
    return jobs


def _writer(rig: Rig) -> UUID | None:
    with reading(rig.deps.database) as tx:
        lease = tx.get(WriterLease, rig.tenant_id)
        return lease.import_id if lease else None


def test_two_imports_of_a_tenant_hand_over_and_both_finish(rig: Rig) -> None:
    jobs = _applying(rig, 2)
    writers: list[UUID] = []
    for _ in range(400):
        if not rig.outbox.waiting:
            rig.sweep()
            if not rig.outbox.waiting:
                break
        before = {job: rig.counts(job).created for job in jobs}
        rig.step()
        wrote = [job for job in jobs if rig.counts(job).created != before[job]]
        assert len(wrote) <= 1
        writers += [job for job in wrote if not writers or writers[-1] != job]
        if wrote and _writer(rig) is not None and rig.status(wrote[0]) is ImportStatus.APPLYING:
            _overdue(rig)
    assert [rig.status(job) for job in jobs] == [ImportStatus.COMPLETED] * 2
    assert len(rig.contacts()) == 24
    assert len(writers) > 2
    assert _writer(rig) is None


def test_waiting_for_a_turn_is_no_try(rig: Rig) -> None:
    first, second = _applying(rig, 2)
    while _writer(rig) is None:
        rig.step()
    holder = _writer(rig)
    waiting = second if holder == first else first
    mine = [(f, a) for f, a in rig.outbox.waiting if _import_of(rig, f.id) == waiting]
    for message in mine:
        rig.outbox.waiting.remove(message)
    for _ in range(8):
        for message in mine:
            rig.deliver(*message)
        rig.make_everything_due()
        mine = [(f, (a + 1)) for f, a in mine]
        with writing(rig.deps.database) as tx:
            tx.execute(update(ImportBatch).where(col(ImportBatch.import_id) == waiting).values(started_at=None, attempt=mine[0][1]))
    rig.drain_with_sweeps()
    assert rig.status(waiting) is ImportStatus.COMPLETED
    assert rig.counts(waiting).created == 12


def _import_of(rig: Rig, batch_id: UUID) -> UUID:
    with reading(rig.deps.database) as tx:
        return tx.execute(select(col(ImportBatch.import_id)).where(col(ImportBatch.id) == batch_id)).scalar_one()


def test_the_turn_goes_to_a_third_import_too(rig: Rig) -> None:
    tenant_id, (one, two, three) = rig.tenant_id, _applying(rig, 3)[:3]
    with writing(rig.deps.database) as tx:
        tx.execute(update(ImportJob).values(status=ImportStatus.APPLYING.value))
    had_turn = set()
    for _ in range(6):
        for job_id in (one, two, three):
            with writing(rig.deps.database) as tx:
                ask_for_turn(tx, tenant_id, job_id)
            with writing(rig.deps.database) as tx:
                if has_turn(tx, tenant_id, job_id):
                    had_turn.add(job_id)
        _overdue(rig)
    assert had_turn == {one, two, three}


def test_the_turn_of_an_import_that_is_over_is_free(rig: Rig) -> None:
    one, two = _applying(rig, 2)
    with writing(rig.deps.database) as tx:
        assert ask_for_turn(tx, rig.tenant_id, one)
    with writing(rig.deps.database) as tx:
        assert not ask_for_turn(tx, rig.tenant_id, two)
    with writing(rig.deps.database) as tx:
        give_up_turn(tx, rig.tenant_id, one)
    with writing(rig.deps.database) as tx:
        assert has_turn(tx, rig.tenant_id, two)
        assert not has_turn(tx, rig.tenant_id, one)
    with writing(rig.deps.database) as tx:
        tx.execute(update(ImportJob).where(col(ImportJob.id) == two).values(status=ImportStatus.COMPLETED.value))
    with writing(rig.deps.database) as tx:
        assert ask_for_turn(tx, rig.tenant_id, one)


def test_a_batch_loads_nothing_before_its_import_has_the_turn(rig: Rig) -> None:
    (job,) = _applying(rig, 1)
    with reading(rig.deps.database) as tx:
        first = select(ImportBatch).where(col(ImportBatch.import_id) == job, col(ImportBatch.due_at).is_not(None)).limit(1)
        batch = tx.execute(first).scalar_one()
    assert batch.creates_key is not None
    creates = rig.deps.storage.get(batch.creates_key)
    rig.deps.storage.delete(batch.creates_key)
    assert apply_batch(rig.deps, batch.id) == [FollowUp(Stage.APPLY_BATCH, batch.id)]
    assert _writer(rig) == job
    rig.deps.storage.put(batch.creates_key, creates)
    rig.drain_with_sweeps()
    assert rig.status(job) is ImportStatus.COMPLETED
    assert len(rig.contacts()) == 12


def test_what_was_begun_in_time_is_written_and_then_the_turn_passes(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else two imports of which each takes longer to make a batch ready than its turn lasts would both go on for ever."""
    one, two = _applying(rig, 2)

    def load_slowly(deps: Deps, batch: ImportBatch) -> Writes:
        with writing(deps.database) as tx:
            ask_for_turn(tx, rig.tenant_id, two)
        _overdue(rig)
        return load_batch(deps, batch)

    with writing(rig.deps.database) as tx:
        assert ask_for_turn(tx, rig.tenant_id, one)
        due = select(ImportBatch.id).where(col(ImportBatch.import_id) == one, col(ImportBatch.due_at).is_not(None))
        first, then = tx.execute(due.order_by(col(ImportBatch.number)).limit(2)).scalars()
    monkeypatch.setattr("workers.stages.apply_batch.load_batch", load_slowly)
    rig.outbox.send(apply_batch(rig.deps, first))
    written = rig.counts(one).created
    assert written > 0
    assert _writer(rig) == one
    rig.outbox.send(apply_batch(rig.deps, then))
    assert rig.counts(one).created == written
    assert _writer(rig) == two
    rig.drain_with_sweeps()
    assert [rig.status(job) for job in (one, two)] == [ImportStatus.COMPLETED] * 2
    assert len(rig.contacts()) == 24


@pytest.mark.parametrize("how", ["over", "overdue"])
def test_what_waits_for_the_turn_is_sent_as_soon_as_it_comes(rig: Rig, how: str) -> None:
    one, two = _applying(rig, 2)
    with writing(rig.deps.database) as tx:
        ask_for_turn(tx, rig.tenant_id, one)
        ask_for_turn(tx, rig.tenant_id, two)
        first = select(ImportBatch).where(col(ImportBatch.due_at).is_not(None)).order_by(col(ImportBatch.number)).limit(1)
        asking = tx.execute(first.where(col(ImportBatch.import_id) == one)).scalar_one()
        batch = tx.execute(first.where(col(ImportBatch.import_id) == two)).scalar_one()
        postpone(tx, FollowUp(Stage.APPLY_BATCH, batch.id), SECONDS_BETWEEN_ASKING)
        job = tx.execute(select(ImportJob).where(col(ImportJob.id) == one)).scalar_one()
    if how == "over":
        with writing(rig.deps.database) as tx:
            assert FollowUp(Stage.APPLY_BATCH, batch.id) in pass_turn(tx, job)
    else:
        _overdue(rig)
        assert FollowUp(Stage.APPLY_BATCH, batch.id) in wait_for_turn(rig.deps, job, asking)
    with writing(rig.deps.database) as tx:
        assert has_turn(tx, rig.tenant_id, two)


def test_who_is_one_too_many_is_queued_and_started_in_order(rig: Rig) -> None:
    jobs = _applying(rig, 4)
    assert [rig.status(job) for job in jobs] == [ImportStatus.APPLYING] * 2 + [ImportStatus.QUEUED] * 2
    started: list[UUID] = []

    def check() -> None:
        states = [rig.status(job) for job in jobs]
        assert states.count(ImportStatus.APPLYING) <= 2
        started.extend(job for job, state in zip(jobs, states, strict=True) if state is not ImportStatus.QUEUED and job not in started)

    for _ in range(20):
        rig.drain(check=check)
        rig.sweep()
        if not rig.outbox.waiting:
            break
    assert started == jobs
    assert [rig.status(job) for job in jobs] == [ImportStatus.COMPLETED] * 4


def test_a_queued_import_can_be_cancelled_and_leaves_its_place(rig: Rig) -> None:
    jobs = _applying(rig, 4)
    rig.cancel(jobs[2])
    rig.drain_with_sweeps()
    assert [rig.status(job) for job in jobs] == [ImportStatus.COMPLETED] * 2 + [ImportStatus.CANCELLED, ImportStatus.COMPLETED]


def test_starting_what_is_queued_holds_no_more_of_the_queue_than_it_starts(rig: Rig) -> None:
    if rig.deps.database.dialect_name == SQLITE:
        return  # has one writer at a time
    jobs = _applying(rig, 6)
    queued = select(col(ImportJob.id)).where(col(ImportJob.status) == ImportStatus.QUEUED.value).order_by(col(ImportJob.queued_at))
    with writing(rig.deps.database) as tx:
        assert start_queued(tx, rig.tenant_id, concurrent_imports=3, in_flight=4)
        with writing(rig.deps.database) as another:
            assert another.execute(queued.with_for_update(skip_locked=True)).scalars().all() == jobs[3:]
    assert [rig.status(job) for job in jobs] == [ImportStatus.APPLYING] * 3 + [ImportStatus.QUEUED] * 3


def test_of_what_is_queued_the_next_one_starts_where_the_first_is_cancelled_just_then(rig: Rig) -> None:
    if rig.deps.database.dialect_name == SQLITE:
        return  # has one writer at a time
    jobs = _applying(rig, 4)

    def start_next() -> None:
        with writing(rig.deps.database) as tx:
            start_queued(tx, rig.tenant_id, concurrent_imports=3, in_flight=4)

    starting = threading.Thread(target=start_next)
    with writing(rig.deps.database) as tx:
        cancel(tx, tx.get_one(ImportJob, jobs[2]), None)
        starting.start()
        starting.join(0.3)
        assert starting.is_alive()
    starting.join(60)
    assert [rig.status(job) for job in jobs[2:]] == [ImportStatus.CANCELLED, ImportStatus.APPLYING]


def test_a_batch_that_asks_for_the_turn_while_another_worker_writes_it_keeps_the_turn_from_nobody(rig: Rig) -> None:
    if rig.deps.database.dialect_name == SQLITE:
        return  # has one writer at a time
    (job_id,) = _applying(rig, 1)
    job, batch = rig.job(job_id), next(f.id for f, _ in rig.outbox.waiting)
    with writing(rig.deps.database) as tx:
        assert ask_for_turn(tx, rig.tenant_id, job_id)
        mine = tx.get_one(ImportBatch, batch)
    asking = threading.Thread(target=wait_for_turn, args=(rig.deps, job, mine))
    with writing(rig.deps.database) as tx:
        assert guard_batch(tx, mine)
        asking.start()
        asking.join(0.3)
        assert asking.is_alive()
        assert has_turn(tx, rig.tenant_id, job_id)
    asking.join(60)
    assert not asking.is_alive()


def test_tenants_import_the_same_people_side_by_side(rig: Rig) -> None:
    other = rig.add_tenant()
    one = rig.add_rows(KNOWN)
    two = rig.add_rows([{**row, "first_name": "Other"} for row in KNOWN], tenant_id=other, duplicate_strategy=DuplicateStrategy.UPDATE)
    rig.drain_with_sweeps()
    assert rig.counts(one).created == rig.counts(two).created == len(KNOWN)
    assert {c.first_name for c in rig.contacts(other)} == {"Other"}
    before = [fields_of(c) for c in rig.contacts()]
    rig.roll_back(two)
    rig.drain()
    assert rig.contacts(other) == []
    assert [fields_of(c) for c in rig.contacts()] == before


def test_imports_that_run_at_the_same_time_do_not_lock_one_another_out(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """Real threads: batches, ends, cancels and the publisher take their locks in orders that cannot wait for one another."""
    from workers.stages.publish import publish

    jobs = [
        rig.add_rows([{**row, "email": f"{n}{row['email']}"} for row in PEOPLE], auto_start=False, mapping={"email": "email"})
        for n in range(4)
    ]
    rig.drain()
    ended = threading.Event()
    broken: list[BaseException] = []

    def guarded(work: object) -> None:
        assert callable(work)
        try:
            while not ended.is_set():
                work()
        except BaseException as error:
            broken.append(error)
            ended.set()

    lock = threading.Lock()

    def deliver() -> None:
        with lock:
            message = rig.outbox.waiting.pop(0) if rig.outbox.waiting else None
        if message:
            rig.deliver(*message)
        else:
            ended.wait(0.01)

    def sweep() -> None:
        rig.sweep()
        ended.wait(0.2)

    for job_id in jobs:
        rig.ask(start, job_id, plan_hash=None, concurrent_imports=2, in_flight=4, actor=None)
    works = [deliver, deliver, deliver, sweep, lambda: publish(rig.deps.database)]
    threads = [threading.Thread(target=guarded, args=(work,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    for _ in range(1_200):
        if ended.wait(0.1) or all(rig.status(job) is ImportStatus.COMPLETED for job in jobs):
            break
    ended.set()
    for thread in threads:
        thread.join(60)
    assert broken == []
    assert [record.getMessage() for record in caplog.records if "tried again" in record.msg] == []
    assert [rig.status(job) for job in jobs] == [ImportStatus.COMPLETED] * 4
    assert len(rig.contacts()) == 48


def test_who_asks_for_the_turn_is_not_kept_out_by_batches_that_overlap(rig: Rig) -> None:
    """Batches of a large import come one after the other, each begun before the last has ended."""
    one, two = _applying(rig, 2)
    with writing(rig.deps.database) as tx:
        assert ask_for_turn(tx, rig.tenant_id, one)
    has_ended, has_begun = threading.Event(), threading.Barrier(3)
    written: list[float] = []

    def write_batches(pause: float) -> None:
        has_begun.wait()
        time.sleep(pause)
        for _ in range(40):
            if has_ended.is_set():
                break
            with writing_load(rig.deps.database, Load(one, FEW_ROWS + 1)) as tx:
                has_turn(tx, rig.tenant_id, one)
                time.sleep(0.2)
            written.append(time.monotonic())

    threads = [threading.Thread(target=write_batches, args=(pause,), daemon=True) for pause in (0.0, 0.1)]
    for thread in threads:
        thread.start()
    has_begun.wait()
    time.sleep(0.3)
    before = len(written)
    try:
        with writing(rig.deps.database) as tx:
            assert not ask_for_turn(tx, rig.tenant_id, two)
        meanwhile = len(written) - before
    finally:
        has_ended.set()
        for thread in threads:
            thread.join()
    # Those that had begun, and some more where this thread was late; without a queue it waits until there are no more, which is 80.
    assert meanwhile < 40
