"""What proofs stand on: a database, settings, and the deaths that may strike who works on it. And how a proof is told by its seed."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from models.database import Database, make_database
from models.settings import Settings
from tests.stages.proof.workforce import Deaths


@dataclass(frozen=True)
class Ground:
    database: Database
    settings: Settings
    deaths: Deaths


Proof = Callable[[int, Ground], None]


def make_ground(database_url: str, folder: Path) -> Ground:
    """The ground of a migrated database."""
    settings = Settings(data_dir=folder, database_url=database_url)
    database = make_database(settings.resolved_database_url())
    return Ground(database, settings, Deaths(database))
