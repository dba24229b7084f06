"""Chunks of a large source are judged by whichever worker has time; the plan is the same, whoever judged them and whoever died."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count
from time import sleep
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from models.database import reading, writing
from models.errors import StorageUnavailable
from models.queries import transitions
from models.queries.sending import FollowUp, list_due, mark_sent
from models.settings import Settings
from models.storage import ObjectStore
from models.tables import JudgedChunk
from models.vocabulary import FINAL_STATUSES, ImportStatus, Stage
from tests.stages.accounts import Account, take_account
from tests.stages.files import messy_options, seed_by_hand
from tests.stages.proof.workforce import Deaths
from tests.support.rig import HeldOutbox, Rig, csv_bytes, make_rig
from workers.actors.running import StageRunner
from workers.stages import first_pass, judging

# The order of the dates is told by one row, far down.
FILE = csv_bytes(
    ["external_id", "email", "first_name", "company", "birthday"],
    [
        [f"x{n % 9}", f"p{n % 13}@example.com" if n % 7 else "no address", f"N{n}", "Acme", f"{13 if n == 21 else 3}/04/1984"]
        for n in range(24)
    ],
)


MAPPING = {name: name for name in ("external_id", "email", "first_name", "company", "birthday")}


class HelpfulOutbox(HeldOutbox):
    """Other workers judge what they are sent at once, while whoever plans is still at work. `judge` delivers."""

    judge: Callable[[FollowUp, int], None]

    def _send(self, follow_ups: Sequence[FollowUp], *, may_wait: bool) -> None:
        super()._send(follow_ups, may_wait=may_wait)
        while chunks := [message for message in self.waiting if message[0].stage is Stage.JUDGE_CHUNK]:
            self.waiting.remove(chunks[0])
            self.judge(*chunks[0])


class CountingStore(ObjectStore):
    """Tells what was put, and fails where it is told to."""

    def __init__(self, store: ObjectStore) -> None:
        super().__init__(store._store)
        self.put_keys: list[str] = []
        self.fails_after: int | None = None
        self.before_put: Callable[[str], None] = lambda _: None

    def put(self, key: str, data: bytes) -> None:
        if self.fails_after is not None and len(self.put_keys) >= self.fails_after:
            raise StorageUnavailable("The file store cannot be reached just now.")
        self.before_put(key)
        self.put_keys.append(key)
        super().put(key, data)

    def count(self, word: str) -> int:
        return sum(word in key for key in self.put_keys)


@pytest.fixture
def small_settings(small_settings: Settings) -> Settings:
    """As many batches as chunks, which are what is spread."""
    return small_settings.model_copy(update={"batch_rows": 100})


def _with(rig: Rig, *, helpful: bool = False, **settings: Any) -> Rig:
    """The same rig with other settings, a store that counts, and helpers that judge at once."""
    rig.deps = replace(rig.deps, storage=CountingStore(rig.deps.storage), settings=rig.deps.settings.model_copy(update=settings))
    if helpful:
        rig.outbox = HelpfulOutbox(rig.deps.database)
        rig.outbox.judge = rig.deliver
    rig.runner = StageRunner(rig.deps, rig.outbox)
    return rig


def _store(rig: Rig) -> CountingStore:
    assert isinstance(rig.deps.storage, CountingStore)
    return rig.deps.storage


def _chunks(rig: Rig, job_id: UUID) -> list[JudgedChunk]:
    with reading(rig.deps.database) as tx:
        chunks = select(JudgedChunk).where(col(JudgedChunk.import_id) == job_id)
        return list(tx.execute(chunks.order_by(col(JudgedChunk.epoch), col(JudgedChunk.number))).scalars())


def _import(rig: Rig, **options: Any) -> UUID:
    return rig.add_file(FILE, mapping=MAPPING, **messy_options(rig, **options))


def _account(rig: Rig, work: Callable[[Rig], None] = Rig.drain) -> Account:
    seed_by_hand(rig)
    job_id = _import(rig)
    work(rig)
    account = take_account(rig, [job_id])
    assert account.status == "completed_with_errors"
    return account


# The account of a file that is not cut: the same on both databases, so whichever is the first says it to the other.
_KNOWN: list[Account] = []


def _undisturbed(settings: Settings) -> Account:
    if not _KNOWN:
        rig = make_rig(settings.model_copy(update={"chunk_rows": 1_000, "batch_rows": 1_000}))
        _KNOWN.append(_account(rig))
        rig.deps.database.close()
    return _KNOWN[0]


def test_what_others_judge_comes_to_the_same(rig: Rig, small_settings: Settings) -> None:
    _with(rig, helpful=True)
    assert _account(rig) == _undisturbed(small_settings)
    judged = [follow_up for follow_up, _ in rig.delivered if follow_up.stage is Stage.JUDGE_CHUNK]
    assert len({follow_up.id for follow_up in judged}) == 5
    assert _store(rig).count("-chunks/") == 2 * 5


def test_what_a_worker_judges_that_plans_comes_to_the_same(rig: Rig, small_settings: Settings) -> None:
    """Nobody helps: all messages arrive when it is over, and find nothing to do."""
    _with(rig)
    assert _account(rig) == _undisturbed(small_settings)
    assert _store(rig).count("-chunks/") == 2 * 5
    assert sum(follow_up.stage is Stage.JUDGE_CHUNK for follow_up, _ in rig.delivered) >= 4


def test_a_helper_that_dies_at_any_statement_costs_nothing(rig: Rig, small_settings: Settings) -> None:
    """Each chunk's first two workers die, each of them one statement later than the one before, whosever that was."""
    _with(rig, helpful=True, chunk_rows=2)
    deaths, statements = Deaths(rig.deps.database), count(1)
    survived: list[int] = []

    def judge_and_die(follow_up: FollowUp, attempt: int) -> None:
        newest: int | None = attempt
        for _ in range(2):
            if newest is None:
                return
            statement = next(statements)
            with deaths.after(statement):
                rig.deliver(follow_up, newest)
                survived.append(statement)
            rig.make_everything_due()
            with writing(rig.deps.database) as tx:
                newest = mark_sent(tx, follow_up)
        if newest is not None:
            rig.deliver(follow_up, newest)

    rig.outbox.judge = judge_and_die  # type: ignore[attr-defined]
    assert _account(rig) == _undisturbed(small_settings)
    # Who died later than at the last statement did not die.
    assert min(survived) > 10


