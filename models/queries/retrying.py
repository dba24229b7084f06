"""Whether an import can be retried, and what of its stored files that takes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col

from models.database import Reading
from models.errors import WrongState
from models.lifecycle import RETRYABLE, require_one_of
from models.queries.counts import Counts
from models.queries.remains import Part
from models.tables import ImportChunk, ImportJob, ImportRun
from models.tenancy import scoped_columns
from models.vocabulary import ImportStatus, RunKind

FILES_GONE = "The stored file of this import is not kept any more, so it cannot be read again. Import the file anew."


@dataclass(frozen=True, slots=True)
class Needed:
    """What a retry reads, and a stored object without which it can read nothing."""

    part: Part
    key: str


def require_retryable(job: ImportJob, counts: Counts) -> None:
    """Raises WrongState where the import has not ended, or ended with every row processed (nothing_to_retry)."""
    require_one_of(ImportStatus(job.status), RETRYABLE, "retried")
    if counts.total and not counts.failed and not counts.unprocessed:
        raise WrongState("Every row of this import was processed; there is nothing to retry.", code="nothing_to_retry")


def was_planned(tx: Reading, job: ImportJob) -> bool:
    """Whether the import has rows, read as it is to be read now, and has had a plan."""
    return bool(find_first_chunks(tx, job.tenant_id, [job.id]))


def find_needed(tx: Reading, tenant_id: UUID, jobs: Sequence[ImportJob]) -> dict[UUID, Needed]:
    """What a retry of each import reads.

    Once there was a plan that is the chunks, for only the plan knows which rows are settled, and both are kept and deleted together.
    Before, it is the file itself.
    """
    chunks = find_first_chunks(tx, tenant_id, [job.id for job in jobs])
    return {job.id: Needed(Part.CHUNKS, chunks[job.id]) if job.id in chunks else Needed(Part.FILE, job.object_key) for job in jobs}


def find_first_chunks(tx: Reading, tenant_id: UUID, import_ids: Collection[UUID]) -> dict[UUID, str]:
    """Where the first chunk lies of each import that was planned.

    Plans stay when an import is to be read otherwise, while its chunks are dropped (`transitions.remap`): without chunks no plan counts.
    """
    chunk: Any = ImportChunk
    run: Any = ImportRun
    planned = scoped_columns(tenant_id, ImportRun, run.import_id).where(run.import_id.in_(import_ids), run.kind == RunKind.PLAN.value)
    first = scoped_columns(tenant_id, ImportChunk, chunk.import_id, func.min(col(ImportChunk.number)).label("number"))
    firsts = first.where(chunk.import_id.in_(import_ids)).group_by(chunk.import_id).subquery()
    statement = (
        scoped_columns(tenant_id, ImportChunk, chunk.import_id, chunk.object_key)
        .join(firsts, (firsts.c.import_id == chunk.import_id) & (firsts.c.number == chunk.number))
        .where(chunk.import_id.in_(planned))
    )
    return {found.import_id: found.object_key for found in tx.execute(statement)}
