"""What a process does again and again beside its work."""

import logging
import threading
from collections.abc import Callable

from models.end_signals import EndSignals
from models.errors import Transient

log = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 0.2


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


def wait_for_end(ended: threading.Event, signals: EndSignals) -> None:
    """In the main thread, until this process is asked to end, or a round has broken; `ended` is set then."""
    while not (signals.wait(SECONDS_BETWEEN_LOOKS) or ended.is_set()):
        pass
    ended.set()
