"""`rolodock up`: database, broker, workers and API on this machine, started and supervised as one."""

import signal
import time
from contextlib import closing
from pathlib import Path

import click
import httpx

from api.cli.accounts import Accounts
from api.cli.broker import Broker
from api.cli.data_folder import DataFolder
from api.cli.lifeline import follow_lifeline
from api.cli.ports import local_url, require_free
from api.cli.processes import Program
from api.cli.supervisor import Child, Supervisor
from api.cli.wiring import configure_logging, data_dir_option, make_settings
from api.cli.worker import ENVIRONMENT as WORKER
from models.end_signals import EndSignals
from models.errors import Terminal
from models.revisions import current_revision, newest_revision, upgrade
from models.settings import Settings

START_SECONDS = 180.0
# An API that died this often before it served once will not serve.
HOPELESS_DEATHS = 3


def bring_up_to_date(url: str) -> None:
    """The schema to the newest revision; where that is work on what is there, which may take a minute, it is told."""
    found, newest = current_revision(url), newest_revision()
    if found not in (None, newest):
        click.echo(f"Bringing the database from revision {found} to {newest}.", err=True)
    upgrade(url)


@click.command()
@click.option("--host", default="127.0.0.1", help="Address to listen at; 0.0.0.0 for every one of this host.")
@click.option("--port", default=8000, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, type=click.IntRange(1, 64), help="Worker processes.")
@data_dir_option
def up(host: str, port: int, workers: int, data_dir: Path | None) -> None:
    """Run everything on this machine until Ctrl-C."""
    follow_lifeline()
    # Ctrl-C, a polite end, and a terminal that is closed.
    stopping = EndSignals(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    settings = make_settings(data_dir)
    configure_logging(settings)
    folder = DataFolder(settings.data_dir)
    url = local_url(host, port)
    with folder.locked():
        require_free(host, port)
        bring_up_to_date(settings.resolved_database_url())
        supervisor = Supervisor(lambda text: click.echo(text, err=True))
        try:
            settings = _with_broker(settings, folder, supervisor)
            if "public_url" not in settings.model_fields_set:
                settings = settings.model_copy(update={"public_url": url})
            environment = environment_of(settings)
            *_, server = supervisor.start(
                [
                    *(Program.own(f"worker-{number}", "worker", environment=WORKER | environment) for number in range(1, workers + 1)),
                    Program.own("api", "api", "--host", host, "--port", str(port), environment=environment),
                ]
            )
            if _wait_until_served(url, server, supervisor, stopping):
                greeting = make_greeting(settings, folder)
                with folder.announced(url):
                    click.echo(greeting)
                    supervisor.watch(stopping)
        finally:
            supervisor.stop()


def _with_broker(settings: Settings, folder: DataFolder, supervisor: Supervisor) -> Settings:
    """The settings with a broker: the one they name, or one of our own."""
    if settings.redis_url:
        return settings
    broker = Broker(folder.broker)
    supervisor.start([broker.program()])
    broker.wait_until_ready(time.monotonic() + START_SECONDS)
    return settings.model_copy(update={"redis_url": broker.url})


def environment_of(settings: Settings) -> dict[str, str]:
    """What the children need to come to the same settings; the rest they have from the environment as we do."""
    return {
        "ROLODOCK_DATA_DIR": str(settings.data_dir),
        "ROLODOCK_REDIS_URL": settings.redis_url,
        "ROLODOCK_PUBLIC_URL": settings.public_url,
    }


def _wait_until_served(url: str, server: Child, supervisor: Supervisor, stopping: EndSignals) -> bool:
    """Whether the API answers; False: told to stop before it did. Raises Terminal where it never will."""
    deadline = time.monotonic() + START_SECONDS
    with httpx.Client(base_url=url, trust_env=False, timeout=2) as client:
        while not stopping.wait(0.05):
            supervisor.look()
            try:
                if client.get("/healthz").is_success:
                    return True
            except httpx.TransportError:
                pass
            if server.deaths >= HOPELESS_DEATHS or time.monotonic() > deadline:
                raise Terminal("The API did not start; what it said stands above.", code="api_not_started")
    return False


def make_greeting(settings: Settings, folder: DataFolder) -> str:
    """Where Rolodock is, and the two ways in."""
    with closing(Accounts(settings)) as accounts:
        token = accounts.default_token(folder)
        link = accounts.sign_in_link()
    return f"""\
Rolodock is at {settings.public_url}
Sign in, once and within 10 minutes: {link}
API token: {token}
Everything is kept in {settings.data_dir}
Ctrl-C ends it."""
