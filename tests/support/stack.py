"""A whole Rolodock, started as a user would: `rolodock up` in a folder of its own."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue

from api.cli.lifeline import Lifeline
from api.cli.processes import ROOT
from tests.support.ports import own_port
from tests.support.processes import descendants

START_SECONDS = 100.0
STOP_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Stack:
    """What `rolodock up` printed, and its process."""

    process: subprocess.Popen[str]
    data_dir: Path
    url: str
    sign_in_link: str
    token: str

    def children(self) -> dict[int, str]:
        """Command lines of the processes it runs, by process id."""
        return descendants(self.process.pid)

    def pids_of(self, part: str) -> list[int]:
        """Its processes whose command line has this part."""
        return [pid for pid, command in self.children().items() if part in command]


def rolodock(*arguments: str | Path) -> list[str]:
    """The command line of a command."""
    return [sys.executable, "-m", "api.cli", *map(str, arguments)]


def clean_environment(**settings: str) -> dict[str, str]:
    """This environment with these ROLODOCK_* variables alone. Workers give way to nobody: whoever tests them waits for them."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ROLODOCK_")}
    return {**kept, **{f"ROLODOCK_{name.upper()}": value for name, value in {"worker_niceness": "0", **settings}.items()}}


def run(*arguments: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        rolodock(*arguments), cwd=ROOT, env=clean_environment(**settings), capture_output=True, text=True, timeout=110, check=False
    )


@contextmanager
def running_stack(data_dir: Path, *, workers: int = 2, port: int | None = None, **settings: str) -> Iterator[Stack]:
    """`rolodock up` for the length of the block. It also ends when this process is killed."""
    lifeline = Lifeline()
    command = rolodock("up", "--data-dir", data_dir, "--workers", str(workers), "--port", str(port or own_port()))
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**clean_environment(**settings), **lifeline.environment()},
        pass_fds=[lifeline.read_end],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield _read_greeting(process, data_dir)
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        lifeline.close()


def _read_greeting(process: subprocess.Popen[str], data_dir: Path) -> Stack:
    """Read on in a thread to the very end, since a full pipe would stop the processes that write to it."""
    lines: Queue[str] = Queue()
    output = process.stdout
    assert output is not None

    def read() -> None:
        with output:
            for line in output:
                lines.put(line)
        lines.put("")

    threading.Thread(target=read, daemon=True).start()
    said = ""
    while "Ctrl-C ends it." not in said:
        try:
            line = lines.get(timeout=START_SECONDS)
        except Empty:
            line = ""
        assert line, f"Rolodock did not start. It said: {said}"
        said += line
    url, link, token = (_find(pattern, said) for pattern in (r"is at (\S+)", r"(\S+/sign-in\?code=\S+)", r"API token: (\S+)"))
    return Stack(process, data_dir, url, link, token)


def _find(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, f"{pattern} is not in: {text}"
    return found[1]
