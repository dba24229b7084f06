"""Fresh databases at the newest revision: migrated once, then copied."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from models.revisions import upgrade
from models.settings import Settings
from tests.support.postgres import PostgresServer


def make_sqlite_template(folder: Path) -> Path:
    """A migrated SQLite file that can be copied by itself."""
    path = folder / "template.db"
    upgrade(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection:
        # The write-ahead log is a file beside it, which the copy would miss.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def copy_sqlite(template: Path, folder: Path) -> str:
    """The URL of a fresh copy."""
    path = folder / "rolodock.db"
    shutil.copyfile(template, path)
    return f"sqlite:///{path}"


def make_postgres_template(server: PostgresServer) -> str:
    """The name of a migrated database that others are made from."""
    name = server.create_database()
    upgrade(sqlalchemy_url(server.url(name)))
    return name


@contextmanager
def copied_postgres(server: PostgresServer, template: str) -> Iterator[str]:
    """The URL of a fresh copy, which is gone after the block."""
    name = server.create_database(template)
    try:
        yield sqlalchemy_url(server.url(name))
    finally:
        server.drop_database(name)


def sqlalchemy_url(url: str) -> str:
    """The URL as the settings resolve it."""
    return Settings(database_url=url).resolved_database_url()
