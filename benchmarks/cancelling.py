"""Cancel to quiet: from the request of cancelImport to its answer, and until the import has come to rest, after which it writes nothing.

Each of many imports is cancelled at another moment of its applying, with two workers; half of them write all rows in one transaction
(ALL_OR_NOTHING), so none has a row that fails. Nothing is written after the answer: what was counted then is what is counted in the end.
An import is CANCELLED only when every batch that was under way has ended or broken off.
"""

import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

from benchmarks.bench_stack import READ_COUNTS, READ_STATUS, BenchStack
from benchmarks.machine import say
from benchmarks.made_contacts import write_contacts
from benchmarks.made_people import Manner
from benchmarks.two_databases import DATABASES, running_on

CANCEL = "mutation ($input: ImportActionInput!) { cancelImport(input: $input) { import { status } userErrors { code message } } }"
LOOK_SECONDS = 0.01
ENDED = {"COMPLETED", "COMPLETED_WITH_ERRORS", "FAILED", "CANCELLED"}
# More rows than that are refused in one transaction.
MOST_AT_ONCE = 200_000
POLICIES = ("KEEP_GOOD_ROWS", "ALL_OR_NOTHING")
# The last part of applying is left out, so that most are cancelled in time.
LATEST_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Seconds from the request to its answer and to quiet, and how many rows were written by then."""

    policy: str
    answer: float
    quiet: float
    rows: int


def measure(rows: int, runs: int, databases: Sequence[str] = DATABASES) -> dict[str, Any]:
    """Seconds that the answer took and that quiet took, over `runs` imports of so many rows on each database."""
    measured: dict[str, Any] = {"rows": rows, "runs": runs}
    for database in databases:
        with tempfile.TemporaryDirectory(prefix="rolodock-bench-") as folder, running_on(database) as (bench, server):
            found = list(_cancel_many(bench, Path(folder) / "contacts.csv", rows, runs))
        say(f"{database}: {len(found)} of {runs} were cancelled in time")
        measured[database] = server | {
            policy.lower(): _describe_all([each for each in found if each.policy == policy]) for policy in POLICIES
        }
    return measured


def _cancel_many(bench: BenchStack, path: Path, rows: int, runs: int) -> Iterator[Cancelled]:
    draws = random.Random(1)
    policies = POLICIES if rows <= MOST_AT_ONCE else POLICIES[:1]
    seconds = {}
    for number, policy in enumerate(policies):
        write_contacts(path, rows, Manner(bad=0.0, first_person=number * rows))
        seconds[policy] = bench.time_import(path, errorPolicy=policy).applying_seconds
    for number in range(runs):
        policy = policies[number % len(policies)]
        write_contacts(path, rows, Manner(bad=0.0, first_person=(len(policies) + number) * rows))
        found = _cancel_one(bench, path, policy, draws.random() * LATEST_SHARE * seconds[policy])
        if found is not None:
            yield found


def _cancel_one(bench: BenchStack, path: Path, policy: str, delay: float) -> Cancelled | None:
    """What came of it; None: the import was through before."""
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
    counts = bench.ask(READ_COUNTS, id=job)["counts"]
    while bench.ask(READ_STATUS, id=job)["status"] not in ENDED:
        time.sleep(LOOK_SECONDS)
    quiet = time.monotonic()
    assert bench.ask(READ_COUNTS, id=job)["counts"] == counts
    return Cancelled(policy, answered - asked, quiet - asked, counts["created"] + counts["updated"])


def _describe_all(found: list[Cancelled]) -> dict[str, Any]:
    return {
        "cancelled": len(found),
        "seconds_to_answer": _describe([each.answer for each in found]),
        "seconds_to_quiet": _describe([each.quiet for each in found]),
        "rows_written": sorted(each.rows for each in found),
    }


def _describe(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    if not ordered:
        return {}
    shares = {"p50": 0.5, "p99": 0.99, "max": 1.0}
    return {name: round(ordered[max(ceil(share * len(ordered)) - 1, 0)], 3) for name, share in shares.items()}
