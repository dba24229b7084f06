"""A worker process: the composition of its parts, the actors, and loops beside them that sweep, publish and tidy."""

import logging
import math
import signal
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import UUID, uuid4

import dramatiq
import redis

from models.database import make_database
from models.errors import Transient
from models.queries.events import GAP_SECONDS
from models.settings import Settings
from models.storage import make_object_store
from workers.actors.imports import declare_actors
from workers.actors.running import StageRunner
from workers.bell import Bell
from workers.broker import make_broker
from workers.queues import Outbox, Queue, event_channel
from workers.stages.deps import Deps
from workers.stages.patrol import patrol
from workers.stages.publish import Queued, hold_lease, publish
from workers.stages.retention import RetentionRounds
from workers.stages.scratch import remove_orphans
from workers.stages.sweep import sweep
from workers.stages.tidy import tidy_uploads

log = logging.getLogger(__name__)

# How long messages under way may take when the process is asked to end; what is cut off is sent again.
SHUTDOWN_MILLISECONDS = 4_000
# How long a thread without work goes without a look at whether it is to end.
LOOK_MILLISECONDS = 300
# More than twice in the lease, so that one missed round loses nothing.
SECONDS_BETWEEN_LEASES = 0.7
SECONDS_BETWEEN_TIDYINGS = 60.0
SECONDS_BETWEEN_PATROLS = 5.0


def run_worker(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    database = make_database(settings.resolved_database_url())
    remove_orphans()
    deps = Deps(database, make_object_store(settings.resolved_storage_url()), settings)
    bell = Bell(settings.redis_url)
    broker = make_broker(settings.redis_url)
    outbox = Outbox(database, broker)
    runner = StageRunner(deps, outbox)
    workers = [_make_worker(settings, runner, bell, pool) for pool in make_pools(settings)]
    client = redis.Redis.from_url(settings.redis_url)
    holder = f"{socket.gethostname()}:{uuid4().hex[:12]}"
    publisher = Publisher(deps, client, holder, bell)
    loops = [
        threading.Thread(target=bell.listen, name="bell"),
        threading.Thread(
            target=_repeat, args=(ended, partial(ended.wait, settings.sweep_seconds), lambda: outbox.send(sweep(deps))), name="sweeper"
        ),
        threading.Thread(target=_repeat, args=(ended, publisher.wait, publisher.publish), name="publisher"),
        threading.Thread(
            target=_repeat, args=(ended, partial(ended.wait, SECONDS_BETWEEN_PATROLS), lambda: outbox.send(patrol(deps))), name="patrol"
        ),
        threading.Thread(
            target=_repeat, args=(ended, partial(ended.wait, SECONDS_BETWEEN_TIDYINGS), Tidier(deps, holder).tidy), name="tidier"
        ),
    ]
    for worker in workers:
        worker.start()
    for loop in loops:
        loop.start()
    log.info("worker ready")
    ended.wait()
    bell.end()
    endings = [threading.Thread(target=_end, args=(worker,)) for worker in workers]
    for ending in endings:
        ending.start()
    for thread in (*loops, *endings):
        thread.join()
    broker.close()
    client.close()
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


class Publisher:
    """Publishes while this process holds the lease, and asks for it now and then while it does not."""

    def __init__(self, deps: Deps, client: redis.Redis, holder: str, bell: Bell) -> None:
        self._deps = deps
        self._client = client
        self._holder = holder
        self._bell = bell
        self._rope = bell.add_rope()
        self._asked_at = -math.inf
        self._is_holder = False
        self._is_busy = True
        self._told: dict[UUID, int] = {}
        self._queued = Queued()

    def wait(self) -> None:
        """Until the next round is due: soon while something runs; else once something is sent, or after a while."""
        if self._is_busy:
            time.sleep(self._deps.settings.publish_seconds)
        else:
            self._bell.wait(self._rope, SECONDS_BETWEEN_LEASES)

    def publish(self) -> None:
        """One round."""
        if time.monotonic() - self._asked_at > SECONDS_BETWEEN_LEASES:
            self._is_holder = hold_lease(self._deps, self._holder)
            self._asked_at = time.monotonic()
        if not self._is_holder:
            self._is_busy = False
            return
        self._is_busy = True
        published = publish(self._deps, GAP_SECONDS, self._queued)
        self._is_busy = published.is_anything_moving
        for tenant_id, sequence in published.newest.items():
            if self._told.get(tenant_id) != sequence:
                self._tell(tenant_id, sequence)
        # Of tenants without imports under way nothing need be kept.
        self._told = published.newest

    def _tell(self, tenant_id: UUID, sequence: int) -> None:
        try:
            self._client.publish(event_channel(tenant_id), sequence)
        except redis.exceptions.RedisError as error:
            # Whoever watches also looks by itself now and then.
            log.warning("an event could not be announced: %s", error)


def _repeat(ended: threading.Event, wait: Callable[[], object], round: Callable[[], None]) -> None:
    """Until the end, which comes at once where a round breaks: a worker that does not sweep is none, and is started anew."""
    try:
        while True:
            wait()
            if ended.is_set():
                return
            try:
                round()
            except Transient as error:
                log.warning("%s: a round was missed: %s", threading.current_thread().name, error)
    finally:
        ended.set()
