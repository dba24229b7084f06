"""A rig on each kind of database, with chunks and batches so small that a short file has many."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.settings import Settings
from tests.support.rig import Rig, make_rig


@pytest.fixture
def small_settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path,
        database_url=database_url,
        storage_url="memory:///",
        batch_rows=3,
        chunk_rows=5,
        concurrent_imports=2,
        batches_at_once=1,
    )


@pytest.fixture
def rig(small_settings: Settings) -> Iterator[Rig]:
    made = make_rig(small_settings)
    yield made
    made.deps.database.close()
