"""Real processes that do the work and tell of it, each of its own."""

import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from api.cli.lifeline import Lifeline
from models.settings import Settings
from tests.support.stack import ROOT, clean_environment, rolodock

# So that a few hundred rows are many chunks and batches.
IN_SMALL_PIECES = {"batch_rows": "5", "chunk_rows": "50"}
END_SECONDS = 60


@contextmanager
def running_worker(settings: Settings, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """`rolodock worker` with these settings besides those that say where everything is, for the length of the block."""
    with _running("worker", settings, **more) as process:
        yield process


@contextmanager
def running_publisher(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """`rolodock publisher`, as `rolodock api` runs it, for the length of the block."""
    with _running("publisher", settings) as process:
        yield process


@contextmanager
def _running(command: str, settings: Settings, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    lifeline = Lifeline()
    environment = clean_environment(
        data_dir=str(settings.data_dir), database_url=settings.database_url, redis_url=settings.redis_url, secret_key=settings.secret_key,
        sweep_seconds="0.2", **more,
    )  # fmt: skip
    environment |= lifeline.environment() | {"PYTHONFAULTHANDLER": "1"}
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(rolodock(command), cwd=ROOT, env=environment, pass_fds=[lifeline.read_end], stderr=said)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
            try:
                process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                # It says where each of its threads is, and lives on for nobody: it would take the messages of every test that comes after.
                process.send_signal(signal.SIGABRT)
                process.wait(END_SECONDS)
                said.seek(0)
                print(said.read().decode(errors="replace"))
                raise
            finally:
                process.kill()
                process.wait()
                lifeline.close()
