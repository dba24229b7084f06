"""The two ways to the database: connections that died meanwhile, and what time it is."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import event, text

from models import database as databases
from models import postgres
from models.database import Database, make_database, reading, writing
from models.errors import DatabaseBusy


@pytest.fixture
def on_postgres(postgres_url: str) -> Iterator[Database]:
    made = make_database(postgres_url)
    yield made
    made.close()


def kill_idle(database: Database, count: int) -> None:
    """End so many connections that lie in the pool, as a server does that is started again."""
    holding = [database.reader.connect() for _ in range(count)]
    pids = [connection.execute(text("SELECT pg_backend_pid()")).scalar_one() for connection in holding]
    for connection in holding:
        connection.close()
    killer = make_database(database.reader.url.render_as_string(hide_password=False))
    with writing(killer) as tx:
        for pid in pids:
            # A second at most, until it has ended.
            assert tx.execute(text("SELECT pg_terminate_backend(:pid, 1000)"), {"pid": pid}).scalar_one()
    killer.close()


def ask(database: Database) -> int:
    with reading(database) as tx:
        return int(tx.execute(text("SELECT 1")).scalar_one())


def test_a_connection_that_died_while_it_idled_is_replaced_unseen(on_postgres: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "_TRUSTED_SECONDS", 0.0)
    kill_idle(on_postgres, 3)
    assert [ask(on_postgres) for _ in range(4)] == [1, 1, 1, 1]


def test_of_connections_that_died_a_moment_ago_one_can_be_tried_again_and_the_others_are_replaced(
    on_postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "_TRUSTED_SECONDS", 600.0)
    kill_idle(on_postgres, 3)
    with pytest.raises(DatabaseBusy):
        ask(on_postgres)
    assert [ask(on_postgres) for _ in range(4)] == [1, 1, 1, 1]


def test_a_later_transaction_is_never_told_an_earlier_moment(database_url: str) -> None:
    database = make_database(database_url)
    said = []
    for _ in range(200):
        with writing(database) as tx:
            said += [tx.now(), tx.now(), tx.now()]
    assert said == sorted(said)
    database.close()


def test_postgres_is_asked_for_the_time_once_a_second_in_a_transaction(on_postgres: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    event.listen(on_postgres.writer, "before_cursor_execute", lambda _1, _2, statement, *_3: asked.append(statement))
    with writing(on_postgres) as tx:
        first = tx.now()
        time.sleep(0.02)
        assert tx.now() - first >= timedelta(seconds=0.02)
        assert len(asked) == 1
        monkeypatch.setattr(databases, "SECONDS_BETWEEN_CLOCKS", 0.0)
        assert tx.now() > first
    assert len(asked) == 2
