"""SQLite as we use it: how its engines are made, and how those who write take turns.

There is one writer at a time. Who has little to write goes before who has much, and who waits to cancel an import lets what is being
written for it break off.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Uuid, create_engine, event
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import make_url

from models.load import Load
from models.notices import Notices

# Longer than any transaction of ours, so that SQLite's one writer at a time is a queue and not an error.
SQLITE_BUSY_SECONDS = 30
# SQLite itself would ask at ever longer intervals, up to a tenth of a second: two workers that take turns would idle for much of the time.
_SECONDS_BETWEEN_ASKING = 0.001
# An extended result code of SQLite's holds the primary one in its lowest byte.
_PRIMARY_CODE = 0xFF
# How many steps of SQLite's machine lie between two looks at whether to break off: less than a tenth of a second. Each look waits for the
# interpreter, which other threads of the process may hold for milliseconds.
_STEPS_BETWEEN_LOOKS = 1_000_000
# The log is taken over into the file every 64 MB: batch after batch changes the same pages of the indexes. What is temporary lies in files:
# rows that wait to be inserted would be 30 MB a connection, which keeps the room for good, and take no less time.
SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
    "temp_store=FILE",
    "cache_size=-16000",
    "wal_autocheckpoint=16000",
)
# Options of a connection, which say how its next transaction waits for its turn.
_CALM = "rolodock_calm_seconds"
_ENDED = "rolodock_ended_import"


class _HintedSqlite(SQLiteCompiler):
    """Says INDEXED BY where a statement hints at an index, which SQLAlchemy passes over for SQLite."""

    def get_from_hint_text(self, table: Any, text: str | None) -> str | None:
        return text


class _UntypedId(Uuid[UUID]):
    """An id within a statement that does not say its type: as SQLAlchemy sends it, as text, it would be no id of ours."""

    def bind_processor(self, dialect: Any) -> Any:
        raise TypeError("An id that is not compared with a column needs its type: literal(…, models.dialects.Id).")


_TYPES = {**SQLiteDialect_pysqlite.colspecs, Uuid: _UntypedId}


def make_notices(url: str) -> Notices | None:
    """The notices beside a database; None: it is in memory and nobody else's."""
    path = make_url(url).database
    return Notices(Path(f"{path}-notices")) if path and path != ":memory:" else None


def make_sqlite_reader(url: str) -> Engine:
    """An engine whose transactions look and never write."""
    engine = _make_engine(url)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


def make_sqlite_writer(url: str, notices: Notices | None) -> Engine:
    """An engine whose transactions hold the writer from their beginning."""
    engine = _make_engine(url)
    event.listen(engine, "begin", lambda connection: _wait_to_write(connection, notices))
    return engine


def _make_engine(url: str) -> Engine:
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": SQLITE_BUSY_SECONDS, "check_same_thread": False})
    engine.dialect.statement_compiler = _HintedSqlite
    engine.dialect.colspecs = _TYPES

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        # The driver would begin transactions by itself, and late; we say when and how.
        connection.isolation_level = None
        for pragma in SQLITE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _wait_to_write(connection: Connection, notices: Notices | None) -> None:
    """Begin as soon as it is our turn. Raises OperationalError after SQLITE_BUSY_SECONDS."""
    options = connection.get_execution_options()
    driver = _driver_of(connection)
    began = time.monotonic()
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        while time.monotonic() < began + SQLITE_BUSY_SECONDS:
            if notices is None or _may_ask(notices, began, options.get(_CALM), options.get(_ENDED)):
                try:
                    driver.execute("BEGIN IMMEDIATE")
                except sqlite3.OperationalError as error:
                    if error.sqlite_errorcode & _PRIMARY_CODE != sqlite3.SQLITE_BUSY:
                        break
                else:
                    if notices is not None and _CALM in options:
                        notices.begin_long()
                    return
            time.sleep(_SECONDS_BETWEEN_ASKING)
    finally:
        driver.execute(f"PRAGMA busy_timeout = {SQLITE_BUSY_SECONDS * 1000}")
    # Once more by way of SQLAlchemy, which translates what is raised.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _may_ask(notices: Notices, began: float, calm_seconds: float | None, ended: UUID | None) -> bool:
    """Whether SQLite may be asked for the writer now; who has little to write says that it waits."""
    if calm_seconds is not None:
        return notices.is_calm(began, calm_seconds)
    notices.ask()
    if ended is not None:
        notices.wish_end(ended)
    return True


@contextmanager
def giving_way(connection: Connection, notices: Notices | None, load: Load) -> Iterator[None]:
    """Let the one transaction that the block makes on the connection wait for who has little to write, and break off where the import is
    to be cancelled: a statement then raises OperationalError (SQLITE_INTERRUPT), and SQLite has rolled back.
    """
    if notices is None or load.is_small:
        yield
        return
    connection.execution_options(**{_CALM: load.calm_seconds})
    driver = _driver_of(connection)
    driver.set_progress_handler(lambda: notices.is_end_wished(load.import_id), _STEPS_BETWEEN_LOOKS)
    try:
        yield
    finally:
        # A connection that broke is closed by now.
        with suppress(sqlite3.ProgrammingError):
            driver.set_progress_handler(None, 0)
        notices.end_long()


@contextmanager
def ending(connection: Connection, notices: Notices | None, import_id: UUID) -> Iterator[None]:
    """While the one transaction of the block waits for its turn, let what is being written for the import break off."""
    if notices is None:
        yield
        return
    connection.execution_options(**{_ENDED: import_id})
    try:
        yield
    finally:
        notices.withdraw_wish(import_id)


def _driver_of(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver
