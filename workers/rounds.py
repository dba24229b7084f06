"""What a process does again and again beside its work."""

import logging
import threading
from collections.abc import Callable

from models.errors import Transient

log = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 1.0


def repeat(ended: threading.Event, wait: Callable[[], object], round: Callable[[], None]) -> None:
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


def wait_for_end(ended: threading.Event) -> None:
    """In the main thread, until the end, which a signal's handler may set.

    Python runs the handler in this thread between two steps. A signal that comes just before the thread is blocked, or to another thread,
    interrupts nothing, and its handler has to wait for the next step: so there is one every second.
    """
    while not ended.wait(SECONDS_BETWEEN_LOOKS):
        pass
