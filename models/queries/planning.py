"""How far the planning of imports is and what it is at: told from what its stages record anyway, so that it is no more than they know."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, case, exists, func, select
from sqlmodel import col

from models.database import Reading
from models.tables import Contact, ImportChunk, ImportJob, JudgedChunk
from models.vocabulary import ImportStatus, PlanningStep


@dataclass(frozen=True, slots=True)
class Headway:
    """What planning is at (None: no worker has taken it up yet), and the rows that this step is through with.

    `judged_rows` were judged, by whichever worker; `meets_contacts`: rows may meet contacts that were there before the import.
    """

    step: PlanningStep | None = None
    processed: int = 0
    judged_rows: int = 0
    meets_contacts: bool = False


@dataclass(frozen=True, slots=True)
class _Recorded:
    """Rows of a source that was read to its end, rows of the chunks that are spread over the workers, and those of them that are judged."""

    read: int
    listed: int
    judged: int


def find_headway(tx: Reading, jobs: Sequence[ImportJob]) -> dict[UUID, Headway]:
    """That of those imports that are being planned; the others are left out."""
    planning = {job.id: job for job in jobs if job.status == ImportStatus.PLANNING.value}
    if not planning:
        return {}
    return {
        import_id: _tell(planning[import_id], _Recorded(int(read), int(listed), int(judged)), meets_contacts=bool(meets))
        for import_id, read, listed, judged, meets in tx.execute(_find_recorded(), {"import_ids": list(planning)})
    }


@cache
def _find_recorded() -> Select[Any]:
    # Ids of contacts rise with those of the imports that create them, so what another import writes meanwhile changes nothing.
    earlier = exists().where(col(Contact.tenant_id) == col(ImportJob.tenant_id), col(Contact.id) < col(ImportJob.id)).correlate(ImportJob)
    return select(col(ImportJob.id), *_sums(), earlier).where(col(ImportJob.id).in_(bindparam("import_ids", expanding=True)))


def _sums() -> list[Any]:
    """The columns of _Recorded."""
    chunk: Any = ImportChunk
    spread: Any = JudgedChunk
    read = select(func.coalesce(func.sum(chunk.row_count), 0)).where(chunk.import_id == col(ImportJob.id))
    of_import = spread.import_id == col(ImportJob.id), spread.epoch == col(ImportJob.epoch)
    is_judged = case((spread.judged_key.is_not(None), spread.row_count), else_=0)
    listed, judged = (select(func.coalesce(func.sum(rows), 0)).where(*of_import) for rows in (spread.row_count, is_judged))
    return [each.correlate(ImportJob).scalar_subquery() for each in (read, listed, judged)]


def _tell(job: ImportJob, recorded: _Recorded, *, meets_contacts: bool) -> Headway:
    step, processed = _find_step(job, recorded) if job.started_attempt else (None, 0)
    return Headway(step, processed, recorded.judged, meets_contacts)


def _find_step(job: ImportJob, recorded: _Recorded) -> tuple[PlanningStep, int]:
    if job.position:
        return PlanningStep.SETTLING, job.position
    if not recorded.read and (recorded.listed or not job.furthest):
        return PlanningStep.READING, job.furthest
    # The few chunks of a small source are not spread: they are judged as soon as it is read.
    if not recorded.listed or recorded.judged < recorded.listed:
        return PlanningStep.JUDGING, recorded.judged
    return PlanningStep.COMPARING, looked_up(job)


def looked_up(job: ImportJob) -> int:
    """The rows for which planning has looked for contacts."""
    return max(job.furthest - job.total - job.position, 0) if job.total else 0
