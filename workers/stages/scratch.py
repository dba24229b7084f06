"""A stage's own files on this machine, for what would be too much to hold. They are no truth for anybody.

They go with the stage; those of a worker that was killed go when the next one starts.
"""

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

import polars as pl


class Scratch:
    """Frames under names. What is added under one name comes back as one frame, in the order in which it was added."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._counts: dict[str, int] = {}

    def add(self, name: str, frame: pl.DataFrame) -> None:
        """Put a frame behind those that a name has; one without rows leaves nothing."""
        if frame.is_empty():
            return
        number = self._counts.get(name, 0)
        self._counts[name] = number + 1
        # A stream: of a file polars makes a query, which for a small frame costs ten times what the frame does. And a frame of its own, for
        # polars holds it while it is written, and who met it in another thread meanwhile might wait for ever.
        frame.clone().write_ipc_stream(self._folder / f"{name}-{number}.arrow", compression="uncompressed")

    def read(self, name: str) -> pl.DataFrame | None:
        """What was added under a name; None: nothing was."""
        frames = list(self._iter_frames(name))
        return pl.concat(frames) if frames else None

    def read_pieces(self, name: str, rows: int) -> Iterator[pl.DataFrame]:
        """What was added under a name, in frames of at least so many rows but for the last: what is too much to hold at a time."""
        frames: list[pl.DataFrame] = []
        for frame in self._iter_frames(name):
            frames.append(frame)
            if sum(held.height for held in frames) >= rows:
                yield pl.concat(frames)
                frames = []
        if frames:
            yield pl.concat(frames)

    def _iter_frames(self, name: str) -> Iterator[pl.DataFrame]:
        for number in range(self._counts.get(name, 0)):
            # Mapped files would count as memory of the process for as long as a frame of them lives.
            yield pl.read_ipc_stream((self._folder / f"{name}-{number}.arrow").read_bytes())


@contextmanager
def open_scratch() -> Iterator[Scratch]:
    """A scratch for the length of the block."""
    with TemporaryDirectory(prefix=f"{_prefix()}{os.getpid()}-") as folder:
        yield Scratch(Path(folder))


def remove_orphans() -> None:
    """Remove what processes of this machine left that were killed while they had a scratch."""
    prefix = _prefix()
    for folder in Path(gettempdir()).glob(f"{prefix}*"):
        number = folder.name.removeprefix(prefix).partition("-")[0]
        if number.isdigit() and not _is_running(int(number)):
            shutil.rmtree(folder, ignore_errors=True)


def _prefix() -> str:
    # Several containers may share a folder, and count their processes each for itself.
    return f"rolodock-plan-{socket.gethostname()}-"


def _is_running(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
