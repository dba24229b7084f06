"""Many rows at once, as columns: COPY on Postgres, executemany on SQLite.

Frames are taken in the texts that the databases know: an id as 36 characters, JSON as its text.
"""

import io
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from functools import cache
from itertools import repeat
from typing import Any
from uuid import UUID

import polars as pl
import psycopg
from psycopg import sql
from sqlalchemy import Column, ColumnElement, Connection, Integer, MetaData, Table, func, literal, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.schema import CreateTable

from models.dialects import SQLITE, Id, UtcDateTime, database_now

# Rows are found by their keys, which have an index. The planner knows nothing about a table that was filled a moment ago, and would now
# and then read the other one from end to end for each batch; compiling a statement takes longer than running it.
_BY_INDEX = "SET LOCAL jit = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"
_PIECE = "piece"
# Rows whose values are objects of Python at a time; a value takes several times the room there.
_ROWS_IN_PYTHON = 10_000
# Rows that are made CSV at a time, of which a contact takes some 300 bytes.
_ROWS_OF_CSV = 5_000


def insert_frame(connection: Connection, table: Table, frame: pl.DataFrame, *, moments: Sequence[str] = (), **constants: Any) -> None:
    """Insert rows; the columns of the frame are columns of the table. Violations raise IntegrityError.

    `constants` are the same in each row; `moments` are columns that take the present moment by default. A column that is null throughout
    is left to the table's default.
    """
    if frame.is_empty():
        return
    filled = _without_nulls(frame)
    if connection.dialect.name == SQLITE:
        _insert_many(connection, table, filled, constants, moments, "")
    else:
        _copy(connection, table.name, _with_constants(filled, constants))


@dataclass(frozen=True, slots=True)
class WaitingRows:
    """Rows that wait beside their table, in a temporary table of one connection to SQLite."""

    table: Table
    columns: tuple[str, ...]


def stage_rows(connection: Connection, table: Table, frame: pl.DataFrame) -> WaitingRows:
    """Bring rows to SQLite before the transaction that inserts them, in the order in which they are to be inserted.

    Nobody else waits for that, and within the transaction the rows need not come out of Python any more. Replaces what waited before.
    Raises OperationalError where there is no room for them.
    """
    filled = _without_nulls(frame)
    name = f"waiting_{table.name}"
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    marks = ", ".join("?" for _ in filled.columns)
    columns = ", ".join(f'"{column}"' for column in filled.columns)
    # Columns without a type: what is read is what was written. Nothing of the database itself is touched, so that this locks nothing.
    with translated():
        driver.execute("BEGIN")
        driver.execute(f'CREATE TEMPORARY TABLE IF NOT EXISTS "{name}" ({names})')
        driver.execute(f'DELETE FROM temp."{name}"')
        for piece in filled.iter_slices(_ROWS_IN_PYTHON):
            driver.executemany(f'INSERT INTO temp."{name}" ({columns}) VALUES ({marks})', zip(*_value_lists(table, piece), strict=True))
        driver.execute("COMMIT")
    return WaitingRows(table, tuple(filled.columns))


def insert_waiting(connection: Connection, waiting: WaitingRows, *, moments: Sequence[str] = (), **constants: Any) -> None:
    """Insert rows that wait, as insert_frame does."""
    table = waiting.table
    fixed = _fixed(connection, table, constants, moments)
    columns = ", ".join(f'"{name}"' for name in (*waiting.columns, *fixed))
    values = ", ".join([*(f'"{name}"' for name in waiting.columns), *("?" for _ in fixed)])
    statement = f'INSERT INTO "{table.name}" ({columns}) SELECT {values} FROM temp."waiting_{table.name}" ORDER BY rowid'
    connection.exec_driver_sql(statement, tuple(fixed.values()))
    # The connection goes back to its pool, and must not keep them there.
    connection.exec_driver_sql(f'DELETE FROM temp."waiting_{table.name}"')


