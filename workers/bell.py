"""The bell: whoever sends a message rings it over Redis, so that those who wait for one need not keep asking."""

import logging
import threading
from dataclasses import dataclass, field
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger(__name__)

CHANNEL = "rolodock:sent"
# Rung where something was committed and nothing need be sent for it: no queue has this name.
NEWS = "news"
# Rung where somebody begins to watch imports.
WATCHED = "watched"
# How long one waits at most: while rings are heard (one may be lost on its way), and while they are not.
LISTENING_SECONDS = 1.0
DEAF_SECONDS = 0.1
RECONNECT_SECONDS = 1.0
# A connection whose beginning is not answered for so long is given up.
ANSWER_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Rope:
    """What one waits at: for messages to a queue, or to any."""

    queue: str | None
    rung: threading.Event = field(default_factory=threading.Event)


class Bell:
    """One connection for a whole process; everybody who waits has a rope."""

    def __init__(self, redis_url: str) -> None:
        self._redis_url = redis_url
        self._ropes: list[Rope] = []
        self._is_listening = False
        self._ended = threading.Event()

    def add_rope(self, queue: str | None = None) -> Rope:
        """A rope that moves when something is sent to the queue; None: to any."""
        rope = Rope(queue)
        self._ropes.append(rope)
        return rope

    def remove_rope(self, rope: Rope) -> None:
        """Nobody waits at it any more; a consumer that met with an error is closed twice."""
        if rope in self._ropes:
            self._ropes.remove(rope)

    def wait(self, rope: Rope, seconds: float = LISTENING_SECONDS) -> bool:
        """Wait for a ring, or as long as one may without having heard one; whether it rang, then or before."""
        is_reliable = self._is_listening and not self._ended.is_set()
        has_rung = rope.rung.wait(seconds if is_reliable else min(seconds, DEAF_SECONDS))
        rope.rung.clear()
        return has_rung

    def listen(self) -> None:
        """Listen until the end, connecting again where the connection is lost."""
        while not self._ended.is_set():
            try:
                self._listen_until_lost()
            except (redis.exceptions.RedisError, OSError) as error:
                log.warning("Redis cannot be listened to, so it is asked often: %s", error)
            self._is_listening = False
            self._ring_all()
            self._ended.wait(RECONNECT_SECONDS)

    def end(self) -> None:
        """Let everybody go on, and stop listening."""
        self._ended.set()
        self._ring_all()

    def _listen_until_lost(self) -> None:
        # It is tried again by whoever calls this, and each second, not after pauses that grow.
        once = Retry(NoBackoff(), 0)
        manner: dict[str, Any] = {"socket_connect_timeout": ANSWER_SECONDS, "socket_timeout": ANSWER_SECONDS, "socket_keepalive": True}
        with redis.Redis.from_url(self._redis_url, retry=once, **manner) as client, client.pubsub() as subscription:
            subscription.subscribe(CHANNEL)
            while not self._ended.is_set():
                message = subscription.get_message(timeout=LISTENING_SECONDS)
                if message is None:
                    continue
                if message["type"] == "message":
                    self._ring(message["data"].decode())
                else:
                    # Subscribed: from here on nothing is missed, and what was sent before is looked for now.
                    self._is_listening = True
                    self._ring_all()

    def _ring(self, queue: str) -> None:
        for rope in list(self._ropes):
            if rope.queue in (None, queue):
                rope.rung.set()

    def _ring_all(self) -> None:
        for rope in list(self._ropes):
            rope.rung.set()
