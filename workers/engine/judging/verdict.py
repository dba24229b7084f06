"""What every kind of field answers: a value, an issue or both for each cell, as columns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from models.vocabulary import IssueCode

# Aligned with the cells that were judged. `code` is null where there is nothing to say.
VERDICT_SCHEMA: dict[str, pl.DataType] = {"value": pl.String(), "code": pl.String(), "suggestion": pl.String()}

# The codes that say that a value cannot be used. It is left out, or its row fails: that is decided where the row is seen as a whole.
UNUSABLE: frozenset[IssueCode] = frozenset(
    {
        IssueCode.INVALID_EMAIL,
        IssueCode.INVALID_PHONE,
        IssueCode.PHONE_COUNTRY_UNKNOWN,
        IssueCode.INVALID_COUNTRY,
        IssueCode.INVALID_WEBSITE,
        IssueCode.INVALID_DATE,
        IssueCode.AMBIGUOUS_DATE,
        IssueCode.INVALID_CONSENT,
        IssueCode.VALUE_TOO_LONG,
    }
)

_NOTHING = pl.Series([None], dtype=pl.String)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the reference of a field says of one text: a value if it can be used, a code if there is something to say."""

    value: str | None = None
    code: IssueCode | None = None
    suggestion: str | None = None


def make_verdict(values: pl.Series, codes: pl.Series | None = None, suggestions: pl.Series | None = None) -> pl.DataFrame:
    """A verdict from its columns; a column left out says nothing."""
    nothing = _NOTHING.new_from_index(0, len(values))
    columns = (values, nothing if codes is None else codes, nothing if suggestions is None else suggestions)
    return pl.DataFrame([column.alias(name) for name, column in zip(VERDICT_SCHEMA, columns, strict=True)])


def ask_each(texts: pl.Series, reference: Callable[[str], Opinion]) -> pl.DataFrame:
    """The verdict of a reference that looks at one text at a time; it is asked once for each distinct text. Null stays null."""
    distinct = texts.drop_nulls().unique()
    return spread(texts, distinct, [reference(text) for text in distinct.to_list()])


def spread(texts: pl.Series, distinct: pl.Series, opinions: Sequence[Opinion]) -> pl.DataFrame:
    """The verdict on texts, given an opinion on each of the distinct ones. Null stays null."""
    places = texts.cast(pl.Enum(distinct)).to_physical()
    columns: dict[str, list[str | None]] = {
        "value": [opinion.value for opinion in opinions],
        "code": [opinion.code and opinion.code.value for opinion in opinions],
        "suggestion": [opinion.suggestion for opinion in opinions],
    }
    nothing = _NOTHING.new_from_index(0, len(texts))
    return pl.DataFrame(
        {
            name: pl.Series(answers, dtype=pl.String).gather(places) if any(answer is not None for answer in answers) else nothing
            for name, answers in columns.items()
        }
    )


def ask_rest(texts: pl.Series, decided: pl.DataFrame, is_decided: pl.Series, reference: Callable[[str], Opinion]) -> pl.DataFrame:
    """`decided` where it is decided, the reference's verdict elsewhere."""
    if is_decided.all():
        return decided
    rest = ask_each(pl.select(pl.when(~is_decided).then(texts)).to_series(), reference)
    return pl.select(pl.when(is_decided).then(decided[name]).otherwise(rest[name]).alias(name) for name in VERDICT_SCHEMA)


def find_rows(mask: pl.Series) -> pl.Series:
    """The numbers of the rows at which a mask without nulls holds."""
    return pl.Series(np.flatnonzero(mask.to_numpy()), dtype=pl.get_index_type())


def put_rows(verdict: pl.DataFrame, rows: pl.Series, others: pl.DataFrame) -> pl.DataFrame:
    """The verdict with others, of VERDICT_SCHEMA too, in some of its rows."""
    return pl.DataFrame([verdict[name].clone().scatter(rows, others[name]) for name in VERDICT_SCHEMA])
