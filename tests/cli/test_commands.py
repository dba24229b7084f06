"""The short commands, as they are typed."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli.data_folder import DataFolder
from api.cli.root import rolodock
from api.cli.up import bring_up_to_date
from api.commands.tokens import find_token
from models.database import Database, make_database
from models.revisions import current_revision, downgrade
from models.vocabulary import Role


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def invoke(*arguments: str, **settings: str) -> Result:
    environment = {f"ROLODOCK_{name.upper()}": value for name, value in settings.items()}
    return CliRunner().invoke(rolodock, arguments, env=environment)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = make_database(database_url)
    yield database
    database.close()


def test_a_token_is_the_last_word_and_works(database_url: str, database: Database) -> None:
    result = invoke("token", "--tenant", "Blue Door Ltd", "--role", "member", database_url=database_url)
    assert result.exit_code == 0, result.output
    actor = find_token(database, result.output.split()[-1])
    assert actor is not None
    assert actor.role is Role.MEMBER


def test_two_tokens_of_one_name_are_of_one_tenant(database_url: str, database: Database) -> None:
    actors = []
    for role in ("admin", "viewer"):
        result = invoke("token", "--tenant", "Blue Door Ltd", "--role", role, database_url=database_url)
        actors.append(find_token(database, result.output.split()[-1]))
    first, second = actors
    assert first is not None
    assert second is not None
    assert first.tenant_id == second.tenant_id


def test_a_revoked_token_works_no_more(database_url: str, database: Database) -> None:
    token = invoke("token", "--tenant", "Blue Door Ltd", "--role", "member", database_url=database_url).output.split()[-1]
    assert invoke("token", "--revoke", token, database_url=database_url).exit_code == 0
    assert find_token(database, token) is None
    again = invoke("token", "--revoke", token, database_url=database_url)
    assert again.exit_code == 1


def test_a_token_wants_a_tenant_and_a_role_or_is_to_be_revoked(sqlite_url: str) -> None:
    assert invoke("token", "--tenant", "x", database_url=sqlite_url).exit_code == 2


def test_a_tenant_that_a_misspelt_name_made_is_told(sqlite_url: str) -> None:
    first, second = (invoke("token", "--tenant", "Blue Dor Ltd", "--role", "admin", database_url=sqlite_url) for _ in range(2))
    assert first.stderr == "A new tenant Blue Dor Ltd was made.\n"
    assert second.stderr == ""


def test_a_role_that_does_not_exist_is_a_usage_error(sqlite_url: str) -> None:
    assert invoke("token", "--tenant", "x", "--role", "king", database_url=sqlite_url).exit_code == 2


def test_a_token_needs_tables() -> None:
    result = invoke("token", "--tenant", "x", "--role", "admin")
    assert result.exit_code == 1
    assert "rolodock db upgrade" in result.stderr


def test_the_schema_goes_up_and_down(empty_database_url: str) -> None:
    assert invoke("db", "check", database_url=empty_database_url).exit_code == 1
    assert invoke("db", "upgrade", database_url=empty_database_url).exit_code == 0
    assert current_revision(empty_database_url) is not None
    assert invoke("db", "check", database_url=empty_database_url).exit_code == 0
    assert invoke("db", "downgrade", "base", "--yes", database_url=empty_database_url).exit_code == 0
    assert current_revision(empty_database_url) is None


def test_it_is_told_where_a_database_of_an_older_release_is_brought_up(sqlite_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    newest = current_revision(sqlite_url)
    bring_up_to_date(sqlite_url)
    assert capsys.readouterr().err == ""
    downgrade(sqlite_url, "-1")
    older = current_revision(sqlite_url)
    bring_up_to_date(sqlite_url)
    assert capsys.readouterr().err == f"Bringing the database from revision {older} to {newest}.\n"
    assert current_revision(sqlite_url) == newest


def test_a_revision_that_does_not_exist_is_told_in_one_line(sqlite_url: str) -> None:
    result = invoke("db", "downgrade", "nowhere", "--yes", database_url=sqlite_url)
    assert result.exit_code == 1
    assert "nowhere" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_downgrade_wants_a_copy_or_a_yes(sqlite_url: str) -> None:
    result = invoke("db", "downgrade", "base", database_url=sqlite_url)
    assert result.exit_code == 1
    assert "--backup" in result.stderr
    assert current_revision(sqlite_url) is not None


@pytest.mark.parametrize("arguments", [("--yes",), ("--bakcup",)])
def test_a_downgrade_wants_a_revision(arguments: tuple[str, ...], sqlite_url: str) -> None:
    assert invoke("db", "downgrade", *arguments, database_url=sqlite_url).exit_code == 2


def test_a_downgrade_by_one_is_no_option(sqlite_url: str) -> None:
    before = current_revision(sqlite_url)
    result = invoke("db", "downgrade", "-1", "--yes", database_url=sqlite_url)
    assert result.exit_code == 0, result.output
    assert current_revision(sqlite_url) != before


@pytest.mark.parametrize("arguments", [("downgrade", "base", "--yes"), ("upgrade",)])
def test_a_running_rolodock_keeps_its_tables(arguments: tuple[str, ...], tmp_path: Path, sqlite_url: str) -> None:
    with DataFolder(tmp_path / "data").locked():
        result = invoke("db", *arguments, "--data-dir", str(tmp_path / "data"), database_url=sqlite_url)
    assert result.exit_code == 1
    assert len(result.stderr.strip().splitlines()) == 1
    assert "already runs" in result.stderr
    assert current_revision(sqlite_url) is not None


def test_a_backup_holds_what_the_downgrade_takes(tmp_path: Path) -> None:
    invoke("db", "upgrade")
    invoke("token", "--tenant", "Blue Door Ltd", "--role", "admin")
    result = invoke("db", "downgrade", "base", "--backup")
    assert result.exit_code == 0, result.output
    (backup,) = (tmp_path / "rolodock-data" / "backups").glob("*.db")
    assert str(backup) in result.output
    with closing(sqlite3.connect(backup)) as connection:
        assert connection.execute("SELECT name FROM tenant").fetchall() == [("Blue Door Ltd",)]


def test_a_backup_of_postgres_is_made_before_the_downgrade(postgres_url: str, tmp_path: Path) -> None:
    result = invoke("db", "downgrade", "base", "--backup", database_url=postgres_url)
    assert result.exit_code == 0, result.output
    (backup,) = (tmp_path / "rolodock-data" / "backups").glob("*.dump")
    assert backup.read_bytes().startswith(b"PGDMP")


def test_a_setting_that_cannot_be_used_is_told_in_one_line() -> None:
    result = invoke("db", "check", batch_rows="many")
    assert result.exit_code == 1
    assert result.stderr.startswith("rolodock: ROLODOCK_BATCH_ROWS cannot be used:")


def test_a_worker_by_itself_needs_a_broker() -> None:
    result = invoke("worker")
    assert result.exit_code == 1
    assert "ROLODOCK_REDIS_URL" in result.stderr
