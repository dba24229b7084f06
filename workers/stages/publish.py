"""Publishing progress: one process of all reads the states, appends events, and says that there are some."""

from uuid import UUID

from models.database import reading, writing
from models.queries.events import append_events, list_to_publish
from models.queries.leases import hold
from workers.stages.deps import Deps

LEASE = "publish"
LEASE_SECONDS = 5.0
MOST_A_ROUND = 100


def hold_lease(deps: Deps, holder: str) -> bool:
    """Whether this process is the one that publishes, for the next seconds."""
    with writing(deps.database) as tx:
        return hold(tx, LEASE, holder, LEASE_SECONDS)


def publish(deps: Deps) -> dict[UUID, int]:
    """Append an event for each import that has changed; the newest event number of each tenant that got one."""
    with reading(deps.database) as tx:
        candidates = [job.id for job in list_to_publish(tx, MOST_A_ROUND)]
    if not candidates:
        return {}
    with writing(deps.database) as tx:
        events = append_events(tx, list_to_publish(tx, MOST_A_ROUND))
        return {event.tenant_id: event.sequence for event in events}
