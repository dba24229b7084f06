"""What stages are handed."""

from collections.abc import Callable
from dataclasses import dataclass

from models.database import Database
from models.settings import Settings
from models.storage import ObjectStore
from workers.engine.frames import ReaderLimits


def ring_nobody() -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Deps:
    """The database, the object store and the settings of this process, and how who tells of progress hears that some was committed."""

    database: Database
    storage: ObjectStore
    settings: Settings
    ring: Callable[[], object] = ring_nobody

    def reader_limits(self) -> ReaderLimits:
        """The bounds for readers."""
        return ReaderLimits(
            max_rows=self.settings.max_rows,
            max_columns=self.settings.max_columns,
            max_cell_characters=self.settings.max_cell_characters,
            max_decompressed_bytes=self.settings.max_decompressed_bytes,
            max_compression_ratio=self.settings.max_compression_ratio,
            max_sheets=self.settings.max_sheets,
            max_members=self.settings.max_members,
            fast_workbook_bytes=self.settings.fast_workbook_bytes,
            workbook_memory_bytes=self.settings.workbook_memory_bytes,
            workbook_seconds=self.settings.workbook_seconds,
            chunk_rows=self.settings.chunk_rows,
        )
