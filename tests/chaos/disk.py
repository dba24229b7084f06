"""A small disk that can be filled to the last byte: a tmpfs of its own, where this process may mount one."""

import errno
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SIZE = "1500m"
STEPS_BYTES = (64 * 1024 * 1024, 1024 * 1024, 4096)


@dataclass(frozen=True, slots=True)
class Disk:
    """A folder; `is_small`: it lies on a disk of its own, which may be filled."""

    folder: Path
    is_small: bool

    @property
    def _ballast(self) -> Path:
        return self.folder / "ballast"

    def fill(self) -> None:
        """Leave no room."""
        with open(self._ballast, "wb") as file:
            size = 0
            for step in STEPS_BYTES:
                try:
                    while True:
                        os.posix_fallocate(file.fileno(), size, step)
                        size += step
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise

    def free(self) -> None:
        """Give the room back."""
        self._ballast.unlink(missing_ok=True)


@contextmanager
def small_disk(*, keep: bool) -> Iterator[Disk]:
    """A fresh folder for the length of the block, or for longer: what processes wrote there may tell what went wrong."""
    folder = Path(tempfile.mkdtemp(prefix="rolodock-chaos-"))
    # PostgreSQL's server is another user's where we are root.
    folder.chmod(0o755)
    is_small = _mount(folder)
    try:
        yield Disk(folder, is_small)
    finally:
        if keep:
            print(f"What the processes wrote is in {folder}.")
        else:
            if is_small:
                subprocess.run(["umount", "--lazy", str(folder)], check=False)
            subprocess.run(["rm", "-rf", str(folder)], check=False)


def _mount(folder: Path) -> bool:
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0755", "tmpfs", str(folder)]
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0
