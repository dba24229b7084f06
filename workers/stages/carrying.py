"""What a retry carries over from the run that was applied last: the rows that need no second try, as they came out."""

from dataclasses import dataclass

import polars as pl

from models.queries.plans import ISSUE_COLUMNS, PlannedRun
from models.storage import ObjectStore
from workers.engine.frames import ISSUE_SCHEMA
from workers.engine.plans import RETRIED, make_drifted_frame, real_outcomes
from workers.stages.drift_issues import TOLD_ANEW
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
    issues = _issues_as_they_came(load_frame(storage, chunk.issues_key), earlier)
    return Carried(settled, issues.join(settled.select("row"), on="row", how="semi", maintain_order="left"))


def _issues_as_they_came(planned: pl.DataFrame, earlier: PlannedRun) -> pl.DataFrame:
    """The issues of a chunk, and of rows that drifted those that were told anew."""
    if not earlier.drifted:
        return planned
    is_anew = pl.col("row").is_in([*earlier.drifted]) & pl.col("code").is_in([code.value for code in TOLD_ANEW])
    standing = planned.filter(~is_anew)
    schema = {"batch": pl.Int32(), **ISSUE_SCHEMA}
    came = pl.DataFrame(earlier.drifted_issues, schema={name: schema[name] for name in ISSUE_COLUMNS}, orient="row")
    more = came.join(standing.select("row", "code"), on=["row", "code"], how="anti", maintain_order="left")
    return pl.concat([standing, more.select(standing.columns)]).sort("row", maintain_order=True)
