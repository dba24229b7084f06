"""A stage's own files on this machine, for what would be too much to hold. They go with the stage, and are no truth for anybody."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

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
        frame.write_ipc(self._folder / f"{name}-{number}.arrow", compression="uncompressed")

    def read(self, name: str) -> pl.DataFrame | None:
        """What was added under a name; None: nothing was."""
        paths = [self._folder / f"{name}-{number}.arrow" for number in range(self._counts.get(name, 0))]
        # Mapped files would count as memory of the process for as long as a frame of them lives.
        return pl.concat([pl.read_ipc(path.read_bytes()) for path in paths]) if paths else None


@contextmanager
def open_scratch() -> Iterator[Scratch]:
    """A scratch for the length of the block."""
    with TemporaryDirectory(prefix="rolodock-") as folder:
        yield Scratch(Path(folder))
