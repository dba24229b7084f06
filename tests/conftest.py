"""What every test may ask for: real databases at the newest revision, a real broker, and settings on a folder of their own."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from models.settings import Settings
from tests.support.databases import copied_postgres, copy_sqlite, make_postgres_template, make_sqlite_template, sqlalchemy_url
from tests.support.lending import LentDatabases
from tests.support.postgres import FAST_AND_FORGETFUL, PostgresServer, running_postgres
from tests.support.programs import find_chromium, find_postgres, is_continuous_integration
from tests.support.statements import share_compiled_statements
from tests.support.valkey import ValkeyServer, running_valkey

settings.register_profile(
    "rolodock",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    # In CI the examples are the same each time, so that it tells of the change and not of luck; new ones are looked for everywhere else.
    derandomize=is_continuous_integration(),
)
settings.load_profile("rolodock")
share_compiled_statements()
# Until all is collected: what modules and tests are made of is no garbage.
gc.disable()


SEED_IN_CI = 1


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """In CI the order of the tests and what they draw by lot are the same each time, for the same reason."""
    if is_continuous_integration() and getattr(config.option, "randomly_seed", None) == "default":
        config.option.randomly_seed = SEED_IN_CI


@pytest.fixture(scope="session", autouse=True)
def _no_settings_from_outside() -> None:
    """What the person who runs the tests has set for their own Rolodock must not reach the tests."""
    for name in [name for name in os.environ if name.startswith("ROLODOCK_")]:
        del os.environ[name]


# One after the other, so that what is started for the tests of a folder is started once and ends with the last of them.
FOLDERS_OF_SLOW_TESTS = ("chaos", "e2e", "actors", "cli")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts whole processes comes first: a test that waits much costs the suite little as long as others have work beside it."""
    items.sort(key=_turn)


def pytest_collection_finish() -> None:
    """All that was imported and collected stays to the end: the garbage collector need not go through it again and again."""
    gc.freeze()
    gc.enable()


def _turn(item: pytest.Item) -> int:
    folder = item.path.relative_to(Path(__file__).parent).parts[0]
    is_late = item.get_closest_marker("slow") is None or folder not in FOLDERS_OF_SLOW_TESTS
    return len(FOLDERS_OF_SLOW_TESTS) if is_late else FOLDERS_OF_SLOW_TESTS.index(folder)


def skip_or_fail(reason: str) -> None:
    """In CI nothing is skipped."""
    if is_continuous_integration():
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server of this test process alone."""
    programs = find_postgres()
    if programs is None:
        skip_or_fail("PostgreSQL was not found")
    else:
        # What the planner knows of a table is then the test's alone to say.
        with running_postgres(programs, (*FAST_AND_FORGETFUL, "-c", "autovacuum=off")) as server:
            yield server


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> str:
    return make_postgres_template(postgres_server)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_sqlite_template(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh SQLite database at the newest revision."""
    return copy_sqlite(sqlite_template, tmp_path)


@pytest.fixture(scope="session")
def lent_databases(postgres_server: PostgresServer, postgres_template: str) -> LentDatabases:
    return LentDatabases(postgres_server, postgres_template)


@pytest.fixture
def postgres_url(postgres_server: PostgresServer, lent_databases: LentDatabases) -> Iterator[str]:
    """A PostgreSQL database at the newest revision, as good as fresh."""
    with lent_databases.lend() as name:
        yield sqlalchemy_url(postgres_server.url(name))


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database at the newest revision; the test runs once on each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def empty_database_url(request: pytest.FixtureRequest, database_kind: str) -> Iterator[str]:
    """A database without tables; the test runs once on each kind."""
    if database_kind == "sqlite":
        yield f"sqlite:///{request.getfixturevalue('tmp_path') / 'empty.db'}"
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        with copied_postgres(server, "template0") as url:
            yield url


@pytest.fixture(params=["sqlite", "postgres"])
def database_kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture(scope="session")
def valkey_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    with running_valkey(tmp_path_factory.mktemp("valkey")) as server:
        yield server


@pytest.fixture
def valkey_server(valkey_process: ValkeyServer) -> ValkeyServer:
    """A real Valkey, empty."""
    valkey_process.flush()
    return valkey_process


@pytest.fixture
def redis_url(valkey_server: ValkeyServer) -> str:
    return valkey_server.url


@pytest.fixture
def rolodock_settings(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    """Settings on a fresh database of each kind, a real broker and a folder of their own."""
    return Settings(data_dir=tmp_path, database_url=database_url, redis_url=redis_url, secret_key="only-for-tests")


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    path = find_chromium()
    if path is None:
        skip_or_fail("Chromium was not found")
        raise AssertionError
    return path
