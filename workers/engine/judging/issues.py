"""Issue frames built column-wise: a mask says which rows, the columns say what of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
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

_UNUSABLE = pl.Series([sorted(UNUSABLE)], dtype=pl.List(pl.String))
_NOTHING = pl.Series([None], dtype=pl.String)
_POSITIONED_SCHEMA = {**ISSUE_SCHEMA, "position": pl.Int32()}


@dataclass(frozen=True, slots=True)
class Place:
    """Where an issue stands: header, field, and the column's number for the order of issues within a row."""

    column: str | None
    field: str | None
    position: int


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to say of a column's cells, or of rows as wholes: a code for each row, null where there is nothing.

    `fails` marks the rows in which it is an error; `limit` is how many characters a value may have.
    """

    place: Place
    codes: pl.Series
    fails: pl.Series
    limit: int = 0
    values: pl.Series | None = None
    suggestions: pl.Series | None = None


def make_issues(rows: pl.Series, found: Sequence[Found]) -> pl.DataFrame:
    """One line for each code that is not null, with its position. All columns at once, since each question to polars costs the same
    however few lines it is about.
    """
    if not found:
        return pl.DataFrame(schema=_POSITIONED_SCHEMA)
    parts = [_take_told(rows, each) for each in found]
    lines = pl.concat(parts)
    of = pl.Series("of", np.repeat(np.arange(len(parts), dtype=np.uint32), [part.height for part in parts]))
    said: list[str] = lines["code"].unique().to_list()
    # By place and code.
    messages = [ISSUE_MESSAGES[IssueCode(code)].replace("{limit}", str(each.limit)) for each in found for code in said]
    severities = [IssueSeverity.NOTE.value if code in _NOTES else IssueSeverity.WARNING.value for code in said]
    which = pl.col("code").cast(pl.Enum(said)).to_physical()
    places = [each.place for each in found]
    return lines.with_columns(of).select(
        "row",
        _of_each([place.column for place in places], pl.String()).alias("column"),
        _of_each([place.field for place in places], pl.String()).alias("field"),
        _show(pl.col("value")),
        "code",
        pl.when("fails")
        .then(pl.lit(IssueSeverity.ERROR.value))
        .otherwise(pl.lit(pl.Series(severities, dtype=pl.String)).gather(which))
        .alias("severity"),
        pl.lit(pl.Series(messages, dtype=pl.String)).gather(pl.col("of") * len(said) + which).alias("message"),
        "suggestion",
        _of_each([place.position for place in places], pl.Int32()).alias("position"),
    )


def _take_told(rows: pl.Series, found: Found) -> pl.DataFrame:
    nothing = _NOTHING.new_from_index(0, len(rows))
    columns = {"row": rows, "code": found.codes, "fails": found.fails, "value": found.values, "suggestion": found.suggestions}
    # Null, and passed over, where there is no code.
    is_told = found.codes != ""
    return pl.DataFrame([(nothing if series is None else series).filter(is_told).alias(name) for name, series in columns.items()])


def _of_each(values: Sequence[object], kind: pl.DataType) -> pl.Expr:
    return pl.lit(pl.Series(values, dtype=kind)).gather("of")


def _show(values: pl.Expr) -> pl.Expr:
    """The beginning of each value, with a mark for each control character: PostgreSQL stores no NUL, and no page should show the rest."""
    return values.str.slice(0, MAX_SHOWN_CHARACTERS).str.replace_all(CONTROLS, "\N{REPLACEMENT CHARACTER}")


def find_unusable(codes: Mapping[int, pl.Series]) -> dict[int, pl.Series]:
    """Where the codes of each column say that the value cannot be used."""
    if not codes:
        return {}
    told = pl.DataFrame([series.alias(str(number)) for number, series in codes.items()])
    answers = told.select(pl.all().is_in(_UNUSABLE).fill_null(False))
    return dict(zip(codes, answers.get_columns(), strict=True))
