"""`rolodock publisher`: the process that tells of progress. `rolodock api` runs one beside itself, so that nobody needs to start it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from api.cli.lifeline import follow_lifeline
from api.cli.loading import loading
from api.cli.processes import Program
from api.cli.supervisor import Supervisor
from api.cli.wiring import configure_logging, data_dir_option, make_settings
from models.settings import Settings


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


@contextmanager
def publishing_beside(settings: Settings) -> Iterator[None]:
    """Keep a publisher running for the length of the block, in a process of its own: it never waits for the interpreter of this one.

    Without a broker nobody works, and there is nothing to tell.
    """
    if not settings.redis_url:
        yield
        return
    supervisor = Supervisor(lambda text: click.echo(text, err=True))
    ended = threading.Event()
    program = Program.own(
        "publisher", "publisher", "--data-dir", str(settings.data_dir), environment={"ROLODOCK_REDIS_URL": settings.redis_url}
    )
    supervisor.start([program])
    watch = threading.Thread(target=supervisor.watch, args=(ended,), name="publisher")
    watch.start()
    try:
        yield
    finally:
        ended.set()
        watch.join()
        supervisor.stop()
