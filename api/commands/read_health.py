"""Whether the service can do its work, and what its meters read."""

from dataclasses import dataclass

from api.commands.deps import Deps
from models.database import reading
from models.errors import DatabaseBusy
from models.queries.analytics import count_done_batches, count_imports_by_status


@dataclass(frozen=True, slots=True)
class Meters:
    """Counts over all tenants."""

    imports_by_status: dict[str, int]
    done_batches_by_kind: dict[str, int]


def is_database_reachable(deps: Deps) -> bool:
    """Whether the database answers."""
    try:
        with reading(deps.database) as tx:
            tx.now()
    except DatabaseBusy:
        return False
    return True


def read_meters(deps: Deps) -> Meters:
    """What the metrics show. Raises DatabaseBusy."""
    with reading(deps.database) as tx:
        return Meters(count_imports_by_status(tx), count_done_batches(tx))
