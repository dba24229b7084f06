"""`rolodock worker`: one process that does the work."""

from pathlib import Path

import click

from api.cli.lifeline import follow_lifeline
from api.cli.wiring import configure_logging, data_dir_option, make_settings
from models.errors import InvalidRequest


@click.command()
@data_dir_option
def worker(data_dir: Path | None) -> None:
    """Inspect, plan, apply and undo imports until told to stop; run as many as you like."""
    follow_lifeline()
    settings = make_settings(data_dir)
    if not settings.redis_url:
        raise InvalidRequest("A worker by itself needs a broker: set ROLODOCK_REDIS_URL, or use `rolodock up`.")
    configure_logging(settings)
    from workers.main import run_worker

    run_worker(settings)
