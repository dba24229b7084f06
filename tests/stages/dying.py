"""A worker's work, ended at a moment that a test chooses: at the n-th statement, commit, or use of the object store."""

import dataclasses
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any, BinaryIO, TypeVar

from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError

from models.errors import StorageUnavailable
from models.storage import ObjectStore
from tests.support.rig import Rig
from workers.actors.running import StageRunner
from workers.queues import FollowUp

MOST_STEPS = 5_000
EVERY_MOMENT = slice(0, None, 1)
Result = TypeVar("Result")


class Died(BaseException):
    """The process ends here: nothing of ours runs any more, and the database rolls back."""


class Ending(Enum):
    """What happens at the moment: the process dies or what it uses fails it; and whether what it asked for is done all the same."""

    DIES_BEFORE = "dies before"
    DIES_AFTER = "dies after"
    FAILS_BEFORE = "fails before"
    FAILS_AFTER = "fails after"

    @property
    def is_after(self) -> bool:
        return self in (Ending.DIES_AFTER, Ending.FAILS_AFTER)

    @property
    def is_death(self) -> bool:
        return self in (Ending.DIES_BEFORE, Ending.DIES_AFTER)


class Killer:
    """Ends the work at a moment, counted from now.

    Of the database only the test's own thread is meant: heartbeats have their own. The object store is used by threads of the stage.
    """

    def __init__(self, ending: Ending) -> None:
        self.ending = ending
        self.left: int | None = None
        self._lock = threading.Lock()

    @contextmanager
    def at(self, moment: int) -> Iterator[None]:
        self.left = moment
        try:
            yield
        finally:
            self.left = None

    def is_now(self) -> bool:
        """Whether this is the moment; it is counted."""
        with self._lock:
            if self.left is None:
                return False
            self.left -= 1
            if self.left >= 0:
                return False
            self.left = None
            return True

    def watch(self, rig: Rig) -> None:
        """From now on count the moments of a rig."""
        for engine in (rig.deps.database.reader, rig.deps.database.writer):
            # What a statement did is rolled back in any case: after one is before the next one, or before the commit.
            if not self.ending.is_after:
                event.listen(engine, "before_cursor_execute", self._look_at_statement)
            event.listen(engine, "commit", self._look_at_commit)
        rig.deps = dataclasses.replace(rig.deps, storage=_WatchedStore(rig.deps.storage, self))
        rig.runner = StageRunner(rig.deps, rig.outbox)

    def _look_at_statement(self, *_: Any) -> None:
        if threading.current_thread() is threading.main_thread() and self.is_now():
            raise self._lost_connection()

    def _look_at_commit(self, connection: Connection) -> None:
        if threading.current_thread() is not threading.main_thread() or not self.is_now():
            return
        if self.ending.is_after:
            # What is lost on the way back leaves it unknown whether the commit was heard; here it was.
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.commit()
        raise self._lost_connection()

    def _lost_connection(self) -> BaseException:
        return Died() if self.ending.is_death else OperationalError("", {}, Exception("connection lost"), connection_invalidated=True)

    def lost_store(self) -> BaseException:
        return Died() if self.ending.is_death else StorageUnavailable("The file store cannot be reached just now.")


class _WatchedStore(ObjectStore):
    """A store whose uses are moments."""

    def __init__(self, store: ObjectStore, killer: Killer) -> None:
        super().__init__(store._store)
        self._killer = killer

    def _use(self, use: Callable[[], Result]) -> Result:
        if not self._killer.is_now():
            return use()
        if self._killer.ending.is_after:
            use()
        raise self._killer.lost_store()

    def put(self, key: str, data: bytes) -> None:
        self._use(lambda: super(_WatchedStore, self).put(key, data))

    def put_file(self, key: str, file: Any) -> None:
        self._use(lambda: super(_WatchedStore, self).put_file(key, file))

    def get(self, key: str) -> bytes:
        return self._use(lambda: super(_WatchedStore, self).get(key))

    @contextmanager
    def open(self, key: str) -> Iterator[BinaryIO]:
        self._use(lambda: None)
        with super().open(key) as file:
            yield file

    def delete(self, key: str) -> None:
        self._use(lambda: super(_WatchedStore, self).delete(key))

    def iter_keys(self, prefix: str) -> Iterator[str]:
        return iter(self._use(lambda: list(super(_WatchedStore, self).iter_keys(prefix))))


def work_and_die(rig: Rig, killer: Killer, moments: slice = EVERY_MOMENT) -> int:
    """Deliver everything; a stage ends at the first of these moments of it, then at the second, and so on, until it comes through. How
    often it ended.

    Of what is sent again while it waits only the newest message is delivered: the older ones would find that they were overtaken.
    """
    endings = 0
    survived: dict[FollowUp, int] = {}
    for _ in range(MOST_STEPS):
        if not rig.outbox.waiting:
            rig.sweep()
            if not rig.outbox.waiting:
                return endings
        follow_up, attempt = rig.outbox.waiting.pop(0)
        with killer.at(survived.get(follow_up, moments.start)):
            try:
                rig.deliver(follow_up, attempt)
            except Exception:
                # What dramatiq would log and forget: the row is due again by itself.
                if killer.ending.is_death or killer.left is not None:
                    raise
            except Died:
                pass
            was_hit = killer.left is None
        if was_hit:
            endings += 1
            survived[follow_up] = survived.get(follow_up, moments.start) + moments.step
            rig.sweep()
            rig.outbox.waiting[:] = dict(rig.outbox.waiting).items()
    raise AssertionError("The work does not come to an end.")


def repeat_and_die(killer: Killer, work: Callable[[], Any]) -> int:
    """Work that is done again and again, ended at its first moment, then at its second, and so on. How often it ended."""
    for moment in range(MOST_STEPS):
        with killer.at(moment):
            try:
                work()
            except (Died, StorageUnavailable, OperationalError):
                continue
            except Exception:
                if killer.left is not None:
                    raise
                continue
            if killer.left is not None:
                return moment
    raise AssertionError("The work does not come to an end.")
