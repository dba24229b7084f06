"""What is sent where: the queues, the actors' names, and the one place that sends."""

import logging
from collections.abc import Sequence
from enum import StrEnum
from uuid import UUID

import dramatiq
from dramatiq.errors import BrokerConnectionError
from redis.exceptions import RedisError

from models.database import Database, Reading, writing
from models.errors import Transient
from models.queries.places import has_many_rows, is_large
from models.queries.sending import FollowUp, mark_sent
from models.vocabulary import Stage

log = logging.getLogger(__name__)


class Queue(StrEnum):
    """Inspecting, planning and judging have queues of their own, so that they never wait behind batches, nor for what may take minutes;
    batches of few rows and the ends of imports, so that a small import never waits for the batches of large ones; error reports and what
    is discarded, so that nothing waits for those.
    """

    INSPECTING = "inspecting"
    PLANNING = "planning"
    LARGE_PLANS = "large_plans"
    CHUNKS = "chunks"
    BATCHES = "batches"
    LARGE_BATCHES = "large_batches"
    ENDINGS = "endings"
    REPORTS = "reports"


ACTOR_NAMES: dict[Stage, str] = {stage: f"imports.{stage.value}" for stage in Stage}
STAGE_QUEUES: dict[Stage, Queue] = {
    Stage.INSPECT: Queue.INSPECTING,
    Stage.PLAN: Queue.PLANNING,
    Stage.JUDGE_CHUNK: Queue.CHUNKS,
    Stage.APPLY_BATCH: Queue.BATCHES,
    Stage.ROLL_BACK_BATCH: Queue.BATCHES,
    Stage.FINALIZE: Queue.ENDINGS,
    Stage.EXPORT: Queue.REPORTS,
    Stage.DISCARD: Queue.REPORTS,
}
# Where what takes long is sent instead.
LARGE_QUEUES = frozenset({Queue.LARGE_PLANS, Queue.LARGE_BATCHES})


class Outbox:
    """Sends follow-ups after the commit that made them due."""

    def __init__(self, database: Database, broker: dramatiq.Broker) -> None:
        self._database = database
        self._broker = broker

    def send(self, follow_ups: Sequence[FollowUp]) -> None:
        """Send each one that is due, once; what cannot be sent now the sweeper sends later."""
        self._send(follow_ups, may_wait=True)

    def send_swept(self, follow_ups: Sequence[FollowUp]) -> None:
        """The same, for the sweeper: what somebody holds just now is left for its next round."""
        self._send(follow_ups, may_wait=False)

    def _send(self, follow_ups: Sequence[FollowUp], *, may_wait: bool) -> None:
        for follow_up in follow_ups:
            try:
                with writing(self._database) as tx:
                    attempt = mark_sent(tx, follow_up, may_wait=may_wait)
                    queue = queue_of(tx, follow_up)
                if attempt is not None:
                    self._hand_over(follow_up, attempt, queue)
            except (Transient, BrokerConnectionError, RedisError) as error:
                log.warning("%s of %s could not be sent and is left to the sweeper: %s", follow_up.stage.value, follow_up.id, error)

    def _hand_over(self, follow_up: FollowUp, attempt: int, queue: Queue) -> None:
        self._broker.enqueue(make_message(follow_up, attempt, queue))


def queue_of(tx: Reading, follow_up: FollowUp) -> Queue:
    """Where a stage is sent: that of its kind, but for planning what may take minutes, and batches of many rows."""
    if follow_up.stage is Stage.PLAN and is_large(tx, follow_up.id):
        return Queue.LARGE_PLANS
    if STAGE_QUEUES[follow_up.stage] is Queue.BATCHES and has_many_rows(tx, follow_up.id):
        return Queue.LARGE_BATCHES
    return STAGE_QUEUES[follow_up.stage]


def make_message(follow_up: FollowUp, attempt: int, queue: Queue) -> dramatiq.Message[None]:
    """The nudge for a stage: its row's id and the number of the attempt."""
    return dramatiq.Message(
        queue_name=queue.value,
        actor_name=ACTOR_NAMES[follow_up.stage],
        args=(str(follow_up.id), attempt),
        kwargs={},
        options={},
    )


def event_channel(tenant_id: UUID) -> str:
    """The Redis channel on which a tenant's newest event number is told."""
    return f"rolodock:events:{tenant_id}"
