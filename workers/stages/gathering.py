"""What is kept of the judged chunks until all of them are there: little of each, and the rest in the stage's scratch."""

from dataclasses import dataclass

import polars as pl

from models.queries.plans import ChunkRecord
from workers.engine.plans import BatchCutter, BatchRange
from workers.stages.judging import JudgedRows
from workers.stages.scratch import Scratch
from workers.stages.ties import TieStore


@dataclass(frozen=True, slots=True)
class GatheredChunk:
    """A judged chunk: where it lies, how many of its rows are to be planned, which of these somebody left out, and the batches that they
    are cut into.
    """

    source: ChunkRecord
    judged_key: str
    row_count: int
    excluded: pl.Series
    batches: list[BatchRange]


class Gathered:
    """The judged chunks of a file, in order."""

    def __init__(self, scratch: Scratch, cutter: BatchCutter) -> None:
        self.scratch = scratch
        self.ties = TieStore(scratch)
        self.chunks: list[GatheredChunk] = []
        self._cutter = cutter
        self._failed: list[pl.Series] = [pl.Series("row", [], pl.Int64)]

    def add(self, judged: JudgedRows) -> None:
        """Take the next chunk."""
        self.ties.add(judged.ties)
        self.scratch.add(issues_of(judged.source.number), judged.issues)
        self._failed.append(judged.failed)
        self.chunks.append(
            GatheredChunk(judged.source, judged.judged_key, judged.rows.len(), judged.excluded, self._cutter.cut(judged.rows))
        )

    @property
    def row_count(self) -> int:
        """The rows that are to be planned."""
        return sum(chunk.row_count for chunk in self.chunks)

    @property
    def source_row_count(self) -> int:
        return sum(chunk.source.row_count for chunk in self.chunks)

    @property
    def failed(self) -> pl.Series:
        """The rows that cannot go in, whatever the others are."""
        return pl.concat(self._failed)

    @property
    def batches(self) -> list[BatchRange]:
        return [batch for chunk in self.chunks for batch in chunk.batches]

    def issues(self, chunk: GatheredChunk) -> pl.DataFrame | None:
        """What judging had to say of a chunk; None: nothing."""
        return self.scratch.read(issues_of(chunk.source.number))


def issues_of(number: int) -> str:
    """The name under which the issues of a chunk lie in the scratch."""
    return f"issues-{number}"
