"""Writes contacts.csv: made-up people from several countries, with the blemishes that real files have.

`python examples/make_contacts.py [FILE]`. The same bytes at every run: all chance comes from one seed. Telephone numbers are
from ranges set aside for fiction where the country has one, and e-mail addresses from domains reserved for examples.
"""

import csv
import io
import random
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

SEED = 20_261_120
PEOPLE = 300
HEADER = (
    "Customer ID",
    "First name",
    "Last name",
    "E-mail",
    "Phone",
    "Company",
    "Job title",
    "City",
    "Country",
    "Website",
    "Birthday",
    "Tags",
)
DOMAINS = ("example.com", "example.org", "example.net")
JOBS = ("Buyer", "Head of Sales", "Office Manager", "Engineer", "Accountant", "Founder", "Architect", "Nurse", "Teacher", "")
TAGS = ("customer", "newsletter", "trade fair", "partner", "prospect")
COMPANY_KINDS = ("Foods", "Logistics", "Design", "Labs", "Travel", "Books", "Garden", "Energy")


@dataclass(frozen=True, slots=True)
class Country:
    """Names as people there write them, and a telephone number made from two digits in the ways they write it."""

    name: str
    spellings: tuple[str, ...]
    cities: tuple[str, ...]
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    phones: tuple[str, ...]


COUNTRIES = (
    Country(
        "United States",
        ("United States", "USA", "US"),
        ("Portland", "Austin", "Boise", "Albany"),
        ("Grace", "Marcus", "Olivia", "Dwayne", "Heather", "Luis"),
        ("O'Brien", "Washington", "Nguyen", "Miller", "Van Buren", "Hill"),
        ("+1 202-555-01{n}", "(202) 555-01{n}", "+120255501{n}", "1.202.555.01{n}"),
    ),
    Country(
        "United Kingdom",
        ("United Kingdom", "UK", "GB"),
        ("Leeds", "Bath", "Glasgow", "Cardiff"),
        ("Amelia", "Harry", "Isla", "Nigel", "Poppy", "Rhys"),
        ("Smith-Jones", "MacLeod", "Hughes", "Patel", "Thatcher", "Fox"),
        ("+44 20 7946 0{n}9", "+44 (0)20 7946 0{n}9", "+442079460{n}9"),
    ),
    Country(
        "France",
        ("France", "FR", "FRANCE"),
        ("Orléans", "Besançon", "Nîmes", "Saint-Étienne"),
        ("Zoé", "Jérôme", "Chloé", "François", "Anaïs", "Hélène"),
        ("Lefèvre", "Dupont", "Garçon", "Béranger", "d'Aubigné", "Noël"),
        ("+33 1 99 00 {n} 12", "+33 (0)1 99 00 {n} 12", "+3319900{n}12"),
    ),
    Country(
        "Germany",
        ("Germany", "Deutschland", "DE"),
        ("Köln", "Nürnberg", "Münster", "Jena"),
        ("Jürgen", "Anneliese", "Björn", "Käthe", "Uwe", "Sören"),
        ("Müller", "Groß", "von Weizsäcker", "Schäfer", "Vogel", "Jäger"),
        ("+49 30 23125 1{n}", "+49 (0)30 23125-1{n}", "0049 30 231251{n}"),
    ),
    Country(
        "Spain",
        ("Spain", "España", "ES"),
        ("León", "Cádiz", "Málaga", "Girona"),
        ("Íñigo", "María José", "Núria", "Joaquín", "Lucía", "Iker"),
        ("García Lorca", "Muñoz", "Ibáñez", "Peña", "Castro", "Zubiri"),
        ("+34 912 345 6{n}", "+349123456{n}", "+34 91 234 56 {n}"),
    ),
    Country(
        "India",
        ("India", "IN"),
        ("Pune", "Kochi", "Jaipur", "Mysuru"),
        ("Aarav", "Priya", "Rohan", "Lakshmi", "Vikram", "Ananya"),
        ("Iyer", "Sharma", "Banerjee", "Singh", "Nair", "Rao"),
        ("+91 22 2778 45{n}", "+91-22-277845{n}", "+9122277845{n}"),
    ),
    Country(
        "Brazil",
        ("Brazil", "Brasil", "BR"),
        ("São Luís", "Belém", "Curitiba", "Maceió"),
        ("João", "Beatriz", "Thiago", "Conceição", "Caio", "Luíza"),
        ("da Silva", "Gonçalves", "Araújo", "Nogueira", "Brandão", "Leal"),
        ("+55 11 3064 12{n}", "+55 (11) 3064-12{n}", "+5511306412{n}"),
    ),
    Country(
        "Japan",
        ("Japan", "JP"),
        ("Sapporo", "Nara", "Kobe", "Sendai"),
        ("Haruto", "Yui", "Ren", "Sakura", "Kenji", "Aiko"),
        ("Satō", "Suzuki", "Takahashi", "Itō", "Kobayashi", "Endō"),
        ("+81 3-3224-99{n}", "+81 (0)3 3224 99{n}", "+813322499{n}"),
    ),
)

