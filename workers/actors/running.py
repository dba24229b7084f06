"""Running a stage for a message: the heartbeat while it runs, and what becomes of an error. One of the two edges that catch everything."""

import logging
from collections.abc import Callable, Iterable
from uuid import UUID, uuid4

from models.database import reading, writing
from models.errors import ServiceError, Terminal, Transient
from models.full_disk import telling_full_disk
from models.queries.failing import give_up, is_newest, is_worn_out, tries_of
from models.queries.sending import FollowUp, postpone
from models.queries.stages import take_up
from models.tables import ImportJob
from models.vocabulary import Stage
from workers.queues import Outbox
from workers.stages.deps import Deps
from workers.stages.heartbeat import beating
from workers.stages.position import Superseded

log = logging.getLogger(__name__)

BROKEN = "Something went wrong on our side. Reference: {reference}."
LONGEST_PAUSE_SECONDS = 10.0
# What never is given up may be tried for days, and a float holds no 2 ** 1024.
MOST_DOUBLINGS = 10
# What ends an import must come to an end itself.
ENDLESS = frozenset({Stage.FINALIZE, Stage.DISCARD})


class StageRunner:
    """Runs stages with what this process has to hand them, and sends what follows from them.

    A stage returns its follow-ups, or yields each as soon as what made it due is committed.
    """

    def __init__(self, deps: Deps, outbox: Outbox) -> None:
        self._deps = deps
        self._outbox = outbox

    def run_for_import(self, stage: Callable[[Deps, ImportJob], Iterable[FollowUp]], follow_up: FollowUp, attempt: int) -> None:
        """Run an import-wide stage, unless this attempt was begun before."""

        def begin_and_run() -> Iterable[FollowUp]:
            with writing(self._deps.database) as tx:
                job = take_up(tx, follow_up.id, follow_up.stage, attempt, self._deps.settings.heartbeat_seconds)
            return [] if job is None else stage(self._deps, job)

        self._run(begin_and_run, follow_up, attempt)

    def run(self, stage: Callable[[Deps, UUID], list[FollowUp]], follow_up: FollowUp, attempt: int) -> None:
        """Run a stage of a chunk, a batch or a report."""
        self._run(lambda: stage(self._deps, follow_up.id), follow_up, attempt)

    def _run(self, stage: Callable[[], Iterable[FollowUp]], follow_up: FollowUp, attempt: int) -> None:
        try:
            self._require_tries_left(follow_up, attempt)
            with beating(self._deps, follow_up, attempt), telling_full_disk():
                for due in stage():
                    # Before anything is sent, for which on SQLite one may have to wait for whoever writes.
                    self._deps.ring()
                    self._outbox.send([due])
            self._deps.ring()
            return
        except Superseded:
            log.info("%s of %s ended early: the import has moved on", follow_up.stage.value, follow_up.id)
            return
        except Terminal as error:
            follow_ups = self._give_up(follow_up, attempt, error)
        except Transient as error:
            log.warning("%s of %s is tried again: %s", follow_up.stage.value, follow_up.id, error)
            follow_ups = self._try_again(follow_up, attempt, error)
        except Exception as error:
            reference = uuid4().hex[:12]
            log.exception("%s of %s broke, reference %s", follow_up.stage.value, follow_up.id, reference)
            masked = ServiceError(BROKEN.format(reference=reference), code="internal_error")
            masked.__cause__ = error
            follow_ups = self._try_again(follow_up, attempt, masked)
        self._outbox.send(follow_ups)

    def _require_tries_left(self, follow_up: FollowUp, attempt: int) -> None:
        """Raises Terminal where all tries were begun and none came to an end: what kills its worker is not begun for ever."""
        if follow_up.stage in ENDLESS:
            return
        with reading(self._deps.database) as tx:
            if is_worn_out(tx, follow_up, attempt, self._deps.settings.attempts):
                raise Terminal(f"It was begun {self._deps.settings.attempts} times and its worker died each time.", code="worker_died")

    def _try_again(self, follow_up: FollowUp, attempt: int, error: ServiceError) -> list[FollowUp]:
        """Let it be due again after a growing pause, or give it up after so many tries."""
        with writing(self._deps.database) as tx:
            if not is_newest(tx, follow_up, attempt):
                return []
            tries = tries_of(tx, follow_up)
            if follow_up.stage in ENDLESS or tries < self._deps.settings.attempts:
                postpone(tx, follow_up, min(0.5 * 2 ** min(tries, MOST_DOUBLINGS), LONGEST_PAUSE_SECONDS))
                return []
        return self._give_up(follow_up, attempt, error)

    def _give_up(self, follow_up: FollowUp, attempt: int, error: ServiceError) -> list[FollowUp]:
        with writing(self._deps.database) as tx:
            if not is_newest(tx, follow_up, attempt):
                return []
            return give_up(tx, follow_up, error.code, error.message)
