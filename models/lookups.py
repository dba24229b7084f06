"""Rows looked up by many values at once, as columns: each value asks the index, in the order in which they come.

Frames are given in the texts that the databases know: an id as 36 characters, JSON as its text.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

import polars as pl
from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    LargeBinary,
    Select,
    String,
    Uuid,
    bindparam,
    func,
    literal_column,
    select,
    true,
    type_coerce,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import SQLCoreOperations

from models.bulk import driver_of, translated
from models.dialects import SQLITE, Id, is_one_of

# Values sent in one statement, and so, where each is of one row, rows whose texts are objects of Python at a time.
MOST_AT_ONCE = 5_000
_WANTED = "wanted_values"
# A value asks for a row or for few. Compiling a statement takes longer than running it, and what the planner knows of a table that was
# filled a moment ago may well be that it is best read from end to end, for each value anew.
_BY_INDEX = "SET LOCAL jit = off; SET LOCAL enable_seqscan = off"


def look_up(
    connection: Connection, statement: Select[Any], column: SQLCoreOperations[Any], values: pl.Series, schema: Mapping[str, pl.DataType]
) -> pl.DataFrame:
    """What a statement selects of the rows that have one of the values in a column, as columns of this schema, in no order.

    The values are texts, each once. In their order they cost an index the least: those that are neighbours lie on one page.
    """
    if values.is_empty():
        return pl.DataFrame(schema=dict(schema))
    is_sqlite = connection.dialect.name == SQLITE
    columns = [_as_text(each, is_sqlite=is_sqlite).label(name) for name, each in zip(schema, statement.selected_columns, strict=True)]
    find = _find_in_sqlite if is_sqlite else _find_in_postgres
    pieces = (values.slice(start, MOST_AT_ONCE) for start in range(0, values.len(), MOST_AT_ONCE))
    found = find(connection, statement.with_only_columns(*columns), cast(ColumnElement[Any], column), pieces)
    ids = [name for name, each in zip(schema, statement.selected_columns, strict=True) if isinstance(each.type, Id)] if is_sqlite else []
    kinds = {**schema, **dict.fromkeys(ids, pl.Binary())}
    frames = [
        pl.DataFrame([pl.Series(name, values, kind) for (name, kind), values in zip(kinds.items(), some, strict=True)]) for some in found
    ]
    return pl.concat(frames).with_columns(_written(name) for name in ids)


# The columns that are found for one piece of the values.
_Columns = Iterable[Sequence[Any]]


def _find_in_sqlite(
    connection: Connection, statement: Select[Any], column: ColumnElement[Any], pieces: Iterable[pl.Series]
) -> Iterator[_Columns]:
    for values in pieces:
        rows = connection.execute(statement.where(is_one_of(SQLITE, column, values.to_list()))).all()
        yield zip(*rows, strict=True) if rows else [()] * len(statement.selected_columns)


def _find_in_postgres(
    connection: Connection, statement: Select[Any], column: ColumnElement[Any], pieces: Iterable[pl.Series]
) -> Iterator[_Columns]:
    """One row of arrays, which needs a third of what as many rows as there are contacts do, for us and for the server.

    `OFFSET 0` changes nothing but that the planner cannot turn the join around: of a tenant that its statistics do not know it expects
    one row, and would compare every row of the tenant with every value.
    """
    kind = ARRAY(Uuid() if isinstance(column.type, Id) else String())
    wanted = func.unnest(sql_cast(bindparam(_WANTED, type_=String()), kind)).table_valued("value", name="wanted").render_derived()
    found = statement.where(column == wanted.c.value).offset(literal_column("0")).lateral("found")
    arrays = select(*(func.array_agg(each) for each in found.c)).select_from(wanted).join(found, true())
    compiled = arrays.compile(dialect=connection.dialect)
    connection.exec_driver_sql(_BY_INDEX)
    # In binary, elements need no quotes.
    with translated(), driver_of(connection).cursor(binary=True) as cursor:
        for values in pieces:
            row = cursor.execute(cast(Any, str(compiled)), {**compiled.params, _WANTED: _write_array(values)}).fetchone()
            assert row is not None
            yield [each or () for each in row]


def _write_array(values: pl.Series) -> str:
    """The text of an array of texts."""
    escaped = values.str.replace_all("\\", "\\\\", literal=True).str.replace_all('"', '\\"', literal=True)
    elements: str = escaped.str.join('","').item()
    return f'{{"{elements}"}}'


def _as_text(column: ColumnElement[Any], *, is_sqlite: bool) -> ColumnElement[Any]:
    if not isinstance(column.type, Id | JSON):
        return column
    if not is_sqlite:
        return sql_cast(column, String)
    return type_coerce(column, LargeBinary if isinstance(column.type, Id) else String)


def _written(name: str) -> pl.Expr:
    """Ids of 16 bytes as 36 characters."""
    starts, lengths = (0, 8, 12, 16, 20), (8, 4, 4, 4, 12)
    pieces = [pl.col(name).bin.encode("hex").str.slice(start, length) for start, length in zip(starts, lengths, strict=True)]
    return pl.concat_str(pieces, separator="-").alias(name)
