"""Migrated PostgreSQL databases, lent to one test after another: emptying one costs a fraction of laying out some hundred files anew.

A borrower cannot tell one from a copy of the template: its tables are empty, its structure and statistics are the template's, and each
time it has a name of its own, so that what still runs of an earlier test finds no database. One that is not so is not lent again.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql
from psycopg.rows import scalar_row

from tests.support.postgres import PostgresServer

# So many rest, which gives the last sessions of a test the time to end.
_RESTING = 2
# Object ids from 16384 on are of what was made after initdb.
_STRUCTURE = """
SELECT md5(string_agg(part, ',' ORDER BY part)) FROM (
    SELECT concat_ws(' ', 'class', oid, relname, relkind, relpages, reltuples, relrowsecurity, reloptions) AS part
        FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', 'attribute', ctid, xmin) FROM pg_attribute WHERE attrelid >= 16384
    UNION ALL SELECT concat_ws(' ', 'default', ctid, xmin) FROM pg_attrdef
    UNION ALL SELECT concat_ws(' ', 'constraint', ctid, xmin) FROM pg_constraint WHERE oid >= 16384
    UNION ALL SELECT concat_ws(' ', 'index', ctid, xmin) FROM pg_index WHERE indexrelid >= 16384
    UNION ALL SELECT concat_ws(' ', 'trigger', ctid, xmin) FROM pg_trigger
    UNION ALL SELECT concat_ws(' ', 'rule', ctid, xmin) FROM pg_rewrite WHERE oid >= 16384
    UNION ALL SELECT concat_ws(' ', 'function', ctid, xmin) FROM pg_proc WHERE oid >= 16384
    UNION ALL SELECT concat_ws(' ', 'sequence', ctid, xmin) FROM pg_sequence
    UNION ALL SELECT concat_ws(' ', 'statistic', ctid, xmin) FROM pg_statistic WHERE starelid >= 16384
    UNION ALL SELECT concat_ws(' ', 'schema', ctid, xmin) FROM pg_namespace WHERE oid >= 16384 AND nspname NOT LIKE 'pg%temp%'
    UNION ALL SELECT concat_ws(' ', 'setting', setdatabase) FROM pg_db_role_setting
    UNION ALL SELECT concat_ws(' ', 'revision', version_num) FROM alembic_version
) AS parts
"""
# Of a table of up to ten pages that was never analysed the planner thinks what it thinks of an empty one.
_HAS_GROWN = """
SELECT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_relation_size(oid) > 10 * 8192)
"""
_USED = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0
"""
_RESTART_SEQUENCES = "SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence"


class LentDatabases:
    """Databases of one server, made from one template whose tables are empty."""

    def __init__(self, server: PostgresServer, template: str) -> None:
        self._server = server
        self._template = template
        self._resting: deque[str] = deque()
        with server.connect(template) as connection:
            self._structure = _value(connection, _STRUCTURE)

    @contextmanager
    def lend(self) -> Iterator[str]:
        """The name of a database for the length of the block."""
        name = self._emptied() or self._server.create_database(self._template)
        try:
            yield name
        finally:
            self._resting.append(name)

    def _emptied(self) -> str | None:
        """One that was lent before, under a new name; None: there is none to be had."""
        if len(self._resting) < _RESTING:
            return None
        name = self._resting.popleft()
        if not self._server.is_in_use(name):
            name = self._server.rename_database(name)
            if self._empty(name):
                return name
        self._server.drop_database(name)
        return None

    def _empty(self, name: str) -> bool:
        """Whether it is now as the template is."""
        with self._server.connect(name) as connection, connection.transaction():
            if _value(connection, _HAS_GROWN) or _value(connection, _STRUCTURE) != self._structure:
                return False
            # Foreign keys ask for an order among the tables, which a replica takes for granted.
            connection.execute("SET LOCAL session_replication_role = replica")
            for (table,) in connection.execute(_USED).fetchall():
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            connection.execute(_RESTART_SEQUENCES)
        return True


def _value(connection: psycopg.Connection, statement: str) -> object:
    with connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(statement).fetchone()
