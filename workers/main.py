"""A worker process: the composition of its parts, the actors, and loops beside them that sweep and tidy."""

import logging
import signal
import socket
import threading
import time
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

import dramatiq

from models.database import make_database
from models.end_signals import EndSignals
from models.settings import Settings
from models.storage import make_object_store
from workers.actors.imports import declare_actors
from workers.actors.running import StageRunner
from workers.announcer import Announcer
from workers.bell import CHANNEL, NEWS, Bell
from workers.broker import make_broker
from workers.queues import Outbox, Queue
from workers.rounds import repeat, wait_for_end
from workers.stages.deps import Deps
from workers.stages.patrol import patrol
from workers.stages.retention import RetentionRounds
from workers.stages.scratch import remove_orphans
from workers.stages.sweep import sweep
from workers.stages.tidy import tidy_uploads

log = logging.getLogger(__name__)

# How long messages under way may take when the process is asked to end; what is cut off is sent again.
SHUTDOWN_MILLISECONDS = 4_000
# How long it takes to end at most: whoever still waits for a database or a broker then is cut off too.
END_SECONDS = 10.0
# How long a thread without work goes without a look at whether it is to end.
LOOK_MILLISECONDS = 300
SECONDS_BETWEEN_TIDYINGS = 60.0
SECONDS_BETWEEN_PATROLS = 5.0


def run_worker(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT."""
    ended = threading.Event()
    signals = EndSignals(signal.SIGTERM, signal.SIGINT)
    database = make_database(settings.resolved_database_url())
    remove_orphans()
    bell = Bell(settings.redis_url)
    broker = make_broker(settings.redis_url)
    announcer = Announcer(settings.redis_url)
    deps = Deps(database, make_object_store(settings.resolved_storage_url()), settings, partial(announcer.say, CHANNEL, NEWS))
    outbox = Outbox(database, broker)
    runner = StageRunner(deps, outbox)
    workers = [_make_worker(settings, runner, bell, pool) for pool in make_pools(settings)]
    holder = f"{socket.gethostname()}:{uuid4().hex[:12]}"
    loops = [
        threading.Thread(target=bell.listen, name="bell"),
        threading.Thread(
            target=repeat, args=(ended, partial(ended.wait, settings.sweep_seconds), lambda: outbox.send_swept(sweep(deps))), name="sweeper"
        ),
        threading.Thread(
            target=repeat,
            args=(ended, partial(ended.wait, SECONDS_BETWEEN_PATROLS), lambda: outbox.send_swept(patrol(deps))),
            name="patrol",
        ),
        threading.Thread(
            target=repeat, args=(ended, partial(ended.wait, SECONDS_BETWEEN_TIDYINGS), Tidier(deps, holder).tidy), name="tidier"
        ),
    ]
    for worker in workers:
        worker.start()
    for loop in loops:
        loop.start()
    log.info("worker ready")
    wait_for_end(ended, signals)
    bell.end()
    endings = [threading.Thread(target=_end, args=(worker,), name="ending") for worker in workers]
    for ending in endings:
        ending.start()
    deadline = time.monotonic() + END_SECONDS
    for thread in (*loops, *endings):
        thread.join(max(0.0, deadline - time.monotonic()))
        if thread.is_alive():
            log.warning("%s did not end in time", thread.name)
    broker.close()
    announcer.close()
    database.close()


@dataclass(frozen=True, slots=True)
class Pool:
    """Threads for some queues."""

    queues: frozenset[Queue]
    threads: int


def make_pools(settings: Settings) -> tuple[Pool, ...]:
    """Threads of their own for short plans, those that may take minutes, chunks, batches of few rows and of many, and reports: none waits
    for another's.
    """
    return (
        Pool(frozenset({Queue.INSPECTING, Queue.PLANNING}), settings.worker_threads),
        Pool(frozenset({Queue.LARGE_PLANS}), settings.large_plans),
        Pool(frozenset({Queue.CHUNKS}), settings.worker_threads),
        Pool(frozenset({Queue.BATCHES, Queue.ENDINGS}), settings.worker_threads),
        Pool(frozenset({Queue.LARGE_BATCHES}), settings.worker_threads),
        Pool(frozenset({Queue.REPORTS}), settings.worker_threads),
    )


def _make_worker(settings: Settings, runner: StageRunner, bell: Bell, pool: Pool) -> dramatiq.Worker:
    """The threads of a pool, with a broker of their own: a broker knows one worker."""
    broker = make_broker(settings.redis_url, bell)
    declare_actors(broker, runner)
    queues = {queue.value for queue in pool.queues}
    worker = dramatiq.Worker(broker, queues=queues, worker_timeout=LOOK_MILLISECONDS, worker_threads=pool.threads)
    # No more than there are threads for: what waits here, another process might begin.
    worker.queue_prefetch = pool.threads
    return worker


def _end(worker: dramatiq.Worker) -> None:
    worker.stop(timeout=SHUTDOWN_MILLISECONDS)
    worker.broker.close()


class Tidier:
    """Tidies up while nothing depends on it."""

    def __init__(self, deps: Deps, holder: str) -> None:
        self._deps = deps
        self._holder = holder
        self._retention = RetentionRounds(deps, holder)

    def tidy(self) -> None:
        """One round."""
        tidy_uploads(self._deps, self._holder)
        self._retention.run_round()
