"""The heartbeat of what is under way: nobody else takes it up meanwhile."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from models.database import writing
from models.errors import Transient
from models.queries.sending import FollowUp, extend
from workers.stages.deps import Deps

log = logging.getLogger(__name__)


@contextmanager
def beating(deps: Deps, follow_up: FollowUp, attempt: int) -> Iterator[None]:
    """Keep what runs from being sent again, or taken up by another, while it runs."""
    seconds = deps.settings.heartbeat_seconds
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(seconds / 3):
            try:
                with writing(deps.database) as tx:
                    if not extend(tx, follow_up, attempt, seconds):
                        return
            except Transient as error:
                log.warning("a heartbeat was missed: %s", error)

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
