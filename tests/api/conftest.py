"""A door on a fresh database, with people of two tenants before it and workers behind it that work when told to."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from models.settings import Settings
from tests.api.door import Door, open_door


@pytest.fixture
def api_settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, database_url=database_url, secret_key="only-for-tests", public_url="http://rolodock.test")


@pytest.fixture
async def door(api_settings: Settings) -> AsyncIterator[Door]:
    """Runs once on each kind of database."""
    async with open_door(api_settings) as opened:
        yield opened


@pytest.fixture
async def sqlite_door(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Door]:
    """For what no database can make different."""
    settings = Settings(data_dir=tmp_path, database_url=sqlite_url, secret_key="only-for-tests", public_url="http://rolodock.test")
    async with open_door(settings) as opened:
        yield opened
