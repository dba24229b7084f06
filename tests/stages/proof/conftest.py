"""A database of each kind for many cases, and the deaths that may strike who works on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stages.proof.ground import Ground, make_ground


@pytest.fixture
def ground(database_url: str, tmp_path: Path) -> Iterator[Ground]:
    made = make_ground(database_url, tmp_path)
    yield made
    made.database.close()
