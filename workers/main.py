"""A worker process: the composition of its parts, the actors, and loops beside them that sweep, publish and tidy."""

import logging
import signal
import socket
import threading
import time
from collections.abc import Callable
from uuid import UUID, uuid4

import dramatiq
import redis

from models.database import make_database
from models.errors import Transient
from models.settings import Settings
from models.storage import make_object_store
from workers.actors.imports import declare_actors
from workers.actors.running import StageRunner
from workers.broker import make_broker
from workers.queues import Outbox, Queue, event_channel
from workers.stages.deps import Deps
from workers.stages.publish import hold_lease, publish
from workers.stages.retention import RetentionRounds
from workers.stages.scratch import remove_orphans
from workers.stages.sweep import sweep
from workers.stages.tidy import tidy_uploads

log = logging.getLogger(__name__)

# How long messages under way may take when the process is asked to end; what is cut off is sent again.
SHUTDOWN_MILLISECONDS = 4_000
SECONDS_BETWEEN_LEASES = 1.0
POOLS = ({Queue.INSPECTING.value, Queue.PLANNING.value}, {Queue.CHUNKS.value}, {Queue.BATCHES.value, Queue.ENDINGS.value})
SECONDS_BETWEEN_TIDYINGS = 60.0


def run_worker(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    database = make_database(settings.resolved_database_url())
    remove_orphans()
    deps = Deps(database, make_object_store(settings.resolved_storage_url()), settings)
    broker = make_broker(settings.redis_url)
    outbox = Outbox(database, broker)
    runner = StageRunner(deps, outbox)
    # Threads of their own for what may take minutes, so that chunks and batches never wait for a place.
    workers = [_make_worker(settings, runner, queues) for queues in POOLS]
    client = redis.Redis.from_url(settings.redis_url)
    holder = f"{socket.gethostname()}:{uuid4().hex[:12]}"
    loops = [
        threading.Thread(target=_repeat, args=(ended, settings.sweep_seconds, lambda: outbox.send(sweep(deps))), name="sweeper"),
        threading.Thread(target=_repeat, args=(ended, settings.publish_seconds, Publisher(deps, client, holder).publish), name="publisher"),
        threading.Thread(target=_repeat, args=(ended, SECONDS_BETWEEN_TIDYINGS, Tidier(deps, holder).tidy), name="tidier"),
    ]
    for worker in workers:
        worker.start()
    for loop in loops:
        loop.start()
    log.info("worker ready")
    ended.wait()
    for loop in loops:
        loop.join()
    for worker in workers:
        worker.stop(timeout=SHUTDOWN_MILLISECONDS // len(workers))
        worker.broker.close()
    broker.close()
    client.close()
    database.close()


def _make_worker(settings: Settings, runner: StageRunner, queues: set[str]) -> dramatiq.Worker:
    """Threads for some queues, with a broker of their own: a broker knows one worker."""
    broker = make_broker(settings.redis_url)
    declare_actors(broker, runner)
    return dramatiq.Worker(broker, queues=queues, worker_timeout=100, worker_threads=settings.worker_threads)


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

    def __init__(self, deps: Deps, client: redis.Redis, holder: str) -> None:
        self._deps = deps
        self._client = client
        self._holder = holder
        self._asked_at = 0.0
        self._is_holder = False

    def publish(self) -> None:
        """One round."""
        if time.monotonic() - self._asked_at > SECONDS_BETWEEN_LEASES:
            self._is_holder = hold_lease(self._deps, self._holder)
            self._asked_at = time.monotonic()
        if not self._is_holder:
            return
        for tenant_id, sequence in publish(self._deps).items():
            self._tell(tenant_id, sequence)

    def _tell(self, tenant_id: UUID, sequence: int) -> None:
        try:
            self._client.publish(event_channel(tenant_id), sequence)
        except redis.exceptions.RedisError as error:
            # Whoever watches also looks by itself every second.
            log.warning("an event could not be announced: %s", error)


def _repeat(ended: threading.Event, seconds: float, round: Callable[[], None]) -> None:
    """Until the end, which comes at once where a round breaks: a worker that does not sweep is none, and is started anew."""
    try:
        while not ended.wait(seconds):
            try:
                round()
            except Transient as error:
                log.warning("%s: a round was missed: %s", threading.current_thread().name, error)
    finally:
        ended.set()
