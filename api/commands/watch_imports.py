"""Watching imports: what is there now, then every later event, read from the log and never from the nudges."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict

from api.auth.actor import Actor
from api.commands.deps import Deps
from api.commands.event_stream import EventStream
from api.commands.ids import require_id
from models.database import Reading, reading
from models.queries.accounts import last_sequence
from models.queries.counts import count_rows, measure_progress
from models.queries.events import latest_event, list_events
from models.queries.imports import require_import
from models.tables import ImportEvent, ImportJob
from models.vocabulary import FINAL_STATUSES, ImportStatus

SNAPSHOT = "snapshot"
EVENTS_AT_A_TIME = 200


async def watch_import(deps: Deps, actor: Actor, stream: EventStream, import_id: str, *, after: int | None) -> AsyncIterator[ImportEvent]:
    """A snapshot of one import, then its later events, up to a final status. Raises NotFound.

    With `after`, the snapshot carries that number, and no event that follows it is left out.
    """
    # Watched before the first look, so that nothing can happen unseen in between.
    async with stream.watching(actor.tenant_id) as watch:
        snapshot = await asyncio.to_thread(_take_snapshot, deps, actor, import_id, after)
        yield snapshot
        last = snapshot
        while True:
            events = await asyncio.to_thread(_read_events, deps, actor, last.sequence, import_id)
            for event in events:
                yield event
                last = event
            if not events and ImportStatus(last.status) in FINAL_STATUSES:
                return
            if not events:
                await watch.wait()


async def watch_all_imports(deps: Deps, actor: Actor, stream: EventStream, *, after: int | None) -> AsyncIterator[ImportEvent]:
    """Every event of the tenant after a number, or from now on; it never ends by itself."""
    async with stream.watching(actor.tenant_id) as watch:
        last = after if after is not None else await asyncio.to_thread(_last_sequence, deps, actor)
        while True:
            events = await asyncio.to_thread(_read_events, deps, actor, last, None)
            for event in events:
                yield event
                last = event.sequence
            if not events:
                await watch.wait()


def _take_snapshot(deps: Deps, actor: Actor, import_id: str, after: int | None) -> ImportEvent:
    with reading(deps.database) as tx:
        job = require_import(tx, actor.tenant_id, require_id(import_id, "import"))
        newest = latest_event(tx, actor.tenant_id, job.id)
        sequence = 0 if newest is None else newest.sequence
        return _make_snapshot(tx, job, sequence if after is None else min(after, sequence))


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


def _read_events(deps: Deps, actor: Actor, after: int, import_id: str | None) -> list[ImportEvent]:
    found = None if import_id is None else require_id(import_id, "import")
    with reading(deps.database) as tx:
        return list_events(tx, actor.tenant_id, after=after, import_id=found, limit=EVENTS_AT_A_TIME)


def _last_sequence(deps: Deps, actor: Actor) -> int:
    with reading(deps.database) as tx:
        return last_sequence(tx, actor.tenant_id)
