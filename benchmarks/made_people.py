"""Made-up people: each follows from a number, so that none has to be remembered."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from benchmarks.made_countries import COMPANY_FIRST, COMPANY_KINDS, COMPANY_SECOND, COUNTRIES, COUNTRY_WEIGHTS, JOB_TITLES, NOTES, Country

# People are numbered from 0 to here; each has an e-mail address of their own.
PEOPLE = 1 << 25
WORD = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Manner:
    """What a file is like. `bad`, `duplicates` and `changed` are shares of its rows from 0 to 1.

    A bad row has an e-mail address that cannot be one. A duplicate is about the person of a good row above. Of the people,
    `changed` have got another employer and place, and a note; without `has_notes` nobody else has one.
    """

    bad: float = 0.02
    duplicates: float = 0.03
    changed: float = 0.0
    has_notes: bool = True
    first_person: int = 0
    seed: int = 7


USUAL = Manner()


def mix(number: int) -> int:
    """64 bits that look like chance; other bits for every number (the finishing steps of SplitMix64, with fewer rounds)."""
    number = number * 0x9E3779B97F4A7C15 & WORD
    number ^= number >> 30
    number = number * 0xBF58476D1CE4E5B9 & WORD
    return number ^ number >> 31


def _scatter(number: int) -> int:
    """Another number below PEOPLE for each one below it, in an order that looks like chance."""
    number = number * 0x1F35A4D % PEOPLE
    number ^= number >> 13
    number = number * 0x0B4E6D5 % PEOPLE
    return number ^ number >> 12


# What stands before the digits, how many of these there are, what stands after.
_Pattern = tuple[str, int, str]
# Writes a calling code, a trunk prefix and the groups of a national number.
_Form = Callable[[str, str, list[str]], str]

_FORMS: tuple[_Form, ...] = (
    lambda code, _, groups: f"+{code} {' '.join(groups)}",
    lambda code, _, groups: f"+{code}{''.join(groups)}",
    lambda _, trunk, groups: f"{trunk}{''.join(groups)}",
    lambda _, trunk, groups: f"{trunk}{' '.join(groups)}",
    lambda code, _, groups: f"00{code} {' '.join(groups)}",
    lambda code, _, groups: f"+{code}-{'-'.join(groups)}",
    lambda code, _, groups: f"tel. +{code} {' '.join(groups)}",
)
_FORMS_WITH_TRUNK: tuple[_Form, ...] = (*_FORMS, lambda code, trunk, groups: f"+{code} ({trunk}){' '.join(groups)}")
# In North America nobody dials 00.
_NANP_FORMS: tuple[_Form, ...] = (
    lambda _, __, groups: f"+1 {' '.join(groups)}",
    lambda _, __, groups: f"+1{''.join(groups)}",
    lambda _, __, groups: f"({groups[0]}) {'-'.join(groups[1:])}",
    lambda _, __, groups: "-".join(groups),
    lambda _, __, groups: ".".join(groups),
    lambda _, __, groups: f"1-{'-'.join(groups)}",
    lambda _, __, groups: "".join(groups),
    lambda _, __, groups: f"{' '.join(groups)} ext. 12",
)


@dataclass(frozen=True, slots=True)
class _Name:
    text: str
    mailbox: str


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.replace("ß", "ss").replace("Ł", "L").replace("ł", "l").replace("ø", "o"))
    return re.sub("[^a-z-]", "", plain.lower())


def _names(texts: tuple[str, ...]) -> tuple[_Name, ...]:
    return tuple(_Name(text, _letters(text)) for text in texts)


_OFFICES = tuple(f"{_letters(first)}-{second.lower()}.example.com" for first in COMPANY_FIRST for second in COMPANY_SECOND)


@dataclass(frozen=True, slots=True)
class Place:
    """A country with what is worked out of it once."""

    country: Country
    first_names: tuple[_Name, ...]
    last_names: tuple[_Name, ...]
    national: tuple[_Pattern, ...]
    postal_code: _Pattern
    forms: tuple[_Form, ...]


class Person(NamedTuple):
    """What is true of a person, before anybody writes it down: values as an import keeps them. A tuple, since millions are made."""

    place: Place
    first_name: str
    last_name: str
    email: str
    phone: str  # without the calling code
    company: str
    job_title: str
    city: str
    postal_code: str
    notes: str

    @property
    def phone_e164(self) -> str:
        return f"+{self.place.country.calling_code}{self.phone}"


def _pattern(text: str) -> _Pattern:
    return text.partition("#")[0], text.count("#"), text.rpartition("#")[2]


def _fill(pattern: _Pattern, chance: int) -> str:
    before, width, after = pattern
    return f"{before}{chance % 10**width:0{width}d}{after}"


_BY_WEIGHT = tuple(chain.from_iterable([country] * weight for country, weight in zip(COUNTRIES, COUNTRY_WEIGHTS, strict=True)))
_PLACES = tuple(
    Place(
        country,
        _names(country.first_names),
        _names(country.last_names),
        tuple(map(_pattern, country.national)),
        _pattern(country.postal_code),
        _NANP_FORMS if country.calling_code == "1" else _FORMS_WITH_TRUNK if country.trunk_prefix else _FORMS,
    )
    for country in _BY_WEIGHT
)


def make_person(number: int, manner: Manner = USUAL) -> Person:
    """Who has this number. The e-mail address follows from all of the number, so that no two people share one."""
    rest, place_index = divmod(_scatter(number % PEOPLE), len(_PLACES))
    place = _PLACES[place_index]
    country = place.country
    rest, index = divmod(rest, len(place.first_names))
    first = place.first_names[index]
    rest, index = divmod(rest, len(place.last_names))
    last = place.last_names[index]
    # Some countries stand there more than once.
    rest = rest * max(COUNTRY_WEIGHTS) + place_index % max(COUNTRY_WEIGHTS)
    chance = mix(number ^ manner.seed << 40)
    phone = _fill(place.national[chance % len(place.national)], chance >> 4)
    has_changed = (chance >> 48) / 65536 < manner.changed
    chance = mix(chance + 1 if has_changed else chance)
    company = f"{COMPANY_FIRST[chance % 24]} {COMPANY_SECOND[(chance >> 5) % 20]} {COMPANY_KINDS[(chance >> 10) % 18]}".replace(" ,", ",")
    domain = country.providers[rest % 5]
    if rest // 3 % 3 == 0:
        # At the office. Not from the company, which changes while the address stays.
        domain = _OFFICES[rest % len(_OFFICES)]
    has_note = has_changed or (manner.has_notes and chance >> 60 < 6)
    return Person(
        place,
        first.text,
        last.text,
        f"{first.mailbox}.{last.mailbox}{rest}@{domain}",
        phone,
        company,
        JOB_TITLES[(chance >> 15) % 20],
        country.cities[(chance >> 20) % len(country.cities)],
        _fill(place.postal_code, chance >> 28),
        NOTES[(chance >> 24) % 12] if has_note else "",
    )


def iter_people(count: int, manner: Manner = USUAL) -> Iterator[Person]:
    """The people themselves, one after the other."""
    for number in range(manner.first_person, manner.first_person + count):
        yield make_person(number, manner)
