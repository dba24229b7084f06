"""The ties of a whole file, kept in pieces by value: held while they are few, in files when they are many."""

from collections.abc import Iterator

import polars as pl

from workers.engine.ties import TIE_SCHEMA
from workers.stages.scratch import Scratch

# Ties that are held: 24 bytes each.
MOST_HELD = 400_000
PARTITION_BITS = 4


class TieStore:
    """Takes ties as they are found, and gives them back with all ties of a value in one piece."""

    def __init__(self, scratch: Scratch) -> None:
        self._scratch = scratch
        self._held: list[pl.DataFrame] = []
        self._count = 0
        self._has_spilled = False

    def add(self, ties: pl.DataFrame) -> None:
        """Take some ties: TIE_SCHEMA."""
        self._held.append(ties)
        self._count += ties.height
        if self._count > MOST_HELD:
            self._spill()

    def pieces(self) -> Iterator[pl.DataFrame]:
        """All ties, piece by piece."""
        if not self._has_spilled:
            yield pl.concat([pl.DataFrame(schema=TIE_SCHEMA), *self._held])
            return
        self._spill()
        for number in range(1 << PARTITION_BITS):
            piece = self._scratch.read(f"ties-{number}")
            if piece is not None:
                yield piece

    def _spill(self) -> None:
        number = (pl.col("tie") // (1 << (64 - PARTITION_BITS))).alias("number")
        for (part,), ties in pl.concat([pl.DataFrame(schema=TIE_SCHEMA), *self._held]).group_by(number):
            self._scratch.add(f"ties-{part}", ties.select(*TIE_SCHEMA))
        self._held, self._count, self._has_spilled = [], 0, True
