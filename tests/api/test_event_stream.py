"""Many who watch cost one reader: what is new is read once, told to all, and read from the log by whoever fell behind."""

import asyncio
import random
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

import pytest
from redis.asyncio import Redis
from sqlalchemy.exc import ProgrammingError

from api.commands import event_stream
from api.commands.event_stream import EventStream, Tail
from models.errors import DatabaseBusy
from models.tables import ImportEvent
from workers.queues import event_channel

ONE, OTHER = UUID(int=1), UUID(int=2)
WATCHERS = 2_000
PATIENCE = 60.0


class Log:
    """Events of tenants, and how often they were read."""

    def __init__(self) -> None:
        self.events: dict[UUID, list[ImportEvent]] = {ONE: [], OTHER: []}
        self.reads: list[Mapping[UUID, int]] = []
        self.has_been_read = threading.Event()
        self.is_away = False
        self.is_broken = False

    def append(self, tenant_id: UUID, count: int = 1) -> None:
        for _ in range(count):
            sequence = len(self.events[tenant_id]) + 1
            self.events[tenant_id].append(
                ImportEvent(tenant_id=tenant_id, sequence=sequence, at=datetime.now(UTC), kind="progress", status="applying")
            )

    def read(self, ends: Mapping[UUID, int]) -> dict[UUID, list[ImportEvent]]:
        self.reads.append(dict(ends))
        if self.is_away:
            raise DatabaseBusy("away", code="database_busy")
        if self.is_broken:
            raise ProgrammingError("SELECT", {}, Exception("no such column"))
        found = {tenant_id: self.events[tenant_id][end : end + 50] for tenant_id, end in ends.items() if len(self.events[tenant_id]) > end}
        self.has_been_read.set()
        return found


async def follow(tail: Tail, wanted: int) -> list[int]:
    """The numbers that one sees who begins at the tail's end, until so many."""
    seen: list[int] = []
    while len(seen) < wanted:
        news = tail.news
        found = tail.after(seen[-1] if seen else tail.start)
        assert found is not None
        seen += [event.sequence for event in found]
        if not found:
            await news.wait()
    return seen


def tell(stream: EventStream, tenant_id: UUID, sequence: int) -> None:
    """As Redis does."""
    stream._hear(f"rolodock:events:{tenant_id}".encode(), str(sequence).encode())


async def settle() -> None:
    """Let the reader do what it should not: where it is late, a mistake is missed, and nothing that is right is taken for one."""
    await asyncio.sleep(0.4)


async def first_read(log: Log) -> None:
    """Wait until what was there as the first one came to watch is read."""
    while not log.has_been_read.is_set():
        await asyncio.sleep(0.01)


async def test_two_thousand_who_watch_are_told_by_one_look_at_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "POLL_SECONDS", 3600.0)
    log = Log()
    stream = EventStream("", log.read)
    async with asyncio.timeout(PATIENCE), stream.running(), stream.watching(ONE, lambda: 0) as tail:
        watching = [asyncio.create_task(follow(tail, 3)) for _ in range(WATCHERS)]
        await first_read(log)
        log.reads.clear()
        log.append(ONE, 3)
        tell(stream, ONE, 3)
        assert await asyncio.gather(*watching) == [[1, 2, 3]] * WATCHERS
        while len(log.reads) < 2:
            await asyncio.sleep(0.01)
        await settle()
        # Once for what was told, and once more since there might be more than a page.
        assert log.reads == [{ONE: 0}, {ONE: 3}]
        # Told again, or told of somebody whom nobody watches, it is not read again.
        tell(stream, ONE, 3)
        tell(stream, OTHER, 9)
        await settle()
        assert len(log.reads) == 2


async def test_who_is_slow_holds_up_nobody_and_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "TAIL_EVENTS", 10)
    log = Log()
    stream = EventStream("", log.read)
    async with asyncio.timeout(PATIENCE), stream.running(), stream.watching(ONE, lambda: 0) as tail:
        log.append(ONE, 120)
        tell(stream, ONE, 120)
        while tail.end < 120:
            await asyncio.sleep(0.01)
        assert [event.sequence for event in tail.events] == list(range(111, 121))
        # The slow one, at 5, is sent to the log; who is near the end is served.
        assert tail.after(5) is None
        newest = tail.after(118)
        assert newest is not None
        assert [event.sequence for event in newest] == [119, 120]


async def test_news_come_without_redis_and_after_the_database_was_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "POLL_SECONDS", 0.02)
    log = Log()
    stream = EventStream("", log.read)
    async with asyncio.timeout(PATIENCE), stream.running(), stream.watching(ONE, lambda: 0) as tail:
        log.is_away = True
        log.append(ONE, 2)
        reads = len(log.reads)
        while len(log.reads) < reads + 3:
            await asyncio.sleep(0.01)
        log.is_away = False
        assert await follow(tail, 2) == [1, 2]


