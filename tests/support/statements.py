"""Statements are compiled once for all databases of a test process, where each would begin with none: about a fifth of a test's work.

In a service, whose engine lives as long as it does, they are compiled once as well.
"""

from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Dialect

_MOST = 5_000
_compiled: dict[Any, Any] = {}


def share_compiled_statements() -> None:
    """Let all engines of one dialect find what any of them compiled."""
    for kind in (PGDialect_psycopg, SQLiteDialect_pysqlite):
        # SQLAlchemy keeps what it compiled by dialect, and every engine has one of its own.
        kind.__eq__ = _is_alike  # type: ignore[method-assign, assignment]
        kind.__hash__ = _hash_of_kind  # type: ignore[method-assign, assignment]
    event.listen(Engine, "engine_connect", _share)


def _is_alike(one: Dialect, other: object) -> bool:
    if type(one) is not type(other) or not isinstance(other, Dialect):
        return False
    return one.statement_compiler is other.statement_compiler and one.colspecs is other.colspecs


def _hash_of_kind(one: Dialect) -> int:
    return hash(type(one))


def _share(connection: Connection) -> None:
    if len(_compiled) > _MOST:
        _compiled.clear()
    connection.execution_options(compiled_cache=_compiled)
