"""Messy contacts in any number, the same each time: who a row is about and how it is written follow from its number alone.

Nothing is remembered from row to row, so that a file of any length is written in a stream; e-mail addresses come in random order.
"""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.made_people import USUAL, Manner, Person, Place, make_person, mix

HEADER = ("First name", "Last name", "Email", "Phone", "Company", "Job title", "City", "Postal code", "Country", "Notes")
# Shares of the rows, in units of 1/1024.
BLANK_PHONE, BAD_PHONE, SPACED, OTHER_CASE, MISTYPED_DOMAIN = 100, 12, 40, 40, 4
TYPOS = {"gmail.com": "gmial.com", "hotmail.com": "hotmial.com", "yahoo.com": "yaho.com", "outlook.com": "outlok.com"}

Row = tuple[str, ...]


def write_contacts(path: Path, rows: int, manner: Manner = USUAL) -> None:
    """Write a CSV file of so many rows and ten columns, in UTF-8."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(iter_rows(rows, manner))


def iter_rows(count: int, manner: Manner = USUAL) -> Iterator[Row]:
    """The cells of each row."""
    seed, bad, last_duplicate = manner.seed << 32, _share(manner.bad), _share(manner.bad) + _share(manner.duplicates)
    for number in range(count):
        chance = mix(number + seed)
        about = number
        if number and bad <= chance & 0xFFFF < last_duplicate:
            # About a row above; where that one is a duplicate itself, or bad, about one further up.
            link = chance
            while about and link & 0xFFFF < last_duplicate:
                about = (link >> 16) % about
                link = mix(about + seed)
        yield _write_row(make_person(manner.first_person + about, manner), chance, chance & 0xFFFF < bad)


def _share(share: float) -> int:
    return round(share * 0x10000)


def _write_row(person: Person, chance: int, is_bad: bool) -> Row:
    country, email, first, last = person.place.country, person.email, person.first_name, person.last_name
    manner = chance >> 16 & 1023
    if is_bad:
        email = _BAD_EMAILS[manner % 4](email)
    elif manner < MISTYPED_DOMAIN:
        mailbox, _, domain = email.partition("@")
        email = f"{mailbox}@{TYPOS.get(domain, domain)}"
    elif manner < SPACED:
        email, first = f" {email}", f"{first}  "
    elif manner < SPACED + OTHER_CASE:
        email, last = email.upper() if manner % 2 else email.title(), last.upper()
    elif manner < SPACED + 2 * OTHER_CASE:
        first, last = first.lower(), f" {last.lower()} "
    return (
        first,
        last,
        email,
        _write_phone(person.place, person.phone, chance >> 26),
        person.company,
        person.job_title,
        person.city,
        person.postal_code,
        country.spellings[(chance >> 50) % len(country.spellings)],
        person.notes,
    )


_BAD_EMAILS: tuple[Callable[[str], str], ...] = (
    lambda email: email.replace("@", " at "),
    lambda email: email.partition("@")[0],
    lambda email: email.replace("@", "@@"),
    lambda email: f"{email.partition('@')[0]}@",
)


def _write_phone(place: Place, number: str, chance: int) -> str:
    share = chance & 1023
    if share < BLANK_PHONE:
        return ""
    if share < BLANK_PHONE + BAD_PHONE:
        number = number[:4]
    groups, start = [], 0
    for length in place.country.groups[:-1]:
        groups.append(number[start : start + length])
        start += length
    groups.append(number[start:])
    return place.forms[(chance >> 10) % len(place.forms)](place.country.calling_code, place.country.trunk_prefix, groups)
