"""Being asked to end by a signal."""

import signal
import time


class EndSignals:
    """Whether this process was asked to end, by any of some signals.

    A handler runs in the main thread between any two of its steps, also while that holds the lock of an event: this one takes none. A
    signal that comes just before the thread is blocked interrupts nothing, and its handler waits for the next step: so nobody sleeps long.
    """

    def __init__(self, *numbers: signal.Signals) -> None:
        self._is_asked = False
        for number in numbers:
            signal.signal(number, self._note)

    def wait(self, seconds: float) -> bool:
        """Sleep for so long unless it was asked; whether it was."""
        if not self._is_asked:
            time.sleep(seconds)
        return self._is_asked

    def _note(self, *_: object) -> None:
        self._is_asked = True
