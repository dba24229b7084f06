"""The error policies, decided from the plan alone."""

from fractions import Fraction

import polars as pl

from models.vocabulary import RowOutcome
from workers.engine.frames import Settled


def limit_by_error_rate(failed_rows: pl.Series, total: int, rate: float) -> int | None:
    """STOP_AT_ERROR_RATE: the lowest row at which the failures so far exceed the rate of all rows; None: they never do.

    That row is the last to be taken; the rows up to it are settled again without those after it, which stay unprocessed.
    """
    # As the decimal that the person wrote: 0.29 of 100 rows are 29, and binary floats say less.
    allowed = int(Fraction(str(rate)) * total)
    ordered = failed_rows.sort()
    return int(ordered[allowed]) if ordered.len() > allowed else None


def refuse(plan: Settled) -> Settled:
    """ALL_OR_NOTHING where a row fails: every other row is unprocessed, and nothing is written."""
    return Settled(leave_unprocessed(plan.outcomes), plan.creates.clear(), plan.updates.clear(), plan.issues)


def leave_unprocessed(outcomes: pl.DataFrame) -> pl.DataFrame:
    """The outcomes with every row that does not fail unprocessed: it is about nobody and changes nothing."""
    stands = pl.col("outcome") != RowOutcome.FAILED.value
    return outcomes.with_columns(
        outcome=pl.when(stands).then(pl.lit(RowOutcome.UNPROCESSED.value)).otherwise("outcome"),
        owner_row=pl.col("row"),
        anchor_row=pl.col("row"),
        contact_id=pl.lit(None, pl.String()),
        duplicate=pl.lit(False),
        changes=pl.lit(None, pl.String()),
    )
