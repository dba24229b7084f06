"""The broker that carries nudges to workers. What it loses, the sweeper sends again."""

from dramatiq.brokers.redis import RedisBroker

# After this silence the messages that a worker had taken are given to others.
HEARTBEAT_MILLISECONDS = 15_000
# Look for silent workers at every chance, not at one in a thousand.
MAINTENANCE_CHANCE = 1_000_000


def make_broker(redis_url: str) -> RedisBroker:
    """A broker without middleware: trying again is decided by the rows, and no time limit can interrupt what our stages do."""
    return RedisBroker(  # type: ignore[no-untyped-call]
        url=redis_url, middleware=[], heartbeat_timeout=HEARTBEAT_MILLISECONDS, maintenance_chance=MAINTENANCE_CHANCE
    )
