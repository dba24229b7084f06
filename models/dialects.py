"""The few things that differ between SQLite and Postgres, both variants side by side."""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import psycopg
from psycopg import sql
from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Integer,
    String,
    Table,
    Uuid,
    func,
    literal,
    select,
    text,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlalchemy.types import TypeDecorator

SQLITE = "sqlite"
POSTGRES = "postgresql"

Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), POSTGRES)
BigId = BigInteger().with_variant(Integer(), SQLITE)

# Postgres: connection lost or refused, serialization failure, deadlock, lock not available, too many connections, shutting down.
_TRANSIENT_SQLSTATES = ("08", "40001", "40P01", "55P03", "53", "57P")


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
        words in str(error.orig) for words in ("locked", "busy", "connection", "server closed", "disk I/O", "database or disk is full")
    )


def json_array_contains(dialect_name: str, column: ColumnElement[Any], value: str) -> ColumnElement[bool]:
    """Whether a JSON array of texts holds this text."""
    if dialect_name == SQLITE:
        elements = func.json_each(column).table_valued("value")
        return literal(value).in_(select(elements.c.value))
    return column.op("?")(literal(value, String))


def is_one_of(dialect_name: str, column: SQLCoreOperations[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """Whether a column has one of many values, sent as one parameter so that neither database's limit on them is met."""
    expression = cast(ColumnElement[Any], column)
    is_id = isinstance(expression.type, Uuid)
    if dialect_name == SQLITE:
        texts = [UUID(str(value)).hex if is_id else value for value in values]
        elements = func.json_each(literal(json.dumps(texts), String)).table_valued("value")
        return type_coerce(expression, String).in_(select(elements.c.value))
    kind = ARRAY(Uuid() if is_id else String())
    return expression == func.any(literal([UUID(str(value)) for value in values] if is_id else list(values), kind))


def insert_many(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]], **constants: Any) -> None:
    """Insert rows as fast as the database takes them: COPY on Postgres, executemany on SQLite.

    Rows hold the values of `columns` in order, `constants` those that are the same in each row. Ids are UUIDs or their
    32 hexadecimal digits, JSON is text, moments are datetimes. Violations raise IntegrityError.
    """
    names = (*columns, *constants)
    tail = tuple(_stored(table.c[name].type, value, connection.dialect.name) for name, value in constants.items())
    if connection.dialect.name == SQLITE:
        _insert_many_sqlite(connection, table, names, [(*row, *tail) for row in rows])
    else:
        _insert_many_postgres(connection, table, names, ((*row, *tail) for row in rows))


def _insert_many_sqlite(connection: Connection, table: Table, names: Sequence[str], rows: list[tuple[Any, ...]]) -> None:
    if not rows:
        return
    quoted = ", ".join(f'"{name}"' for name in names)
    marks = ", ".join("?" for _ in names)
    connection.exec_driver_sql(f'INSERT INTO "{table.name}" ({quoted}) VALUES ({marks})', rows)


def insert_new(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows, passing over those whose key is there already."""
    if not rows:
        return
    insert = sqlite_insert if connection.dialect.name == SQLITE else postgres_insert
    connection.execute(insert(table).on_conflict_do_nothing(), rows)


def _stored(kind: Any, value: Any, dialect_name: str) -> Any:
    """A value as the driver stores it, the same as SQLAlchemy's own types do."""
    if value is None:
        return None
    if isinstance(kind, Uuid):
        return UUID(str(value)).hex
    if isinstance(kind, UtcDateTime):
        moment = value.astimezone(UTC)
        return moment.strftime("%Y-%m-%d %H:%M:%S.%f") if dialect_name == SQLITE else moment.isoformat()
    return value


def _insert_many_postgres(connection: Connection, table: Table, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, names)))
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    # COPY runs beside SQLAlchemy, so the transaction must have been begun and its pending statements sent.
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.IntegrityError as error:
        raise IntegrityError("COPY", {}, error) from error
    except psycopg.OperationalError as error:
        raise OperationalError("COPY", {}, error) from error
