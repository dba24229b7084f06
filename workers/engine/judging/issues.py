"""Issue frames built column-wise: a mask says which rows, the columns say what of."""

from dataclasses import dataclass

import polars as pl

from models.vocabulary import ISSUE_MESSAGES, IssueCode, IssueSeverity
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

_UNUSABLE = sorted(UNUSABLE)


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
    places = codes.is_not_null().arg_true()
    said = codes.gather(places)
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, len(places))
    frame = pl.DataFrame(
        {
            "row": rows.gather(places),
            "code": said,
            "fails": fails.gather(places),
            "value": nothing if values is None else values.gather(places),
            "suggestion": nothing if suggestions is None else suggestions.gather(places),
        }
    )
    messages = {code: ISSUE_MESSAGES[IssueCode(code)].replace("{limit}", str(limit)) for code in said.unique().to_list()}
    severity = (
        pl.when(pl.col("fails"))
        .then(pl.lit(IssueSeverity.ERROR.value))
        .when(pl.col("code").is_in(_NOTES))
        .then(pl.lit(IssueSeverity.NOTE.value))
        .otherwise(pl.lit(IssueSeverity.WARNING.value))
    )
    return frame.select(
        "row",
        pl.lit(place.column, pl.String).alias("column"),
        pl.lit(place.field, pl.String).alias("field"),
        _show(pl.col("value")),
        "code",
        severity.alias("severity"),
        pl.col("code").replace_strict(messages, return_dtype=pl.String).alias("message"),
        "suggestion",
        pl.lit(place.position, pl.Int32).alias("position"),
    )


def _show(values: pl.Expr) -> pl.Expr:
    """The beginning of each value, with a mark for each control character: PostgreSQL stores no NUL, and no page should show the rest."""
    return values.str.slice(0, MAX_SHOWN_CHARACTERS).str.replace_all(CONTROLS, "\N{REPLACEMENT CHARACTER}")


def is_unusable(codes: pl.Series) -> pl.Series:
    """Where a code says that the value cannot be used."""
    return codes.is_in(_UNUSABLE).fill_null(False)
