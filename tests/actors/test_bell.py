"""Consumers wait for the bell: what is sent is there at once, also while one holds as much as it may, and without a bell soon after."""

import socket
import threading
import time
from collections.abc import Iterator

import dramatiq
import pytest

from workers import bell as bells
from workers.bell import Bell
from workers.broker import make_broker


@pytest.fixture
def bell(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bell]:
    # With a clock that hardly ever comes round, only a ring can wake.
    monkeypatch.setattr(bells, "LISTENING_SECONDS", 100.0)
    monkeypatch.setattr(Bell.wait, "__defaults__", (100.0,))
    made = Bell(redis_url)
    rope = made.add_rope()
    thread = threading.Thread(target=made.listen)
    thread.start()
    assert rope.rung.wait(60)
    yield made
    monkeypatch.undo()
    made.end()
    make_broker(redis_url).client.publish(bells.CHANNEL, "")
    thread.join(60)
    assert not thread.is_alive()


def test_each_message_is_taken_at_once(bell: Bell, redis_url: str) -> None:
    taken: list[int] = []
    seen = threading.Event()
    listening, sending = make_broker(redis_url, bell), make_broker(redis_url)

    def take(number: int) -> None:
        taken.append(number)
        seen.set()

    dramatiq.actor(take, actor_name="take", queue_name="bells", broker=listening)
    worker = dramatiq.Worker(listening, queues={"bells"}, worker_timeout=100, worker_threads=1)
    worker.queue_prefetch = 1
    worker.start()
    try:
        for number in range(3):
            seen.clear()
            message = dramatiq.Message(queue_name="bells", actor_name="take", args=(number,), kwargs={}, options={})
            sending.enqueue(message)
            assert seen.wait(60), taken
            # It holds no message any more only once it has said so.
            worker.join()
    finally:
        bell.end()
        worker.stop(5_000)
        listening.close()
        sending.close()
    assert taken == [0, 1, 2]


def test_messages_are_taken_again_after_the_broker_had_no_room(bell: Bell, redis_url: str) -> None:
    """What it then says is no lost connection: each consumer is closed, and made anew some seconds later."""
    seen = threading.Event()
    listening, sending = make_broker(redis_url, bell), make_broker(redis_url)
    dramatiq.actor(lambda: seen.set(), actor_name="take", queue_name="bells", broker=listening)
    worker = dramatiq.Worker(listening, queues={"bells"}, worker_timeout=100, worker_threads=1)
    worker.start()
    try:
        sending.client.config_set("maxmemory", 1)
        # Longer than a consumer that hears nothing waits before it asks again.
        bell.end()
        time.sleep(1)
        sending.client.config_set("maxmemory", 0)
        sending.enqueue(dramatiq.Message(queue_name="bells", actor_name="take", args=(), kwargs={}, options={}))
        assert seen.wait(60)
    finally:
        sending.client.config_set("maxmemory", 0)
        worker.stop(5_000)
        listening.close()
        sending.close()


def test_a_ring_is_for_who_waits_at_that_queue(bell: Bell, redis_url: str) -> None:
    mine, another, any_queue = bell.add_rope("mine"), bell.add_rope("another"), bell.add_rope()
    make_broker(redis_url).client.publish(bells.CHANNEL, "mine")
    assert mine.rung.wait(60)
    assert any_queue.rung.wait(60)
    assert not another.rung.is_set()


def test_who_hears_nothing_asks_often() -> None:
    bell = Bell("redis://127.0.0.1:1/0")
    began = time.monotonic()
    bell.wait(bell.add_rope("mine"), 60.0)
    assert time.monotonic() - began < 30.0


def test_a_silent_redis_is_given_up_and_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bells, "ANSWER_SECONDS", 0.1)
    monkeypatch.setattr(bells, "RECONNECT_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        bell = Bell(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        thread = threading.Thread(target=bell.listen)
        thread.start()
        silent.settimeout(60)
        taken = [silent.accept()[0] for _ in range(3)]
        bell.end()
        thread.join(60)
        assert not thread.is_alive()
        for each in taken:
            each.close()
