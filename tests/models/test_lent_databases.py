"""A database that was lent before cannot be told from a fresh one; one that can is not lent again."""

import psycopg
import pytest

from tests.support.lending import LentDatabases
from tests.support.postgres import PostgresServer

ADD = "INSERT INTO tenant (id, name, event_sequence, created_at) VALUES (gen_random_uuid(), 'one', 0, now())"


def _ask(connection: psycopg.Connection, question: str) -> object:
    (answer,) = connection.execute(question).fetchone() or (None,)
    return answer


def _lend_thrice(server: PostgresServer, template: str, said: str) -> list[tuple[str, object, object]]:
    """Each time the name, what the database is inside, and how many tenants are found there; the first says something to it."""
    databases = LentDatabases(server, template)
    seen = []
    for number in range(3):
        with databases.lend() as name, server.connect(name) as connection:
            oid = _ask(connection, "SELECT oid FROM pg_database WHERE datname = current_database()")
            seen.append((name, oid, _ask(connection, "SELECT count(*) FROM tenant")))
            if number == 0:
                connection.execute(said)
    return seen


def test_what_was_written_is_gone_and_the_name_with_it(postgres_server: PostgresServer, postgres_template: str) -> None:
    first, second, third = _lend_thrice(postgres_server, postgres_template, ADD)
    assert (third[1], third[2]) == (first[1], 0)
    assert len({first[0], second[0], third[0]}) == 3
    with pytest.raises(psycopg.OperationalError):
        postgres_server.connect(first[0])


@pytest.mark.parametrize(
    "said",
    [
        "CREATE TABLE more (id int)",
        "DROP INDEX ix_upload_tenant_id",
        "ALTER TABLE tenant ALTER name DROP NOT NULL",
        "ALTER TABLE tenant DISABLE TRIGGER ALL",
        "UPDATE alembic_version SET version_num = '0001'",
        f"{ADD}; ANALYZE tenant",
        "INSERT INTO tenant (id, name, event_sequence, created_at) SELECT gen_random_uuid(), n, 0, now() FROM generate_series(1, 5000) n",
    ],
)
def test_what_is_no_more_like_the_template_is_not_lent_again(postgres_server: PostgresServer, postgres_template: str, said: str) -> None:
    first, _, third = _lend_thrice(postgres_server, postgres_template, said)
    assert first[1] != third[1]
    assert third[2] == 0


def test_what_somebody_is_still_connected_to_is_not_lent_again(postgres_server: PostgresServer, postgres_template: str) -> None:
    databases = LentDatabases(postgres_server, postgres_template)
    with databases.lend() as name, databases.lend():
        left = postgres_server.connect(name)
    with left:
        for _ in range(2):
            with databases.lend() as other:
                assert other != name
        with pytest.raises(psycopg.OperationalError):
            left.execute("SELECT 1")
