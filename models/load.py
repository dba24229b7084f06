"""How much one transaction is about to write for an import, and who would wait for it."""

from dataclasses import dataclass
from uuid import UUID

from models.notices import CALM_SECONDS

# A batch of so few rows waits for no other but those before it in its own queue, and is written as soon as anything else is.
FEW_ROWS = 1_000
# A small import has some twenty short transactions, one after the other, with up to so long between two of them.
CALM_BESIDE_SMALL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Load:
    """What one transaction is to write for an import: how many rows, and whether small imports are under way beside it."""

    import_id: UUID
    rows: int
    is_beside_small: bool = False

    @property
    def is_small(self) -> bool:
        return self.rows <= FEW_ROWS

    @property
    def calm_seconds(self) -> float:
        """For how long nobody who has little to write may have asked before this is begun."""
        return CALM_BESIDE_SMALL_SECONDS if self.is_beside_small else CALM_SECONDS
