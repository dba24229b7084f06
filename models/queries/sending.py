"""What can be sent: import-wide stages, chunks to judge, batches and reports that are due. The row is the truth, the message is a nudge.

Sending moves `due_at` on by compare-and-set, so that of several senders one wins; a stage that runs keeps moving it on.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlmodel import col

from models.database import Reading, Writing
from models.dialects import limit_lock_waits
from models.queries.places import has_place, list_due_with_place
from models.tables import ImportBatch, ImportJob, JudgedChunk, Report
from models.vocabulary import BatchStatus, RunKind, Stage

# How long a message may lie in a queue before it is taken to be lost.
QUEUE_SECONDS = 15.0
# How long one who sends waits for an import that somebody holds: a publisher does so for milliseconds, whoever records a plan for a second
# or two.
LOCK_SECONDS = 3.0
# So that one round is short; the next one goes on.
MOST_BROUGHT_BACK = 1_000
_TABLES = (ImportJob, JudgedChunk, ImportBatch, Report)
BATCH_STAGES = {RunKind.PLAN: Stage.APPLY_BATCH, RunKind.ROLLBACK: Stage.ROLL_BACK_BATCH}


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A stage to run, for an import (inspect, plan, finalize), a chunk, a batch or a report."""

    stage: Stage
    id: UUID


def mark_sent(tx: Writing, follow_up: FollowUp, *, may_wait: bool = False) -> int | None:
    """Claim the sending of what is due: the number of this attempt, or None where it is not due or somebody else sends it.

    What is locked is being settled just now, and is left alone: a sweeper that waited for it would send nothing else meanwhile. Who
    `may_wait` does so for an import, since a publisher locks it to note the very move that made this due. Raises DatabaseBusy where
    somebody keeps it locked for longer than LOCK_SECONDS.
    """
    table = _table(follow_up.stage)
    waits = may_wait and table is ImportJob
    if waits:
        limit_lock_waits(tx.connection(), LOCK_SECONDS)
    now = tx.now()
    due = select(col(table.id)).where(col(table.id) == follow_up.id, col(table.due_at) <= now).with_for_update(skip_locked=not waits)
    if table is ImportJob:
        due = due.where(col(ImportJob.stage) == follow_up.stage.value, has_place(now))
    if tx.execute(due).scalar_one_or_none() is None:
        return None
    statement = (
        update(table)
        .where(col(table.id) == follow_up.id)
        .values(due_at=tx.now() + timedelta(seconds=QUEUE_SECONDS), attempt=col(table.attempt) + 1)
        .returning(col(table.attempt))
        .execution_options(synchronize_session=False)
    )
    if table in (ImportBatch, JudgedChunk):
        statement = statement.values(started_at=None)
    attempt: int = tx.execute(statement).scalar_one()
    return attempt


def list_due(tx: Reading, limit: int) -> list[FollowUp]:
    """What is due by the database's clock, longest first, at most `limit` of each kind. Read across tenants, by the sweeper alone."""
    now = tx.now()
    chunks = tx.execute(
        select(col(JudgedChunk.id))
        .where(col(JudgedChunk.due_at) <= now, col(JudgedChunk.judged_key).is_(None))
        .order_by(col(JudgedChunk.due_at))
        .limit(limit)
    ).all()
    batches = tx.execute(
        select(col(ImportBatch.kind), col(ImportBatch.id))
        .where(col(ImportBatch.due_at) <= now, col(ImportBatch.status) == BatchStatus.PENDING.value)
        .order_by(col(ImportBatch.due_at))
        .limit(limit)
    ).all()
    reports = tx.execute(select(col(Report.id)).where(col(Report.due_at) <= now).order_by(col(Report.due_at)).limit(limit)).all()
    return [
        *(FollowUp(Stage(stage), job_id) for stage, job_id in list_due_with_place(tx, now, limit)),
        *(FollowUp(Stage.JUDGE_CHUNK, chunk_id) for (chunk_id,) in chunks),
        *(FollowUp(BATCH_STAGES[RunKind(kind)], batch_id) for kind, batch_id in batches),
        *(FollowUp(Stage.EXPORT, report_id) for (report_id,) in reports),
    ]


def is_any_too_far_ahead(tx: Reading, seconds: float) -> bool:
    """Whether anything is due in more than so many seconds. Read across tenants, by the workers alone."""
    latest = tx.now() + timedelta(seconds=seconds)
    ahead = (select(col(table.id)).where(col(table.due_at) > latest).exists() for table in _TABLES)
    return bool(tx.execute(select(or_(*ahead))).scalar_one())


def bring_back(tx: Writing, seconds: float) -> int:
    """Make due now what is due in more than so many seconds, later than anything is put: the clock was put back since. How much it was.

    What somebody is at is due again then as well; of two who are at the same the older one gives up. What is locked is being settled.
    """
    now = tx.now()
    count = 0
    for table in _TABLES:
        ahead = select(col(table.id)).where(col(table.due_at) > now + timedelta(seconds=seconds)).limit(MOST_BROUGHT_BACK)
        found = tx.execute(ahead.with_for_update(skip_locked=True)).scalars().all()
        due_now = update(table).where(col(table.id).in_(found)).values(due_at=now)
        tx.execute(due_now.execution_options(synchronize_session=False))
        count += len(found)
    return count


def extend(tx: Writing, follow_up: FollowUp, attempt: int, seconds: float) -> bool:
    """A heartbeat: move `due_at` on while this attempt is the newest one; False: it is not any more."""
    table = _table(follow_up.stage)
    statement = (
        update(table)
        .where(col(table.id) == follow_up.id, col(table.attempt) == attempt, col(table.due_at).is_not(None))
        .values(due_at=tx.now() + timedelta(seconds=seconds))
    )
    return bool(tx.execute(statement).rowcount)  # type: ignore[attr-defined]


def postpone(tx: Writing, follow_up: FollowUp, seconds: float) -> None:
    """Let it be due again after a pause."""
    table = _table(follow_up.stage)
    statement = update(table).where(col(table.id) == follow_up.id, col(table.due_at).is_not(None))
    tx.execute(statement.values(due_at=tx.now() + timedelta(seconds=seconds)))


def _table(stage: Stage) -> type[ImportJob] | type[ImportBatch] | type[JudgedChunk] | type[Report]:
    if stage in (Stage.APPLY_BATCH, Stage.ROLL_BACK_BATCH):
        return ImportBatch
    if stage is Stage.JUDGE_CHUNK:
        return JudgedChunk
    return Report if stage is Stage.EXPORT else ImportJob