def test_dying_while_dates_are_looked_at_changes_nothing(rig: Rig, small_settings: Settings) -> None:
    """Where all rows must be seen before one is judged."""
    _with(rig, attempts=10_000, chunk_rows=8)
    deaths = Deaths(rig.deps.database)

    def work_and_die(rig: Rig) -> None:
        survived: dict[FollowUp, int] = {}
        while rig.outbox.waiting:
            follow_up, attempt = rig.outbox.waiting.pop(0)
            statements = survived.get(follow_up, 0) if follow_up.stage in (Stage.PLAN, Stage.JUDGE_CHUNK) else None
            is_alive = False
            with deaths.after(statements):
                rig.deliver(follow_up, attempt)
                is_alive = True
            survived[follow_up] = survived.get(follow_up, 0) + 2
            if not is_alive or not rig.outbox.waiting:
                rig.sweep()
                # Of what is sent again while it waits the older message would find that it was overtaken.
                rig.outbox.waiting[:] = dict(rig.outbox.waiting).items()
        assert max(survived.values()) > 50

    assert _account(rig, work_and_die) == _undisturbed(small_settings)


def test_a_small_source_is_sent_to_nobody(rig: Rig) -> None:
    _with(rig, chunk_rows=12)
    job_id = _import(rig, auto_start=False)
    rig.drain()
    assert rig.status(job_id) is ImportStatus.PLANNED
    assert {follow_up.stage for follow_up, _ in rig.delivered} == {Stage.INSPECT, Stage.PLAN}
    assert [chunk.judged_key is not None for chunk in _chunks(rig, job_id)] == [True, True]


def test_a_source_that_seems_large_is_spread_while_its_second_chunk_is_not_even_read(rig: Rig) -> None:
    _with(rig, helpful=True, chunk_rows=3)
    assert isinstance(rig.outbox, HelpfulOutbox)
    stored: list[set[str]] = []

    def note(follow_up: FollowUp, attempt: int) -> None:
        stored.append({key.partition("chunk-")[2][:5] for key in _store(rig).put_keys} - {""})
        rig.deliver(follow_up, attempt)

    rig.outbox.judge = note
    # With a column of dates nobody could judge before all of it is read.
    job_id = rig.add_file(FILE, mapping={"external_id": "external_id", "email": "email"}, auto_start=False)
    rig.drain()
    assert rig.status(job_id) is ImportStatus.PLANNED
    assert stored[0] == {"00001"}
    assert len(stored) == 8


