"""One rule for all rows of a group of issues: what each of their cells becomes by it."""

from dataclasses import dataclass
from datetime import date
from typing import assert_never

import polars as pl

from models.errors import InvalidRequest
from models.vocabulary import ContactField, DateOrder, IssueCode
from workers.engine.edits import CELL_SCHEMA
from workers.engine.judging.fields import Surroundings, clean_fields, judge_field

PHONES = frozenset({ContactField.PHONE, ContactField.MOBILE_PHONE})
# What is not said of a value or a row as it stands in the file: what somebody did, or what happened while applying.
NOT_OF_THE_FILE = frozenset({IssueCode.ROW_EXCLUDED, IssueCode.PLAN_DRIFT})
# What is known only once all rows, the contacts and the directories are looked at.
KNOWN_BY_PLANNING = frozenset(
    {
        IssueCode.KEY_CONFLICT,
        IssueCode.AMBIGUOUS_MATCH,
        IssueCode.DUPLICATE_ROW,
        IssueCode.SET_BY_HIGHER_ROW,
        IssueCode.CONSENT_KEPT,
        IssueCode.NOTES_FULL,
        IssueCode.UNKNOWN_COMPANY,
        IssueCode.UNKNOWN_OWNER,
        IssueCode.NEW_COMPANY,
        IssueCode.NEW_OWNER,
    }
)


@dataclass(frozen=True, slots=True)
class UseSuggestion:
    """Each cell becomes what its issue suggests."""


@dataclass(frozen=True, slots=True)
class ReadInCountry:
    """A phone number becomes what it is in a country, whatever the row says of one."""

    country: str


@dataclass(frozen=True, slots=True)
class ReadInOrder:
    """A date becomes what it is with the day, or the month, first."""

    order: DateOrder


@dataclass(frozen=True, slots=True)
class ReplaceDomain:
    """Of an address with one domain, another one."""

    domain: str
    by: str


@dataclass(frozen=True, slots=True)
class ReplaceValue:
    """A cell becomes another text; only cells that say `value`, whatever their case, unless it is None."""

    value: str | None
    by: str


@dataclass(frozen=True, slots=True)
class LeaveOut:
    """A cell says nothing, as if the row did not have it."""


@dataclass(frozen=True, slots=True)
class ExcludeRows:
    """The rows are left out."""


Rule = UseSuggestion | ReadInCountry | ReadInOrder | ReplaceDomain | ReplaceValue | LeaveOut | ExcludeRows


def require_fitting(rule: Rule, code: str, field: str | None) -> None:
    """Raises InvalidRequest (rule_does_not_fit) where a rule makes no sense for issues of a code and field."""
    match rule:
        case ReadInCountry():
            fits = field in PHONES
        case ReadInOrder():
            fits = field == ContactField.BIRTHDAY
        case ReplaceDomain():
            fits = field == ContactField.EMAIL
        case _:
            fits = True
    if not fits or code in NOT_OF_THE_FILE:
        of = f" of {field}" if field else ""
        raise InvalidRequest(f"This rule cannot correct {code.upper()}{of}.", code="rule_does_not_fit", path=("input", "rule"))


def correct_cells(rule: Rule, cells: pl.DataFrame, field: str | None, today: date) -> pl.DataFrame:
    """What becomes of cells (`row`, `column`, `value`, the issue's `suggestion`), all of one field: CELL_SCHEMA.

    Cells that the rule does not change, or of which it makes nothing that can be used, are not among them.
    """
    match rule:
        case UseSuggestion():
            corrected = cells.filter(pl.col("suggestion").is_not_null()).with_columns(corrected="suggestion")
        case ReadInCountry(country):
            corrected = _read(cells, field, Surroundings(None, None, country, today))
        case ReadInOrder(order):
            corrected = _read(cells, field, Surroundings(order.value, None, None, today))
        case ReplaceDomain(domain, by):
            # A name may stand before the address, with brackets round it.
            pattern = rf"(?i)@{pl.escape_regex(domain)}([>\s]*)$"
            corrected = cells.with_columns(corrected=pl.col("value").str.replace(pattern, f"@{by}${{1}}"))
        case ReplaceValue(value, by):
            said = cells if value is None else cells.filter(_folded(pl.col("value")) == _folded(pl.lit(value)))
            corrected = said.with_columns(corrected=pl.lit(by))
        case LeaveOut():
            corrected = cells.with_columns(corrected=pl.lit(None, pl.String))
        case ExcludeRows():
            return pl.DataFrame(schema=CELL_SCHEMA)
        case _:
            assert_never(rule)
    return corrected.filter(pl.col("corrected").ne_missing(pl.col("value"))).select("row", "column", value="corrected")


def _read(cells: pl.DataFrame, field: str | None, surroundings: Surroundings) -> pl.DataFrame:
    """The cells with what they say in other surroundings; those that still say nothing usable are left."""
    assert field is not None
    verdict = judge_field(field, clean_fields(cells, {"value": field})["value"], surroundings)
    return cells.with_columns(corrected=verdict["value"]).filter(pl.col("corrected").fill_null("") != "")


def _folded(text: pl.Expr) -> pl.Expr:
    return text.str.strip_chars().str.to_lowercase()
