"""The same imports on SQLite, as `rolodock up` starts by default, and on PostgreSQL."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import delete

from benchmarks.bench_stack import BenchStack, Timed, running_bench_stack
from benchmarks.durable_postgres import BenchDatabase, describe_postgres, running_durable_postgres
from benchmarks.machine import median_of, say
from benchmarks.made_contacts import write_contacts
from models.database import writing
from models.tables import Contact


def measure(rows: int, runs: int) -> dict[str, Any]:
    """Medians of both, in turns; the ratio is SQLite's time to PostgreSQL's. Neither holds a contact when an import begins."""
    sqlite: list[Timed] = []
    postgres: list[Timed] = []
    with tempfile.TemporaryDirectory(prefix="rolodock-bench-") as folder, running_durable_postgres() as database:
        raw = Path(folder) / "contacts.csv"
        write_contacts(raw, rows)
        for number in range(1, runs + 1):
            # One stack at a time, so that the idle one takes nothing from the other.
            with running_new_sqlite() as bench:
                sqlite.append(bench.time_import(raw))
            with running_emptied(database) as bench:
                postgres.append(bench.time_import(raw))
            say(f"run {number}: SQLite {sqlite[-1].seconds:.2f} s, PostgreSQL {postgres[-1].seconds:.2f} s")
        described = describe_postgres(database)
    seconds = {"sqlite": median_of([run.seconds for run in sqlite]), "postgres": median_of([run.seconds for run in postgres])}
    return {
        "rows": rows,
        "seconds": seconds,
        "rows_per_second": {name: round(rows / value) for name, value in seconds.items()},
        "ratio_of_sqlite_to_postgres": round(seconds["sqlite"] / seconds["postgres"], 3),
        "sqlite_runs": [run.describe() for run in sqlite],
        "postgres_runs": [run.describe() for run in postgres],
        "postgres": described,
    }


@contextmanager
def running_new_sqlite() -> Iterator[BenchStack]:
    """A warmed-up stack on a SQLite file of its own, which holds no contact when the block begins."""
    with running_bench_stack() as bench:
        with writing(bench.database) as tx:
            tx.execute(delete(Contact))
        yield bench


@contextmanager
def running_emptied(database: BenchDatabase) -> Iterator[BenchStack]:
    """A warmed-up stack on PostgreSQL, which holds no contact and has nothing left to write when the block begins."""
    with ExitStack() as stack:
        bench = stack.enter_context(running_bench_stack(database_url=database.url))
        database.empty()
        database.settle()
        yield bench
