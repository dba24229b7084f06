"""How fast the judge is, and whether its e-mail and phone checks agree with their libraries.

Values a second are those of one core's time. So many generated addresses and as many numbers are compared with `email_validator` and
`phonenumbers`, and every disagreement is told; a million of each takes minutes. `python -m benchmarks.judging --differential VALUES` does
that alone.
"""

import argparse
import json
import random
import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import polars as pl

from benchmarks.made_contacts import iter_rows
from models.vocabulary import ContactField
from tests.engine.judging.generated import generate_emails, generate_phones, list_email_disagreements, list_phone_disagreements
from workers.engine.frames import ISSUE_SCHEMA, ROW, Chunk, EngineOptions
from workers.engine.judging import judge

CHUNK_ROWS = 15_000
ROUNDS = 5

# Of so many numbers compared, one more is compared in words, with an extension, or dialled through a carrier.
_SHARE_IN_WORDS = 4

MADE_FIELDS = ("first_name", "last_name", "email", "phone", "company", "job_title", "city", "postal_code", "country", "notes")


def make_columns(row_count: int, seed: int = 7) -> dict[str, list[str]]:
    """Values by field, as common files have them: phones of several countries in several manners, nearly all distinct, some of them bad."""
    rng = random.Random(seed)
    numbers = range(row_count)
    pairs = [lambda: f"{rng.randint(10, 99)}", lambda: f"{rng.randint(0, 99):02}"]
    phones = {
        "US": (
            lambda: f"({rng.choice((212, 312, 415, 617))}) {rng.randint(200, 999)}-{rng.randint(0, 9999):04}",
            lambda: f"+1 202 555 {rng.randint(0, 9999):04}",
            lambda: f"202.555.{rng.randint(0, 9999):04}",
            lambda: f"202-555-{rng.randint(0, 999)}",
        ),
        "FR": (
            lambda: f"0{rng.choice((1, 2, 6))} " + " ".join(pairs[0]() for _ in range(4)),
            lambda: f"+33 1 99 00 {pairs[1]()} {pairs[1]()}",
            lambda: f"0033 6 {pairs[0]()} {pairs[0]()} {pairs[0]()} {pairs[1]()}",
        ),
        "GB": (lambda: f"020 7946 {rng.randint(0, 9999):04}", lambda: f"+44 (0)20 7{rng.randint(100, 999)} {rng.randint(0, 9999):04}"),
        "DE": (lambda: f"+49 30 {rng.randint(10_000_000, 99_999_999)}", lambda: f"030/{rng.randint(1_000_000, 9_999_999)}"),
    }
    countries = [rng.choice(tuple(phones)) for _ in numbers]
    return {
        ContactField.FIRST_NAME: [rng.choice(("Anna", "José", "Li", "Zoë", "Jean Paul")) for _ in numbers],
        ContactField.LAST_NAME: [f"Nachname{rng.randint(0, 9999)}" for _ in numbers],
        ContactField.EMAIL: [f"Person.{number}@mail{number % 97}.example.com" for number in numbers],
        ContactField.PHONE: [rng.choice(phones[country])() for country in countries],
        ContactField.COMPANY: [f"Company {rng.randint(0, 999)} Ltd " for _ in numbers],
        ContactField.COUNTRY: countries,
        ContactField.WEBSITE: [f"www.company{number}.example" for number in numbers],
        ContactField.BIRTHDAY: [f"{rng.randint(13, 28)}/{rng.randint(1, 12):02}/{rng.randint(1940, 2000)}" for _ in numbers],
        ContactField.TAGS: [rng.choice(("a; b", "customer", "", "x,y,z")) for _ in numbers],
        ContactField.CITY: [rng.choice(("Paris", "New York", "Köln", "London")) for _ in numbers],
    }