async def test_an_error_that_nobody_foresaw_is_logged_and_the_reader_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(event_stream, "POLL_SECONDS", 3600.0)
    monkeypatch.setattr(event_stream, "RECONNECT_SECONDS", 0.02)
    log = Log()
    stream = EventStream("", log.read)
    async with asyncio.timeout(PATIENCE), stream.running(), stream.watching(ONE, lambda: 0) as tail:
        await first_read(log)
        log.is_broken = True
        log.append(ONE, 2)
        reads = len(log.reads)
        tell(stream, ONE, 2)
        while len(log.reads) < reads + 3:
            await asyncio.sleep(0.01)
        log.is_broken = False
        # Told once, and remembered all the while.
        assert await follow(tail, 2) == [1, 2]
    (first, *_) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert first.exc_info is not None


async def test_what_is_no_news_is_passed_over(caplog: pytest.LogCaptureFixture) -> None:
    stream = EventStream("", Log().read)
    async with stream.watching(ONE, lambda: 0):
        stream._nudged.clear()
        for channel, data in ((b"rolodock:events:nobody", b"1"), (f"rolodock:events:{ONE}".encode(), b"many"), (b"\xff", b"1")):
            stream._hear(channel, data)
        assert stream._nudged == set()
        tell(stream, ONE, 1)
        assert stream._nudged == {ONE}
    assert len(caplog.records) == 3


async def test_what_nobody_watches_is_not_kept() -> None:
    log = Log()
    stream = EventStream("", log.read)
    async with asyncio.timeout(PATIENCE), stream.running():
        async with stream.watching(ONE, lambda: 0), stream.watching(ONE, lambda: 0):
            assert list(stream._tails) == [ONE]
        assert stream._tails == {}
        await settle()
        log.reads.clear()
        tell(stream, ONE, 1)
        await settle()
        assert log.reads == []


async def test_a_crowd_shares_looks_and_nobody_is_shown_what_was_there_before_they_asked() -> None:
    begun: list[int] = []
    may_end = threading.Event()

    def look() -> ImportEvent:
        begun.append(len(begun))
        assert may_end.wait(60)
        return ImportEvent(tenant_id=ONE, sequence=begun[-1], at=datetime.now(UTC), kind="snapshot", status="applying")

    tail = Tail(0, 0)
    async with asyncio.timeout(PATIENCE):
        first = asyncio.create_task(tail.look_at("a", look))
        while not begun:
            await asyncio.sleep(0.01)
        crowd = [asyncio.create_task(tail.look_at("a", look)) for _ in range(WATCHERS)]
        await asyncio.sleep(0.05)
        # One who leaves takes nothing along.
        crowd.pop().cancel()
        may_end.set()
        assert (await first).sequence == 0
        assert {event.sequence for event in await asyncio.gather(*crowd)} == {1}
    assert tail.looks == {}


async def test_a_look_that_fails_fails_for_all_who_share_it_and_for_nobody_later() -> None:
    errors = [DatabaseBusy("away", code="database_busy")]

    def look() -> ImportEvent:
        if errors:
            raise errors.pop()
        return ImportEvent(tenant_id=ONE, sequence=1, at=datetime.now(UTC), kind="snapshot", status="applying")

    tail = Tail(0, 0)
    found = await asyncio.gather(*(tail.look_at("a", look) for _ in range(3)), return_exceptions=True)
    assert [type(each) for each in found] == [DatabaseBusy] * 3
    assert (await tail.look_at("a", look)).sequence == 1


async def test_who_comes_while_nobody_is_listened_for_any_more_or_redis_is_lost_is_told(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nothing is looked at by the clock while it is listened.
    monkeypatch.setattr(event_stream, "LISTENING_POLL_SECONDS", 3600.0)
    monkeypatch.setattr(event_stream, "LINGER_SECONDS", 0.02)
    monkeypatch.setattr(event_stream, "RECONNECT_SECONDS", 0.05)
    log = Log()
    stream = EventStream(redis_url, log.read)
    chance = random.Random(4)
    async with asyncio.timeout(PATIENCE), stream.running(), Redis.from_url(redis_url) as others:
        for number in range(60):
            last = len(log.events[ONE])
            async with stream.watching(ONE, lambda last=last: last) as tail:  # type: ignore[misc]
                await asyncio.sleep(chance.uniform(0.0, 0.06))
                if number % 6 == 5:
                    await others.client_kill_filter(_type="pubsub")
                log.append(ONE)
                await others.publish(event_channel(ONE), last + 1)
                assert await follow(tail, 1) == [last + 1]
            await asyncio.sleep(chance.uniform(0.0, 0.06))
