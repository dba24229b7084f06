"""What a retry carries over from the run that was applied last: the rows that need no second try, as they came out."""

from dataclasses import dataclass

import polars as pl

from models.queries.plans import EarlierRun
from models.storage import ObjectStore
from models.vocabulary import BatchStatus, RowOutcome
from workers.stages.frames import load_frame

RETRIED = (RowOutcome.FAILED.value, RowOutcome.UNPROCESSED.value)


@dataclass(frozen=True, slots=True)
class Carried:
    """Rows of a chunk that are settled for good, with their real outcomes and their issues."""

    outcomes: pl.DataFrame
    issues: pl.DataFrame


def carry(storage: ObjectStore, earlier: EarlierRun | None, number: int) -> Carried | None:
    """The rows of a chunk that the earlier run settled; None: there was no such run, and every row is to be planned."""
    chunk = next((chunk for chunk in earlier.chunks if chunk.number == number), None) if earlier else None
    if earlier is None or chunk is None:
        return None
    outcomes = real_outcomes(load_frame(storage, chunk.outcomes_key), earlier)
    settled = outcomes.filter(~pl.col("outcome").is_in(RETRIED)).with_columns(batch=pl.lit(None, pl.Int32))
    issues = load_frame(storage, chunk.issues_key).join(settled.select("row"), on="row", how="semi", maintain_order="left")
    return Carried(settled, issues)


def real_outcomes(planned: pl.DataFrame, run: EarlierRun) -> pl.DataFrame:
    """The outcomes as they came out: of batches that were not settled every row is unprocessed, and some rows drifted."""
    done = [number for number, status in run.batch_status.items() if status is BatchStatus.DONE]
    is_settled = pl.col("batch").is_null() | pl.col("batch").is_in(done)
    outcomes = planned.with_columns(outcome=pl.when(is_settled).then("outcome").otherwise(pl.lit(RowOutcome.UNPROCESSED.value)))
    if not run.drifted:
        return outcomes
    drifted = pl.DataFrame(
        {
            "row": list(run.drifted),
            "real": [outcome for outcome, _ in run.drifted.values()],
            "real_contact": [str(contact_id) if contact_id else None for _, contact_id in run.drifted.values()],
        },
        schema={"row": pl.Int64, "real": pl.String, "real_contact": pl.String},
    )
    return (
        outcomes.join(drifted, on="row", how="left", maintain_order="left")
        .with_columns(
            outcome=pl.coalesce("real", "outcome"),
            contact_id=pl.when(pl.col("real").is_not_null()).then("real_contact").otherwise("contact_id"),
        )
        .drop("real", "real_contact")
    )
