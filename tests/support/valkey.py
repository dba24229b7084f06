"""A real Valkey server for the tests."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import redis

from api.cli.broker import Broker
from api.cli.lifeline import Lifeline

START_SECONDS = 100.0


@dataclass(frozen=True, slots=True)
class ValkeyServer:
    """A running server."""

    url: str

    def flush(self) -> None:
        """Wipe it."""
        with redis.Redis.from_url(self.url) as client:
            client.flushall()


@contextmanager
def running_valkey(folder: Path) -> Iterator[ValkeyServer]:
    """A server for the length of the block, the same that `rolodock up` starts. It also ends when this process is killed."""
    lifeline = Lifeline()
    broker = Broker(folder)
    process = broker.program().start(lifeline)
    try:
        broker.wait_until_ready(time.monotonic() + START_SECONDS)
        yield ValkeyServer(broker.url)
    finally:
        process.terminate()
        process.wait(60)
        lifeline.close()
