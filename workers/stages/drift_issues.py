"""What is told of rows that are judged again in their batch: instead of what the plan said of them, and not besides."""

import polars as pl

from models.queries.plans import ISSUE_COLUMNS
from models.vocabulary import IssueCode

# What is told anew of a row that is judged again. The rest stays as the plan said it: that rows are alike in the file, and that a name was
# left out, which the row does not say any more.
TOLD_ANEW = frozenset(
    {
        IssueCode.KEY_CONFLICT,
        IssueCode.AMBIGUOUS_MATCH,
        IssueCode.CONSENT_KEPT,
        IssueCode.NOTES_FULL,
        IssueCode.SET_BY_HIGHER_ROW,
    }
)


def tell_anew(told: pl.DataFrame, before: pl.DataFrame, rows: pl.DataFrame, batch: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What is to be told of these rows by now, and what of that which was told `before` is to be taken back."""
    mine = told.join(rows.select("row"), on="row", how="semi", maintain_order="left")
    is_old = pl.col("code").is_in([code.value for code in TOLD_ANEW])
    old = before.join(rows.select("row"), on="row", how="semi", maintain_order="left")
    known = old.filter(~is_old).select("row", "code")
    news = mine.join(known, on=["row", "code"], how="anti", maintain_order="left").with_columns(pl.lit(batch, pl.Int32).alias("batch"))
    return news.select(ISSUE_COLUMNS), old.filter(is_old).select(ISSUE_COLUMNS)
