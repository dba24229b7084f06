"""Phone numbers in E.164, as `phonenumbers` reads and validates them.

A number with + or 00 stands for itself. A national number belongs to the row's own country where the row names one, and is tried in the
default country where it is not a number there (a customer in France with a New York number): what the row says is better evidence than what
was set for all rows. E.164 has no extension: it is left out, and told.
"""

import phonenumbers
import polars as pl
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

from models.vocabulary import IssueCode
from workers.engine.judging.phone_patterns import find_common
from workers.engine.judging.text import PLACEHOLDERS, blank
from workers.engine.judging.verdict import VERDICT_SCHEMA, Opinion, ask_rest, make_verdict

# E.164 allows 15 digits; with any punctuation and an extension a number is still shorter. The library's time grows with the text.
_LONGEST_TEXT = 100

# Fewer digits than this are a number nowhere, so naming a country would not help (ITU-T E.164, Annex A; the library's own minimum is 2).
_FEWEST_DIGITS = 4


def judge_phones(texts: pl.Series, countries: pl.Series | None, default_country: str | None) -> pl.DataFrame:
    """The verdict on cleaned texts. `countries` are the rows' own, normalised; null or "" where there is none."""
    given = blank(texts, PLACEHOLDERS)
    own = pl.repeat("", len(given), eager=True, dtype=pl.String) if countries is None else countries.fill_null("")
    asked = pl.DataFrame({"text": given, "own": own})
    distinct = asked.unique().drop_nulls("text")
    if distinct.is_empty():
        return make_verdict(given)
    answers = pl.concat(_judge_group(group["text"], str(country), default_country) for (country,), group in distinct.group_by("own"))
    return asked.join(answers, on=["text", "own"], how="left", maintain_order="left").select(*VERDICT_SCHEMA)


def _judge_group(texts: pl.Series, own: str, default_country: str | None) -> pl.DataFrame:
    """The verdicts on distinct texts whose rows name the same country: the common case by patterns, the rest by the library."""
    country = own or None
    common = find_common(texts, country or default_country)
    verdict = ask_rest(texts, make_verdict(common), common.is_not_null(), lambda text: parse_phone(text, country, default_country))
    return verdict.with_columns(texts.alias("text"), pl.lit(own).alias("own"))


def parse_phone(text: str, country: str | None, default_country: str | None) -> Opinion:
    """The reference: what the library says of one number, in the row's country first."""
    if text == "":
        return Opinion(value="")
    if len(text) > _LONGEST_TEXT:
        return Opinion(code=IssueCode.INVALID_PHONE)
    for region in dict.fromkeys((country or default_country, default_country)):
        for spelling in dict.fromkeys((text, _with_plus(text))):
            number = _parse_valid(spelling, region)
            if number is not None:
                value = phonenumbers.format_number(number, PhoneNumberFormat.E164)
                return Opinion(value=value, code=IssueCode.PHONE_EXTENSION if number.extension else None)
    needs_country = country is None and default_country is None and not _with_plus(text).startswith(("+", "\N{FULLWIDTH PLUS SIGN}"))
    if needs_country and sum(char.isdecimal() for char in text) >= _FEWEST_DIGITS:
        return Opinion(code=IssueCode.PHONE_COUNTRY_UNKNOWN)
    return Opinion(code=IssueCode.INVALID_PHONE)


def _with_plus(text: str) -> str:
    """The text with + for a leading 00, which most of the world dials for it; the library knows 00 only where the region dials it."""
    bare = text.lstrip("( ")
    return "+" + bare[2:] if bare.startswith("00") else bare


def _parse_valid(text: str, region: str | None) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None
