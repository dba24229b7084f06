"""What a process does again and again beside its work."""

import logging
import threading
from collections.abc import Callable

from models.errors import Transient

log = logging.getLogger(__name__)


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
