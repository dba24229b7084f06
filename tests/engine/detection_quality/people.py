"""Rows that are right, though much of them looks wrong: names, addresses and numbers, dates and countries as the world writes them."""

from collections.abc import Callable
from random import Random

HEADERS = (
    *("external_id", "first_name", "last_name", "full_name", "email", "phone", "country", "website", "birthday", "consent", "owner"),
    *("tags", "company", "city", "notes"),
)
MAPPING = {header: header for header in HEADERS}

Person = dict[str, str]

FIRST_NAMES = (
    *("Ada", "José", "Zoë", "Łukasz", "Jean-Luc", "Anne Sophie", "N'Golo", "DeShawn", "JP", "Al", "X Æ A-12", "Nguyễn", "Søren", "Ngozi"),
    *("李明", "Иван", "Ελένη", "محمد", "Mary-Jane", "R2", "Siân", "Þór", "Ji-woo", "Ana María", "MacKenzie", "True", "May", "June"),
)
LAST_NAMES = (
    *("Lovelace", "O'Brien", "van der Berg", "de la Cruz", "Null", "None", "McDonald", "MacDONALD", "Müller-Lüdenscheidt", "Ng", "Li", "O"),
    *("d'Artagnan", "St. John", "al-Ḥasan", "Nguyễn", "Smith Jr.", "Total", "Test", "Fin", "Łuczak", "Şahin", "Ó Súilleabháin", "Wang"),
    *("王", "Петров", "N/A-Smith", "VAN GOGH", "Jr", "Good-Day", "Ende", "X"),
)
FULL_NAMES = (
    *("Ada Lovelace", "LOVELACE Ada", "van Gogh, Vincent", "Madonna", "Dr. Jane Roe, PhD", "Acme GmbH", "JP Morgan", "Mary Ann Smith"),
    *("山田 太郎", "Charles de Gaulle", "Sammy Davis Jr.", "Ann & Bob", "VINCENT VAN GOGH", "MADONNA", "J. R. R. Tolkien", ""),
)
LOCAL_PARTS = (
    *(
        "{n}",
        "ann.lee+tag{n}",
        "o'hara{n}",
        "x_y-z.{n}",
        "ANN.{n}",
        "{n}.a.b.c",
        "jörg{n}",
        "a{n}!#$%",
        "no-reply-{n}x",
        "m{n}+a+b",
        "_{n}",
    ),
    *("gmial{n}", "john..smith".replace("..", ".") + "{n}", "{n}-"),
)
DOMAINS = (
    *("example.com", "mail.example.co.uk", "gmail.com", "GMAIL.com", "hotmail.fr", "gmx.de", "ymail.com", "mail.com", "münchen.example"),
    *("x.org", "sub.sub.example.museum", "xn--mnchen-3ya.example", "a-b.example", "123.example", "qq.com", "googlemail.com", "outlook.de"),
    "email.com",
)
WRAPPED = ("{}", "{}", "{}", "{}", "{}", "mailto:{}", "Ann Lee <{}>", "<{}>", " {} ")

# Of each country: how its name may be written, and its national numbers as people there write them.
COUNTRIES: dict[str, tuple[tuple[str, ...], Callable[[Random], str]]] = {
    "US": (
        (
            "US",
            "usa",
            "United States",
            "U.S.A.",
            "États-Unis",
            "Estados Unidos",
            "Vereinigte Staaten",
            "Stany Zjednoczone",
            "America",
            "USA - United States",
        ),
        lambda rng: rng.choice(("({}) {}-{:04}", "{}-{}-{:04}", "{}.{}.{:04}", "1 {} {} {:04}")).format(
            rng.choice((212, 312, 415, 617)), rng.randint(200, 999), rng.randint(0, 9999)
        ),
    ),
    "FR": (
        ("FR", "fra", "France", "Francia", "Frankreich", "Frankrijk", "la France", "Francja"),
        lambda rng: rng.choice(("06", "0033 6", "+33 (0)6", "07")) + " " + " ".join(f"{rng.randint(40, 69)}" for _ in range(4)),
    ),
    "GB": (("GB", "UK", "England", "Großbritannien", "Royaume-Uni", "Wielka Brytania"), lambda rng: f"020 7946 {rng.randint(0, 9999):04}"),
    "DE": (
        ("DE", "Deutschland", "Alemania", "Niemcy", "Germania", "BRD", "Germany (DE)", "GER"),
        lambda rng: f"030/{rng.randint(10_000_000, 99_999_999)}",
    ),
    "JP": (("JP", "日本", "Japón", "Japan", "Giappone"), lambda rng: f"03-3{rng.randint(200, 599)}-{rng.randint(0, 9999):04}"),
    "AU": (("AU", "Australien", "Australia", "AUS"), lambda rng: f"0412 {rng.randint(100, 999)} {rng.randint(100, 999)}"),
    "IN": (("IN", "भारत", "India", "Indien"), lambda rng: f"98{rng.randint(100, 999)} {rng.randint(10_000, 99_999)}"),
    "CI": (
        ("CI", "Côte d\u2019Ivoire", "Ivory Coast", "Elfenbeinküste"),
        lambda rng: f"+225 07 07 {rng.randint(10, 99)} 12 {rng.randint(10, 99)}",
    ),
    "NA": (("NA", "Namibia", "nam"), lambda rng: f"+264 81 {rng.randint(200, 299)} {rng.randint(1000, 9999)}"),
    "": (("", "n/a", "-"), lambda rng: f"+41 44 668 {rng.randint(10, 99)} {rng.randint(10, 99)}"),
}
WEBSITES = (
    "",
    "example.com",
    "https://Example.com/Path?q=1#x",
    "www.müller.de",
    "http://a-b.example:8080/",
    "//cdn.example.org",
    "n/a",
    "x.io/~ann",
)
CONSENTS = ("yes", "NO", "oui", "opt-in", "unsubscribed", "0", "TRUE", "", "unknown", "désabonné", "n/a", "ja", "nein", "sí")
OWNERS = ("ann@crm.example", "Bob", "Team 7", "Zoë")
TAGS = ("", "vip; press", "a,b|c", "n/a", "Größe", "two words", "VIP;vip")
COMPANIES = (
    "",
    "7-Eleven",
    "N/A",
    "Yahoo!",
    "Procter & Gamble",
    "Total Energies",
    "Null & Sons",
    "@Work",
    "C++ Ltd.",
    'The "Best" Co',
    "A; B",
)
CITIES = ("Paris", "Köln", "São Paulo", "東京", "Bourg-en-Bresse", "'s-Hertogenbosch", "Å", "N/A", "St. John's", "Nice")
NOTES = (
    "",
    "n/a",
    "met at the fair, twice",
    "first line\nsecond line",
    'said "hello"; left',
    "100% sure",
    "50 > 49 & so on",
    "total: none of these",
)

