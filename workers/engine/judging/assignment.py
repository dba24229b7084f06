"""Who owns a row: nobody, one person, the next in turn by row number, or whoever a column names."""

from collections.abc import Sequence
from typing import assert_never

import polars as pl

from models.vocabulary import MAX_LENGTH, AssignmentMode, ContactField, IssueCode
from workers.engine.frames import ROW, Assignment
from workers.engine.judging.fields import clean_fields
from workers.engine.judging.text import judge_text
from workers.engine.judging.verdict import make_verdict


def assign_owners(frame: pl.DataFrame, headers: Sequence[str], assignment: Assignment, first_row: int) -> pl.DataFrame | None:
    """The verdict on the owner of each row, its value null where none is named; None if nobody is assigned.

    Turns go by row number from the file's first row on, not by arrival: the same row has the same owner in every run and every chunk.
    """
    match assignment.mode:
        case AssignmentMode.NONE:
            return None
        case AssignmentMode.SINGLE:
            return make_verdict(_repeat(assignment.owners[0] if assignment.owners else None, len(frame)))
        case AssignmentMode.ROUND_ROBIN:
            if not assignment.owners:
                return make_verdict(_repeat(None, len(frame)))
            return make_verdict(pl.Series(assignment.owners, dtype=pl.String).gather((frame[ROW] - first_row) % len(assignment.owners)))
        case AssignmentMode.BY_COLUMN:
            if assignment.column not in headers:
                return _name_missing(make_verdict(_repeat("", len(frame))))
            name = f"c{headers.index(assignment.column)}"
            return _name_missing(judge_text(clean_fields(frame, {name: ContactField.OWNER})[name].texts, MAX_LENGTH[ContactField.OWNER]))
        case _:
            assert_never(assignment.mode)


def _repeat(owner: str | None, count: int) -> pl.Series:
    return pl.repeat(owner, count, dtype=pl.String, eager=True)


def _name_missing(verdict: pl.DataFrame) -> pl.DataFrame:
    """The verdict with null for blank, and a word on it."""
    is_missing = (pl.col("value").fill_null("") == "") & pl.col("code").is_null()
    return verdict.with_columns(
        pl.when(~is_missing).then("value").alias("value"),
        pl.when(is_missing).then(pl.lit(IssueCode.OWNER_MISSING.value)).otherwise("code").alias("code"),
    )
