"""What `rolodock up` keeps in its data folder for other commands to find: the lock, the address and the token."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from models.errors import Terminal

# The one before may be ending just now.
PATIENCE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The folder of one Rolodock on one host."""

    path: Path

    @property
    def broker(self) -> Path:
        return self.path / "broker"

    @property
    def _server(self) -> Path:
        return self.path / "server.json"

    @property
    def _token(self) -> Path:
        return self.path / "token"

    @contextmanager
    def locked(self, advice: str = "end it first, or choose another folder with --data-dir") -> Iterator[None]:
        """Hold the folder for this process; the system lets go of it however the process ends.

        Raises Terminal with the advice where it is held.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise Terminal(f"The data folder {self.path} cannot be used: {error.strerror}.", code="data_folder_unusable") from error
        try:
            if not _lock_within(descriptor, PATIENCE_SECONDS):
                raise Terminal(f"A Rolodock already runs on {self.path}; {advice}.", code="already_running")
            yield
        finally:
            os.close(descriptor)

    @contextmanager
    def announced(self, url: str) -> Iterator[None]:
        """Tell other commands where the server is, for the length of the block."""
        _write_private(self._server, json.dumps({"url": url, "pid": os.getpid()}) + "\n")
        try:
            yield
        finally:
            self._server.unlink(missing_ok=True)

    def running_url(self) -> str | None:
        """Where the server of this folder answers; None: none runs."""
        try:
            descriptor = os.open(self.path / "lock", os.O_RDWR)
        except FileNotFoundError:
            return None
        try:
            # Held by nobody: whatever was announced is of a server that ended hard.
            announced = None if _lock_within(descriptor, 0) else self.announcement()
        finally:
            os.close(descriptor)
        return announced and announced[0]

    def announcement(self) -> tuple[str, int] | None:
        """Address and process of the server that announced itself last; after a hard end they may be of one that is gone."""
        try:
            content = json.loads(self._server.read_text())
        except FileNotFoundError:
            return None
        return content["url"], content["pid"]

    def read_token(self) -> str | None:
        try:
            return self._token.read_text().strip() or None
        except FileNotFoundError:
            return None

    def write_token(self, token: str) -> None:
        _write_private(self._token, token + "\n")


def _lock_within(descriptor: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)


def _write_private(path: Path, text: str) -> None:
    """Readable by its owner alone, and never half written."""
    draft = path.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    draft.replace(path)
