"""Workers as the proofs have them: several at a time, in any order, handed a message twice, dying at any statement, and swept after."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

from sqlalchemy import event

from models.database import Database
from models.vocabulary import Stage
from tests.stages.proof.cases import Handling
from tests.support.rig import Rig

MOST_ROUNDS = 300
# A stage of so small a file has done its work after about so many statements.
MOST_STATEMENTS = 40


class Died(BaseException):
    """The process ends here: nothing of ours runs any more, and the database rolls back."""


class Deaths:
    """Lets a thread die at a statement or commit of a database, counted from the moment it is told."""

    def __init__(self, database: Database) -> None:
        self._left = threading.local()
        for engine in (database.reader, database.writer):
            event.listen(engine, "before_cursor_execute", self._look)
            event.listen(engine, "commit", self._look)

    def _look(self, *_: Any) -> None:
        left = getattr(self._left, "count", None)
        if left is None:
            return
        self._left.count = None if left == 0 else left - 1
        if left == 0:
            raise Died

    @contextmanager
    def after(self, statements: int | None) -> Iterator[None]:
        """This thread dies in the block after so many statements, if it comes to that; None: it does not."""
        self._left.count = statements
        try:
            yield
        except Died:
            pass
        finally:
            self._left.count = None


class Workforce:
    """The workers of a rig. `check` is called in between, by one worker at a time."""

    def __init__(self, rig: Rig, handling: Handling, deaths: Deaths, random: Random, *, check: Callable[[], None] | None = None) -> None:
        self._rig = rig
        self._handling = handling
        self._deaths = deaths
        self._random = random
        self._check = check
        self._lock = threading.Lock()
        self._checking = threading.Lock()
        self._busy = 0
        self._errors: list[BaseException] = []

    def work(self, only: tuple[Stage, ...] | None = None) -> None:
        """Work until nothing is left, or nothing of these stages."""
        for _ in range(MOST_ROUNDS):
            seeds = [self._random.random() for _ in range(self._handling.workers)]
            if len(seeds) == 1:
                self._shift(Random(seeds[0]), only)
            else:
                threads = [threading.Thread(target=self._guarded_shift, args=(Random(seed), only)) for seed in seeds]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
            if self._errors:
                raise self._errors[0]
            self._rig.sweep()
            if not self._find(only):
                return
        raise AssertionError("The work does not come to an end.")

    def _find(self, only: tuple[Stage, ...] | None) -> list[int]:
        waiting = self._rig.outbox.waiting
        return [place for place, (follow_up, _) in enumerate(waiting) if only is None or follow_up.stage in only]

    def _guarded_shift(self, random: Random, only: tuple[Stage, ...] | None) -> None:
        try:
            self._shift(random, only)
        except BaseException as error:
            self._errors.append(error)

    def _shift(self, random: Random, only: tuple[Stage, ...] | None) -> None:
        idle = threading.Event()
        while not self._errors:
            with self._lock:
                places = self._find(only)
                message = None
                if places:
                    message = self._rig.outbox.waiting.pop(places[0] if self._handling.in_order else random.choice(places))
                    self._busy += 1
                elif not self._busy:
                    return
            if message is None:
                idle.wait(0.002)
                continue
            try:
                self._deliver(message, random)
            finally:
                with self._lock:
                    self._busy -= 1
            if self._check is not None:
                with self._checking:
                    self._check()

    def _deliver(self, message: Any, random: Random) -> None:
        handling = self._handling
        dies = random.random() < handling.deaths
        with self._deaths.after(random.randrange(MOST_STATEMENTS) if dies else None):
            self._rig.deliver(*message)
        if random.random() < handling.repeats:
            self._rig.deliver(*random.choice(self._rig.delivered))
        if random.random() < handling.repeats / 3:
            # Whoever works just now is taken for dead, and somebody else is sent the same.
            self._rig.sweep()
