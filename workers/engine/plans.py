"""Frames as stored objects, and how a plan is cut into batches."""

import hashlib
import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise, repeat
from uuid import UUID

import polars as pl

from models.vocabulary import RowOutcome

# The first batches are small, so that every import shows moving progress and an early result.
FIRST_BATCHES = (100, 400, 1_500)
# What a retry takes up: rows that came out so.
RETRIED = (RowOutcome.FAILED.value, RowOutcome.UNPROCESSED.value)
_LENGTH_BYTES = 8


@dataclass(frozen=True, slots=True)
class BatchRange:
    """The rows, by number and inclusive, whose anchors a batch takes."""

    number: int
    first_row: int
    last_row: int


def write_frame(frame: pl.DataFrame) -> bytes:
    """A frame as an Arrow IPC file. Not compressed: packing and unpacking would cost several times what writing and reading do."""
    buffer = io.BytesIO()
    frame.write_ipc(buffer, compression="uncompressed", compat_level=pl.CompatLevel.oldest())
    return buffer.getvalue()


def write_filled(frame: pl.DataFrame) -> bytes:
    """`write_frame` without the columns in which there is nothing."""
    if frame.is_empty():
        return write_frame(frame)
    return write_frame(frame.select(column for column in frame if column.null_count() < frame.height))


def read_filled(data: bytes, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """A frame of the schema back from what `write_filled` made of it; columns that it has besides are left."""
    frame = read_frame(data)
    known = set(frame.columns)
    return frame.select(name if name in known else pl.lit(None, kind).alias(name) for name, kind in schema.items())


def read_frame(data: bytes) -> pl.DataFrame:
    """A frame back from its Arrow IPC file."""
    return pl.read_ipc(io.BytesIO(data))


def read_columns(data: bytes, names: Collection[str]) -> pl.DataFrame:
    """Those of these columns that a frame has, from its Arrow IPC file; the others are not touched."""
    buffer = io.BytesIO(data)
    columns = [name for name in pl.read_ipc_schema(buffer) if name in names]
    buffer.seek(0)
    return pl.read_ipc(buffer, columns=columns)


def write_frames(frames: Sequence[pl.DataFrame]) -> bytes:
    """Several frames as one object: how many bytes each takes, then the frames."""
    written = [write_frame(frame) for frame in frames]
    return b"".join([len(written).to_bytes(_LENGTH_BYTES), *(len(data).to_bytes(_LENGTH_BYTES) for data in written), *written])


def read_frames(data: bytes) -> list[pl.DataFrame]:
    """The frames back from what `write_frames` made of them."""
    count = int.from_bytes(data[:_LENGTH_BYTES])
    lengths = (int.from_bytes(data[at : at + _LENGTH_BYTES]) for at in range(_LENGTH_BYTES, _LENGTH_BYTES * (count + 1), _LENGTH_BYTES))
    ends = list(accumulate(lengths, initial=_LENGTH_BYTES * (count + 1)))
    return [read_frame(data[start:end]) for start, end in pairwise(ends)]


class BatchCutter:
    """Cuts the rows of a run, which come in order and chunk by chunk, into batches that lie in one chunk each: small ones first."""

    def __init__(self, batch_rows: int) -> None:
        self._most = batch_rows
        self._sizes = chain(FIRST_BATCHES, repeat(batch_rows))
        self._number = 0

    def cut(self, rows: pl.Series) -> list[BatchRange]:
        """The batches of the next chunk's rows."""
        batches = []
        start = 0
        while start < rows.len():
            size = min(next(self._sizes), self._most)
            self._number += 1
            batches.append(BatchRange(self._number, int(rows[start]), int(rows[min(start + size, rows.len()) - 1])))
            start += size
        return batches


def number_batches(anchors: pl.Series, ranges: Iterable[BatchRange]) -> pl.Series:
    """The number of the batch that each anchor row lies in."""
    batches = list(ranges)
    first_rows = pl.Series([batch.first_row for batch in batches], dtype=pl.Int64)
    numbers = pl.Series("batch", [None, *(batch.number for batch in batches)], dtype=pl.Int32)
    return numbers.gather(first_rows.search_sorted(anchors, side="right"))


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


def tally_outcomes(outcomes: pl.DataFrame) -> pl.DataFrame:
    """How many rows of each batch have each outcome, and how many of these are duplicates."""
    return outcomes.group_by("batch", "outcome").agg(pl.len().cast(pl.Int64), pl.col("duplicate").sum().cast(pl.Int64))


def count_tallies(tallies: pl.DataFrame) -> dict[str, int]:
    """Tallies by outcome, with the duplicates."""
    counts = {outcome.value: 0 for outcome in RowOutcome}
    counts |= dict(tallies.group_by("outcome").agg(pl.col("len").sum()).iter_rows())
    return counts | {"duplicates": int(tallies["duplicate"].sum())}


def count_outcomes(outcomes: pl.DataFrame) -> dict[str, int]:
    """Rows by outcome, and how many are duplicates."""
    return count_tallies(tally_outcomes(outcomes.with_columns(batch=None)))


class PlanHash:
    """The fingerprint of a plan: the same outcomes and writes give the same, whatever the chunks and the order in which they come.

    The sum of the hashes of all lines, each of which names its row. Changes are told from each other; nothing is proven to an enemy.
    """

    def __init__(self) -> None:
        self._sums: dict[int, int] = {}

    def add(self, frame: pl.DataFrame) -> None:
        """Take in some lines. Frames of different columns are different sets of lines."""
        if frame.height:
            seed = frame.width
            self._sums[seed] = (self._sums.get(seed, 0) + int(frame.hash_rows(seed=seed).sum())) % (1 << 64)

    def merge(self, other: "PlanHash") -> None:
        """Take in what another has taken in."""
        for seed, total in other._sums.items():
            self._sums[seed] = (self._sums.get(seed, 0) + total) % (1 << 64)

    def hexdigest(self) -> str:
        return hashlib.sha256(repr(sorted(self._sums.items())).encode()).hexdigest()
