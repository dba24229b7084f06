"""What a retry carries over from the run that was applied last: the rows that need no second try, as they came out."""

from dataclasses import dataclass

import polars as pl

from models.database import Reading
from models.queries.issue_pages import list_drifted_issues
from models.queries.plans import ISSUE_COLUMNS, PlannedRun
from models.storage import ObjectStore
from models.tables import ImportJob
from workers.engine.frames import ISSUE_SCHEMA
from workers.engine.plans import RETRIED, make_drifted_frame, real_outcomes
from workers.stages.drift_issues import TOLD_ANEW
from workers.stages.frames import load_frame


@dataclass(frozen=True, slots=True)
class Carried:
    """Rows of a chunk that are settled for good, with their real outcomes and their issues."""

    outcomes: pl.DataFrame
    issues: pl.DataFrame


# ISSUE_COLUMNS as a frame.
FOUND_SCHEMA: dict[str, pl.DataType] = {name: ISSUE_SCHEMA.get(name, pl.Int32()) for name in ISSUE_COLUMNS}
NOTHING_FOUND = pl.DataFrame(schema=FOUND_SCHEMA)
# What tells an issue of a row from another.
TOLD = ["row", "column", "field", "value", "code"]


def load_found(tx: Reading, job: ImportJob, earlier: PlannedRun | None) -> pl.DataFrame:
    """What was told of rows that did not go as the earlier run had planned (FOUND_SCHEMA): its files know only what was planned."""
    if earlier is None or not earlier.chunks or not earlier.drifted:
        return NOTHING_FOUND
    found = list_drifted_issues(tx, job, earlier.chunks[0].epoch)
    return pl.DataFrame([tuple(getattr(issue, name) for name in ISSUE_COLUMNS) for issue in found], schema=FOUND_SCHEMA, orient="row")


def carry(storage: ObjectStore, earlier: PlannedRun | None, number: int, found: pl.DataFrame = NOTHING_FOUND) -> Carried | None:
    """The rows of a chunk that the earlier run settled, with what was planned and found of them; None: there was no such run, and every row
    is to be planned.
    """
    chunk = next((chunk for chunk in earlier.chunks if chunk.number == number), None) if earlier else None
    if earlier is None or chunk is None:
        return None
    outcomes = real_outcomes(load_frame(storage, chunk.outcomes_key), earlier.done, make_drifted_frame(earlier.drifted))
    settled = outcomes.filter(~pl.col("outcome").is_in(RETRIED)).with_columns(batch=pl.lit(None, pl.Int32))
    planned = load_frame(storage, chunk.issues_key)
    # Of rows that were judged again some things were told anew.
    is_anew = pl.col("row").is_in([*earlier.drifted]) & pl.col("code").is_in([code.value for code in TOLD_ANEW])
    standing = planned.filter(~is_anew)
    issues = pl.concat([standing, found.join(standing, on=TOLD, how="anti", nulls_equal=True).select(planned.columns)])
    # As of their rows: the batches of this plan are others than those of the earlier one.
    issues = issues.with_columns(batch=pl.lit(None, pl.Int32))
    return Carried(settled, issues.join(settled.select("row"), on="row", how="semi", maintain_order="left"))
