"""Looking at real processes."""

import os
import subprocess
import time
from collections.abc import Callable, Mapping

# A machine that is busy with something else is slow; who waits for what comes waits for no longer than that.
WAIT_SECONDS = 100.0


def wait_until(is_so: Callable[[], bool], seconds: float = WAIT_SECONDS) -> None:
    """Return once it is so; fail the test when it does not come to it."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to it in time"
        time.sleep(0.05)


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


def descendants(ancestor: int) -> dict[int, str]:
    """Command lines of the processes that a process started, and those started, by process id."""
    listing = subprocess.run(["ps", "-A", "-ww", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in listing.splitlines()]
    parents = {int(row[0]): int(row[1]) for row in rows}
    return {int(row[0]): row[2] for row in rows if len(row) > 2 and _descends(int(row[0]), ancestor, parents)}


def _descends(pid: int, ancestor: int, parents: Mapping[int, int]) -> bool:
    parent = parents.get(pid, 0)
    return parent == ancestor or (parent > 1 and _descends(parent, ancestor, parents))
