"""How fast the judge is: seeded made-up columns, judged kind by kind and as whole rows. Run it by `python -m benchmarks.judging [ROWS]`."""

import random
import sys
import time
from datetime import date

import polars as pl

from models.vocabulary import ContactField
from workers.engine.frames import ISSUE_SCHEMA, ROW, Chunk, EngineOptions
from workers.engine.judging import judge

CHUNK_ROWS = 20_000


def make_columns(row_count: int, seed: int = 7) -> dict[str, list[str]]:
    """Values by field, as common files have them."""
    rng = random.Random(seed)
    numbers = range(row_count)
    phones = {
        "US": lambda: f"({rng.choice((212, 312, 415, 617))}) {rng.randint(200, 999)}-{rng.randint(0, 9999):04}",
        "FR": lambda: f"0{rng.choice((1, 2, 6))} " + " ".join(f"{rng.randint(0, 99):02}" for _ in range(4)),
        "GB": lambda: f"020 7{rng.randint(100, 999)} {rng.randint(0, 9999):04}",
        "DE": lambda: f"+49 30 {rng.randint(10_000_000, 99_999_999)}",
    }
    countries = [rng.choice(tuple(phones)) for _ in numbers]
    return {
        ContactField.FIRST_NAME: [rng.choice(("Anna", "José", "Li", "Zoë", "Jean Paul")) for _ in numbers],
        ContactField.LAST_NAME: [f"Nachname{rng.randint(0, 9999)}" for _ in numbers],
        ContactField.EMAIL: [f"Person.{number}@mail{number % 97}.example.com" for number in numbers],
        ContactField.PHONE: [phones[country]() for country in countries],
        ContactField.COMPANY: [f"Company {rng.randint(0, 999)} Ltd " for _ in numbers],
        ContactField.COUNTRY: countries,
        ContactField.WEBSITE: [f"www.company{number}.example" for number in numbers],
        ContactField.BIRTHDAY: [f"{rng.randint(13, 28)}/{rng.randint(1, 12):02}/{rng.randint(1940, 2000)}" for _ in numbers],
        ContactField.TAGS: [rng.choice(("a; b", "customer", "", "x,y,z")) for _ in numbers],
        ContactField.CITY: [rng.choice(("Paris", "New York", "Köln", "London")) for _ in numbers],
    }


def judge_seconds(columns: dict[str, list[str]]) -> float:
    """The seconds that judging all rows takes, chunk by chunk."""
    headers = list(columns)
    row_count = len(columns[headers[0]])
    frame = pl.DataFrame({ROW: range(2, row_count + 2), **{f"c{index}": columns[header] for index, header in enumerate(headers)}})
    options = EngineOptions(mapping={header: header for header in headers}, today=date(2026, 11, 20), default_country="US")
    issues = pl.DataFrame(schema=ISSUE_SCHEMA)
    started = time.perf_counter()
    for chunk in frame.iter_slices(CHUNK_ROWS):
        judge(Chunk(chunk, issues), headers, options)
    return time.perf_counter() - started


def main(row_count: int) -> None:
    """Print rows a second for each kind of field and for all together."""
    columns = make_columns(row_count)
    judge_seconds({field: values[:1000] for field, values in columns.items()})
    for field, values in columns.items():
        print(f"{field:12} {row_count / judge_seconds({field: values}):12,.0f} rows/s")
    seconds = judge_seconds(columns)
    print(f"{'all':12} {row_count / seconds:12,.0f} rows/s ({row_count:,} rows of {len(columns)} columns in {seconds:.2f} s)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