_DATES = (
    *("the {d} of {name} {y}", "{y}. {m}. {d}.", "{d}-{name}-{y}"),
    *("{y}-{m:02}-{d:02}", "{y}/{m}/{d}", "{d}.{m}.{y}", "{d:02}. {m:02}. {y}", "{d} {name} {y}", "{name} {d}, {y}", "{y}{m:02}{d:02}"),
)
_MONTHS = (
    *("January Jan janvier Januar enero", "February févr. Februar febrero lutego", "March Mar mars März marzo", "April avr. Apr abril"),
    *("May mai maggio", "June juin Juni junio", "July juil. Juli lipca", "August août Aug sierpnia", "September sept. Sep wrzesnia"),
    *("October octobre Oktober octubre", "November novembre Nov", "December décembre Dezember diciembre"),
)


def make_person(rng: Random, number: int, date_order: str | None) -> Person:
    """One right row, whose keys no other number has."""
    country = rng.choice(tuple(COUNTRIES))
    names, make_phone = COUNTRIES[country]
    address = f"{rng.choice(LOCAL_PARTS).format(n=f'p{number}')}@{rng.choice(DOMAINS)}"
    return {
        "external_id": rng.choice((f"C-{number:06}", f"{number}", f"ID {number}", "", "NULL")),
        "first_name": rng.choice(FIRST_NAMES),
        "last_name": rng.choice(LAST_NAMES),
        "full_name": rng.choice(FULL_NAMES),
        "email": rng.choice(WRAPPED).format(address.replace("-@", "@")),
        "phone": rng.choice(
            (make_phone(rng), "", "n/a", f"+1 (212) 555-{rng.randint(1000, 9999)}", f"+49 (0)30 {rng.randint(200_000, 999_999)}")
        ),
        "country": rng.choice(names),
        "website": rng.choice(WEBSITES),
        "birthday": make_date(rng, date_order),
        "consent": rng.choice(CONSENTS),
        "owner": rng.choice(OWNERS),
        "tags": rng.choice(TAGS),
        "company": rng.choice(COMPANIES),
        "city": rng.choice(CITIES),
        "notes": rng.choice(NOTES),
    }


def make_plain_person(rng: Random) -> Person:
    """A row as an orderly export has it: every column filled, and each in one form."""
    number = rng.randint(10**9, 10**10 - 1)
    return {
        "external_id": str(number),
        "first_name": rng.choice(("Ada", "Grace", "Jean", "Maria", "Paul")),
        "last_name": rng.choice(("Lovelace", "Hopper", "Durand", "Santos", "Klein")),
        "full_name": rng.choice(("Ada Lovelace", "Grace Hopper", "Jean Durand")),
        "email": f"person.{number}@example.com",
        "phone": f"+33 6 12 34 {rng.randint(10, 99)} {rng.randint(10, 99)}",
        "country": rng.choice(("FR", "US", "DE", "IT")),
        "website": f"https://www{number}.example.com",
        "birthday": f"{rng.randint(1930, 2009)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
        "consent": rng.choice(("yes", "no")),
        "owner": rng.choice(("Bob", "Ann")),
        "tags": rng.choice(("vip", "press")),
        "company": f"Company {rng.randint(1, 999)}",
        "city": rng.choice(("Paris", "Berlin", "Rome", "Boston")),
        "notes": rng.choice(("met at the fair", "called in spring", "sent a letter")),
    }


def make_date(rng: Random, order: str | None) -> str:
    """A date that can be read in a column of this order; None: the column proves none, so that none depends on it."""
    year, month, day = rng.randint(1930, 2009), rng.randint(1, 12), rng.randint(1, 28)
    forms = {"day_first": ("{d:02}/{m:02}/{y}", "{d}-{m}-{y}"), "month_first": ("{m}/{d}/{y}", "{m:02}/{d:02}/{y} 00:00"), None: ()}[order]
    form = rng.choice(("", "0000-00-00", *_DATES, *forms * 4))
    return form.format(y=year, m=month, d=day, name=rng.choice(_MONTHS[month - 1].split()))
