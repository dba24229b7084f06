"""The two ways to the database: `reading()` for one consistent look, `writing()` for one transaction that changes something."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from models.dialects import SQLITE, database_now, is_transient
from models.errors import DatabaseBusy
from models.load import Load
from models.notices import Notices
from models.postgres import make_postgres_engine
from models.sqlite import ending, giving_way, make_notices, make_sqlite_reader, make_sqlite_writer

BUSY = "The database is busy or cannot be reached just now. Try again."
# In so short a time two clocks do not differ by as much as an answer takes to come.
SECONDS_BETWEEN_CLOCKS = 1.0


class Reading(Session):
    """One consistent look at the database."""

    _asked: tuple[datetime, float] | None = None

    @property
    def dialect_name(self) -> str:
        return self.get_bind().dialect.name

    def now(self) -> datetime:
        """The moment by the database's clock. PostgreSQL is asked once a second; what has passed since then, this machine can tell."""
        if self.dialect_name == SQLITE:
            # It tells whole milliseconds: with what has passed since, it would be ahead of what the next transaction is told.
            return database_now(self.connection())
        if self._asked is None or time.monotonic() - self._asked[1] > SECONDS_BETWEEN_CLOCKS:
            self._asked = (database_now(self.connection()), time.monotonic())
        told, at = self._asked
        return told + timedelta(seconds=time.monotonic() - at)


class Writing(Reading):
    """One transaction; only functions that take a Writing may change anything."""


@dataclass(frozen=True, slots=True)
class Database:
    """An engine for each of the two ways; on SQLite also what those who write let each other know."""

    reader: Engine
    writer: Engine
    notices: Notices | None = None

    @property
    def dialect_name(self) -> str:
        return self.writer.dialect.name

    def close(self) -> None:
        self.reader.dispose()
        self.writer.dispose()


def make_database(url: str) -> Database:
    """Engines for a URL; nothing is connected yet. What people's rows hold is kept out of errors, and so out of logs.

    SQLite runs in WAL mode and begins writes with BEGIN IMMEDIATE (models.sqlite); Postgres reads under REPEATABLE READ, so that
    counts taken by several statements belong together.
    """
    if make_url(url).get_backend_name() != SQLITE:
        engine = make_postgres_engine(url)
        return Database(
            reader=engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True),
            writer=engine.execution_options(isolation_level="READ COMMITTED"),
        )
    notices = make_notices(url)
    return Database(make_sqlite_reader(url), make_sqlite_writer(url, notices), notices)


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
def writing_load(database: Database, load: Load) -> Iterator[Writing]:
    """One transaction for an import that may take long. Where one writes at a time, whoever has little to write goes first, and a cancel
    of the import breaks it off. Raises DatabaseBusy where trying again may help.
    """
    with _translated(), database.writer.connect() as connection, writing_load_at(database, connection, load) as tx:
        yield tx


@contextmanager
def connecting(database: Database) -> Iterator[Connection]:
    """A connection of the writer's, for what is made ready before a transaction begins on it. Raises DatabaseBusy."""
    with _translated(), database.writer.connect() as connection:
        yield connection


@contextmanager
def writing_load_at(database: Database, connection: Connection, load: Load) -> Iterator[Writing]:
    """The same on a connection of the writer's that has begun no transaction, and makes no other one. Raises DatabaseBusy."""
    with _translated(), giving_way(connection, database.notices, load), _writing_at(connection) as tx:
        yield tx


@contextmanager
def writing_end(database: Database, import_id: UUID) -> Iterator[Writing]:
    """One transaction that ends what an import does: on SQLite, what is being written for it breaks off. Raises DatabaseBusy."""
    with (
        _translated(),
        database.writer.connect() as connection,
        ending(connection, database.notices, import_id),
        _writing_at(connection) as tx,
    ):
        yield tx


@contextmanager
def _writing_at(connection: Connection) -> Iterator[Writing]:
    with Writing(connection, expire_on_commit=False) as tx, tx.begin():
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
