"""News of imports for those who watch: read from the log once for the whole process, and handed on in memory.

One listener to Redis hears that there may be something new, and one reader fetches it. Each watched tenant has a tail of its log in memory;
who watches keeps a place in it, and nothing else, so that one who is slow neither holds up others nor costs memory: what has left the tail
by the time one comes to it is read from the log.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from models.errors import Transient
from models.tables import ImportEvent
from workers.bell import CHANNEL as BELL
from workers.bell import WATCHED
from workers.queues import event_channel

log = logging.getLogger(__name__)

# How often the log is looked at anyway: while Redis is away, and while it is there (a nudge may be lost on its way).
POLL_SECONDS = 0.2
LISTENING_POLL_SECONDS = 5.0
RECONNECT_SECONDS = 1.0
# How long it is listened on after the last one has gone, at most.
LINGER_SECONDS = 1.0
# Events of a tenant that are kept for those who are a little behind.
TAIL_EVENTS = 1_000
_ANY = UUID(int=0)
CHANNEL_PATTERN = event_channel(_ANY).replace(str(_ANY), "*")

# What came after a number, of each tenant: the next events, at most so many.
ReadNew = Callable[[Mapping[UUID, int]], dict[UUID, list[ImportEvent]]]


class SharedLook:
    """One look at the database for all who want one: whoever asks while one is under way shares the next one with the others who do.

    So nobody is shown what was there before they asked, and a crowd that comes at once costs two looks.
    """

    def __init__(self, look: Callable[[], ImportEvent]) -> None:
        self._look = look
        self._running: asyncio.Task[ImportEvent] | None = None
        self._next: asyncio.Task[ImportEvent] | None = None

    @property
    def is_over(self) -> bool:
        """Nobody waits for it."""
        return self._next is None and (self._running is None or self._running.done())

    async def take(self) -> ImportEvent:
        """What was seen. Raises what the look raises."""
        if self._next is None:
            self._next = asyncio.create_task(self._take(self._running))
            # Whoever asked may have left before it broke.
            self._next.add_done_callback(lambda task: task.cancelled() or task.exception())
        return await asyncio.shield(self._next)

    async def _take(self, before: "asyncio.Task[ImportEvent] | None") -> ImportEvent:
        if before is not None:
            await asyncio.wait([before])
        self._running, self._next = self._next, None
        return await asyncio.to_thread(self._look)


@dataclass(slots=True)
class Tail:
    """The newest events of a tenant: all that came after `start`, up to `end`."""

    start: int
    end: int
    events: deque[ImportEvent] = field(default_factory=deque)
    watchers: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)
    looks: dict[str, SharedLook] = field(default_factory=dict)

    async def look_at(self, import_id: str, look: Callable[[], ImportEvent]) -> ImportEvent:
        """What `look` sees of an import, which is the same for all of its watchers. Raises what it raises."""
        shared = self.looks.setdefault(import_id, SharedLook(look))
        try:
            return await shared.take()
        finally:
            if shared.is_over and self.looks.get(import_id) is shared:
                del self.looks[import_id]

    def add(self, events: list[ImportEvent]) -> None:
        """Later events, in order; the oldest go where there are too many. Everybody who waits is woken, once."""
        self.events.extend(event for event in events if event.sequence > self.end)
        while len(self.events) > TAIL_EVENTS:
            self.start = self.events.popleft().sequence
        self.end = max(self.end, events[-1].sequence)
        # Those who wait hold this one; those who come later wait for the next.
        self.news, told = asyncio.Event(), self.news
        told.set()

    def after(self, sequence: int) -> list[ImportEvent] | None:
        """The events that came after a number; None: some of them have left."""
        if sequence < self.start:
            return None
        newer: list[ImportEvent] = []
        for event in reversed(self.events):
            if event.sequence <= sequence:
                break
            newer.append(event)
        return newer[::-1]


class EventStream:
    """The tails of the tenants that are watched."""

    def __init__(self, redis_url: str, read_new: ReadNew) -> None:
        self._redis_url = redis_url
        self._read_new = read_new
        self._tails: dict[UUID, Tail] = {}
        self._nudged: set[UUID] = set()
        self._due = asyncio.Event()
        self._watched = asyncio.Event()
        self._is_listening = False
        self.reads = 0  # looks at the log by the one reader, since the process began

    @property
    def watchers(self) -> int:
        """How many watch now."""
        return sum(tail.watchers for tail in self._tails.values())

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen and read for as long as the block lasts."""
        tasks = [asyncio.create_task(self._read())]
        if self._redis_url:
            tasks.append(asyncio.create_task(self._listen()))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    @asynccontextmanager
    async def watching(self, tenant_id: UUID, read_last: Callable[[], int]) -> AsyncIterator[Tail]:
        """The tail of a tenant's events; the first one to watch has it begin at the log's last number."""
        if tenant_id not in self._tails:
            last = await asyncio.to_thread(read_last)
            # Somebody else may have been faster meanwhile.
            self._tails.setdefault(tenant_id, Tail(last, last))
            # What came since that look.
            self._nudge(tenant_id)
        tail = self._tails[tenant_id]
        tail.watchers += 1
        self._watched.set()
        try:
            yield tail
        finally:
            tail.watchers -= 1
            if not tail.watchers:
                del self._tails[tenant_id]
            if not self._tails:
                self._watched.clear()

    def _nudge(self, tenant_id: UUID) -> None:
        if tenant_id in self._tails:
            self._nudged.add(tenant_id)
            self._due.set()

    async def _read(self) -> None:
        """Fetch what is new, of those told to have something, and of all now and then; all who watch depend on its going on."""
        while True:
            with suppress(TimeoutError):
                # Python 3.11's wait_for forgets that it was cancelled where that coincides with what it waits for.
                async with asyncio.timeout(POLL_SECONDS if self._tails and not self._is_listening else LISTENING_POLL_SECONDS):
                    await self._due.wait()
            wanted = self._nudged or set(self._tails)
            self._nudged = set()
            self._due.clear()
            ends = {tenant_id: self._tails[tenant_id].end for tenant_id in wanted if tenant_id in self._tails}
            if not ends:
                continue
            self.reads += 1
            try:
                found = await asyncio.to_thread(self._read_new, ends)
            except Exception as error:
                if isinstance(error, Transient):
                    log.warning("progress cannot be read just now: %s", error)
                else:
                    log.exception("progress cannot be read")
                await asyncio.sleep(POLL_SECONDS if isinstance(error, Transient) else RECONNECT_SECONDS)
                self._nudged |= set(ends)
                self._due.set()
                continue
            for tenant_id, events in found.items():
                if tenant_id in self._tails:
                    self._tails[tenant_id].add(events)
                    # There may be more than were fetched at a time.
                    self._nudge(tenant_id)

    async def _listen(self) -> None:
        """Listen while somebody watches: whoever publishes is told how many hear it, and spares itself what nobody does."""
        while True:
            await self._watched.wait()
            try:
                await self._listen_while_watched()
            except (RedisError, OSError) as error:
                log.warning("Redis cannot be listened to, so progress is polled: %s", error)
            except Exception:
                log.exception("Redis cannot be listened to, so progress is polled")
            else:
                continue
            finally:
                self._is_listening = False
                self._due.set()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen_while_watched(self) -> None:
        async with Redis.from_url(self._redis_url) as client, client.pubsub() as subscription:
            await subscription.psubscribe(CHANNEL_PATTERN)
            while self._watched.is_set():
                message = await subscription.get_message(timeout=LINGER_SECONDS)
                if message is None:
                    continue
                self._is_listening = True
                if message["type"] == "pmessage":
                    self._hear(message["channel"], message["data"])
                else:
                    # From here on nothing is missed; what was told before was not heard.
                    self._due.set()
                    await self._ring(client)

    async def _ring(self, client: Redis) -> None:
        """Let the publisher know that it is heard again, which it would else find out half a second later."""
        try:
            await client.publish(BELL, WATCHED)
        except RedisError as error:
            log.warning("who publishes cannot be told that somebody watches: %s", error)

    def _hear(self, channel: bytes, data: bytes) -> None:
        """Somebody else may publish there too, so what cannot be understood is passed over."""
        try:
            tenant_id, sequence = UUID(channel.decode().rpartition(":")[2]), int(data)
        except ValueError:
            log.warning("what was published on %r is no news: %.100r", channel, data)
            return
        tail = self._tails.get(tenant_id)
        if tail is not None and tail.end < sequence:
            self._nudge(tenant_id)
