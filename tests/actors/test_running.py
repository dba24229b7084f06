"""What becomes of a message: tried again, given up, or told to be of the past; and sending, which one of many wins."""

import errno
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import dramatiq
import pytest
from dramatiq.brokers.stub import StubBroker
from redis.exceptions import ConnectionError as RedisAway
from sqlalchemy import update
from sqlmodel import col

from models.clock import utc_now
from models.database import reading, writing
from models.errors import Transient, UnreadableFile
from models.queries import sending
from models.queries.sending import FollowUp, extend, list_due, mark_sent, postpone
from models.settings import Settings
from models.tables import ImportJob
from models.vocabulary import ImportStatus, Stage
from tests.support.rig import Rig, make_rig
from workers.actors.imports import declare_actors
from workers.actors.running import StageRunner
from workers.queues import Outbox, Queue, make_message
from workers.stages.sweep import sweep

PEOPLE = [{"email": f"p{n}@example.com"} for n in range(8)]


@pytest.fixture
def rig(database_url: str, tmp_path: Path) -> Iterator[Rig]:
    made = make_rig(Settings(data_dir=tmp_path, database_url=database_url, storage_url="memory:///", batch_rows=3, chunk_rows=5))
    yield made
    made.deps.database.close()


def _raises(error: Exception) -> Any:
    def stage(deps: Any, job: Any) -> Any:
        raise error

    return stage


def _due(rig: Rig) -> list[FollowUp]:
    with reading(rig.deps.database) as tx:
        return list_due(tx, 10)


def _job(rig: Rig) -> tuple[UUID, FollowUp, int]:
    job_id = rig.add_rows(PEOPLE)
    follow_up, attempt = rig.outbox.waiting.pop()
    return job_id, follow_up, attempt


def test_what_a_retry_cannot_help_is_given_up_at_once(rig: Rig) -> None:
    job_id, follow_up, attempt = _job(rig)
    rig.runner.run_for_import(_raises(UnreadableFile("Row 8 opens a quote.", code="unclosed_quote")), follow_up, attempt)
    job = rig.job(job_id)
    assert (job.status, job.failure_code, job.failure_message) == ("failed", "unclosed_quote", "Row 8 opens a quote.")
    assert (job.stage, job.due_at) == (None, None)


def test_what_must_come_to_an_end_is_tried_for_days(rig: Rig) -> None:
    job_id, _, attempt = _job(rig)
    with writing(rig.deps.database) as tx:
        tx.execute(update(ImportJob).where(col(ImportJob.id) == job_id).values(stage=Stage.FINALIZE.value, tries=5_000))
    rig.runner.run_for_import(_raises(Transient("Busy.", code="database_busy")), FollowUp(Stage.FINALIZE, job_id), attempt)
    assert rig.job(job_id).tries == 5_001
    assert rig.job(job_id).due_at is not None
    assert _due(rig) == []


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Transient("Busy.", code="database_busy"), "database_busy"),
        (KeyError("secret"), "internal_error"),
        (OSError(errno.ENOSPC, "No space left on device"), "disk_full"),
        (OSError(errno.ENOENT, "No such file"), "internal_error"),
    ],
)
def test_what_may_pass_is_tried_so_often(rig: Rig, error: Exception, code: str) -> None:
    job_id, follow_up, attempt = _job(rig)
    pauses = []
    for number in range(1, 5):
        assert rig.status(job_id) is ImportStatus.UPLOADED
        began = utc_now()
        rig.runner.run_for_import(_raises(error), follow_up, attempt)
        assert rig.job(job_id).tries == (number if number < 4 else 0)
        if due_at := rig.job(job_id).due_at:
            pauses.append((due_at - began).total_seconds())
        rig.sweep()
        if number < 4:
            follow_up, attempt = rig.outbox.waiting.pop()
    job = rig.job(job_id)
    assert (job.status, job.failure_code) == ("failed", code)
    assert "secret" not in (job.failure_message or "")
    assert rig.outbox.waiting == []
    assert _due(rig) == []
    # And what a slow machine adds; SQLite counts in milliseconds.
    assert [pause >= least - 0.01 for pause, least in zip(pauses, (1, 2, 4), strict=True)] == [True] * 3


def test_the_failure_of_an_older_attempt_says_nothing(rig: Rig) -> None:
    job_id, follow_up, attempt = _job(rig)

    def overtaken(deps: Any, job: Any) -> Any:
        rig.sweep()
        raise UnreadableFile("An older view of things.")

    rig.runner.run_for_import(overtaken, follow_up, attempt)
    assert rig.status(job_id) is ImportStatus.UPLOADED
    rig.drain()
    assert rig.status(job_id) is ImportStatus.COMPLETED


