"""Keeps a set of processes running: starts again what dies, and ends all of them in good order."""

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Sequence

from api.cli.lifeline import Lifeline
from api.cli.processes import Program
from models.end_signals import EndSignals

LOOK_SECONDS = 0.1
FIRST_DELAY_SECONDS = 0.2
LONGEST_DELAY_SECONDS = 10.0
MOST_DOUBLINGS = 10
# A process that ran for this long was well; its next death is its first.
WELL_AFTER_SECONDS = 30.0


class Child:
    """One program and the process that runs it now."""

    def __init__(self, program: Program, lifeline: Lifeline) -> None:
        self.program = program
        self.deaths = 0
        self._lifeline = lifeline
        self._restart_at: float | None = None
        self._started_at = time.monotonic()
        self.process = program.start(lifeline)

    def look(self) -> int | None:
        """Start the process again when that is due; return its exit status where it has just been found dead.

        Raises OSError where it cannot be started, which is tried again.
        """
        now = time.monotonic()
        if self._restart_at is not None:
            if now >= self._restart_at:
                self._restart_at = now + LONGEST_DELAY_SECONDS
                self.process = self.program.start(self._lifeline)
                self._restart_at = None
                self._started_at = now
            return None
        status = self.process.poll()
        if status is None:
            return None
        self.deaths = 1 if now - self._started_at > WELL_AFTER_SECONDS else self.deaths + 1
        # Bounded before it is raised: a float holds no 2 ** 1024, which hours of dying come to.
        self._restart_at = now + min(FIRST_DELAY_SECONDS * 2 ** min(self.deaths - 1, MOST_DOUBLINGS), LONGEST_DELAY_SECONDS)
        return status


class Supervisor:
    """Starts programs and watches them; the first ones given are ended last."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._lifeline = Lifeline()
        self._waves: list[list[Child]] = []

    def start(self, programs: Iterable[Program]) -> Sequence[Child]:
        """Start programs that may end together."""
        wave: list[Child] = []
        self._waves.append(wave)
        for program in programs:
            wave.append(Child(program, self._lifeline))
        return wave

    def look(self) -> None:
        """Look once at every process, and start again what is dead."""
        for wave in self._waves:
            for child in wave:
                try:
                    status = child.look()
                except OSError as error:
                    # The system may have no process or no memory to give just now, or the program is being replaced by a newer one.
                    self._say(f"{child.program.name} could not be started: {error}; it is tried again.")
                    continue
                if status is not None:
                    self._say(f"{child.program.name} ended with {describe_status(status)}; it is started again.")

    def watch(self, stopping: threading.Event | EndSignals) -> None:
        """Look until it is time to stop."""
        while not stopping.wait(LOOK_SECONDS):
            self.look()

    def stop(self, *, grace_seconds: float = 4.5) -> None:
        """End every process: what rests on others first, politely, and hard once its grace is over."""
        for wave in reversed(self._waves):
            processes = [child.process for child in wave]
            for process in processes:
                process.terminate()
            deadline = time.monotonic() + grace_seconds
            for process in processes:
                _end(process, max(0.0, deadline - time.monotonic()))
        self._waves.clear()
        self._lifeline.close()


def _end(process: subprocess.Popen[bytes], patience_seconds: float) -> None:
    try:
        process.wait(patience_seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def describe_status(status: int) -> str:
    """An exit status in words."""
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"status {status}"
