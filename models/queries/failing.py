"""Giving up a stage, a chunk, a batch or a report after an error that a retry cannot help, or after too many tries."""

from models.database import Reading, Writing
from models.queries.batches import ask_finalize, fail_batch, release_next
from models.queries.judged_chunks import give_up_chunk
from models.queries.reports import finish_report
from models.queries.sending import BATCH_STAGES, FollowUp
from models.queries.stages import fail_import
from models.tables import ImportBatch, ImportJob, JudgedChunk, Report
from models.vocabulary import FINAL_STATUSES, BatchStatus, ImportStatus, Stage

# Of a report only sendings are counted, and one may wait long in a queue without being begun.
SENDINGS_PER_TRY = 5


def tries_of(tx: Reading, follow_up: FollowUp) -> int:
    """How often a stage was begun; of a report, how often it was sent."""
    return int(getattr(_load(tx, follow_up), "attempt" if follow_up.stage is Stage.EXPORT else "tries", 0))


def is_worn_out(tx: Reading, follow_up: FollowUp, attempt: int, most: int) -> bool:
    """Whether all tries were begun and none came to an end, so that this newest attempt must not be begun any more."""
    match _load(tx, follow_up):
        case ImportJob() as job:
            return job.stage == follow_up.stage.value and job.started_attempt < job.attempt == attempt and job.tries >= most
        case ImportBatch() as batch:
            return (
                batch.status == BatchStatus.PENDING.value and batch.started_at is None and batch.attempt == attempt and batch.tries >= most
            )
        case JudgedChunk() as chunk:
            return chunk.judged_key is None and chunk.started_at is None and chunk.attempt == attempt and chunk.tries >= most
        case Report() as report:
            return report.finished_at is None and report.attempt >= most * SENDINGS_PER_TRY
        case _:
            return False


def is_newest(tx: Reading, follow_up: FollowUp, attempt: int) -> bool:
    """Whether no later attempt was sent and the import has not moved on: only then does a failure speak for the stage."""
    found = _load(tx, follow_up)
    is_same_stage = not isinstance(found, ImportJob) or found.stage == follow_up.stage.value
    return found is not None and is_same_stage and found.attempt == attempt


def _load(tx: Reading, follow_up: FollowUp) -> ImportJob | ImportBatch | JudgedChunk | Report | None:
    if follow_up.stage in BATCH_STAGES.values():
        return tx.get(ImportBatch, follow_up.id)
    if follow_up.stage is Stage.JUDGE_CHUNK:
        return tx.get(JudgedChunk, follow_up.id)
    if follow_up.stage is Stage.EXPORT:
        return tx.get(Report, follow_up.id)
    return tx.get(ImportJob, follow_up.id)


def give_up(tx: Writing, follow_up: FollowUp, code: str, message: str) -> list[FollowUp]:
    """End it with what to tell: an import becomes FAILED, also for a chunk that cannot be judged, a batch leaves its rows unprocessed,
    a report says that it could not be made.
    """
    if follow_up.stage is Stage.EXPORT:
        finish_report(tx, follow_up.id, None, code)
        return []
    if follow_up.stage in BATCH_STAGES.values():
        batch = tx.get_one(ImportBatch, follow_up.id)
        if not fail_batch(tx, batch, code, message):
            return []
        return release_next(tx, batch.import_id, batch.epoch, 1) + ask_finalize(tx, batch.import_id)
    if follow_up.stage is Stage.JUDGE_CHUNK:
        give_up_chunk(tx, tx.get_one(JudgedChunk, follow_up.id), code, message)
        return []
    job = tx.get_one(ImportJob, follow_up.id)
    if job.stage == follow_up.stage.value and ImportStatus(job.status) in (
        ImportStatus.UPLOADED,
        ImportStatus.INSPECTING,
        ImportStatus.PLANNING,
    ):
        fail_import(tx, job, code, message)
    elif ImportStatus(job.status) in FINAL_STATUSES:
        job.stage = job.due_at = None
        tx.add(job)
    return []
