"""What is kept although nothing needs it any more. Read across tenants, by the workers' tidying alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlmodel import col

from models.database import Reading, Writing
from models.tables import ImportBatch, ImportChunk, ImportJob, JudgedChunk, PlannedChunk, Report, Upload

# A request that began just before its upload expired must find it still.
GRACE = timedelta(hours=1)
KEYS_AT_A_TIME = 1_000


@dataclass(frozen=True, slots=True)
class ExpiredUpload:
    """An upload of which no import can be made any more. `object_key`: what lies there is nobody's; None: nothing does."""

    id: UUID
    object_key: str | None


def list_expired_uploads(tx: Reading, limit: int) -> list[ExpiredUpload]:
    """Uploads that have expired, oldest first. What an import was made of belongs to the import."""
    is_used = exists().where(col(ImportJob.object_key) == col(Upload.object_key))
    statement = (
        select(col(Upload.id), col(Upload.object_key), is_used)
        .where(col(Upload.expires_at) < tx.now() - GRACE)
        .order_by(col(Upload.expires_at))
        .limit(limit)
    )
    return [ExpiredUpload(upload_id, None if used else key) for upload_id, key, used in tx.execute(statement)]


def forget_upload(tx: Writing, upload_id: UUID) -> None:
    """Delete an upload's row."""
    tx.execute(delete(Upload).where(col(Upload.id) == upload_id))


def iter_source_keys(tx: Reading) -> Iterator[str]:
    """Where the sources lie that an import, even one that was deleted since, or an upload speaks of."""
    for column in (col(ImportJob.object_key), col(Upload.object_key)):
        yield from tx.execute(select(column).where(column.is_not(None)).execution_options(yield_per=KEYS_AT_A_TIME)).scalars()


def list_judged_keys(tx: Reading, import_id: UUID) -> frozenset[str]:
    """Where chunks lie that were judged for a plan of which nothing is applied yet."""
    keys = tx.execute(select(col(JudgedChunk.judged_key)).where(col(JudgedChunk.import_id) == import_id)).scalars()
    return frozenset(key for key in keys if key is not None)


def list_recorded_keys(tx: Reading, import_id: UUID) -> frozenset[str]:
    """The objects that an import's chunks, plans, batches and reports lie in."""
    chunks = tx.execute(select(col(ImportChunk.object_key)).where(col(ImportChunk.import_id) == import_id)).scalars()
    planned = tx.execute(
        select(col(PlannedChunk.judged_key), col(PlannedChunk.outcomes_key), col(PlannedChunk.issues_key)).where(
            col(PlannedChunk.import_id) == import_id
        )
    )
    read = tx.execute(select(col(JudgedChunk.source_key)).where(col(JudgedChunk.import_id) == import_id)).scalars()
    batches = tx.execute(select(col(ImportBatch.creates_key), col(ImportBatch.updates_key)).where(col(ImportBatch.import_id) == import_id))
    reports = tx.execute(select(col(Report.object_key)).where(col(Report.import_id) == import_id)).scalars()
    keys = {*chunks, *read, *reports, *(key for row in (*planned, *batches) for key in row)}
    return frozenset(key for key in keys if key is not None)
