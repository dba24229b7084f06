"""The actors: each names its queue by its stage and calls one function."""

from collections.abc import Callable, Iterable
from functools import partial
from uuid import UUID

import dramatiq

from models.queries.sending import FollowUp
from models.tables import ImportJob
from models.vocabulary import Stage
from workers.actors.running import StageRunner
from workers.queues import ACTOR_NAMES, LARGE_QUEUES, STAGE_QUEUES
from workers.stages.apply_batch import apply_batch
from workers.stages.deps import Deps
from workers.stages.discard import discard
from workers.stages.export import export
from workers.stages.finalize import finalize
from workers.stages.inspect import inspect
from workers.stages.judge_chunk import judge_chunk
from workers.stages.plan import plan
from workers.stages.roll_back_batch import roll_back_batch

IMPORT_STAGES: dict[Stage, Callable[[Deps, ImportJob], Iterable[FollowUp]]] = {
    Stage.INSPECT: inspect,
    Stage.PLAN: plan,
    Stage.FINALIZE: finalize,
    Stage.DISCARD: discard,
}
OTHER_STAGES: dict[Stage, Callable[[Deps, UUID], list[FollowUp]]] = {
    Stage.JUDGE_CHUNK: judge_chunk,
    Stage.APPLY_BATCH: apply_batch,
    Stage.ROLL_BACK_BATCH: roll_back_batch,
    Stage.EXPORT: export,
}


def declare_actors(broker: dramatiq.Broker, runner: StageRunner) -> None:
    """Make the actors known to a broker; they hand every message to the runner."""
    for stage, run_stage in IMPORT_STAGES.items():
        _declare(broker, stage, partial(runner.run_for_import, run_stage))
    for stage, run_other in OTHER_STAGES.items():
        _declare(broker, stage, partial(runner.run, run_other))
    # No actor is at home there; their messages name those of planning and of batches.
    for queue in LARGE_QUEUES:
        broker.declare_queue(queue.value)


def _declare(broker: dramatiq.Broker, stage: Stage, run: Callable[[FollowUp, int], None]) -> None:
    def receive(row_id: str, attempt: int) -> None:
        run(FollowUp(stage, UUID(row_id)), attempt)

    declare = dramatiq.actor(actor_name=ACTOR_NAMES[stage], queue_name=STAGE_QUEUES[stage].value, broker=broker)
    declare(receive)
