"""Publishing progress: one process of all reads the states, appends events, and says that there are some."""

from dataclasses import dataclass
from uuid import UUID

from models.database import reading, writing
from models.queries.events import append_events, last_numbers, list_states, list_to_publish
from models.queries.leases import hold
from workers.stages.deps import Deps

LEASE = "publish"
# How long nobody publishes after the one who did has died. Two who take turns do no harm: each event is appended under a lock.
LEASE_SECONDS = 2.0
# Looked at in one transaction.
MOST_AT_ONCE = 100


def hold_lease(deps: Deps, holder: str) -> bool:
    """Whether this process is the one that publishes, for the next seconds."""
    with writing(deps.database) as tx:
        return hold(tx, LEASE, holder, LEASE_SECONDS)


@dataclass(frozen=True, slots=True)
class Published:
    """What a round came to: the newest event number of each tenant with imports under way, and whether more is to be expected soon."""

    newest: dict[UUID, int]
    is_anything_moving: bool


def publish(deps: Deps, gap_seconds: float = 0.0) -> Published:
    """Append an event for each import that has changed since its last one, if that was at least so long ago.

    What is told of are also events of imports under way that others have appended.
    """
    newest: dict[UUID, int] = {}
    is_anything_moving = False
    after: UUID | None = None
    while True:
        with reading(deps.database) as tx:
            jobs = list_to_publish(tx, after, MOST_AT_ONCE)
            is_anything_moving |= bool(jobs)
            changed = [state.job.id for state in list_states(tx, jobs, gap_seconds)]
            newest |= last_numbers(tx, {job.tenant_id for job in jobs})
        if changed:
            with writing(deps.database) as tx:
                newest |= {event.tenant_id: event.sequence for event in append_events(tx, changed, gap_seconds)}
        if len(jobs) < MOST_AT_ONCE:
            return Published(newest, is_anything_moving)
        after = jobs[-1].id
