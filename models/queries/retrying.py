"""Whether an import can be retried, and what of its stored files that takes."""

from sqlalchemy import func, select
from sqlmodel import col

from models.database import Reading
from models.errors import WrongState
from models.lifecycle import RETRYABLE, require_one_of
from models.queries.counts import Counts
from models.tables import ImportChunk, ImportJob, ImportRun
from models.tenancy import scoped_columns
from models.vocabulary import ImportStatus, RunKind

FILES_GONE = "The stored file of this import is not kept any more, so it cannot be read again. Import the file anew."


def require_retryable(job: ImportJob, counts: Counts) -> None:
    """Raises WrongState where the import has not ended, or ended with every row processed (nothing_to_retry)."""
    require_one_of(ImportStatus(job.status), RETRYABLE, "retried")
    if counts.total and not counts.failed and not counts.unprocessed:
        raise WrongState("Every row of this import was processed; there is nothing to retry.", code="nothing_to_retry")


def was_planned(tx: Reading, job: ImportJob) -> bool:
    """Whether the import has had rows, and a plan for them."""
    runs = select(func.count()).where(col(ImportRun.import_id) == job.id, col(ImportRun.kind) == RunKind.PLAN.value)
    return bool(tx.execute(runs).scalar_one())


def find_needed_key(tx: Reading, job: ImportJob) -> str:
    """A stored object without which a retry can read nothing.

    Once there was a plan that is a chunk: chunks and plans are kept and deleted together, and only the plan knows which rows are settled.
    Before, it is the file itself.
    """
    if not was_planned(tx, job):
        return job.object_key
    chunks = scoped_columns(job.tenant_id, ImportChunk, ImportChunk.object_key).where(col(ImportChunk.import_id) == job.id)
    found: str | None = tx.execute(chunks.order_by(col(ImportChunk.number)).limit(1)).scalar_one_or_none()
    return found or job.object_key
