"""`rolodock worker`: one process that does the work."""

import logging
import os
from contextlib import suppress
from pathlib import Path

import click

from api.cli.lifeline import follow_lifeline
from api.cli.loading import loading
from api.cli.wiring import configure_logging, data_dir_option, make_settings
from models.errors import InvalidRequest

# How a worker uses memory and threads; the libraries read it when they are loaded, the allocator of C when the process starts.
ENVIRONMENT = {
    # A worker has threads of its own, one a chunk: those of polars would only wake and wait beside them.
    "POLARS_MAX_THREADS": "1",
    # Memory that is free goes back to the system soon, and is not kept in parts for many threads.
    "_RJEM_MALLOC_CONF": "narenas:2,dirty_decay_ms:100,muzzy_decay_ms:0",
    "MALLOC_ARENA_MAX": "2",
}


@click.command()
@data_dir_option
def worker(data_dir: Path | None) -> None:
    """Inspect, plan, apply and undo imports until told to stop; run as many as you like."""
    follow_lifeline()
    settings = make_settings(data_dir)
    if not settings.redis_url:
        raise InvalidRequest("A worker by itself needs a broker: set ROLODOCK_REDIS_URL, or use `rolodock up`.")
    configure_logging(settings)
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    give_way(settings.worker_niceness)
    with loading():
        from workers.main import run_worker

    run_worker(settings)
    # All is closed. Taking the interpreter with its libraries apart frees nothing that the system does not, and takes seconds.
    logging.shutdown()
    os._exit(0)


def give_way(niceness: int) -> None:
    """Let everybody else on this host go first: a worker uses whatever is left, and nobody waits for its single steps. At 5 a process that
    answers somebody is worth three workers to the system where both want a core.
    """
    os.nice(niceness)
    if os.getsid(0) == os.getpid():
        # Linux shares out between sessions first, where it groups them; ours may be a session of its own.
        with suppress(OSError):
            Path("/proc/self/autogroup").write_text(str(niceness))
