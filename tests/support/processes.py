"""Looking at real processes."""

import os
import time
from collections.abc import Callable

WAIT_SECONDS = 10.0


def wait_until(is_so: Callable[[], bool], seconds: float = WAIT_SECONDS) -> None:
    """Return once it is so; fail the test when it does not come to it."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to it in time"
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    """Whether the process is there and no zombie that nobody has asked after yet."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return os.path.isdir("/proc") is False