@pytest.mark.parametrize("chunk_rows", [5, 12, 100])
def test_a_source_that_seems_large_and_is_not_comes_to_the_same(
    rig: Rig, small_settings: Settings, monkeypatch: pytest.MonkeyPatch, chunk_rows: int
) -> None:
    monkeypatch.setattr(first_pass, "expected_rows", lambda _: 1e12)
    assert _account(_with(rig, chunk_rows=chunk_rows)) == _undisturbed(small_settings)


def test_an_empty_source_that_seems_large_fails_as_others_do(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_pass, "expected_rows", lambda _: 1e12)
    job_id = rig.add_file(b"email,first_name\n\n\n", mapping={"email": "email"}, auto_start=True)
    rig.drain()
    assert rig.status(job_id) is ImportStatus.FAILED
    assert rig.job(job_id).failure_code == "no_data_rows"


def test_no_more_chunks_are_under_way_than_may_be(rig: Rig) -> None:
    _with(rig, chunk_rows=1, batches_in_flight=3)
    job_id = _import(rig, auto_start=False)
    rig.step(Stage.INSPECT)
    most = 0

    def look(_: Any, __: int) -> None:
        nonlocal most
        most = max(most, sum(chunk.due_at is not None for chunk in _chunks(rig, job_id)))

    helped = HelpfulOutbox(rig.deps.database)
    helped.judge = look
    rig.runner = StageRunner(rig.deps, helped)
    rig.step(Stage.PLAN)
    assert rig.status(job_id) is ImportStatus.PLANNED
    assert most == 3


def test_chunks_that_are_recorded_are_not_stored_or_judged_again(rig: Rig) -> None:
    _with(rig, helpful=True)
    job_id = rig.add_file(FILE, mapping={"external_id": "external_id", "email": "email"}, auto_start=False)
    rig.step(Stage.INSPECT)
    # Three chunks and their readers' issues are stored and two of them judged.
    _store(rig).fails_after = 10
    rig.step(Stage.PLAN)
    assert rig.status(job_id) is ImportStatus.PLANNING
    before = list(_store(rig).put_keys)
    recorded = [chunk.source_key for chunk in _chunks(rig, job_id)]
    assert len(recorded) >= 2
    _store(rig).fails_after = None
    rig.drain_with_sweeps()
    assert rig.status(job_id) is ImportStatus.PLANNED
    after = _store(rig).put_keys[len(before) :]
    assert not {key for key in after if f"{recorded[0].rpartition('/')[2]}" in key and "/chunk-" in key}
    assert [chunk.source_key for chunk in _chunks(rig, job_id)][: len(recorded)] == recorded
    assert _store(rig).count("-chunks/") <= 2 * 5 + 2


def test_a_planner_that_makes_headway_is_not_given_up(rig: Rig) -> None:
    _with(rig, chunk_rows=2, attempts=2)
    job_id = _import(rig, auto_start=False)
    rig.step(Stage.INSPECT)
    attempts = 0
    while rig.status(job_id) is ImportStatus.PLANNING and attempts < 30:
        # Enough for a few chunks more, or for what comes after them.
        room = 1_000 if len([chunk for chunk in _chunks(rig, job_id) if chunk.judged_key]) == 12 else 4
        _store(rig).fails_after = len(_store(rig).put_keys) + room
        rig.step(Stage.PLAN)
        rig.sweep()
        attempts += 1
    assert rig.status(job_id) is ImportStatus.PLANNED
    assert attempts > 6


def test_a_source_that_is_cut_otherwise_than_before_is_judged_anew(rig: Rig, small_settings: Settings) -> None:
    undisturbed = _undisturbed(small_settings)

    def work(rig: Rig) -> None:
        rig.step(Stage.INSPECT)
        _store(rig).fails_after = 8
        rig.step(Stage.PLAN)
        _with(rig, helpful=True, chunk_rows=4)
        rig.drain_with_sweeps()

    assert _account(_with(rig, helpful=True), work) == undisturbed
    assert any("chunk-00006" in key for key in _store(rig).put_keys)


def test_what_was_judged_alike_before_is_not_judged_again(rig: Rig) -> None:
    _with(rig)
    job_id = _import(rig, auto_start=False)
    rig.drain()
    rig.ask(transitions.remap, job_id, mapping=MAPPING, options=None, actor="tester")
    rig.drain()
    first, second = _chunks(rig, job_id)[:5], _chunks(rig, job_id)[5:]
    assert [chunk.judged_key for chunk in second] == [chunk.judged_key for chunk in first]
    assert _store(rig).count("-chunks/") == 2 * 5
    rig.ask(transitions.remap, job_id, mapping={**MAPPING, "company": "job_title"}, options=None, actor="tester")
    rig.drain()
    third = _chunks(rig, job_id)[10:]
    assert len({chunk.judged_key for chunk in (*second, *third)}) == 10
    assert rig.status(job_id) is ImportStatus.PLANNED


