"""Retrying an import: what failed or was left over, if there is any and what it was read from is still there."""

from api.auth.actor import Actor
from api.commands.deps import Deps
from models.database import reading
from models.errors import WrongState
from models.queries.counts import count_rows
from models.queries.remains import SWEPT, is_swept, needed_to_retry, swept_code
from models.queries.retrying import FILES_GONE, find_needed_key, require_retryable, was_planned
from models.tables import ImportJob


def find_obstacle(deps: Deps, actor: Actor, job: ImportJob) -> WrongState | None:
    """Why the import cannot be retried (wrong_state, nothing_to_retry, file_swept, chunks_swept, file_gone); None: it can."""
    with reading(deps.database) as tx:
        try:
            require_retryable(job, count_rows(tx, [job])[job.id])
        except WrongState as error:
            return error
        needed = needed_to_retry(was_planned=was_planned(tx, job))
        if is_swept(job, needed):
            return WrongState(SWEPT[needed], code=swept_code(needed))
        key = find_needed_key(tx, job)
    return None if deps.storage.exists(key) else WrongState(FILES_GONE, code="file_gone")
