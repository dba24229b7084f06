"""What a row costs in a small, a large and a very large file, and what the workers hold meanwhile."""

import tempfile
from pathlib import Path
from typing import Any

from benchmarks.bench_stack import running_bench_stack
from benchmarks.durable_postgres import describe_postgres, running_durable_postgres
from benchmarks.machine import median_of, say
from benchmarks.made_contacts import write_contacts

# Shares of the largest file, and how often each size is measured at most.
SIZES = ((50, 3), (5, 2), (1, 1))


def measure(rows: int, runs: int) -> dict[str, Any]:
    """Files of a fiftieth and a fifth of `rows`, and of `rows`, each into a database without a contact, on PostgreSQL."""
    measured: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="rolodock-bench-") as folder, running_durable_postgres() as database:
        raw = Path(folder) / "contacts.csv"
        with running_bench_stack(database_url=database.url) as bench:
            for share, most_runs in SIZES:
                size = rows // share
                write_contacts(raw, size)
                timed = []
                for _ in range(min(runs, most_runs)):
                    database.empty()
                    database.settle()
                    timed.append(bench.time_import(raw))
                seconds = median_of([run.seconds for run in timed])
                highest = max(timed, key=lambda run: run.memory.above_idle)
                say(f"{size} rows: {seconds} s, {highest.memory.in_mb()}")
                measured.append(
                    {
                        "rows": size,
                        "seconds": seconds,
                        "microseconds_per_row": round(seconds / size * 1e6, 2),
                        "worker_above_idle_mb": highest.memory.in_mb()["worker_above_idle_mb"],
                        "runs": [run.describe() for run in timed],
                    }
                )
        described = describe_postgres(database)
    costs = [size["microseconds_per_row"] for size in measured]
    return {
        "rows": rows,
        "ratio_of_the_dearest_to_the_cheapest": round(max(costs) / min(costs), 3),
        "ratio_of_the_largest_to_the_smallest": round(costs[-1] / costs[0], 3),
        "sizes": measured,
        "postgres": described,
    }
