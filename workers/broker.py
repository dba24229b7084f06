"""The broker that carries nudges to workers. What it loses, the sweeper sends again."""

from collections.abc import Iterable
from typing import Any

import redis
from dramatiq import Message, Middleware
from dramatiq.broker import Broker, Consumer, MessageProxy
from dramatiq.brokers.redis import RedisBroker

from workers.bell import CHANNEL, Bell

# After this silence the messages that a worker had taken are given to others.
HEARTBEAT_MILLISECONDS = 15_000
# Look for silent workers at every chance, not at one in a thousand.
MAINTENANCE_CHANCE = 1_000_000
# Found silent, a connection is given up, and the same is tried on another.
CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 10.0
# Where no broker is named (an API without one), one at the usual place is tried.
NO_URL = "redis://127.0.0.1:6379/0"
# A consumer that found nothing waits at its rope, not within its own question.
NO_WAIT_MILLISECONDS = 1


def make_broker(redis_url: str, bell: Bell | None = None) -> RedisBroker:
    """A broker that decides nothing by itself: trying again is up to the rows, and no time limit can interrupt what our stages do.

    With a bell its consumers wait for rings, instead of asking over and over.
    """
    manner: dict[str, Any] = {"socket_connect_timeout": CONNECT_SECONDS, "socket_timeout": ANSWER_SECONDS, "socket_keepalive": True}
    client = redis.Redis.from_url(redis_url or NO_URL, **manner)
    return _Broker(
        client=client,
        bell=bell,
        middleware=[_Ring(client)],
        heartbeat_timeout=HEARTBEAT_MILLISECONDS,
        maintenance_chance=MAINTENANCE_CHANCE,
    )


def ring(client: redis.Redis, queue: str) -> None:
    """Wake those who wait for messages to a queue. Raises RedisError."""
    client.publish(CHANNEL, queue)


class _Ring(Middleware):
    """Rings after each message; a ring that fails is logged by the broker, and the message is found a little later."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client

    def after_enqueue(self, broker: Broker, message: Message[Any], delay: int | None) -> None:
        ring(self._client, message.queue_name)


class _Broker(RedisBroker):
    def __init__(self, *, bell: Bell | None, **arguments: Any) -> None:
        super().__init__(**arguments)  # type: ignore[no-untyped-call]
        self._bell = bell

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 5000) -> Consumer:
        if self._bell is None:
            return super().consume(queue_name, prefetch, timeout)
        return _WaitingConsumer(super().consume(queue_name, prefetch, NO_WAIT_MILLISECONDS), self._bell, queue_name)


class _WaitingConsumer(Consumer):
    """A consumer that waits at its rope where there is nothing for it."""

    def __init__(self, consumer: Consumer, bell: Bell, queue_name: str) -> None:
        self._consumer = consumer
        self._bell = bell
        self._rope = bell.add_rope(queue_name)

    def __next__(self) -> MessageProxy | None:
        message = next(self._consumer)
        if message is None:
            self._bell.wait(self._rope)
        return message

    def ack(self, message: MessageProxy) -> None:
        self._consumer.ack(message)
        self._look_again()

    def nack(self, message: MessageProxy) -> None:
        self._consumer.nack(message)
        self._look_again()

    def requeue(self, messages: Iterable[MessageProxy]) -> None:
        self._consumer.requeue(messages)

    def close(self) -> None:
        self._bell.remove_rope(self._rope)
        self._consumer.close()

    def _look_again(self) -> None:
        # It may hold as many as it may, and so has not asked for a while.
        self._rope.rung.set()
