"""Which rule judges a field: from cleaned text to a verdict."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from models.vocabulary import CUSTOM_PREFIX, MAX_CUSTOM_LENGTH, MAX_LENGTH, MAX_TAG_LENGTH, NAME_FIELDS, TEXT_FIELDS, ContactField
from workers.engine.judging.consent_columns import Asks
from workers.engine.judging.consents import judge_consents
from workers.engine.judging.countries import judge_countries
from workers.engine.judging.dates import judge_dates
from workers.engine.judging.emails import judge_emails
from workers.engine.judging.names import recase_names
from workers.engine.judging.phones import judge_phones
from workers.engine.judging.tags import judge_tags
from workers.engine.judging.text import PLACEHOLDERS, Cleaned, blank, blank_leftovers, clean_columns, judge_text
from workers.engine.judging.websites import judge_websites

# Line ends mean something in these; in any other field they are spaces.
_KEEPS_LINES = frozenset({ContactField.NOTES, ContactField.TAGS})

# Fields whose values have a form or identify, of which each knows by itself what stands for nothing.
_FORMED = frozenset(
    {
        ContactField.EMAIL,
        ContactField.PHONE,
        ContactField.MOBILE_PHONE,
        ContactField.COUNTRY,
        ContactField.WEBSITE,
        ContactField.BIRTHDAY,
        ContactField.EXTERNAL_ID,
    }
)
# In the others "n/a" is nothing, but in a note, which may say so; and nobody knows what a custom field holds.
_HAVE_LEFTOVERS = frozenset(TEXT_FIELDS) - _FORMED - {ContactField.NOTES}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a value's meaning depends on besides the value: the column's date order, the row's country, the defaults, and of consent
    what the column asks.
    """

    date_order: str | None
    countries: pl.Series | None
    default_country: str | None
    today: date
    recase_names: bool = False
    asks: Asks = Asks.WHO_AGREED


def clean_fields(frame: pl.DataFrame, fields: Mapping[str, str]) -> dict[str, Cleaned]:
    """Columns of cells cleaned, each for the field to which it is mapped: what `judge_field` takes."""
    cleaned = clean_columns(frame, list(fields), {name for name, field in fields.items() if field in _KEEPS_LINES})
    return blank_leftovers(cleaned, [name for name, field in fields.items() if field in _HAVE_LEFTOVERS])


def judge_field(field: str, cleaned: Cleaned, surroundings: Surroundings) -> pl.DataFrame:
    """The verdict on a column of cells that were cleaned for the field."""
    texts = cleaned.texts
    match field:
        case ContactField.EMAIL:
            return judge_emails(texts)
        case ContactField.PHONE | ContactField.MOBILE_PHONE:
            return judge_phones(texts, surroundings.countries, surroundings.default_country)
        case ContactField.COUNTRY:
            return judge_countries(texts)
        case ContactField.WEBSITE:
            return judge_websites(texts)
        case ContactField.BIRTHDAY:
            return judge_dates(texts, surroundings.date_order, surroundings.today)
        case ContactField.CONSENT:
            return judge_consents(texts, surroundings.asks, surroundings.today)
        case ContactField.TAGS:
            return judge_tags(texts)
        case ContactField.EXTERNAL_ID:
            return judge_text(blank(texts, PLACEHOLDERS), length_limit(field), cleaned.longest)
        case _ if field in NAME_FIELDS and surroundings.recase_names:
            verdict = judge_text(texts, length_limit(field), cleaned.longest)
            return recase_names(verdict, is_whole=field == ContactField.FULL_NAME)
        case _:
            return judge_text(texts, length_limit(field), cleaned.longest)


def length_limit(field: str) -> int:
    """How many characters a value of the field may have; of tags, one tag."""
    if field == ContactField.TAGS:
        return MAX_TAG_LENGTH
    return MAX_CUSTOM_LENGTH if field.startswith(CUSTOM_PREFIX) else MAX_LENGTH.get(field, MAX_CUSTOM_LENGTH)
