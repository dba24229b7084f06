"""How far the planning of imports is, besides what its stage notes."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlmodel import col

from models.database import Reading
from models.tables import Contact, ImportJob, JudgedChunk
from models.vocabulary import ImportStatus


@dataclass(frozen=True, slots=True)
class Headway:
    """Rows that were judged, by whichever worker, and whether rows may meet contacts that were there before the import."""

    judged_rows: int = 0
    meets_contacts: bool = False


def find_headway(tx: Reading, jobs: Sequence[ImportJob]) -> dict[UUID, Headway]:
    """That of those imports that are being planned; the others are left out."""
    planning = [job.id for job in jobs if job.status == ImportStatus.PLANNING.value]
    if not planning:
        return {}
    judged = (
        select(func.coalesce(func.sum(col(JudgedChunk.row_count)), 0))
        .where(
            col(JudgedChunk.import_id) == col(ImportJob.id),
            col(JudgedChunk.epoch) == col(ImportJob.epoch),
            col(JudgedChunk.judged_key).is_not(None),
        )
        .correlate(ImportJob)
        .scalar_subquery()
    )
    # Ids of contacts rise with those of the imports that create them, so what another import writes meanwhile changes nothing.
    earlier = exists().where(col(Contact.tenant_id) == col(ImportJob.tenant_id), col(Contact.id) < col(ImportJob.id)).correlate(ImportJob)
    statement = select(col(ImportJob.id), judged, earlier).where(col(ImportJob.id).in_(planning))
    return {import_id: Headway(int(rows), bool(meets)) for import_id, rows, meets in tx.execute(statement)}
