"""What workers hold in memory, as Linux counts it: resident bytes of each worker process and of the processes that it starts."""

import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.machine import MEBIBYTE

LOOK_SECONDS = 0.1
# Written to clear_refs, it sets the peak of a process back to what it holds now (proc(5)).
RESET_PEAK = "5"


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes: of the worker that rose most above what it held when idle, then and at its peak, and of the largest child of any."""

    idle: int
    peak: int
    child_peak: int

    @property
    def above_idle(self) -> int:
        return self.peak - self.idle

    def in_mb(self) -> dict[str, int]:
        return {
            "worker_idle_mb": round(self.idle / MEBIBYTE),
            "worker_peak_mb": round(self.peak / MEBIBYTE),
            "worker_above_idle_mb": round(self.above_idle / MEBIBYTE),
            "child_peak_mb": round(self.child_peak / MEBIBYTE),
        }


class MemoryWatch:
    """From entering to leaving the block, what processes hold at most. `idle` is what each held before it did anything, by its id."""

    def __init__(self, idle: Mapping[int, int]) -> None:
        self._idle = idle
        self._peak: dict[int, int] = {}
        self._child_peak = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch_children)

    def __enter__(self) -> Self:
        for pid in self._idle:
            Path(f"/proc/{pid}/clear_refs").write_text(RESET_PEAK)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ended.set()
        self._thread.join()
        for pid in self._idle:
            # One that died meanwhile tells nothing; then the figures are not worth having.
            self._peak[pid] = resident_bytes(pid, "VmHWM")

    def _watch_children(self) -> None:
        # A child is gone when it is done, and its peak with it.
        while not self._ended.wait(LOOK_SECONDS):
            for pid in self._idle:
                for child in _children(pid):
                    with suppress(OSError, LookupError):
                        self._child_peak = max(self._child_peak, resident_bytes(child, "VmHWM"))

    @property
    def memory(self) -> Memory:
        """What was seen; after the block."""
        highest = max(self._peak, key=lambda pid: self._peak[pid] - self._idle[pid])
        return Memory(self._idle[highest], self._peak[highest], self._child_peak)


def resident_bytes(pid: int, name: str) -> int:
    """VmRSS (now) or VmHWM (the most so far) of a process. Raises OSError and LookupError where it is gone."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    found = [line for line in lines if line.startswith(f"{name}:")]
    return int(found[0].split()[1]) * 1024


def _children(pid: int) -> list[int]:
    found = []
    with suppress(OSError):
        for path in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                found += [int(child) for child in (path / "children").read_text().split()]
    return found
