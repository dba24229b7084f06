"""Frames as stored objects, and how a plan is cut into batches."""

import hashlib
import io
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, repeat
from uuid import UUID

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


def cut_batches(chunks: Iterable[pl.Series], batch_rows: int) -> list[list[BatchRange]]:
    """Cut the rows of a run, which come in order and chunk by chunk, into ranges that lie in one chunk each: small ones first."""
    sizes = chain(FIRST_BATCHES, repeat(batch_rows))
    number = 0
    cut: list[list[BatchRange]] = []
    for rows in chunks:
        ranges = []
        start = 0
        while start < rows.len():
            size = min(next(sizes), batch_rows)
            number += 1
            ranges.append(BatchRange(number, int(rows[start]), int(rows[min(start + size, rows.len()) - 1])))
            start += size
        cut.append(ranges)
    return cut


def number_batches(anchors: pl.Series, ranges: Iterable[BatchRange]) -> pl.Series:
    """The number of the batch that each anchor row lies in."""
    bounds = pl.DataFrame(
        [(batch.first_row, batch.number) for batch in ranges], schema={"anchor_row": pl.Int64, "batch": pl.Int32}, orient="row"
    )
    wanted = pl.DataFrame({"anchor_row": anchors}).with_row_index("at").sort("anchor_row")
    return wanted.join_asof(bounds, on="anchor_row").sort("at")["batch"]


# Rows that came out otherwise than planned, because their contact changed in between.
DRIFTED_SCHEMA: dict[str, pl.DataType] = {"row": pl.Int64(), "real_outcome": pl.String(), "real_contact_id": pl.String()}


def make_drifted_frame(drifted: Mapping[int, tuple[str, UUID | None]]) -> pl.DataFrame:
    """Outcome and contact of drifted rows, by row: DRIFTED_SCHEMA."""
    lines = [(row, outcome, None if contact_id is None else str(contact_id)) for row, (outcome, contact_id) in drifted.items()]
    return pl.DataFrame(lines, schema=DRIFTED_SCHEMA, orient="row")


def real_outcomes(planned: pl.DataFrame, done: Collection[int], drifted: pl.DataFrame) -> pl.DataFrame:
    """Planned outcomes as they came out: a batch that is not done has processed nothing, and a drifted row came out otherwise.

    Rows without a batch were settled by an earlier run.
    """
    is_settled = pl.col("batch").is_null() | pl.col("batch").is_in(list(done))
    has_drifted = is_settled & pl.col("real_outcome").is_not_null()
    nothing = pl.lit(None, pl.String)
    outcome = pl.when(has_drifted).then("real_outcome").when(is_settled).then("outcome").otherwise(pl.lit(RowOutcome.UNPROCESSED.value))
    contact_id = pl.when(has_drifted).then("real_contact_id").when(is_settled).then("contact_id").otherwise(nothing)
    return (
        planned.join(drifted, on="row", how="left", maintain_order="left")
        .with_columns(
            outcome.alias("outcome"),
            contact_id.alias("contact_id"),
            pl.when(is_settled & ~has_drifted).then("changes").otherwise(nothing).alias("changes"),
        )
        .drop("real_outcome", "real_contact_id")
    )


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
