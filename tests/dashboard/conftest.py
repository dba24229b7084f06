"""A fake API with its clock held still, and a client of it that is signed in."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from graphql import GraphQLSchema, build_schema

from dashboard.client import ApiClient
from tests.dashboard import running
from tests.dashboard.fake_api import COOKIE, FakeApi, make_fake_api


class HeldClock:
    """Time that passes only when a test says so."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_seconds(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture(scope="session")
def schema_text() -> str:
    return running.SCHEMA.read_text()


@pytest.fixture(scope="session")
def schema(schema_text: str) -> GraphQLSchema:
    return build_schema(schema_text)


@pytest.fixture(scope="session")
def served(schema: GraphQLSchema) -> Iterator[tuple[FakeApi, str]]:
    api = FakeApi(schema, phase_seconds=10)
    with running.serving(make_fake_api(api)) as address:
        yield api, address


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture
def api(served: tuple[FakeApi, str], clock: HeldClock) -> FakeApi:
    """The one that is served, as new."""
    served[0].imports.clear()
    served[0].uploads.clear()
    served[0].now = clock
    served[0].role = "ADMIN"
    return served[0]


@pytest.fixture
def address(api: FakeApi, served: tuple[FakeApi, str]) -> str:
    return served[1]


@pytest.fixture
def client(address: str) -> ApiClient:
    return ApiClient(address, cookie=lambda: COOKIE)