@pytest.mark.parametrize("is_cut_short", [False, True])
def test_what_another_version_of_the_judge_judged_is_judged_anew(rig: Rig, monkeypatch: pytest.MonkeyPatch, is_cut_short: bool) -> None:
    _with(rig, helpful=True)
    job_id = rig.add_file(FILE, mapping={"external_id": "external_id", "email": "email"}, auto_start=False)
    rig.step(Stage.INSPECT)
    if is_cut_short:
        # Three chunks and their readers' issues are stored and two of them judged.
        _store(rig).fails_after = 10
    rig.step(Stage.PLAN)
    before = {chunk.judged_key for chunk in _chunks(rig, job_id) if chunk.judged_key}
    assert before
    assert (rig.status(job_id) is ImportStatus.PLANNING) is is_cut_short
    _store(rig).fails_after = None
    monkeypatch.setattr(judging, "JUDGE_VERSION", "another")
    if not is_cut_short:
        rig.ask(transitions.remap, job_id, mapping={"external_id": "external_id", "email": "email"}, options=None, actor="tester")
    rig.drain_with_sweeps()
    assert rig.status(job_id) is ImportStatus.PLANNED
    assert before.isdisjoint(chunk.judged_key for chunk in _chunks(rig, job_id)[-5:])


def test_a_chunk_that_whoever_plans_is_slow_to_judge_is_kept_alive(rig: Rig) -> None:
    _with(rig, heartbeat_seconds=0.3)
    job_id = _import(rig, auto_start=False)
    rig.step(Stage.INSPECT)
    store = _store(rig)
    moved: list[bool] = []

    def due_at() -> datetime | None:
        (under_way,) = [chunk for chunk in _chunks(rig, job_id) if chunk.started_at and not chunk.judged_key]
        return under_way.due_at

    def wait_for_heartbeat(key: str) -> None:
        if "-chunks/" in key and not moved:
            first = due_at()
            for _ in range(1_200):
                sleep(0.05)
                if due_at() != first:
                    break
            moved.append(due_at() != first)

    store.before_put = wait_for_heartbeat
    rig.drain()
    assert moved == [True]
    assert rig.status(job_id) is ImportStatus.PLANNED


def test_an_ended_import_keeps_nothing_that_only_planning_needed(rig: Rig) -> None:
    _with(rig)
    seed_by_hand(rig)
    job_id = _import(rig)
    rig.drain()
    assert _chunks(rig, job_id) == []
    assert [key for key in rig.deps.storage.iter_keys(f"imports/{job_id}") if "findings" in key] == []
    rig.retry(job_id)
    rig.drain()
    assert rig.status(job_id) in FINAL_STATUSES
    assert _chunks(rig, job_id) == []


def test_chunks_of_a_cancelled_import_are_not_sent_for_ever(rig: Rig) -> None:
    _with(rig)
    job_id = _import(rig)
    rig.step(Stage.INSPECT)
    helped = HelpfulOutbox(rig.deps.database)
    helped.judge = lambda *_: rig.status(job_id) is ImportStatus.PLANNING and rig.cancel(job_id)  # type: ignore[assignment, return-value]
    rig.runner = StageRunner(rig.deps, helped)
    rig.step(Stage.PLAN)
    assert rig.status(job_id) is ImportStatus.CANCELLED
    rig.runner = StageRunner(rig.deps, rig.outbox)
    rig.drain_with_sweeps()
    with reading(rig.deps.database) as tx:
        assert list_due(tx, 50) == []
    assert not any(chunk.judged_key for chunk in _chunks(rig, job_id))


def test_a_chunk_that_cannot_be_judged_fails_its_import(rig: Rig) -> None:
    _with(rig)
    job_id = _import(rig)
    rig.step(Stage.INSPECT)
    _store(rig).fails_after = 12
    for _ in range(40):
        if rig.status(job_id) is ImportStatus.FAILED:
            break
        rig.drain()
        rig.sweep()
    assert rig.status(job_id) is ImportStatus.FAILED
    assert rig.job(job_id).failure_code == "storage_unavailable"
    _store(rig).fails_after = None
    rig.retry(job_id)
    rig.drain()
    assert rig.status(job_id) is ImportStatus.COMPLETED_WITH_ERRORS
