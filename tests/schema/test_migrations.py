"""The one chain of migrations leads to the tables, down to nothing and up again, on both databases."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import create_engine, inspect, select
from sqlmodel import col

from models.database import make_database, reading
from models.revisions import check, current_revision, downgrade, upgrade
from models.tables import Contact

ROWS = 3


def table_names(url: str) -> set[str]:
    engine = create_engine(url)
    try:
        return set(inspect(engine).get_table_names())
    finally:
        engine.dispose()


def test_the_schema_is_that_of_the_tables(database_url: str) -> None:
    check(database_url)


def test_down_to_nothing_and_up_again(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    tables = table_names(empty_database_url)
    assert "contact" in tables
    downgrade(empty_database_url, "base")
    assert current_revision(empty_database_url) is None
    assert table_names(empty_database_url) == {"alembic_version"}
    upgrade(empty_database_url)
    assert table_names(empty_database_url) == tables
    check(empty_database_url)


def test_ids_of_an_older_sqlite_database_become_bytes_and_text_again(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    url = f"sqlite:///{path}"
    upgrade(url, "0010")
    fill_every_table(path)
    before, shape = dump(path), indexes(path)
    ids = id_columns(path)
    assert {("contact", "tenant_id"), ("contact", "import_id"), ("tenant", "id"), ("list_member", "contact_id")} <= ids

    upgrade(url)
    check(url)
    as_bytes = {
        table: [{name: turn(value) if (table, name) in ids else value for name, value in row.items()} for row in rows]
        for table, rows in before.items()
    }
    assert dump(path) == as_bytes
    assert indexes(path) == shape
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    database = make_database(url)
    with reading(database) as tx:
        found = tx.execute(select(col(Contact.id), col(Contact.import_id)).order_by(col(Contact.id))).all()
    database.close()
    assert [tuple(row) for row in found] == [(UUID(int=1), None), (UUID(int=2), UUID(int=2)), (UUID(int=3), UUID(int=3))]

    downgrade(url, "0010")
    assert dump(path) == before
    assert indexes(path) == shape
    assert id_columns(path) == ids


def test_ids_are_turned_in_every_table_or_in_none(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    url = f"sqlite:///{path}"
    upgrade(url, "0010")
    fill_every_table(path)
    with closing(sqlite3.connect(path)) as connection:
        # In the way of the last table, when all others have been written anew.
        connection.execute("CREATE TABLE writer_lease_anew (number INTEGER)")
    before, shape = dump(path), indexes(path)
    with pytest.raises(sqlite3.OperationalError, match="writer_lease_anew"):
        upgrade(url)
    assert current_revision(url) == "0010"
    assert dump(path) == before
    assert indexes(path) == shape


def test_an_id_that_an_older_release_wrote_after_the_upgrade_is_no_obstacle_to_going_back(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    url = f"sqlite:///{path}"
    upgrade(url)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO list_member VALUES (?, ?, ?)", [UUID(int=number).hex for number in (1, 2, 3)])
    for _ in range(2):
        downgrade(url, "0010")
        assert dump(path)["list_member"] == [{"list_id": UUID(int=1).hex, "contact_id": UUID(int=2).hex, "tenant_id": UUID(int=3).hex}]
        upgrade(url)
    assert dump(path)["list_member"] == [{"list_id": UUID(int=1).bytes, "contact_id": UUID(int=2).bytes, "tenant_id": UUID(int=3).bytes}]


def fill_every_table(path: Path) -> None:
    """Some rows in each table: the ids of the first are 1, of the second 2, …, and what may be null is so in the first."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for table in table_names(f"sqlite:///{path}") - {"alembic_version"}:
            columns = connection.execute(f'PRAGMA table_info("{table}")').fetchall()
            for number in range(1, ROWS + 1):
                values = [
                    value_of(kind, number) if is_required or is_key or number > 1 else None
                    for _, _, kind, is_required, _, is_key in columns
                ]
                connection.execute(f'INSERT INTO "{table}" VALUES ({", ".join("?" for _ in values)})', values)


def value_of(kind: str, number: int) -> Any:
    if kind == "CHAR(32)":
        return UUID(int=number).hex
    return number if kind in ("INTEGER", "BIGINT", "BOOLEAN") else f'["{number}"]' if kind == "JSON" else f"text {number}"


def turn(text: str | None) -> bytes | None:
    return None if text is None else bytes.fromhex(text)


def dump(path: Path) -> dict[str, list[dict[str, Any]]]:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        names = table_names(f"sqlite:///{path}") - {"alembic_version"}
        found = {table: connection.execute(f'SELECT * FROM "{table}" ORDER BY rowid').fetchall() for table in names}
    return {table: [dict(row) for row in rows] for table, rows in found.items()}


def indexes(path: Path) -> set[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        return set(connection.execute("SELECT tbl_name, sql FROM sqlite_master WHERE type = 'index'"))


def id_columns(path: Path) -> set[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        every = "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' AND c.type = 'CHAR(32)'"
        return set(connection.execute(every))
