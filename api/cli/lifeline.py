"""Ends a process when the one that started it is gone, however it went.

The parent holds the write end of a pipe and its children the read end. A killed parent cannot send a signal, but the
system closes its pipes, and the read end meets its end of file. It needs nothing that only one system has.
"""

import os
import signal
import threading
import time

VARIABLE = "ROLODOCK_LIFELINE"
# Enough for a worker to lay down what it holds; less than anybody waits for a port to become free.
GRACE_SECONDS = 3.0


class Lifeline:
    """The parent's side. Python makes both ends close on exec, so no child ever holds the write end."""

    def __init__(self) -> None:
        self.read_end, self._write_end = os.pipe()
        self._is_closed = False

    def environment(self) -> dict[str, str]:
        """What a child needs in its environment, beside the read end in `pass_fds`."""
        return {VARIABLE: str(self.read_end)}

    def close(self) -> None:
        """Let go: every child that is still there ends. A second time nothing happens."""
        if not self._is_closed:
            self._is_closed = True
            os.close(self._write_end)
            os.close(self.read_end)


def inherited_read_end() -> int | None:
    """The read end that this process was started with, kept from its own children; None: nobody holds a lifeline for it."""
    value = os.environ.pop(VARIABLE, None)
    if value is None:
        return None
    read_end = int(value)
    os.set_inheritable(read_end, False)
    return read_end


def follow_lifeline() -> None:
    """End this process when its parent is gone: politely first, then at once. Without a lifeline this does nothing."""
    read_end = inherited_read_end()
    if read_end is not None:
        threading.Thread(target=_end_with_parent, args=(read_end,), name="lifeline", daemon=True).start()


def _end_with_parent(read_end: int) -> None:
    os.read(read_end, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)