def insert_new_frame(connection: Connection, table: Table, frame: pl.DataFrame, **constants: Any) -> None:
    """Insert rows, passing over those whose key is there already."""
    if frame.is_empty():
        return
    if connection.dialect.name == SQLITE:
        _insert_many(connection, table, frame, constants, (), " ON CONFLICT DO NOTHING")
        return
    whole = _with_constants(frame, constants)
    staged, is_ours = _stage(connection, table, whole)
    rows = staged.select().with_only_columns(*(staged.c[name] for name in whole.columns)).where(is_ours)
    connection.execute(postgres_insert(table).from_select(whole.columns, rows).on_conflict_do_nothing())


def update_frame(
    connection: Connection,
    table: Table,
    frame: pl.DataFrame,
    *,
    matching: Sequence[str],
    where: Mapping[str, Any],
    moments: Sequence[str] = (),
    raised: Sequence[str] = (),
) -> int:
    """Give rows the values of a frame; how many rows were found. Violations raise IntegrityError.

    A row is found by its values in the columns `matching`, among those with the values `where` (None: null). `moments` are columns that
    take the present moment, `raised` are numbers that go up by one.
    """
    if frame.is_empty():
        return 0
    sets = [name for name in frame.columns if name not in matching]
    if connection.dialect.name == SQLITE:
        return _update_many(connection, table, frame.select(*sets, *matching), len(sets), where, moments, raised)
    staged, is_ours = _stage(connection, table, frame)
    fixed = {name: literal(value, table.c[name].type) for name, value in where.items() if value is not None}
    # Apart from the table, so that nothing is known of it but the rows: the planner may not look for them by what they have in common.
    # Of a tenant that its statistics do not know it expects one row, and would compare every row of the tenant with every row of ours.
    mine = select(*(staged.c[name] for name in frame.columns), *(value.label(name) for name, value in fixed.items())).where(is_ours)
    ours = mine.offset(literal_column("0")).subquery("ours")
    values: dict[str, Any] = {name: ours.c[name] for name in sets}
    values |= dict.fromkeys(moments, func.now()) | {name: table.c[name] + 1 for name in raised}
    is_wanted = [*(table.c[name] == ours.c[name] for name in (*matching, *fixed))]
    is_wanted += [table.c[name].is_(None) for name in where if name not in fixed]
    connection.exec_driver_sql(_BY_INDEX)
    return connection.execute(update(table).where(*is_wanted).values(values)).rowcount


def look_up_by_index(connection: Connection) -> None:
    """Let the statements of this transaction find rows by their keys, whatever the planner thinks of a table that just grew."""
    if connection.dialect.name != SQLITE:
        connection.exec_driver_sql(_BY_INDEX + "; SET LOCAL enable_seqscan = off")


def _without_nulls(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(column for column in frame if column.null_count() < frame.height)


def _insert_many(
    connection: Connection, table: Table, frame: pl.DataFrame, constants: Mapping[str, Any], moments: Sequence[str], on_conflict: str
) -> None:
    fixed = _fixed(connection, table, constants, moments)
    names = ", ".join(f'"{name}"' for name in (*frame.columns, *fixed))
    marks = ", ".join("?" for _ in (*frame.columns, *fixed))
    for piece in frame.iter_slices(_ROWS_IN_PYTHON):
        rows = list(zip(*_value_lists(table, piece), *map(repeat, fixed.values()), strict=False))
        connection.exec_driver_sql(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks}){on_conflict}', rows)


def _update_many(
    connection: Connection,
    table: Table,
    frame: pl.DataFrame,
    set_count: int,
    where: Mapping[str, Any],
    moments: Sequence[str],
    raised: Sequence[str],
) -> int:
    """The first `set_count` columns are set, the others are matched."""
    sets = [f'"{name}" = ?' for name in frame.columns[:set_count]]
    fixed_sets = _fixed(connection, table, {}, moments)
    sets += [f'"{name}" = ?' for name in fixed_sets] + [f'"{name}" = "{name}" + 1' for name in raised]
    fixed_where = _fixed(connection, table, where, ())
    found = [f'"{name}" = ?' for name in (*frame.columns[set_count:], *fixed_where)]
    found += [f'"{name}" IS NULL' for name in where if name not in fixed_where]
    lists = list(_value_lists(table, frame))
    constants = [*map(repeat, fixed_sets.values())], [*map(repeat, fixed_where.values())]
    rows = list(zip(*lists[:set_count], *constants[0], *lists[set_count:], *constants[1], strict=False))
    statement = f'UPDATE "{table.name}" SET {", ".join(sets)} WHERE {" AND ".join(found)}'
    return connection.exec_driver_sql(statement, rows).rowcount


