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
    nothing = pl.Series([None], dtype=pl.String)
    found = pl.DataFrame(
        {
            "row": rows,
            "code": codes,
            "fails": fails,
            "value": nothing.new_from_index(0, len(codes)) if values is None else values,
            "suggestion": nothing.new_from_index(0, len(codes)) if suggestions is None else suggestions,
        }
    )[codes.is_not_null().arg_true()]
    said: list[str] = found["code"].unique().to_list()
    which = found["code"].cast(pl.Enum(said)).to_physical()
    messages = pl.Series([ISSUE_MESSAGES[IssueCode(code)].replace("{limit}", str(limit)) for code in said], dtype=pl.String)
    severities = pl.Series([IssueSeverity.NOTE.value if code in _NOTES else IssueSeverity.WARNING.value for code in said], dtype=pl.String)
    return found.select(
        "row",
        pl.lit(place.column, pl.String).alias("column"),
        pl.lit(place.field, pl.String).alias("field"),
        _show(pl.col("value")),
        "code",
        pl.when("fails").then(pl.lit(IssueSeverity.ERROR.value)).otherwise(pl.lit(severities).gather(which)).alias("severity"),
        pl.lit(messages).gather(which).alias("message"),
        "suggestion",
        pl.lit(place.position, pl.Int32).alias("position"),
    )


def _show(values: pl.Expr) -> pl.Expr:
    """The beginning of each value, with a mark for each control character: PostgreSQL stores no NUL, and no page should show the rest."""
    return values.str.slice(0, MAX_SHOWN_CHARACTERS).str.replace_all(CONTROLS, "\N{REPLACEMENT CHARACTER}")


def is_unusable(codes: pl.Series) -> pl.Series:
    """Where a code says that the value cannot be used."""
    return codes.is_in(_UNUSABLE).fill_null(False)
