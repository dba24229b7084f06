"""Publishing progress: one process of all reads the states, appends events, and says that there are some."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from models.database import Database, reading, writing
from models.queries.events import append_events, has_moving, list_imports, list_to_publish, look_for_news, queue_positions
from models.queries.leases import hold, let_go
from models.tables import ImportEvent

LEASE = "publish"
# How long nobody publishes after the one who did has died. Two who take turns do no harm: each event is appended under a lock.
LEASE_SECONDS = 2.0
# Looked at in one transaction.
MOST_AT_ONCE = 100
SECONDS_BETWEEN_QUEUES = 1.0


def hold_lease(database: Database, holder: str) -> bool:
    """Whether this process is the one that publishes, for the next seconds."""
    with writing(database) as tx:
        return hold(tx, LEASE, holder, LEASE_SECONDS)


def give_lease_back(database: Database, holder: str) -> None:
    """Let another process publish at once."""
    with writing(database) as tx:
        let_go(tx, LEASE, holder)


@dataclass(frozen=True, slots=True)
class Published:
    """What a round came to: the newest event number of each tenant with imports under way, whether more is to be expected soon, and in how
    many seconds there may be more to tell of what was told of a moment ago, or is held by others (None: of nothing).

    `is_all_told`: whatever happens, nothing can be told of any of these imports before.
    """

    newest: dict[UUID, int]
    is_anything_moving: bool
    next_seconds: float | None = None
    is_all_told: bool = False


@dataclass
class Queued:
    """The places in the queue that are known to have been told of, those told of longest ago first; looked at once a second."""

    told: dict[UUID, int] = field(default_factory=dict)
    looked_at: float = -math.inf

    def is_due(self) -> bool:
        return time.monotonic() - self.looked_at >= SECONDS_BETWEEN_QUEUES


# Announces the newest event numbers of tenants.
Tell = Callable[[Mapping[UUID, int]], None]


def publish(database: Database, gap_seconds: float = 0.0, queued: Queued | None = None, tell: Tell = lambda _: None) -> Published:
    """Append an event for each import that has changed since its last one, if that was at least so long ago.

    What is told of are also events of imports under way that others have appended, and those first: appending may have to wait. `queued` is
    kept from round to round; without it this is the first.
    """
    newest: dict[UUID, int] = {}
    is_anything_moving, is_all_told = False, True
    pauses: list[float] = []
    after: UUID | None = None
    while True:
        with reading(database) as tx:
            jobs = list_to_publish(tx, after, MOST_AT_ONCE)
            is_anything_moving |= bool(jobs)
            news = look_for_news(tx, jobs, gap_seconds)
            newest |= news.told
        tell(newest)
        if news.next_seconds is not None:
            pauses.append(news.next_seconds)
        events: list[ImportEvent] = []
        if news.states:
            with writing(database) as tx:
                events = append_events(tx, news.states)
            # In half the time that is between two events what was held may be free, without asking for it all the time.
            pauses.append(gap_seconds if len(events) == len(news.states) else gap_seconds / 2)
            newest |= {event.tenant_id: event.sequence for event in events}
            tell(newest)
        is_all_told &= len(events) == news.ripe_count
        if len(jobs) < MOST_AT_ONCE:
            break
        after = jobs[-1].id
    queued = Queued() if queued is None else queued
    if queued.is_due():
        newest |= _tell_positions(database, queued)
        tell(newest)
    if is_anything_moving:
        return Published(newest, True, min(pauses, default=None), is_all_told)
    with reading(database) as tx:
        return Published(newest, has_moving(tx))


def _tell_positions(database: Database, queued: Queued) -> dict[UUID, int]:
    """Append events of some whose place in the queue has changed: only so many that who is under way need not wait for it."""
    queued.looked_at = time.monotonic()
    with reading(database) as tx:
        positions = queue_positions(tx)
        for import_id in queued.told.keys() - positions.keys():
            del queued.told[import_id]
        changed = [import_id for import_id in positions if import_id not in queued.told]
        changed += [import_id for import_id, position in queued.told.items() if position != positions[import_id]]
        changed = changed[:MOST_AT_ONCE]
        news = look_for_news(tx, list_imports(tx, changed)).states
    events: list[ImportEvent] = []
    if news:
        with writing(database) as tx:
            events = append_events(tx, news)
    # What somebody held is told of in a later round.
    held = {state.job.id for state in news} - {event.import_id for event in events}
    for import_id in changed:
        queued.told.pop(import_id, None)
        if import_id not in held:
            queued.told[import_id] = positions[import_id]
    return {event.tenant_id: event.sequence for event in events}