def _value_lists(table: Table, frame: pl.DataFrame) -> Iterator[list[Any]]:
    for column in frame:
        if isinstance(table.c[column.name].type, Id):
            ids = column.str.replace_all("-", "", literal=True).str.decode("hex").to_list()
            # Of bytes the driver asks each time whether they are to be adapted, which takes as long as all else about a value.
            yield [None if each is None else bytearray(each) for each in ids]
        else:
            yield column.to_list()


def _fixed(connection: Connection, table: Table, constants: Mapping[str, Any], moments: Sequence[str]) -> dict[str, Any]:
    """The constants that are not null and the present moment, as SQLAlchemy's own types store them in SQLite."""
    values = {name: value for name, value in constants.items() if value is not None}
    if moments:
        values |= dict.fromkeys(moments, database_now(connection))
    for name, value in values.items():
        if isinstance(table.c[name].type, Id):
            values[name] = UUID(str(value)).bytes
        elif isinstance(table.c[name].type, UtcDateTime):
            values[name] = value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return values


def _with_constants(frame: pl.DataFrame, constants: Mapping[str, Any]) -> pl.DataFrame:
    return frame.with_columns(pl.lit(str(value)).alias(name) for name, value in constants.items() if value is not None)


def _stage(connection: Connection, table: Table, frame: pl.DataFrame) -> tuple[Table, ColumnElement[bool]]:
    """Rows in a table of this connection that outlives its transactions, so that the catalogue stays as it is; and which rows they are."""
    staged = _staged(table)
    connection.execute(CreateTable(staged, if_not_exists=True))
    # What was staged earlier in the transaction stays until its end.
    piece = connection.info[_PIECE] = connection.info.get(_PIECE, 0) + 1
    _copy(connection, staged.name, frame.with_columns(pl.lit(piece).alias(_PIECE)))
    return staged, staged.c[_PIECE] == piece


@cache
def _staged(table: Table) -> Table:
    columns = [Column(column.name, column.type, nullable=True) for column in table.columns]
    name = f"staged_{table.name}"
    return Table(name, MetaData(), *columns, Column(_PIECE, Integer), prefixes=["TEMPORARY"], postgresql_on_commit="DELETE ROWS")


def _copy(connection: Connection, table_name: str, frame: pl.DataFrame) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, frame.columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv, ENCODING 'UTF8')").format(sql.Identifier(table_name), names)
    with translated(), driver_of(connection).cursor() as cursor, cursor.copy(statement) as copied:
        for piece in frame.iter_slices(_ROWS_OF_CSV):
            buffer = io.BytesIO()
            # A null is nothing, an empty text is a pair of quotes: both sides write and read it so.
            piece.write_csv(buffer, include_header=False, quote_style="necessary")
            copied.write(buffer.getbuffer())


def driver_of(connection: Connection) -> "psycopg.Connection[Any]":
    """The connection beneath one to Postgres."""
    # What is done with it runs beside SQLAlchemy, so the transaction must have been begun and its pending statements sent.
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    return driver


@contextmanager
def translated() -> Iterator[None]:
    """Errors of the driver as those of SQLAlchemy."""
    try:
        yield
    except psycopg.IntegrityError as error:
        raise IntegrityError("COPY", {}, error) from error
    except (psycopg.OperationalError, psycopg.InterfaceError, sqlite3.OperationalError) as error:
        # A full disk, or what becomes of a connection that breaks in between: the server's farewell, or that it is closed.
        raise OperationalError("many rows", {}, error) from error
