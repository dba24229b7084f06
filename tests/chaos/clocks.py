"""Clocks that are wrong: by a few lines of C before a process's own library, where there is a compiler for them."""

import shutil
import struct
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

SOURCE = Path(__file__).with_name("wrong_clock.c")


@dataclass(frozen=True, slots=True)
class Clock:
    """By how much the wall clock of some processes is wrong. It stands in a file that they have before them all the time."""

    path: Path

    def set(self, seconds: int) -> None:
        """Let them be so many seconds ahead, or behind."""
        with open(self.path, "r+b") as file:
            file.write(struct.pack("=q", seconds))

    def environment(self) -> dict[str, str]:
        """What a process needs in its environment; nothing where clocks cannot be made wrong."""
        self.path.write_bytes(struct.pack("=q", 0))
        library = find_library()
        return {"LD_PRELOAD": str(library), "CHAOS_CLOCK": str(self.path)} if library else {}


@cache
def find_library() -> Path | None:
    """The library that tells processes another time; None: it cannot be made here."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        return None
    library = Path(mkdtemp(prefix="rolodock-clock-")) / "wrong_clock.so"
    command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(SOURCE)]
    return library if subprocess.run(command, check=False).returncode == 0 else None
