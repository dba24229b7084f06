"""Messy contacts in any number, the same each time."""

import csv
from collections.abc import Iterator
from pathlib import Path
from random import Random

HEADER = ("First name", "Last name", "Email", "Phone", "Company", "Job title", "City", "Postal code", "Country", "Notes")
FIRST_NAMES = ("Ada", "Grace", "Zoé", "José", "Amélie", "Chinua", "Ngozi", "Søren", "Mary-Jane", "Łukasz")
LAST_NAMES = ("Lovelace", "Hopper", "O'Brien", "Müller", "García", "Achebe", "Nowak", "van Dijk", "Svensson", "Ito")
PHONES = ("+1 202 555 {:04d}", "(202) 555-{:04d}", "202.555.{:04d}", "+33 1 99 00 {:02d} {:02d}", "+44 20 7946 0{:03d}")
BAD_SHARE = 0.02
DUPLICATE_SHARE = 0.03


def write_contacts(path: Path, rows: int, seed: int = 7) -> None:
    """Write a CSV file of so many rows and ten columns: 2 % without a usable key, 3 % about somebody above, phones in five manners."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(iter_contacts(rows, Random(seed)))


def iter_contacts(count: int, random: Random) -> Iterator[tuple[str, ...]]:
    """The rows that `write_contacts` writes."""
    for number in range(count):
        chance = random.random()
        person = random.randrange(number) if number and chance < DUPLICATE_SHARE else number
        first, last = FIRST_NAMES[person % 10], LAST_NAMES[person // 10 % 10]
        email = f"Person.{person}@mail{person % 40}.example.com"
        if chance > 1 - BAD_SHARE:
            email = f"person.{person} at example"
        phone = PHONES[person % len(PHONES)].format(random.randrange(100), random.randrange(100))
        yield (first, last, email, phone, f"Company {person % 500}", "Engineer", "Paris", f"{75000 + person % 20}", "US", "met at the fair")
