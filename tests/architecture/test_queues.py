"""Every stage has its actor, every actor its queue, and no queue is without actors."""

from dramatiq.brokers.stub import StubBroker

from models.settings import Settings
from models.vocabulary import Stage
from workers.actors.imports import declare_actors
from workers.actors.running import StageRunner
from workers.main import make_pools
from workers.queues import ACTOR_NAMES, LARGE_QUEUES, STAGE_QUEUES, Queue


def test_queues_and_names_are_those_of_the_actors() -> None:
    broker = StubBroker(middleware=[])
    declare_actors(broker, object.__new__(StageRunner))
    declared = {name: actor.queue_name for name, actor in broker.actors.items()}
    assert declared == {ACTOR_NAMES[stage]: STAGE_QUEUES[stage].value for stage in Stage}
    assert {*declared.values(), *LARGE_QUEUES} == set(Queue) <= broker.get_declared_queues()


def test_every_queue_has_threads_of_one_pool_and_reports_take_none_of_those_of_batches() -> None:
    pools = {queue: pool for pool in make_pools(Settings()) for queue in pool.queues}
    assert sorted(pools) == sorted(queue for pool in make_pools(Settings()) for queue in pool.queues) == sorted(Queue)
    writing = {pools[STAGE_QUEUES[stage]] for stage in (Stage.APPLY_BATCH, Stage.ROLL_BACK_BATCH, Stage.FINALIZE)}
    assert pools[Queue.LARGE_BATCHES] not in writing
    assert writing.isdisjoint({pools[STAGE_QUEUES[stage]] for stage in (Stage.EXPORT, Stage.DISCARD)})
