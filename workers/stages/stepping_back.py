"""A process that reads a source leaves the chunks to the others, as far as these have time.

Reading is done by one process, and its steps between calls of polars hold the interpreter: whatever else the process does meanwhile holds
up the reading, and with it everybody.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

# By how much a process that reads looks later: what lies longer nobody else has time for. Judging a chunk takes about half as long.
SECONDS_BEHIND = 0.2


class StepBack:
    """What the stages of one process tell its consumers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sources = 0
        self._is_free = threading.Event()
        self._is_free.set()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """A source is read for the length of the block."""
        with self._lock:
            self._sources += 1
            self._is_free.clear()
        try:
            yield
        finally:
            with self._lock:
                self._sources -= 1
                if not self._sources:
                    self._is_free.set()

    def wait(self) -> None:
        """Let others look first while a source is read here."""
        self._is_free.wait(SECONDS_BEHIND)
