"""The few things that differ between SQLite and Postgres, both variants side by side."""

import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Integer,
    LargeBinary,
    Select,
    String,
    Table,
    Uuid,
    func,
    literal,
    select,
    text,
    type_coerce,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlalchemy.types import TypeDecorator, TypeEngine

SQLITE = "sqlite"
POSTGRES = "postgresql"

Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), POSTGRES)
BigId = BigInteger().with_variant(Integer(), SQLITE)


def ordered_text(length: int) -> TypeEngine[str]:
    """A text that is ordered by its code points, the same on both databases."""
    return String(length).with_variant(String(length, collation="C"), POSTGRES)


# Of a longer array Postgres may think that asking an index for each value costs more than comparing each of them with every row.
MOST_IN_ARRAY = 500

# Postgres: connection lost or refused, serialization failure, deadlock, lock not available, too many connections, shutting down.
_TRANSIENT_SQLSTATES = ("08", "40001", "40P01", "55P03", "53", "57P")


class Id(TypeDecorator[UUID]):
    """An id: on SQLite its 16 bytes, in their order. As text it would take twice the room, in the table and in each index."""

    impl = Uuid
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(LargeBinary(16) if dialect.name == SQLITE else Uuid())

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> UUID | bytes | None:
        return value.bytes if value is not None and dialect.name == SQLITE else value

    def process_result_value(self, value: UUID | bytes | None, dialect: Dialect) -> UUID | None:
        # Whatever else should stand there is no id: better an error than an id that equals none.
        return value if value is None or isinstance(value, UUID) else UUID(bytes=value)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment with its zone; SQLite keeps it as UTC without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == SQLITE else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def database_now(connection: Connection) -> datetime:
    """The database's own clock, so that workers on hosts with skewed clocks agree on what is due."""
    if connection.dialect.name == SQLITE:
        moment = connection.execute(text("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')")).scalar_one()
        return datetime.fromisoformat(moment).replace(tzinfo=UTC)
    told: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    return told.astimezone(UTC)


def is_transient(error: DBAPIError) -> bool:
    """Whether the same transaction may succeed when it is tried again."""
    if isinstance(error, IntegrityError):
        return False
    if error.connection_invalidated:
        return True
    sqlstate = getattr(error.orig, "sqlstate", None)
    if sqlstate is not None:
        return str(sqlstate).startswith(_TRANSIENT_SQLSTATES)
    return isinstance(error, OperationalError) and any(
        words in str(error.orig)
        for words in ("locked", "busy", "connection", "server closed", "disk I/O", "database or disk is full", "interrupted")
    )


def json_array_contains(dialect_name: str, column: ColumnElement[Any], value: str) -> ColumnElement[bool]:
    """Whether a JSON array of texts holds this text."""
    if dialect_name == SQLITE:
        elements = func.json_each(column).table_valued("value")
        return literal(value).in_(select(elements.c.value))
    return column.op("?")(literal(value, String))


def contains_text(dialect_name: str, column: SQLCoreOperations[Any], wanted: str) -> ColumnElement[bool]:
    """Whether a text holds another one, letter for letter: nothing in it is a wildcard."""
    find = func.instr if dialect_name == SQLITE else func.strpos
    return find(column, literal(wanted, String)) > 0


