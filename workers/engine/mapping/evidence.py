"""What the values of a column say about the field it holds."""

import re
from collections.abc import Sequence
from datetime import date

import polars as pl

from models.vocabulary import ContactField
from workers.engine.judging import Asks, judge_consents

_PATTERNS: dict[str, re.Pattern[str]] = {
    ContactField.EMAIL: re.compile(r"(?:mailto:)?[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]{2,}|.*<[^@\s<>]+@[^@\s<>]+>"),
    ContactField.PHONE: re.compile(
        r"(?:tel:)?\+?[\d\s().\-/\u00a0\u202f]{5,24}(?:\s*(?:x|ext\.?|poste)\s*\d+)?"
        # With a remark or another one behind it, if it begins as telephone numbers do and dates do not.
        r"|(?:tel:)?(?=[+(]|0\d{1,5}[\s.\-/]|(?:1[-. ])?\d{3}[-. ]\d{3}[-. ]\d{4})(?!\d\d?[-./ ]\d\d?[-./ ](?:19|20)\d\d\b)"
        r"\+?(?:[\s().\-/\u00a0\u202f]*\d){7,15}"
        r"(?:[\s()\[.,:;\-/\u00a0\u202f]+[^\W\d_].{0,60}|\s*[/,;|]\s*\+?[\d\s().\-/]{7,24})",
        re.IGNORECASE,
    ),
    ContactField.WEBSITE: re.compile(r"(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}(?:[:/?#]\S*)?", re.IGNORECASE),
    ContactField.BIRTHDAY: re.compile(r"\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}(?:[T ].*)?|\d{8}|.*\b\d{4}\b.*", re.IGNORECASE),
}
_PATTERN_OF: dict[str, str] = {**{field: field for field in _PATTERNS}, ContactField.MOBILE_PHONE: ContactField.PHONE}

# Identifiers are digits too: what has neither a + nor a group of its own is not known to be a phone number.
_WRITTEN_PHONE = re.compile(r"\+\d[\d\s().\-/]{6,20}|\(?0?\d{2,4}\)?[\s.\-/]\d{2,4}(?:[\s.\-/]\d{2,4}){1,4}")
_DATE = re.compile(r"(?:19|20)\d\d[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.](?:19|20)\d\d")
# Whether a day is to come is not asked of a column's values.
_ANY_DAY = date(2999, 1, 1)
_SALUTATION = re.compile(r"(?:mr|mrs|ms|miss|dr|prof|m|mme|mlle|monsieur|madame|mademoiselle|sir)\.?", re.IGNORECASE)


def share_fitting(field: str, values: Sequence[str]) -> float | None:
    """The share of values that can be of that field; None: nothing can be said."""
    pattern = _PATTERN_OF.get(field)
    if pattern is None or not values:
        return None
    return sum(_PATTERNS[pattern].fullmatch(value.strip()) is not None for value in values) / len(values)


def share_of_emails(values: Sequence[str]) -> float:
    """The share of values that are e-mail addresses and nothing else."""
    return share_fitting(ContactField.EMAIL, values) or 0.0


def share_of_written_phones(values: Sequence[str]) -> float:
    """The share of values that are written as only phone numbers are."""
    fitting = sum(_WRITTEN_PHONE.fullmatch(value.strip()) is not None and _DATE.fullmatch(value.strip()) is None for value in values)
    return fitting / len(values) if values else 0.0


def share_of_consents(values: Sequence[str], asks: Asks) -> float | None:
    """The share of values that say who agreed or refused in a column which asks that; None: nothing can be said."""
    if not values:
        return None
    verdict = judge_consents(pl.Series(values, dtype=pl.String), asks, _ANY_DAY)
    return verdict["code"].null_count() / len(values)


def share_of_salutations(values: Sequence[str]) -> float:
    """The share of values such as Mrs or Dr."""
    return sum(_SALUTATION.fullmatch(value.strip()) is not None for value in values) / len(values) if values else 0.0
