"""The ordered pass of planning: the rows that must be settled together, a number of groups at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import polars as pl

from models.storage import ObjectStore
from models.vocabulary import RowOutcome
from workers.engine.frames import CREATE_SCHEMA, ISSUE_SCHEMA, OUTCOME_SCHEMA, UPDATE_SCHEMA, Settled
from workers.engine.matching import Matches, between
from workers.stages.frames import load_frame
from workers.stages.gathering import Gathered, GatheredChunk

# Rows that are settled at a time; a group is never parted, whatever its size.
ROWS_AT_A_TIME = 50_000

_SCHEMAS = {"outcomes": OUTCOME_SCHEMA, "creates": CREATE_SCHEMA, "updates": UPDATE_SCHEMA, "issues": ISSUE_SCHEMA}
# A row's outcome is told with its chunk; a contact is written with its anchor.
_PLACES = {"outcomes": "row", "creates": "anchor_row", "updates": "anchor_row", "issues": "row"}


@dataclass(frozen=True, slots=True)
class ContestedPlan:
    """The plan of the contested rows, chunk by chunk in the scratch, and those of them that cannot go in."""

    gathered: Gathered
    name: str
    failed: pl.Series

    def of(self, chunk: GatheredChunk) -> Settled:
        """The outcomes and issues of the chunk's rows, and the writes that are anchored in it."""
        frames = {}
        for part, schema in _SCHEMAS.items():
            frame = self.gathered.scratch.read(f"{self.name}-{part}-{chunk.source.number}")
            frames[part] = pl.DataFrame(schema=schema) if frame is None else frame.sort("row", maintain_order=True)
        return Settled(**frames)


def plan_contested(
    gathered: Gathered, storage: ObjectStore, matches: Matches, settle: Callable[[pl.DataFrame], Settled], name: str
) -> ContestedPlan:
    """Settle the contested rows, whole groups at a time; what comes of the rows lies in the scratch under a name of its own."""
    failed = [pl.Series("row", [], pl.Int64)]
    numbers = _number_chunks(gathered)
    for rows in _collect(gathered, storage, matches, name):
        settled = settle(rows)
        failed.append(settled.outcomes.filter(pl.col("outcome") == RowOutcome.FAILED.value)["row"])
        for part, place in _PLACES.items():
            placed = getattr(settled, part).sort(place, maintain_order=True).join_asof(numbers, left_on=place, right_on="first_row")
            for (number,), frame in placed.group_by("number", maintain_order=True):
                gathered.scratch.add(f"{name}-{part}-{number}", frame.select(*_SCHEMAS[part]))
    return ContestedPlan(gathered, name, pl.concat(failed))


def _number_chunks(gathered: Gathered) -> pl.DataFrame:
    bounds = [(chunk.source.first_row, chunk.source.number) for chunk in gathered.chunks]
    return pl.DataFrame(bounds, schema={"first_row": pl.Int64, "number": pl.Int64}, orient="row").sort("first_row")


def _collect(gathered: Gathered, storage: ObjectStore, matches: Matches, name: str) -> Iterator[pl.DataFrame]:
    """The contested rows as they were judged, whole groups together."""
    if matches.contested.is_empty():
        return
    ordered = matches.contested.sort("group").with_row_index("at")
    parts = ordered.select("row", part=pl.col("at").min().over("group") // ROWS_AT_A_TIME).sort("row")
    for chunk in gathered.chunks:
        mine = between(parts, chunk.source.first_row, chunk.source.last_row)
        if mine.height:
            rows = load_frame(storage, chunk.judged_key).join(mine, on="row", maintain_order="left")
            for (number,), some in rows.group_by("part", maintain_order=True):
                gathered.scratch.add(f"{name}-rows-{number}", some.drop("part"))
    for number in parts["part"].unique().sort():
        rows_of_part = gathered.scratch.read(f"{name}-rows-{number}")
        assert rows_of_part is not None
        yield rows_of_part