def is_one_of(dialect_name: str, column: SQLCoreOperations[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """Whether a column has one of many values, sent as one parameter so that neither database's limit on them is met."""
    expression = cast(ColumnElement[Any], column)
    is_id = isinstance(expression.type, Id)
    texts = [str(value).replace("-", "") for value in values] if is_id else list(values)
    if dialect_name == SQLITE:
        if is_id:
            return _is_one_of_ids(expression, texts)
        elements = func.json_each(literal(json.dumps(texts), String)).table_valued("value")
        return type_coerce(expression, String).in_(select(elements.c.value))
    # An array as its text: one parameter, whose elements the driver need not look at.
    is_number = isinstance(expression.type, Integer)
    written = texts if is_id else [str(value) if is_number else _quote(value) for value in texts]
    kind = ARRAY(Uuid() if is_id else BigInteger() if is_number else String())
    array = sql_cast(literal("{" + ",".join(written) + "}", String), kind)
    if len(texts) > MOST_IN_ARRAY:
        return expression.in_(select(func.unnest(array)))
    return expression == func.any(array)


def _is_one_of_ids(column: ColumnElement[Any], texts: Sequence[str]) -> ColumnElement[bool]:
    """Whether a column of SQLite has one of these ids. They go as bytes one behind the other: JSON has none.

    Raises ValueError where one is not 32 digits: all behind it would be others.
    """
    ids = bytes.fromhex("".join(texts))
    if len(ids) != 16 * len(texts) or any(len(each) != 32 for each in texts):
        raise ValueError("an id is not of 32 hexadecimal digits")
    starts = func.json_each(literal(json.dumps(list(range(1, len(ids), 16))), String)).table_valued("value")
    each = func.substr(literal(ids, LargeBinary), starts.c.value, 16, type_=LargeBinary)
    return type_coerce(column, LargeBinary).in_(select(each))


def _quote(text: str) -> str:
    """A text as an element of an array that is written out."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def queue_for(connection: Connection, name: UUID, *, alone: bool) -> None:
    """Wait until the end of every transaction that was here before under this name, or of those that are `alone`; held to one's own end.

    Nobody is kept out by those who come later. Rows give no such promise: whoever wants one alone waits for as long as others that share it
    overlap. Where one writes at a time there is nothing to wait for.
    """
    if connection.dialect.name == POSTGRES:
        lock = func.pg_advisory_xact_lock if alone else func.pg_advisory_xact_lock_shared
        # Two numbers of 32 bits are a space of their own, apart from the one number that migrations lock.
        halves = (int.from_bytes(name.bytes[at : at + 4], signed=True) for at in (8, 12))
        connection.execute(select(lock(*(sql_cast(literal(half), Integer) for half in halves))))


def is_found_by(dialect_name: str, column: ColumnElement[Any], found: Select[Any]) -> ColumnElement[bool]:
    """Whether a column has one of the values that a select finds, looked for once and then by index, one by one.

    Joined, they may be looked for again for each row, where the planner takes them for few because a table just grew.
    """
    if dialect_name == SQLITE:
        return column.in_(found)
    return column == func.any(func.array(found.scalar_subquery()))


def moment_from_now(dialect_name: str, seconds: float = 0.0) -> ColumnElement[Any]:
    """The present moment, or so many seconds later, by the database's own clock, as a statement stores it."""
    if dialect_name == SQLITE:
        return func.strftime("%Y-%m-%d %H:%M:%f000", "now", f"{seconds:+.3f} seconds")
    return func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, seconds)


def limit_lock_waits(connection: Connection, seconds: float) -> None:
    """Let this transaction fail, as what may succeed later, where it waits longer for a lock of somebody else's."""
    if connection.dialect.name == POSTGRES:
        connection.execute(select(func.set_config("lock_timeout", f"{seconds * 1000:.0f}ms", True)))


@contextmanager
def hashing_joins(connection: Connection) -> Iterator[None]:
    """Statements in which PostgreSQL compares no row of one side with each of the other: of a tenant that its statistics do not know yet it
    expects one row, and there may be as many as on the other side.
    """
    if connection.dialect.name != POSTGRES:
        yield
        return
    connection.execute(select(func.set_config("enable_nestloop", "off", True)))
    # Where a statement fails the transaction is over, and the setting with it.
    yield
    connection.execute(select(func.set_config("enable_nestloop", "on", True)))


def insert_new(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows, passing over those whose key is there already."""
    if not rows:
        return
    insert = sqlite_insert if connection.dialect.name == SQLITE else postgres_insert
    connection.execute(insert(table).on_conflict_do_nothing(), rows)
