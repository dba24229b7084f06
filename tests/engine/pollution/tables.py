"""Clean tables of made-up contacts, the same each time, in the shapes and dialects that exports have."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from zlib import crc32

from tests.engine.pollution.document import Cells, Style

_FIRST = (
    "Ada",
    "Grace",
    "Zoé",
    "José",
    "Amélie",
    "Chinua",
    "Ngozi",
    "Sören",
    "Mary-Jane",
    "Lukas",
    "Chloé",
    "Björn",
    "Ines",
    "Noël",
    "Wei",
)
_LAST = (
    "Lovelace",
    "Hopper",
    "O'Brien",
    "Müller",
    "García",
    "Achebe",
    "Nowak",
    "van Dijk",
    "Svensson",
    "Ito",
    "D'Angelo",
    "Weiß",
    "Lefèvre",
)
_CITIES = ("Paris", "New York", "Köln", "São Paulo", "Málaga", "Washington, DC", "Genève", "Leeds", "Zürich", "Lyon; Rhône", "Oslo")
_COMPANIES = ("Acme, Inc.", "Müller & Söhne GmbH", "Blue | Green", "Northwind", 'The "Good" Shop', "Café Zoë", "Smith; Jones", "Initech")
_TITLES = ("Engineer", "Head of Sales", "Buyer", "Chargé d'affaires", "Owner", "Vice President, Finance", "Nurse")
_NOTES = (
    "met at the fair",
    "likes tea, not coffee",
    'calls herself "Didi"',
    "prefers e-mail; never phone",
    "moved in May",
    "asked for an offer, twice",
    'wants the 5" model',
    "très intéressé",
    "do not write before 10:30",
    "",
)
_WORDS = (
    "amber",
    "birch",
    "cedar",
    "dune",
    "elm",
    "fjord",
    "grove",
    "heath",
    "île",
    "jade",
    "kelp",
    "lagoon",
    "moss",
    "nébuleuse",
    "orchard",
)


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    style: Style
    header: Cells
    rows: list[Cells]


@dataclass(frozen=True, slots=True)
class _Person:
    number: int
    first: str
    last: str
    rng: Random


_COLUMNS: dict[str, Callable[[_Person], str]] = {
    "first": lambda person: person.first,
    "last": lambda person: person.last,
    "name": lambda person: f"{person.first} {person.last}",
    "email": lambda person: f"person.{person.number}@mail{person.number % 7}.example.com",
    "phone": lambda person: f"+1 202 555 {person.rng.randint(0, 9999):04}",
    "french_phone": lambda person: f"+33 1 99 00 {person.rng.randint(0, 99):02} {person.rng.randint(0, 99):02}",
    "birthday": lambda person: f"{person.rng.randint(1940, 2004)}-{person.rng.randint(1, 12):02}-{person.rng.randint(1, 28):02}",
    "day": lambda person: f"{person.rng.randint(1, 28):02}/{person.rng.randint(1, 12):02}/{person.rng.randint(2015, 2026)}",
    "city": lambda person: person.rng.choice(_CITIES),
    "code": lambda person: f"{person.rng.randint(0, 99999):05}",
    "company": lambda person: person.rng.choice(_COMPANIES),
    "title": lambda person: person.rng.choice(_TITLES),
    "country": lambda person: person.rng.choice(("US", "FR", "DE", "BR", "GB")),
    "amount": lambda person: f"{person.rng.randint(1, 9999)}.{person.rng.randint(0, 99):02}",
    "id": lambda person: f"C-{10000 + 7 * person.number}",
    "notes": lambda person: person.rng.choice(_NOTES),
    "words": lambda person: " ".join(person.rng.sample(_WORDS, person.rng.randint(1, 4))),
    "listed": lambda person: ", ".join(person.rng.sample(_WORDS, person.rng.randint(1, 3))),
}

_ENGLISH = {
    "first": "First name",
    "last": "Last name",
    "name": "Full name",
    "email": "Email",
    "phone": "Phone",
    "birthday": "Birthday",
    "day": "Since",
    "city": "City",
    "code": "Postal code",
    "company": "Company",
    "title": "Job title",
    "country": "Country",
    "amount": "Balance",
    "id": "Customer ID",
    "notes": "Notes",
}
_FRENCH = {
    "last": "Nom",
    "first": "Prénom",
    "email": "Courriel",
    "french_phone": "Téléphone",
    "day": "Date d'inscription",
    "city": "Ville",
    "company": "Société",
    "notes": "Remarques",
}


def make_tables() -> tuple[Table, ...]:
    """All of them."""
    return (
        _make("people", Style(), 60, "first last email phone city notes"),
        _make("french", Style(";", line_end="\r\n"), 50, "last first email french_phone day city company notes", _FRENCH),
        _make("tabs", Style("\t"), 80, "id name email title birthday"),
        _make("pipes", Style("|"), 40, "id first last email phone company title city code country"),
        _make("wide_delimiter", Style("||", line_end="\r\n"), 45, "name email phone company city birthday notes"),
        _make("apostrophes", Style(quote="'"), 60, "name company email city notes"),
        _make("backslashes", Style(escape="\\"), 60, "first last email company notes birthday"),
        _make(
            "all_quoted",
            Style(quotes_all=True, line_end="\r\n"),
            70,
            "id first last email phone birthday company title city code country amount",
        ),
        _make_words(),
        _make("sparse", Style(), 60, "first last email phone company title city birthday notes", blank_share=0.5),
        _make("one_column", Style(), 60, "email"),
        _make("long", Style(";"), 200, "email name phone city code notes"),
    )


def _make(name: str, style: Style, count: int, columns: str, names: dict[str, str] = _ENGLISH, *, blank_share: float = 0.0) -> Table:
    rng = Random(crc32(name.encode()))
    keys = columns.split()
    rows = []
    for number in range(count):
        person = _Person(number, rng.choice(_FIRST), rng.choice(_LAST), rng)
        cells = [_COLUMNS[key](person) for key in keys]
        # The first cell stays: a row in which nothing stands is no row.
        rows.append((cells[0], *("" if rng.random() < blank_share else cell for cell in cells[1:])))
    return Table(name, style, tuple(names[key] for key in keys), rows)


def _make_words() -> Table:
    """A table without numbers, e-mail addresses or dates, and with names that mean nothing to us."""
    rng = Random(5)
    people = [_Person(number, rng.choice(_FIRST), rng.choice(_LAST), rng) for number in range(50)]
    rows = [tuple(_COLUMNS[key](person) for key in ("name", "words", "listed", "words")) for person in people]
    return Table("words", Style(), ("Guest", "Table", "Songs", "Remark of the host"), rows)
