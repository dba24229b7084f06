"""Wakes those who watch imports: one listener to Redis for the whole process, and a clock for when Redis is away.

What is told is only that there may be something new; what it is stands in the log of events.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from workers.queues import event_channel

log = logging.getLogger(__name__)

# How long a watcher sleeps at most: while Redis is away, and while it is there (a nudge may be lost on its way).
POLL_SECONDS = 1.0
LISTENING_POLL_SECONDS = 5.0
RECONNECT_SECONDS = 1.0
_ANY = UUID(int=0)
CHANNEL_PATTERN = event_channel(_ANY).replace(str(_ANY), "*")


class EventStream:
    """Who waits for news of which tenant."""

    def __init__(self, redis_url: str) -> None:
        self._redis_url = redis_url
        self._waiting: dict[str, set[asyncio.Event]] = {}
        self._is_listening = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen for as long as the block lasts."""
        if not self._redis_url:
            yield
            return
        task = asyncio.create_task(self._listen())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    @asynccontextmanager
    async def watching(self, tenant_id: UUID) -> AsyncIterator["Watch"]:
        """A watch over a tenant's events."""
        channel = event_channel(tenant_id)
        news = asyncio.Event()
        self._waiting.setdefault(channel, set()).add(news)
        try:
            yield Watch(self, news)
        finally:
            self._waiting[channel].discard(news)
            if not self._waiting[channel]:
                del self._waiting[channel]

    @property
    def poll_seconds(self) -> float:
        """How long a watcher may sleep now."""
        return LISTENING_POLL_SECONDS if self._is_listening else POLL_SECONDS

    async def _listen(self) -> None:
        while True:
            try:
                await self._listen_until_lost()
            except (RedisError, OSError) as error:
                log.warning("Redis cannot be listened to, so progress is polled: %s", error)
            finally:
                self._is_listening = False
                self._wake_all()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen_until_lost(self) -> None:
        async with Redis.from_url(self._redis_url) as client, client.pubsub() as subscription:
            await subscription.psubscribe(CHANNEL_PATTERN)
            self._is_listening = True
            self._wake_all()
            async for message in subscription.listen():
                if message["type"] == "pmessage":
                    self._wake(message["channel"].decode())

    def _wake(self, channel: str) -> None:
        for news in self._waiting.get(channel, ()):
            news.set()

    def _wake_all(self) -> None:
        for channel in self._waiting:
            self._wake(channel)


class Watch:
    """One watcher's wait for news."""

    def __init__(self, stream: EventStream, news: asyncio.Event) -> None:
        self._stream = stream
        self._news = news

    async def wait(self) -> None:
        """Return when there is news, or when it is time to look anyway."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), self._stream.poll_seconds)
        self._news.clear()
