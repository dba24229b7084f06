"""Whether the service can do its work, and what its meters read."""

from dataclasses import dataclass

from api.commands.deps import Deps
from models.database import reading
from models.errors import DatabaseBusy
from models.queries.analytics import count_done_batches, count_imports_by_status
from models.queries.stuck import count_stuck
from models.revisions import is_at_newest_revision


@dataclass(frozen=True, slots=True)
class Meters:
    """Counts over all tenants."""

    imports_by_status: dict[str, int]
    stuck_imports: int
    done_batches_by_kind: dict[str, int]


def is_database_ready(deps: Deps) -> bool:
    """Whether the database answers and has the schema that this code was written for."""
    try:
        return is_at_newest_revision(deps.database)
    except DatabaseBusy:
        return False


def read_meters(deps: Deps) -> Meters:
    """What the metrics show. Raises DatabaseBusy."""
    with reading(deps.database) as tx:
        return Meters(count_imports_by_status(tx), count_stuck(tx), count_done_batches(tx))