Row = dict[str, str]
Blemish = Callable[[Row, random.Random], Row]


def main() -> None:
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("contacts.csv")
    target.write_bytes(make_file())


def make_file() -> bytes:
    """The whole file."""
    chance = random.Random(SEED)
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADER, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(make_rows(chance))
    return text.getvalue().encode()


def make_rows(chance: random.Random) -> list[Row]:
    """People, about one in five of them blemished, and some of them twice."""
    rows = [make_person(number, chance) for number in range(1, PEOPLE + 1)]
    rows = [chance.choice(BLEMISHES)(row, chance) if chance.random() < 0.2 else row for row in rows]
    for row in chance.sample(rows, 12):
        # The second time somebody else typed it.
        again = {**row, "Job title": chance.choice(JOBS), "E-mail": row["E-mail"].upper(), "Company": ""}
        rows.insert(chance.randrange(rows.index(row) + 1, len(rows) + 1), again)
    return rows


def make_person(number: int, chance: random.Random) -> Row:
    country = chance.choice(COUNTRIES)
    first, last = chance.choice(country.first_names), chance.choice(country.last_names)
    company = f"{last.split()[-1]} {chance.choice(COMPANY_KINDS)}"
    birthday = date(1950, 1, 1) + timedelta(days=chance.randrange(20_000))
    return {
        "Customer ID": f"C-{number:04}",
        "First name": first,
        "Last name": last,
        "E-mail": f"{plain(first)}.{plain(last)}{number}@{chance.choice(DOMAINS)}",
        "Phone": chance.choice(country.phones).format(n=f"{chance.randrange(100):02}"),
        "Company": company if chance.random() < 0.8 else "",
        "Job title": chance.choice(JOBS),
        "City": chance.choice(country.cities),
        "Country": chance.choice(country.spellings),
        "Website": f"https://www.example.com/{plain(company)}" if chance.random() < 0.4 else "",
        "Birthday": birthday.isoformat() if chance.random() < 0.7 else "",
        "Tags": ", ".join(sorted(chance.sample(TAGS, chance.randrange(3)))),
    }


def plain(text: str) -> str:
    """Lower-case letters of ASCII alone, as in an address."""
    letters = unicodedata.normalize("NFKD", text.replace("ß", "ss")).lower()
    return "".join(letter for letter in letters if letter in "abcdefghijklmnopqrstuvwxyz")


def spaces(row: Row, chance: random.Random) -> Row:
    return {**row, "First name": f"  {row['First name']} ", "E-mail": f" {row['E-mail']}", "City": f"{row['City']}  "}


def capitals(row: Row, chance: random.Random) -> Row:
    return {**row, "First name": row["First name"].upper(), "Last name": row["Last name"].upper(), "E-mail": row["E-mail"].title()}


def broken_email(row: Row, chance: random.Random) -> Row:
    broken = (row["E-mail"].replace("@", " at "), row["E-mail"].replace("@", "@@"), row["E-mail"].split("@")[0], "n/a")
    return {**row, "E-mail": chance.choice(broken)}


def mistyped_domain(row: Row, chance: random.Random) -> Row:
    return {**row, "E-mail": row["E-mail"].split("@")[0] + "@gmial.com"}


def broken_phone(row: Row, chance: random.Random) -> Row:
    return {**row, "Phone": chance.choice(("12345", "call the office", row["Phone"] + "0000", "+999 555 0100"))}


def no_email(row: Row, chance: random.Random) -> Row:
    return {**row, "E-mail": ""}


def no_keys(row: Row, chance: random.Random) -> Row:
    return {**row, "Customer ID": "", "E-mail": "", "Phone": ""}


def impossible_birthday(row: Row, chance: random.Random) -> Row:
    return {**row, "Birthday": chance.choice(("1985-02-30", "1990-13-01", "0000-00-00"))}


def unknown_country(row: Row, chance: random.Random) -> Row:
    return {**row, "Country": chance.choice(("Atlantis", "XX", "?"))}


def quoted_newline(row: Row, chance: random.Random) -> Row:
    return {**row, "Company": f'{row["Last name"]} "& Sons"\nImport, Export'}


BLEMISHES: tuple[Blemish, ...] = (
    spaces,
    capitals,
    broken_email,
    mistyped_domain,
    broken_phone,
    no_email,
    no_keys,
    impossible_birthday,
    unknown_country,
    quoted_newline,
)


if __name__ == "__main__":
    main()
