"""What planning is at: told from what its stages record anyway, so that it is no more than they know."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import case, func, select
from sqlmodel import col

from models.database import Reading
from models.tables import ImportChunk, ImportJob, JudgedChunk
from models.vocabulary import ImportStatus, PlanningStep


@dataclass(frozen=True, slots=True)
class Step:
    """A step, and the rows that it is through with."""

    kind: PlanningStep
    processed: int


def find_steps(tx: Reading, jobs: Sequence[ImportJob]) -> dict[UUID, Step]:
    """The step of each of these imports that is being planned; one that no worker has taken up yet is at none."""
    planning = [job for job in jobs if job.status == ImportStatus.PLANNING.value and job.started_attempt]
    if not planning:
        return {}
    ids = [job.id for job in planning]
    chunks = select(col(ImportChunk.import_id), func.sum(col(ImportChunk.row_count))).where(col(ImportChunk.import_id).in_(ids))
    read = {import_id: int(rows) for import_id, rows in tx.execute(chunks.group_by(col(ImportChunk.import_id)))}
    is_judged = case((col(JudgedChunk.judged_key).is_not(None), 1), else_=0)
    sums = (func.sum(col(JudgedChunk.row_count)), func.sum(is_judged * col(JudgedChunk.row_count)))
    judging = (
        select(col(JudgedChunk.import_id), *sums)
        .join(ImportJob, (col(ImportJob.id) == col(JudgedChunk.import_id)) & (col(ImportJob.epoch) == col(JudgedChunk.epoch)))
        .where(col(JudgedChunk.import_id).in_(ids))
        .group_by(col(JudgedChunk.import_id))
    )
    judged = {import_id: (int(listed), int(done)) for import_id, listed, done in tx.execute(judging)}
    return {job.id: _step(job, read.get(job.id, 0), *judged.get(job.id, (0, 0))) for job in planning}


def _step(job: ImportJob, read: int, listed: int, judged: int) -> Step:
    """`read`: the rows of a source that was read to its end; `listed`, `judged`: those of the chunks that are spread over the workers."""
    if job.position:
        return Step(PlanningStep.SETTLING, job.position)
    if not read and (listed or not job.furthest):
        return Step(PlanningStep.READING, job.furthest)
    # The few chunks of a small source are not spread: they are judged as soon as it is read.
    if not listed or judged < listed:
        return Step(PlanningStep.JUDGING, judged)
    return Step(PlanningStep.COMPARING, 0)
