"""Programs that are started again whenever they have ended, as an init system would."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from api.cli.lifeline import Lifeline
from api.cli.processes import Program
from tests.support.processes import descendants

LOOK_SECONDS = 0.05
# One that ends at once all the same, for want of its port or its database, must not take all of the machine.
PAUSE_SECONDS = 0.3
STOP_SECONDS = 8.0


@dataclass
class Kept:
    """A program, the process that runs it now, and when that may be started again."""

    program: Program
    log: Path
    process: subprocess.Popen[bytes]
    restart_at: float = 0.0
    starts: int = 1
    lock: threading.Lock = field(default_factory=threading.Lock)

    def pids(self) -> list[int]:
        """The process and all that it started."""
        return [self.process.pid, *descendants(self.process.pid)]

    def kill(self, pause_seconds: float, *, whole: bool = False) -> None:
        """Kill it hard, alone or with all that it started; it is started again after the pause."""
        with self.lock:
            self.restart_at = time.monotonic() + pause_seconds
            if self.process.poll() is None:
                kill(self.pids() if whole else [self.process.pid])


class Keeper:
    """Starts programs and starts them again."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._lifeline = Lifeline()
        self._kept: list[Kept] = []
        self._ended = threading.Event()
        logs.mkdir()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def keep(self, program: Program) -> Kept:
        """Start it."""
        log = self._logs / f"{program.name}.log"
        kept = Kept(program, log, self._start(program, log))
        self._kept.append(kept)
        return kept

    def close(self) -> None:
        """End all, what was started last first."""
        self._ended.set()
        self._thread.join()
        for kept in reversed(self._kept):
            if kept.process.poll() is None:
                # Asks PostgreSQL to end its sessions; everybody else takes it for Ctrl-C.
                kept.process.send_signal(signal.SIGINT if kept.program.name == "database" else signal.SIGTERM)
                try:
                    kept.process.wait(STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    kill(kept.pids())
                    kept.process.wait()
        self._lifeline.close()

    def _start(self, program: Program, log: Path) -> subprocess.Popen[bytes]:
        with open(log, "ab") as output:
            return program.start(self._lifeline, stdout=output.fileno(), stderr=output.fileno())

    def _watch(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            for kept in self._kept:
                with kept.lock:
                    if kept.process.poll() is None or time.monotonic() < kept.restart_at:
                        continue
                    kept.process = self._start(kept.program, kept.log)
                    kept.starts += 1
                    kept.restart_at = time.monotonic() + PAUSE_SECONDS


def kill(pids: Iterable[int], number: signal.Signals = signal.SIGKILL) -> None:
    """Send a signal to those who are still there."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def count_threads(pid: int) -> int:
    """How many threads a process has; none where it is gone."""
    try:
        return len(os.listdir(f"/proc/{pid}/task"))
    except FileNotFoundError:
        return 0
