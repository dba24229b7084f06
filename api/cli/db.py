"""`rolodock db`: the schema up, down and checked."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing, nullcontext
from pathlib import Path

import click
from alembic.util import CommandError
from sqlalchemy.engine import make_url

from api.cli.data_folder import DataFolder
from api.cli.wiring import data_dir_option, make_settings
from models import revisions
from models.clock import utc_now
from models.dialects import SQLITE
from models.errors import Terminal
from models.settings import Settings


@click.group()
def db() -> None:
    """Bring the database's schema up or down, or check it."""


@db.command()
@data_dir_option
def upgrade(data_dir: Path | None) -> None:
    """Bring the schema to the newest revision."""
    settings = make_settings(data_dir)
    url = settings.resolved_database_url()
    is_sqlite = make_url(url).get_backend_name() == SQLITE
    # An older release on the same file would no longer find what it looks for.
    with DataFolder(settings.data_dir).locked(advice="end it first") if is_sqlite else nullcontext():
        revisions.upgrade(url)
    click.echo(f"The schema is at {revisions.current_revision(url)}.")


def parse_revision(context: click.Context, _parameter: click.Parameter, value: str) -> str:
    """A revision, also one that looks like an option: `-1`."""
    if value.startswith("-") and not value[1:].isdigit():
        raise click.NoSuchOption(value, ctx=context)
    return value


@db.command(context_settings={"ignore_unknown_options": True})
@click.argument("revision", callback=parse_revision)
@click.option("--backup", is_flag=True, help="Keep a copy of the database in the data folder first.")
@click.option("--yes", is_flag=True, help="Go down without a copy: what the later tables held is gone.")
@data_dir_option
def downgrade(revision: str, backup: bool, yes: bool, data_dir: Path | None) -> None:
    """Take the schema back to REVISION: an id, `-1` for the one before, or `base` for an empty database."""
    if not backup and not yes:
        raise Terminal("Data may be lost by this: add --backup to keep a copy first, or --yes to do without.", code="not_confirmed")
    settings = make_settings(data_dir)
    url = settings.resolved_database_url()
    with DataFolder(settings.data_dir).locked(advice="end it before its tables are taken away"):
        if backup:
            click.echo(f"Kept a copy: {back_up(settings)}")
        try:
            revisions.downgrade(url, revision)
        except CommandError as error:
            raise Terminal(f"{error}.") from error
    click.echo(f"The schema is at {revisions.current_revision(url) or 'base'}.")


@db.command()
@data_dir_option
def check(data_dir: Path | None) -> None:
    """Exit with 1 where the schema is not at the newest revision or differs from the tables."""
    try:
        revisions.check(make_settings(data_dir).resolved_database_url())
    except CommandError as error:
        raise Terminal(f"{error}") from error


def back_up(settings: Settings) -> Path:
    """A consistent copy of the database in the data folder."""
    url = make_url(settings.resolved_database_url())
    folder = settings.data_dir / "backups"
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"rolodock-{utc_now():%Y%m%dT%H%M%SZ}"
    if url.get_backend_name() == SQLITE:
        path = folder / f"{stem}.db"
        with closing(sqlite3.connect(url.database or "")) as source, closing(sqlite3.connect(path)) as target:
            source.backup(target)
        return path
    path = folder / f"{stem}.dump"
    pg_dump = shutil.which("pg_dump")
    if pg_dump is None:
        raise Terminal(
            "A copy of a PostgreSQL database is made by pg_dump, which was not found; nothing was changed.", code="pg_dump_missing"
        )
    # The password goes by the environment: a command line is there for every user to read.
    address = url.set(drivername="postgresql", password=None).render_as_string()
    environment = {**os.environ, **({"PGPASSWORD": url.password} if url.password else {})}
    command = [pg_dump, "--format=custom", "--file", str(path), "--dbname", address]
    if subprocess.run(command, env=environment, check=False).returncode != 0:
        raise Terminal("pg_dump did not make a copy; nothing was changed.", code="backup_failed")
    return path
