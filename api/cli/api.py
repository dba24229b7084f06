"""`rolodock api`: the web server alone."""

import os
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click
import uvicorn

from api.cli.lifeline import follow_lifeline
from api.cli.loading import loading
from api.cli.ports import local_url, require_free
from api.cli.publisher import publishing_beside
from api.cli.wiring import configure_logging, data_dir_option, make_settings

# Long enough for an answer, short enough for a subscription that would never end by itself.
GRACE_SECONDS = 2
# A status from here on tells of the signal that a process was ended by, as shells have it.
SIGNAL_STATUS = 128


@click.command()
@click.option("--host", default="127.0.0.1", help="Address to listen at; 0.0.0.0 for every one of this host.")
@click.option("--port", default=8000, type=click.IntRange(1, 65535))
@data_dir_option
def api(host: str, port: int, data_dir: Path | None) -> None:
    """Serve GraphQL, uploads, downloads and the dashboard, and tell of progress."""
    follow_lifeline()
    settings = make_settings(data_dir)
    configure_logging(settings)
    require_free(host, port)
    if not settings.api_url:
        settings = settings.model_copy(update={"api_url": local_url(host, port)})
    with loading():
        from api.app import make_app

        app = make_app(settings)
    with publishing_beside(settings) as end_publisher:
        signal.signal(signal.SIGTERM, partial(_end, end_publisher))
        uvicorn.run(
            app,
            host=host,
            port=port,
            log_config=None,
            log_level="warning",
            access_log=False,
            # Progress is small, and packing it would cost each of thousands of sockets memory and time.
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )


def _end(end_publisher: Callable[[], None], number: int, _: object) -> None:
    """Once all is answered uvicorn raises the signal again that it was ended by. Then this process ends at once, whatever its threads do,
    and its publisher before it.
    """
    signal.signal(number, signal.SIG_IGN)
    end_publisher()
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)
    # Still here: the first process of a container is not ended by what a signal does of itself.
    os._exit(SIGNAL_STATUS + number)
