"""The programs beside Python that tests use: PostgreSQL's server and a Chromium. Finds them, and installs them where it may.

`python -m tests.support.programs` runs before the tests and says in one line each what will be skipped and why.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_APPLICATIONS = (
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
)
POSTGRES_FOLDERS = (
    ("/usr/lib/postgresql", "*/bin"),
    ("/opt/homebrew/opt", "postgresql@*/bin"),
    ("/usr/local/opt", "postgresql@*/bin"),
)
POSTGRES_PROGRAMS = ("initdb", "postgres")


def is_continuous_integration() -> bool:
    """In CI nothing is skipped: what is missing fails."""
    return os.environ.get("CI", "").lower() in {"1", "true"}


def find_postgres() -> Path | None:
    """The folder with initdb and postgres, the newest version first."""
    for folder in _postgres_folders():
        if all((folder / program).exists() for program in POSTGRES_PROGRAMS):
            return folder
    return None


def _postgres_folders() -> Iterator[Path]:
    for root, pattern in POSTGRES_FOLDERS:
        yield from sorted(Path(root).glob(pattern), key=_version, reverse=True)
    if initdb := shutil.which("initdb"):
        yield Path(initdb).resolve().parent


def _version(folder: Path) -> int:
    digits = "".join(character for character in folder.parent.name if character.isdigit())
    return int(digits or 0)


def find_chromium() -> Path | None:
    for name in CHROMIUM_NAMES:
        if found := shutil.which(name):
            return Path(found)
    return next((path for path in CHROMIUM_APPLICATIONS if path.exists()), None)


@dataclass(frozen=True, slots=True)
class Program:
    name: str
    package: str
    used_by: str
    find: Callable[[], Path | None]


PROGRAMS = (
    Program("PostgreSQL", "postgresql", "the tests on PostgreSQL", find_postgres),
    Program("Chromium", "chromium", "the tests in a browser", find_chromium),
)


def can_install() -> bool:
    return sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(packages: list[str]) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
        subprocess.run(["apt-get", *arguments], env=environment, stdout=subprocess.DEVNULL, check=False)


def main() -> int:
    missing = [program for program in PROGRAMS if program.find() is None]
    if missing and can_install():
        print("Installing " + " and ".join(program.name for program in missing) + " for the tests.", flush=True)
        install([program.package for program in missing])
        missing = [program for program in missing if program.find() is None]
    for program in missing:
        print(f"Skipped: {program.used_by}, because {program.name} was not found and cannot be installed here.")
    return 1 if missing and is_continuous_integration() else 0


if __name__ == "__main__":
    sys.exit(main())
