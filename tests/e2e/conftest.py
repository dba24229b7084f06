"""Two whole Rolodocks for all of these tests: as it starts by default, and on PostgreSQL and a Valkey that are run by somebody else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.service import Service, serving
from tests.support.databases import copied_postgres
from tests.support.postgres import PostgresServer
from tests.support.valkey import ValkeyServer, running_valkey

# Many batches, so that there is a middle to be in; and limits that a test can exceed with little.
DEFAULT = {"batch_rows": "400", "max_upload_bytes": "6000000", "max_rows": "100000"}
# Another number of batches and of chunks must come to the same contacts.
EXTERNAL = {"batch_rows": "700", "chunk_rows": "3000"}


@pytest.fixture(scope="package")
def default_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """`rolodock up` in a fresh folder."""
    with serving(tmp_path_factory.mktemp("default"), **DEFAULT) as service:
        yield service


@pytest.fixture(scope="package")
def external_valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    """A Valkey of the external service alone: wiping it disturbs no other test."""
    with running_valkey(tmp_path_factory.mktemp("valkey")) as server:
        yield server


@pytest.fixture(scope="package")
def external_service(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer, external_valkey: ValkeyServer
) -> Iterator[Service]:
    """`rolodock up` on a PostgreSQL database that was empty, and a Valkey."""
    with (
        copied_postgres(postgres_server, "template0") as url,
        serving(tmp_path_factory.mktemp("external"), database_url=url, redis_url=external_valkey.url, **EXTERNAL) as service,
    ):
        yield service


@pytest.fixture(params=["default", "external"])
def service(request: pytest.FixtureRequest) -> Service:
    """Each of the two."""
    found: Service = request.getfixturevalue(f"{request.param}_service")
    return found


@pytest.fixture(scope="session")
def legislators(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real file, read where it lies; else one of the same shape."""
    from tests.e2e.legislators import REAL, write_like_it

    return REAL if REAL.exists() else write_like_it(tmp_path_factory.mktemp("legislators") / "legislators.csv")