def test_of_several_senders_one_sends(rig: Rig) -> None:
    job_id, follow_up, _ = _job(rig)
    rig.make_everything_due()
    with writing(rig.deps.database) as tx:
        assert mark_sent(tx, follow_up) == 2
    with writing(rig.deps.database) as tx:
        assert mark_sent(tx, follow_up) is None
        assert mark_sent(tx, FollowUp(Stage.PLAN, job_id)) is None
        assert mark_sent(tx, FollowUp(Stage.EXPORT, job_id)) is None
    assert _due(rig) == []


def test_a_heartbeat_keeps_a_stage_from_being_sent_again(rig: Rig) -> None:
    _, follow_up, attempt = _job(rig)
    rig.make_everything_due()
    assert _due(rig) == [follow_up]
    with writing(rig.deps.database) as tx:
        assert extend(tx, follow_up, attempt, 30)
        assert not extend(tx, follow_up, attempt + 1, 30)
    assert _due(rig) == []
    with writing(rig.deps.database) as tx:
        postpone(tx, follow_up, 0)
    assert _due(rig) == [follow_up]


def test_what_is_held_is_passed_over_by_the_sweeper(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "LOCK_SECONDS", 250.0)
    if rig.deps.database.dialect_name == "sqlite":
        return  # has one writer at a time
    job_id, follow_up, _ = _job(rig)
    rig.make_everything_due()
    with ThreadPoolExecutor(1) as others, _holding(rig, job_id):
        others.submit(rig.outbox.send_swept, [follow_up]).result(100)
    assert rig.outbox.waiting == []
    assert _due(rig) == [follow_up]


def test_what_follows_is_sent_though_a_publisher_holds_its_import_just_then(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "LOCK_SECONDS", 250.0)
    job_id, follow_up, attempt = _job(rig)
    rig.make_everything_due()
    with ThreadPoolExecutor(1) as others:
        with _holding(rig, job_id):
            sent = others.submit(rig.outbox.send, [follow_up])
            time.sleep(0.3)
            assert not sent.done()
        sent.result(100)
    assert rig.outbox.waiting == [(follow_up, attempt + 1)]


def test_what_follows_is_left_to_the_sweeper_where_its_import_is_held_for_long(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "LOCK_SECONDS", 0.2)
    if rig.deps.database.dialect_name == "sqlite":
        return  # waits for whoever writes
    job_id, follow_up, _ = _job(rig)
    rig.make_everything_due()
    with ThreadPoolExecutor(1) as others, _holding(rig, job_id):
        others.submit(rig.outbox.send, [follow_up]).result(100)
    assert rig.outbox.waiting == []
    assert _due(rig) == [follow_up]


@contextmanager
def _holding(rig: Rig, job_id: UUID) -> Iterator[None]:
    with writing(rig.deps.database) as tx:
        tx.execute(update(ImportJob).where(col(ImportJob.id) == job_id).values(position=1))
        yield


class BrokenBroker(StubBroker):
    """A broker that is away."""

    def enqueue(self, message: dramatiq.Message[Any], *, delay: int | None = None) -> dramatiq.Message[Any]:
        raise RedisAway("away")


def test_what_cannot_be_sent_the_sweeper_sends_later(rig: Rig) -> None:
    job_id = rig.add_rows(PEOPLE)
    rig.outbox.waiting.clear()
    rig.make_everything_due()
    Outbox(rig.deps.database, BrokenBroker(middleware=[])).send_swept(sweep(rig.deps))
    assert _due(rig) == []
    rig.sweep()
    rig.drain()
    assert rig.status(job_id) is ImportStatus.COMPLETED


def test_actors_take_what_the_outbox_sends(rig: Rig) -> None:
    broker = StubBroker(middleware=[])
    outbox = Outbox(rig.deps.database, broker)
    declare_actors(broker, StageRunner(rig.deps, outbox))
    job_id = rig.add_rows(PEOPLE)
    rig.outbox.waiting.clear()
    rig.make_everything_due()
    worker = dramatiq.Worker(broker, worker_timeout=10, worker_threads=2)
    worker.start()
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            # As in a worker: what a sender passed over, because it was held just then, goes out in a later round.
            outbox.send_swept(sweep(rig.deps))
            for queue in Queue:
                broker.join(queue.value, timeout=60_000)
            worker.join()
            if rig.status(job_id) is ImportStatus.COMPLETED:
                break
    finally:
        worker.stop()
        broker.close()
    assert rig.status(job_id) is ImportStatus.COMPLETED
    assert rig.counts(job_id).created == 8


def test_a_message_names_its_row_and_attempt() -> None:
    message = make_message(FollowUp(Stage.PLAN, UUID(int=7)), 3, Queue.PLANNING)
    assert (message.queue_name, message.actor_name, message.args) == ("planning", "imports.plan", (str(UUID(int=7)), 3))
