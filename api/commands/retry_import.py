"""Retrying an import: what failed or was left over, if there is any and what it was read from is still there."""

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from uuid import UUID

from api.auth.actor import Actor
from api.commands.deps import Deps
from models.database import reading
from models.errors import WrongState
from models.queries.counts import Counts, count_rows
from models.queries.remains import SWEPT, is_swept, swept_code
from models.queries.retrying import FILES_GONE, Needed, find_needed, require_retryable
from models.storage import ObjectStore
from models.tables import ImportJob

# What a page of imports asks of the object store at the same time.
LOOKS_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why an import cannot be retried: a sentence, and wrong_state, nothing_to_retry, file_swept, chunks_swept or file_gone."""

    code: str
    message: str


def find_obstacles(deps: Deps, actor: Actor, jobs: Sequence[ImportJob]) -> list[Obstacle | None]:
    """What stands in the way of a retry of each import, in the same order; None: nothing. One that is given twice is looked at once."""
    asked = list({job.id: job for job in jobs}.values())
    with reading(deps.database) as tx:
        counts = count_rows(tx, asked)
        needed = find_needed(tx, actor.tenant_id, asked)
    found: dict[UUID, Obstacle | None] = {job.id: _find_told(job, counts[job.id], needed[job.id]) for job in asked}
    gone = _find_gone(deps.storage, {needed[import_id].key for import_id, obstacle in found.items() if obstacle is None})
    for import_id, obstacle in found.items():
        if obstacle is None and needed[import_id].key in gone:
            found[import_id] = Obstacle("file_gone", FILES_GONE)
    return [found[job.id] for job in jobs]


def _find_told(job: ImportJob, counts: Counts, needed: Needed) -> Obstacle | None:
    """What stands in the way as far as the database knows."""
    try:
        require_retryable(job, counts)
    except WrongState as error:
        return Obstacle(error.code, error.message)
    return Obstacle(swept_code(needed.part), SWEPT[needed.part]) if is_swept(job, needed.part) else None


def _find_gone(storage: ObjectStore, keys: Collection[str]) -> set[str]:
    """Those that are not in the store."""
    if not keys:
        return set()
    with ThreadPoolExecutor(min(LOOKS_AT_ONCE, len(keys))) as pool:
        return {key for key, is_there in zip(keys, pool.map(storage.exists, keys), strict=True) if not is_there}
