"""Watching imports: what is there now, then every later event, as the log has it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from uuid import UUID

from api.auth.actor import Actor
from api.commands.deps import Deps
from api.commands.event_stream import EventStream, ReadNew, Tail
from api.commands.ids import require_id
from models.database import Database, Reading, reading
from models.queries.accounts import last_sequence
from models.queries.counts import count_rows, measure_progress
from models.queries.events import latest_event, list_events, list_new_events
from models.queries.imports import require_import
from models.tables import ImportEvent, ImportJob
from models.vocabulary import FINAL_STATUSES, ImportStatus

SNAPSHOT = "snapshot"
EVENTS_AT_A_TIME = 200
# Whoever is nobody any more is told nothing after a minute: what is known of somebody is this old at most when it is used, is used for as
# long, and then waits for the next event for as long at most.
LOOK_AGAIN_SECONDS = 20.0
# Raises Unauthenticated where it is so.
Admit = Callable[[], Awaitable[None]]


def reader_of(database: Database) -> ReadNew:
    """Reads what came after the numbers of several tenants, for the one reader of a process."""

    def read_new(ends: Mapping[UUID, int]) -> dict[UUID, list[ImportEvent]]:
        with reading(database) as tx:
            return list_new_events(tx, ends, limit=EVENTS_AT_A_TIME)

    return read_new


async def watch_import(
    deps: Deps, actor: Actor, stream: EventStream, import_id: str, *, after: int | None, admit: Admit
) -> AsyncIterator[ImportEvent]:
    """A snapshot of one import, then its later events, up to a final status. Raises NotFound, and what `admit` raises.

    With `after`, the snapshot carries that number, and no event that follows it is left out.
    """
    # Watched before the first look, so that nothing can happen unseen in between.
    async with stream.watching(actor.tenant_id, lambda: _last_sequence(deps, actor)) as tail:
        start = tail.start
        last = await tail.look_at(import_id, lambda: _take_snapshot(deps, actor, import_id))
        if after is None:
            # What the tail does not hold was there before the look, which would have seen any later event of the import.
            place = max(start, last.sequence)
        else:
            place = min(after, last.sequence)
            last = ImportEvent(**{**last.model_dump(), "sequence": place})
        yield last
        async for events in _follow(deps, actor, tail, place, last.import_id, admit, must_read=after is not None):
            for event in events:
                yield event
                last = event
            if not events and ImportStatus(last.status) in FINAL_STATUSES:
                return


async def watch_all_imports(
    deps: Deps, actor: Actor, stream: EventStream, *, after: int | None, admit: Admit
) -> AsyncIterator[ImportEvent]:
    """Every event of the tenant after a number, or from now on; it never ends by itself. Raises what `admit` raises."""
    async with stream.watching(actor.tenant_id, lambda: _last_sequence(deps, actor)) as tail:
        async for events in _follow(deps, actor, tail, tail.end if after is None else after, None, admit, must_read=after is not None):
            for event in events:
                yield event


async def _follow(
    deps: Deps, actor: Actor, tail: Tail, place: int, import_id: UUID | None, admit: Admit, *, must_read: bool
) -> AsyncIterator[list[ImportEvent]]:
    """What comes after a place in the log, as it comes; an empty list each time that all is told that there is.

    Whoever has seen less than the log held when they came must read it: the tail may not have come as far yet.
    """
    while True:
        await admit()
        news = tail.news
        found = None if must_read else tail.after(place)
        if found is None:
            read, place = await asyncio.to_thread(_read_events, deps, actor, place, import_id)
            found, must_read = read, False
        elif found:
            place = found[-1].sequence
        else:
            yield []
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_AGAIN_SECONDS):
                    await news.wait()
        if wanted := [event for event in found if import_id in (None, event.import_id)]:
            yield wanted


def _take_snapshot(deps: Deps, actor: Actor, import_id: str) -> ImportEvent:
    with reading(deps.database) as tx:
        job = require_import(tx, actor.tenant_id, require_id(import_id, "import"))
        newest = latest_event(tx, actor.tenant_id, job.id)
        return _make_snapshot(tx, job, 0 if newest is None else newest.sequence)


def _make_snapshot(tx: Reading, job: ImportJob, sequence: int) -> ImportEvent:
    progress = measure_progress(tx, [job])[job.id]
    return ImportEvent(
        tenant_id=job.tenant_id,
        sequence=sequence,
        import_id=job.id,
        at=tx.now(),
        kind=SNAPSHOT,
        status=job.status,
        counts=asdict(count_rows(tx, [job])[job.id]),
        progress=asdict(progress),
        message=job.failure_message,
    )


def _read_events(deps: Deps, actor: Actor, after: int, import_id: UUID | None) -> tuple[list[ImportEvent], int]:
    """Events from the log itself, and the place behind them and behind those of other imports among them."""
    with reading(deps.database) as tx:
        last = last_sequence(tx, actor.tenant_id)
        events = list_events(tx, actor.tenant_id, after=after, import_id=import_id, limit=EVENTS_AT_A_TIME)
    is_whole = len(events) < EVENTS_AT_A_TIME
    return events, last if is_whole else events[-1].sequence


def _last_sequence(deps: Deps, actor: Actor) -> int:
    with reading(deps.database) as tx:
        return last_sequence(tx, actor.tenant_id)
