"""The processes of one Rolodock: how each is started, so that it ends with whoever started it."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from api.cli.lifeline import Lifeline

# Where our packages lie. The children look here, and not in the folder that the user happens to be in.
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Program:
    """Something to start; `own` for a command of ours, `foreign` for what knows no lifeline."""

    name: str
    module: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def own(cls, name: str, *arguments: str, environment: Mapping[str, str]) -> "Program":
        return cls(name, "api.cli", arguments, environment)

    @classmethod
    def foreign(cls, name: str, *command: str) -> "Program":
        return cls(name, "api.cli.guard", command)

    def start(self, lifeline: Lifeline, *, stdout: int | None = None, stderr: int | None = None) -> subprocess.Popen[bytes]:
        """Start it, in a session of its own: a Ctrl-C at the terminal reaches the parent alone, which ends all in good order."""
        path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        return subprocess.Popen(
            [sys.executable, "-P", "-m", self.module, *self.arguments],
            env={**os.environ, **self.environment, **lifeline.environment(), "PYTHONPATH": path},
            pass_fds=[lifeline.read_end],
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )
