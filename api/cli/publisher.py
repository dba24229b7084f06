"""`rolodock publisher`: the process that tells of progress. `rolodock api` runs one beside itself, so that nobody needs to start it."""

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from api.cli.lifeline import follow_lifeline
from api.cli.loading import loading
from api.cli.processes import Program
from api.cli.supervisor import Supervisor
from api.cli.wiring import configure_logging, data_dir_option, make_settings
from models.settings import Settings

# With the time in which the API answers what it was asked, less than its own supervisor gives it.
GRACE_SECONDS = 1.5


@click.command(hidden=True)
@data_dir_option
def publisher(data_dir: Path | None) -> None:
    """Tell of the progress of imports until told to stop; of several, one does at a time."""
    follow_lifeline()
    settings = make_settings(data_dir)
    configure_logging(settings)
    with loading():
        from workers.publisher import run_publisher

    run_publisher(settings)
    # What still listens has nothing left to do.
    logging.shutdown()
    os._exit(0)


@contextmanager
def publishing_beside(settings: Settings) -> Iterator[Callable[[], None]]:
    """Keep a publisher running for the length of the block, in a process of its own: it never waits for the interpreter of this one. What
    the block gets ends it before.

    Without a broker nobody works, and there is nothing to tell.
    """
    if not settings.redis_url:
        yield lambda: None
        return
    supervisor = Supervisor(_say)
    stopping, is_over = threading.Event(), threading.Event()
    program = Program.own(
        "publisher", "publisher", "--data-dir", str(settings.data_dir), environment={"ROLODOCK_REDIS_URL": settings.redis_url}
    )
    watch = threading.Thread(target=supervisor.watch, args=(stopping,), name="publisher", daemon=True)

    def end() -> None:
        if not is_over.is_set():
            stopping.set()
            watch.join(GRACE_SECONDS)
            supervisor.stop(grace_seconds=GRACE_SECONDS)
            is_over.set()

    supervisor.start([program])
    watch.start()
    try:
        yield end
    finally:
        end()


def _say(text: str) -> None:
    # Whoever read what this process says may be gone.
    with suppress(OSError):
        click.echo(text, err=True)
