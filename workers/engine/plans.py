"""Frames as stored objects, and how a plan is cut into batches."""

import hashlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import polars as pl

from models.vocabulary import RowOutcome

# The first batches are small, so that every import shows moving progress and an early result.
FIRST_BATCHES = (100, 400, 1_500)


@dataclass(frozen=True, slots=True)
class BatchRange:
    """The rows, by number and inclusive, whose anchors a batch takes."""

    number: int
    first_row: int
    last_row: int


def write_frame(frame: pl.DataFrame) -> bytes:
    """A frame as an Arrow IPC file."""
    buffer = io.BytesIO()
    frame.write_ipc(buffer, compression="lz4")
    return buffer.getvalue()


def read_frame(data: bytes) -> pl.DataFrame:
    """A frame back from its Arrow IPC file."""
    return pl.read_ipc(io.BytesIO(data))


def cut_batches(rows: Iterable[int], batch_rows: int) -> Iterator[BatchRange]:
    """Cut the rows of a run, in order, into ranges: small ones first, then of `batch_rows`."""
    sizes = iter(FIRST_BATCHES)
    size = min(next(sizes), batch_rows)
    number, count, first, last = 1, 0, None, 0
    for row in rows:
        first = row if first is None else first
        last = row
        count += 1
        if count == size:
            yield BatchRange(number, first, last)
            number, count, first = number + 1, 0, None
            size = min(next(sizes, batch_rows), batch_rows)
    if first is not None:
        yield BatchRange(number, first, last)


def number_batches(anchors: pl.Series, ranges: list[BatchRange]) -> pl.Series:
    """The number of the batch that each anchor row lies in."""
    bounds = pl.DataFrame(
        {"anchor_row": [r.first_row for r in ranges], "batch": [r.number for r in ranges]},
        schema={"anchor_row": pl.Int64, "batch": pl.Int32},
    )
    wanted = pl.DataFrame({"anchor_row": anchors}).with_row_index("at").sort("anchor_row")
    return wanted.join_asof(bounds, on="anchor_row").sort("at")["batch"]


def count_outcomes(outcomes: pl.DataFrame) -> dict[str, int]:
    """Rows by outcome, and how many are duplicates."""
    counts = {outcome.value: 0 for outcome in RowOutcome}
    counts |= dict(outcomes.group_by("outcome").len().iter_rows())
    return counts | {"duplicates": int(outcomes["duplicate"].sum())}


class PlanHash:
    """The fingerprint of a plan: the same outcomes and writes give the same, whatever the chunks."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    def add(self, frame: pl.DataFrame) -> None:
        """Take in the next lines."""
        for text in frame.select(line=pl.struct(pl.all()).struct.json_encode())["line"]:
            self._digest.update(text.encode())

    def hexdigest(self) -> str:
        return self._digest.hexdigest()
