"""The faults. Each does its harm at once and returns; what is to be healed heals by itself a while later."""

import json
import time
from collections.abc import Callable
from random import Random
from signal import SIGCONT, SIGSTOP
from uuid import uuid4

import redis
from dramatiq import Broker
from sqlalchemy import select
from sqlmodel import col

from models.database import reading
from models.errors import Transient
from models.queries.sending import BATCH_STAGES, FollowUp
from models.tables import ImportBatch, ImportJob, JudgedChunk
from models.vocabulary import RunKind, Stage
from tests.chaos.clocks import find_library
from tests.chaos.keeping import kill
from tests.chaos.setups import DefaultSetup, PostgresSetup, Setup
from workers.broker import make_broker
from workers.queues import STAGE_QUEUES, make_message

# What commits a fault; False: there was nothing to do it to just now.
Fault = Callable[[Random], bool]
REPEATED = 25


def list_faults(setup: Setup) -> dict[str, Fault]:
    """What can be done to a set-up here, by name."""
    faults: dict[str, Fault] = {
        "worker killed": lambda random: _kill_some(setup.worker_pids(), random),
        "all workers killed": lambda random: _kill(setup.worker_pids()),
        "worker frozen": lambda random: _freeze(setup, random),
        "API killed": lambda random: _kill(setup.api_pids()),
        "publisher killed": lambda random: _kill(setup.publisher_pids()),
        "broker killed": lambda random: _kill(setup.broker_pids()),
        "broker wiped": lambda random: _wipe(setup),
        "messages repeated": lambda random: _repeat(setup, random),
    }
    if setup.disk.is_small:
        faults["disk full"] = lambda random: _fill(setup, random)
    if isinstance(setup, PostgresSetup):
        faults |= _of_postgres(setup)
    if isinstance(setup, DefaultSetup):
        faults |= _of_default(setup)
    return faults


def _of_postgres(setup: PostgresSetup) -> dict[str, Fault]:
    def kill_database(random: Random) -> bool:
        setup.database_process.kill(random.uniform(0, 2), whole=True)
        return True

    def kill_backend(random: Random) -> bool:
        # PostgreSQL itself then ends all sessions and recovers.
        return _kill_some(setup.database_process.pids()[1:], random)

    def skew(random: Random) -> bool:
        random.choice(setup.clocks).set(random.choice((-1, 1)) * random.randrange(30, 900))
        return True

    faults: dict[str, Fault] = {
        "database killed": kill_database,
        "database backend killed": kill_backend,
        "database cut off": lambda random: setup.database_proxy.cut(random) > 0,
        "broker cut off": lambda random: setup.broker_proxy.cut(random, 2_000) > 0,
    }
    return faults | ({"clock wrong": skew} if find_library() else {})


def _of_default(setup: DefaultSetup) -> dict[str, Fault]:
    ahead = [0]

    def jump(random: Random) -> bool:
        # One machine has one clock, by which all of it goes. What was sent waits for what it is put back by, up to a minute.
        ahead[0] += random.choice((-2, -random.randrange(120, 900), random.randrange(5, 900)))
        setup.clock.set(ahead[0])
        return True

    def kill_up(random: Random) -> bool:
        setup.up.kill(random.uniform(0, 1))
        return True

    def cut(random: Random) -> bool:
        with redis.Redis.from_url(setup.broker_url(), socket_timeout=5) as broker:
            return bool(broker.client_kill_filter(_type="normal", skipme=True))

    faults: dict[str, Fault] = {"supervisor killed": kill_up, "broker cut off": cut}
    return faults | ({"clock wrong": jump} if find_library() else {})


def commit(fault: Fault, random: Random) -> bool:
    """Commit a fault; False: what it needs is down already."""
    try:
        return fault(random)
    except (redis.RedisError, Transient, OSError):
        return False


def _kill(pids: list[int]) -> bool:
    kill(pids)
    return bool(pids)


def _kill_some(pids: list[int], random: Random) -> bool:
    return _kill([random.choice(pids)] if pids else [])


def _freeze(setup: Setup, random: Random) -> bool:
    """Stop a worker, often for longer than others wait for it, and let it go on as if nothing had been."""
    pids = setup.worker_pids()
    if not pids:
        return False
    pid = random.choice(pids)
    kill([pid], SIGSTOP)
    setup.later(random.choice((random.uniform(0.5, 3), random.uniform(13, 18))), lambda: kill([pid], SIGCONT))
    return True


def _fill(setup: Setup, random: Random) -> bool:
    setup.disk.fill()
    setup.later(random.uniform(0.5, 4), setup.disk.free)
    return True


def _wipe(setup: Setup) -> bool:
    with redis.Redis.from_url(setup.broker_url(), socket_timeout=5) as broker:
        broker.flushall()
    return True


def _repeat(setup: Setup, random: Random) -> bool:
    """Deliver again what lies in the queues or is worked on, and messages of long ago."""
    with redis.Redis.from_url(setup.broker_url(), socket_timeout=5) as broker:
        for key in broker.keys("dramatiq:*.msgs"):
            queue = key.decode().removesuffix(".msgs")
            for held in broker.hvals(key):
                message = json.loads(held)
                message["options"]["redis_message_id"] = copy_id = str(uuid4())
                broker.hset(key, copy_id, json.dumps(message))
                broker.rpush(queue, copy_id)
    sender = make_broker(setup.broker_url())
    try:
        return _send_again(setup, sender, random)
    finally:
        sender.close()


def _send_again(setup: Setup, sender: Broker, random: Random) -> bool:
    with reading(setup.database) as tx:
        jobs = tx.execute(select(col(ImportJob.id), col(ImportJob.attempt)).order_by(col(ImportJob.created_at).desc()).limit(8)).all()
        imports = [job_id for job_id, _ in jobs]
        batches = tx.execute(
            select(col(ImportBatch.kind), col(ImportBatch.id), col(ImportBatch.attempt)).where(
                col(ImportBatch.import_id).in_(imports), col(ImportBatch.attempt) > 0
            )
        ).all()
        chunks = tx.execute(
            select(col(JudgedChunk.id), col(JudgedChunk.attempt)).where(
                col(JudgedChunk.import_id).in_(imports), col(JudgedChunk.attempt) > 0
            )
        ).all()
    known = [(FollowUp(BATCH_STAGES[RunKind(kind)], batch_id), attempt) for kind, batch_id, attempt in batches]
    known += [(FollowUp(Stage.JUDGE_CHUNK, chunk_id), attempt) for chunk_id, attempt in chunks]
    known = random.sample(known, min(REPEATED, len(known)))
    known += [(FollowUp(random.choice((Stage.INSPECT, Stage.PLAN, Stage.FINALIZE)), job_id), attempt) for job_id, attempt in jobs]
    random.shuffle(known)
    for follow_up, newest in known:
        message = make_message(follow_up, random.randint(min(1, newest), newest), STAGE_QUEUES[follow_up.stage])
        sender.declare_queue(message.queue_name)
        sender.enqueue(message)
    return bool(known)


def wake_all(setup: Setup) -> None:
    """Let go of whatever a storm still holds."""
    kill(setup.worker_pids(), SIGCONT)
    setup.disk.free()
    time.sleep(0.1)
