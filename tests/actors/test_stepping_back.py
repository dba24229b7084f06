"""A process that reads a source takes what others have no time for, and nothing else, until it has read it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue

import dramatiq
import pytest

from workers.bell import Bell
from workers.broker import make_broker
from workers.stages import stepping_back
from workers.stages.stepping_back import StepBack

QUEUE = "steps"


@contextmanager
def _process(redis_url: str, let_others: Callable[[], None] | None) -> Iterator[SimpleQueue[int]]:
    """What a process takes, as it takes it."""
    taken: SimpleQueue[int] = SimpleQueue()
    broker = make_broker(redis_url, Bell(redis_url), let_others)
    dramatiq.actor(taken.put, actor_name="take", queue_name=QUEUE, broker=broker)
    worker = dramatiq.Worker(broker, queues={QUEUE}, worker_timeout=100, worker_threads=1)
    worker.queue_prefetch = 1
    worker.start()
    try:
        yield taken
    finally:
        worker.stop(5_000)
        broker.close()


def _send(redis_url: str, number: int) -> None:
    broker = make_broker(redis_url)
    broker.enqueue(dramatiq.Message(queue_name=QUEUE, actor_name="take", args=(number,), kwargs={}, options={}))
    broker.close()


def test_what_others_have_time_for_is_left_to_them(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stepping_back, "SECONDS_BEHIND", 60.0)
    step_back = StepBack()
    with _process(redis_url, None) as others, _process(redis_url, step_back.wait) as mine:
        with step_back.reading():
            for number in range(4):
                _send(redis_url, number)
                assert others.get(timeout=10) == number
        assert mine.empty()


def test_what_nobody_has_time_for_is_taken_while_the_source_is_read(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stepping_back, "SECONDS_BEHIND", 0.05)
    step_back = StepBack()
    with _process(redis_url, step_back.wait) as mine, step_back.reading():
        _send(redis_url, 1)
        assert mine.get(timeout=10) == 1


def test_it_looks_at_once_when_the_last_source_is_read(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stepping_back, "SECONDS_BEHIND", 60.0)
    step_back = StepBack()
    with _process(redis_url, step_back.wait) as mine:
        with step_back.reading():
            with step_back.reading():
                _send(redis_url, 1)
            with pytest.raises(Empty):
                mine.get(timeout=0.5)
        assert mine.get(timeout=10) == 1