def judge_seconds(columns: dict[str, list[str]]) -> float:
    """The processor's seconds that judging all rows takes, chunk by chunk; the median of some rounds, the first one left aside."""
    headers = list(columns)
    row_count = len(columns[headers[0]])
    frame = pl.DataFrame({ROW: range(2, row_count + 2), **{f"c{index}": columns[header] for index, header in enumerate(headers)}})
    options = EngineOptions(mapping={header: header for header in headers}, today=date(2026, 11, 20), default_country="US")
    issues = pl.DataFrame(schema=ISSUE_SCHEMA)
    seconds: list[float] = []
    for _ in range(1 + ROUNDS):
        started = time.process_time()
        for chunk in frame.iter_slices(CHUNK_ROWS):
            judge(Chunk(chunk, issues), headers, options)
        seconds.append(time.process_time() - started)
    return sorted(seconds[1:])[ROUNDS // 2]


def measure(row_count: int, _: int) -> dict[str, Any]:
    """Values a second of one core for each kind of field, rows a second for whole rows, and disagreements with the libraries of ten times
    as many values of each kind.
    """
    columns = make_columns(row_count)
    speeds: dict[str, int] = {}
    for field, values in columns.items():
        wanted = {field: values} if field != ContactField.PHONE else {field: values, ContactField.COUNTRY: columns[ContactField.COUNTRY]}
        seconds = judge_seconds(wanted)
        if field == ContactField.PHONE:
            seconds -= judge_seconds({ContactField.COUNTRY: columns[ContactField.COUNTRY]})
        speeds[str(field)] = round(row_count / seconds)
    whole = round(row_count / judge_seconds(columns))
    made = dict(zip(MADE_FIELDS, map(list, zip(*iter_rows(row_count), strict=True)), strict=True))
    emails_of_made = round(row_count / judge_seconds({ContactField.EMAIL: made["email"]}))
    return {
        "values_per_second": speeds | {"email of made contacts": emails_of_made},
        "rows_per_second": {"of these columns": whole, "of made contacts": round(row_count / judge_seconds(made))},
        "compared": compare(10 * row_count),
    }


def compare(count: int) -> dict[str, dict[str, int]]:
    """Compare so many addresses and as many numbers with the libraries, and a quarter as many numbers in words: for each kind how many
    were compared and how many differ. What differs is printed.
    """
    kinds = {"e-mail": (count, _differ_in_emails), "phone": (count, _differ_in_phones)}
    kinds["phone in words"] = (count // _SHARE_IN_WORDS, _differ_in_worded_phones)
    return {name: {"values": size, "disagreements": _compare(name, size, differ)} for name, (size, differ) in kinds.items()}


def _compare(name: str, count: int, differ: Callable[[int, random.Random], Sequence[object]]) -> int:
    rng, found, started = random.Random(), 0, time.process_time()
    for done in range(0, count, CHUNK_ROWS):
        size = min(CHUNK_ROWS, count - done)
        for case in differ(size, rng):
            print(name, "differs:", case)
            found += 1
        print(f"{name}: {done + size:,} generated values, {found} disagreements, {time.process_time() - started:.0f} s", flush=True)
    return found


def _differ_in_emails(count: int, rng: random.Random) -> Sequence[object]:
    return list_email_disagreements(generate_emails(count, rng))


def _differ_in_phones(count: int, rng: random.Random) -> Sequence[object]:
    return list_phone_disagreements(generate_phones(count, rng), rng.choice((None, "US", "FR", "GB", "DE")))


def _differ_in_worded_phones(count: int, rng: random.Random) -> Sequence[object]:
    return list_phone_disagreements(generate_phones(count, rng, worded=1.0), rng.choice((None, "US", "FR", "BR", "DE")))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="?", default=100_000)
    parser.add_argument("--differential", type=int, metavar="VALUES", help="compare so many values of each kind with the libraries")
    arguments = parser.parse_args()
    if arguments.differential:
        raise SystemExit(any(kind["disagreements"] for kind in compare(arguments.differential).values()))
    print(json.dumps(measure(arguments.rows, 1), indent=2))
