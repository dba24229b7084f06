"""Cancel to quiet: from the answer to cancelImport until the import has come to rest, after which it writes nothing more.

Each of many imports is cancelled at another moment of its applying, on PostgreSQL with two workers. An import is CANCELLED only when every
batch that was under way has ended or broken off, so the status is what is waited for.
"""

import random
import tempfile
import time
from math import ceil
from pathlib import Path
from typing import Any

from benchmarks.bench_stack import READ_COUNTS, READ_STATUS, BenchStack, running_bench_stack
from benchmarks.durable_postgres import describe_postgres, running_durable_postgres
from benchmarks.machine import say
from benchmarks.made_contacts import write_contacts
from benchmarks.made_people import Manner

CANCEL = "mutation ($input: ImportActionInput!) { cancelImport(input: $input) { import { status } userErrors { code message } } }"
LOOK_SECONDS = 0.01
ENDED = {"COMPLETED", "COMPLETED_WITH_ERRORS", "FAILED", "CANCELLED"}
# Within the time in which most of an import of this size is applied.
LONGEST_DELAY_SECONDS_A_ROW = 15e-6


def measure(rows: int, runs: int) -> dict[str, Any]:
    """Seconds that the answer took and that quiet took from then on, over `runs` imports of so many rows."""
    answers: list[float] = []
    quiets: list[float] = []
    draws = random.Random(1)
    with tempfile.TemporaryDirectory(prefix="rolodock-bench-") as folder, running_durable_postgres() as database:
        with running_bench_stack(database_url=database.url) as bench:
            for number in range(runs):
                path = Path(folder) / "contacts.csv"
                write_contacts(path, rows, Manner(first_person=number * rows))
                # Half of them write all rows in one transaction.
                policy = "ALL_OR_NOTHING" if number % 2 and rows <= 200_000 else "KEEP_GOOD_ROWS"
                found = _cancel_one(bench, path, policy, draws.random() * rows * LONGEST_DELAY_SECONDS_A_ROW)
                if found is not None:
                    answers.append(found[0])
                    quiets.append(found[1])
        described = describe_postgres(database)
    say(f"{len(quiets)} of {runs} were cancelled in time, the slowest quiet after {max(quiets, default=0):.2f} s")
    return {
        "rows": rows,
        "cancelled": len(quiets),
        "seconds_to_answer": _describe(answers),
        "seconds_from_answer_to_quiet": _describe(quiets),
        "postgres": described,
    }


def _cancel_one(bench: BenchStack, path: Path, policy: str, delay: float) -> tuple[float, float] | None:
    """Seconds to the answer and from then to quiet; None: the import was through before."""
    job = bench.begin(path, errorPolicy=policy)
    while (status := bench.ask(READ_STATUS, id=job)["status"]) not in ENDED | {"APPLYING"}:
        time.sleep(LOOK_SECONDS)
    if status in ENDED:
        return None
    time.sleep(delay)
    asked = time.monotonic()
    answer = bench.client.post("/graphql", json={"query": CANCEL, "variables": {"input": {"id": job}}}).raise_for_status().json()
    answered = time.monotonic()
    if answer["data"]["cancelImport"]["userErrors"]:
        return None
    while bench.ask(READ_STATUS, id=job)["status"] not in ENDED:
        time.sleep(LOOK_SECONDS)
    quiet = time.monotonic()
    counts = bench.ask(READ_COUNTS, id=job)["counts"]
    time.sleep(0.1)
    assert bench.ask(READ_COUNTS, id=job)["counts"] == counts
    return answered - asked, quiet - answered


def _describe(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    if not ordered:
        return {}
    shares = {"p50": 0.5, "p99": 0.99, "max": 1.0}
    return {name: round(ordered[max(ceil(share * len(ordered)) - 1, 0)], 3) for name, share in shares.items()}
