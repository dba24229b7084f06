"""What a retry carries over from the run that was applied last: the rows that need no second try, as they came out."""

from dataclasses import dataclass

import polars as pl

from models.queries.plans import PlannedRun
from models.storage import ObjectStore
from workers.engine.plans import RETRIED, make_drifted_frame, real_outcomes
from workers.stages.frames import load_frame


@dataclass(frozen=True, slots=True)
class Carried:
    """Rows of a chunk that are settled for good, with their real outcomes and their issues."""

    outcomes: pl.DataFrame
    issues: pl.DataFrame


def carry(storage: ObjectStore, earlier: PlannedRun | None, number: int) -> Carried | None:
    """The rows of a chunk that the earlier run settled; None: there was no such run, and every row is to be planned."""
    chunk = next((chunk for chunk in earlier.chunks if chunk.number == number), None) if earlier else None
    if earlier is None or chunk is None:
        return None
    outcomes = real_outcomes(load_frame(storage, chunk.outcomes_key), earlier.done, make_drifted_frame(earlier.drifted))
    settled = outcomes.filter(~pl.col("outcome").is_in(RETRIED)).with_columns(batch=pl.lit(None, pl.Int32))
    issues = load_frame(storage, chunk.issues_key).join(settled.select("row"), on="row", how="semi", maintain_order="left")
    return Carried(settled, issues)
