"""What ties rows of a file together: a key that two rows share, or a contact that both reach. Rows that nothing ties can be settled alone.

A tie is the 64-bit hash of a key value or of a contact's id. All ties of one value lie together, so that a file can be looked at piece
by piece, each with all ties of some values. Should two values have one hash, rows are tied for nothing: they are settled together, with
the same outcome.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

# `likeness` is equal for rows whose keys are all equal, if the later ones find whatever the first one found or made.
TIE_SCHEMA: dict[str, pl.DataType] = {"row": pl.Int64(), "tie": pl.UInt64(), "likeness": pl.UInt64()}
FOLLOWER_SCHEMA: dict[str, pl.DataType] = {"row": pl.Int64(), "leader_row": pl.Int64()}
GROUP_SCHEMA: dict[str, pl.DataType] = {"row": pl.Int64(), "group": pl.Int64()}

# Seeds of the hashes: the values of different kinds must differ.
_SEEDS = {"external_id": 1, "email": 2, "phone": 3, "contact": 4, "row": 5}


@dataclass(frozen=True, slots=True)
class Knots:
    """What some ties come to.

    `tied`: the ties (`row`, `tie`) of rows that something ties to rows unlike them. `followers`: the other tied rows, each
    with the lowest row that is like it in every key (FOLLOWER_SCHEMA).
    """

    tied: pl.DataFrame
    followers: pl.DataFrame


def tie_values(rows: pl.DataFrame, value: str, kind: str) -> pl.DataFrame:
    """The ties of rows (`row`, `likeness`) by a column of values of one kind, where there is a value: TIE_SCHEMA."""
    return rows.filter(pl.col(value).is_not_null()).select("row", pl.col(value).hash(seed=_SEEDS[kind]).alias("tie"), "likeness")


def likeness(kinds: Iterable[str], finds: pl.Expr) -> pl.Expr:
    """The likeness of rows by their keys; a row that does not find what a row like it has made is like no other."""
    combined: pl.Expr = pl.lit(0, pl.UInt64)
    for kind in kinds:
        combined = combined.xor(pl.when(pl.col(kind).is_not_null()).then(pl.col(kind).hash(seed=_SEEDS[kind])).otherwise(0))
    return pl.when(finds).then(combined).otherwise(pl.col("row").hash(seed=_SEEDS["row"])).alias("likeness")


def find_knots(ties: pl.DataFrame) -> Knots:
    """Who is tied to whom, given all ties of some values."""
    shared = ties.filter(pl.col("tie").is_duplicated()).unique(["tie", "row"])
    groups = shared.group_by("tie").agg(pl.len(), alike=pl.col("likeness").n_unique() == 1, leader_row=pl.col("row").min())
    known = shared.join(groups.filter(pl.col("len") > 1), on="tie")
    followers = known.filter(pl.col("alike") & (pl.col("row") != pl.col("leader_row"))).select(*FOLLOWER_SCHEMA).unique("row")
    return Knots(known.filter(~pl.col("alike")).select("row", "tie"), followers)


def merge_knots(pieces: Iterable[Knots]) -> Knots:
    """What all ties of a file come to, from its pieces; a row that is tied to another unlike it follows nobody."""
    knots = list(pieces)
    tied = pl.concat([pl.DataFrame(schema={"row": pl.Int64(), "tie": pl.UInt64()}), *(piece.tied for piece in knots)])
    followers = pl.concat([pl.DataFrame(schema=FOLLOWER_SCHEMA), *(piece.followers for piece in knots)])
    return Knots(tied, followers.unique("row").join(tied, on="row", how="anti").sort("row"))


def tie_to_leaders(knots: Knots, whose: pl.DataFrame) -> Knots:
    """The knots with those of some rows (`row`) who follow tied to whom they follow, and no longer following."""
    released = knots.followers.join(whose.select("row"), on="row", how="semi")
    tie = pl.col("leader_row").hash(seed=_SEEDS["row"]).alias("tie")
    pairs = [released.select("row", tie), released.select(pl.col("leader_row").alias("row"), tie)]
    return Knots(pl.concat([knots.tied, *pairs]), knots.followers.join(released, on="row", how="anti", maintain_order="left"))


def group_rows(tied: pl.DataFrame) -> pl.DataFrame:
    """The groups of rows that are tied to one another, directly or through others, each named by its lowest row: GROUP_SCHEMA.

    Labels spread along the ties; following each label to its own label halves what is left of a chain at every turn.
    """
    edges = tied.select("row", "tie").unique()
    labels = edges.select("row", group=pl.col("row")).unique("row").sort("row")
    while True:
        by_tie = edges.join(labels, on="row").group_by("tie").agg(pl.col("group").min())
        lowest = edges.join(by_tie, on="tie").group_by("row").agg(pl.col("group").min())
        further = lowest.select(group="row", beyond="group")
        jumped = lowest.join(further, on="group", how="left").select("row", group=pl.coalesce("beyond", "group")).sort("row")
        if jumped.equals(labels):
            return labels
        labels = jumped
