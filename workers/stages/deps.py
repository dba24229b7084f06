"""What stages are handed."""

from dataclasses import dataclass

from models.database import Database
from models.settings import Settings
from models.storage import ObjectStore
from workers.engine.frames import ReaderLimits


@dataclass(frozen=True, slots=True)
class Deps:
    """The database, the object store and the settings of this process."""

    database: Database
    storage: ObjectStore
    settings: Settings

    def reader_limits(self) -> ReaderLimits:
        """The bounds for readers."""
        return ReaderLimits(
            max_rows=self.settings.max_rows,
            max_columns=self.settings.max_columns,
            max_cell_characters=self.settings.max_cell_characters,
            max_decompressed_bytes=self.settings.max_decompressed_bytes,
            chunk_rows=self.settings.chunk_rows,
        )
