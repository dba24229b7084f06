"""on SQLite, an id is its 16 bytes and no longer 32 characters

Each table that has ids is written anew beside the old one, which then goes. All of it is one transaction: where it is broken off the
database stays as it was.
"""

import re
import sqlite3
from collections.abc import Callable
from typing import Any

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TEXT, BYTES = "CHAR(32)", "BLOB"


def upgrade() -> None:
    _retype(TEXT, BYTES, lambda id_: bytes.fromhex(id_) if isinstance(id_, str) else id_)


def downgrade() -> None:
    _retype(BYTES, TEXT, lambda id_: id_.hex() if isinstance(id_, bytes) else id_)


def _retype(old: str, new: str, turn: Callable[[Any], Any]) -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.create_function("turn_id", 1, turn, deterministic=True)
    # To the commit after the version was noted. The driver would begin with the first rows, which is after the first table.
    driver.execute("BEGIN IMMEDIATE")
    for (table,) in driver.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall():
        kinds = {name: kind for _, name, kind, *_ in driver.execute(f'PRAGMA table_info("{table}")')}
        if old in kinds.values():
            values = [f'turn_id("{name}")' if kind == old else f'"{name}"' for name, kind in kinds.items()]
            _write_anew(driver, table, old, new, ", ".join(values))


def _write_anew(driver: sqlite3.Connection, table: str, old: str, new: str, values: str) -> None:
    """In the order of steps that SQLite's documentation of ALTER TABLE asks for, so that foreign keys to the table go on to mean it."""
    found = driver.execute("SELECT type, sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY rowid", (table,)).fetchall()
    (created,) = (sql for kind, sql in found if kind == "table")
    _, columns = created.split("(", 1)
    driver.execute(f'CREATE TABLE "{table}_anew" (' + re.sub(rf"(?<=\s){re.escape(old)}", new, columns))
    driver.execute(f'INSERT INTO "{table}_anew" SELECT {values} FROM "{table}" ORDER BY rowid')
    driver.execute(f'DROP TABLE "{table}"')
    driver.execute(f'ALTER TABLE "{table}_anew" RENAME TO "{table}"')
    for kind, sql in found:
        if kind == "index":
            driver.execute(sql)
