"""The two ways to the database: `reading()` for one consistent look, `writing()` for one transaction that changes something."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import NullPool
from sqlmodel import Session

from models.dialects import SQLITE, database_now, is_transient
from models.errors import DatabaseBusy

BUSY = "The database is busy or cannot be reached just now. Try again."
# Longer than any transaction of ours, so that SQLite's one writer at a time is a queue and not an error.
SQLITE_BUSY_SECONDS = 30
# SQLite itself would ask at ever longer intervals, up to a tenth of a second: two workers that take turns would idle for much of the time.
_SECONDS_BETWEEN_ASKING = 0.001
# An extended result code of SQLite's holds the primary one in its lowest byte.
_PRIMARY_CODE = 0xFF
# The log is taken over into the file every 64 MB: batch after batch changes the same pages of the indexes.
SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
    "temp_store=MEMORY",
    "cache_size=-16000",
    "wal_autocheckpoint=16000",
)
# libpq's words. A host that is gone without a farewell is noticed within some 15 seconds, also while its answer is waited for; otherwise
# that would take hours. How long a statement may take is not limited by it.
POSTGRES_PATIENCE = {
    "connect_timeout": 10,
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,  # milliseconds
}
MIGRATIONS = Path(__file__).parent / "migrations"


class _HintedSqlite(SQLiteCompiler):
    """Says INDEXED BY where a statement hints at an index, which SQLAlchemy passes over for SQLite."""

    def get_from_hint_text(self, table: Any, text: str | None) -> str | None:
        return text


class Reading(Session):
    """One consistent look at the database."""

    @property
    def dialect_name(self) -> str:
        return self.get_bind().dialect.name

    def now(self) -> datetime:
        """The moment by the database's clock."""
        return database_now(self.connection())


class Writing(Reading):
    """One transaction; only functions that take a Writing may change anything."""


@dataclass(frozen=True, slots=True)
class Database:
    """An engine for each of the two ways."""

    reader: Engine
    writer: Engine

    @property
    def dialect_name(self) -> str:
        return self.writer.dialect.name

    def close(self) -> None:
        self.reader.dispose()
        self.writer.dispose()


def make_database(url: str) -> Database:
    """Engines for a URL; nothing is connected yet. What people's rows hold is kept out of errors, and so out of logs.

    SQLite runs in WAL mode and begins writes with BEGIN IMMEDIATE; Postgres reads under REPEATABLE READ, so that
    counts taken by several statements belong together.
    """
    if make_url(url).get_backend_name() != SQLITE:
        engine = create_engine(
            url, hide_parameters=True, pool_pre_ping=True, pool_size=8, max_overflow=24, pool_recycle=1800, connect_args=POSTGRES_PATIENCE
        )
        return Database(
            reader=engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True),
            writer=engine.execution_options(isolation_level="READ COMMITTED"),
        )
    return Database(reader=_make_sqlite_engine(url, "BEGIN"), writer=_make_sqlite_engine(url, "BEGIN IMMEDIATE"))


def _make_sqlite_engine(url: str, begin: str) -> Engine:
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": SQLITE_BUSY_SECONDS, "check_same_thread": False})
    engine.dialect.statement_compiler = _HintedSqlite

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        # The driver would begin transactions by itself, and late; we say when and how.
        connection.isolation_level = None
        for pragma in SQLITE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        if begin == "BEGIN":
            connection.exec_driver_sql(begin)
        else:
            _wait_to_write(connection, begin)

    return engine


def _wait_to_write(connection: Connection, begin: str) -> None:
    """Begin as soon as the one who writes has ended. Raises OperationalError after SQLITE_BUSY_SECONDS."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    until = time.monotonic() + SQLITE_BUSY_SECONDS
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        while time.monotonic() < until:
            try:
                driver.execute(begin)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & _PRIMARY_CODE != sqlite3.SQLITE_BUSY:
                    break
                time.sleep(_SECONDS_BETWEEN_ASKING)
            else:
                return
    finally:
        driver.execute(f"PRAGMA busy_timeout = {SQLITE_BUSY_SECONDS * 1000}")
    # Once more by way of SQLAlchemy, which translates what is raised.
    connection.exec_driver_sql(begin)


@contextmanager
def reading(database: Database) -> Iterator[Reading]:
    """One consistent look. Raises DatabaseBusy where trying again may help."""
    with _translated(), Reading(database.reader) as tx:
        yield tx


@contextmanager
def writing(database: Database) -> Iterator[Writing]:
    """One transaction, committed at the end of the block. Raises DatabaseBusy where trying again may help."""
    with _translated(), Writing(database.writer, expire_on_commit=False) as tx, tx.begin():
        yield tx


@contextmanager
def writing_at(connection: Connection) -> Iterator[Writing]:
    """One transaction on a connection of the writer's that has begun none. Raises DatabaseBusy where trying again may help."""
    with _translated(), Writing(connection, expire_on_commit=False) as tx, tx.begin():
        yield tx


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if not is_transient(error):
            raise
        raise DatabaseBusy(BUSY, code="database_busy") from error
    except PoolTimeout as error:
        # Every connection is in use, which those are too that wait for a database that does not answer.
        raise DatabaseBusy(BUSY, code="database_busy") from error


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the schema to a revision of the one chain of migrations."""
    _prepare_folder(url)
    command.upgrade(_alembic_config(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Take the schema back to an earlier revision ("-1": the one before, "base": nothing)."""
    command.downgrade(_alembic_config(url), revision)


def check(url: str) -> None:
    """Raise alembic's CommandError where the schema is not at the newest revision or differs from the tables."""
    command.check(_alembic_config(url))


def is_at_newest_revision(database: Database) -> bool:
    """Whether the schema is the one that this code was written for. Raises DatabaseBusy."""
    with _translated(), database.reader.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == _newest_revision()


@cache
def _newest_revision() -> str | None:
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def current_revision(url: str) -> str | None:
    """The revision that the schema is at; None: an empty database."""
    engine = create_engine(url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def _alembic_config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    return config


def _prepare_folder(url: str) -> None:
    parsed = make_url(url)
    if parsed.get_backend_name() == SQLITE and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
