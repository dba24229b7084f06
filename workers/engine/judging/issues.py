"""Issue frames built column-wise: a mask says which rows, the columns say what of."""

from dataclasses import dataclass

import polars as pl

from models.vocabulary import ISSUE_MESSAGES, IssueCode, IssueSeverity
from workers.engine.frames import ISSUE_SCHEMA
from workers.engine.judging.text import CONTROLS
from workers.engine.judging.verdict import UNUSABLE

# A longer value is shown by its beginning.
MAX_SHOWN_CHARACTERS = 200

# The contract calls a value left out, repaired or doubtful a warning, and what is only worth knowing a note.
_NOTES = [
    code.value
    for code in (
        IssueCode.OWNER_MISSING,
        IssueCode.ROLE_ADDRESS,
        IssueCode.DISPOSABLE_DOMAIN,
        IssueCode.DATE_FROM_SERIAL,
        IssueCode.NAME_RECASED,
    )
]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an issue stands: header, field, and the column's number for the order of issues within a row."""

    column: str | None
    field: str | None
    position: int


def make_issues(
    place: Place, rows: pl.Series, values: pl.Series | None, codes: pl.Series, suggestions: pl.Series | None, fails: pl.Series, limit: int
) -> pl.DataFrame:
    """One line for each code that is not null, with its position; `fails` marks the rows in which it is an error."""
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, len(codes))
    frame = pl.DataFrame(
        {
            "row": rows,
            "code": codes,
            "fails": fails,
            "value": nothing if values is None else values,
            "suggestion": nothing if suggestions is None else suggestions,
        }
    ).filter(pl.col("code").is_not_null())
    messages = {code.value: ISSUE_MESSAGES[code].replace("{limit}", str(limit)) for code in IssueCode}
    severity = (
        pl.when(pl.col("fails"))
        .then(pl.lit(IssueSeverity.ERROR.value))
        .when(pl.col("code").is_in(_NOTES))
        .then(pl.lit(IssueSeverity.NOTE.value))
        .otherwise(pl.lit(IssueSeverity.WARNING.value))
    )
    return frame.with_columns(
        _show(pl.col("value")),
        severity.alias("severity"),
        pl.col("code").replace_strict(messages, return_dtype=pl.String).alias("message"),
        pl.lit(place.column, pl.String).alias("column"),
        pl.lit(place.field, pl.String).alias("field"),
        pl.lit(place.position, pl.Int32).alias("position"),
    ).select(*ISSUE_SCHEMA, "position")


def _show(values: pl.Expr) -> pl.Expr:
    """The beginning of each value, with a mark for each control character: PostgreSQL stores no NUL, and no page should show the rest."""
    return values.str.slice(0, MAX_SHOWN_CHARACTERS).str.replace_all(CONTROLS, "\N{REPLACEMENT CHARACTER}")


def is_unusable(codes: pl.Series) -> pl.Series:
    """Where a code says that the value cannot be used."""
    said = set(codes.drop_nulls().unique()) if codes.null_count() < len(codes) else set()
    if said <= UNUSABLE:
        return codes.is_not_null()
    return codes.is_in(sorted(said & UNUSABLE)).fill_null(False)
