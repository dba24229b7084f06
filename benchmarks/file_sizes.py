"""From upload to COMPLETED for files of every size that people have, with the memory of the workers, on either database."""

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.bench_stack import BenchStack, running_bench_stack
from benchmarks.durable_postgres import BenchDatabase, describe_postgres, running_durable_postgres
from benchmarks.machine import median_of, say
from benchmarks.made_contacts import write_contacts
from benchmarks.made_people import Manner
from benchmarks.made_workbook import write_workbook

CSV_SIZES = (100, 1_000, 10_000, 50_000, 200_000)
# Of the workbook, as a share of the largest table.
WORKBOOK_SHARE = 10


def measure(rows: int, runs: int) -> dict[str, Any]:
    """A table for each database; the sizes are those below `rows`, and `rows`. Every file is about people whom nobody was about before."""
    sizes = [*(size for size in CSV_SIZES if size < rows), rows]
    with running_durable_postgres() as database:
        with running_bench_stack() as bench:
            on_sqlite = _measure_all(bench, None, sizes, rows // WORKBOOK_SHARE, runs)
        with running_bench_stack(database_url=database.url) as bench:
            on_postgres = _measure_all(bench, database, sizes, rows // WORKBOOK_SHARE, runs)
        return {"rows": rows, "sqlite": on_sqlite, "postgres_sizes": on_postgres, "postgres": describe_postgres(database)}


def _measure_all(
    bench: BenchStack, database: BenchDatabase | None, sizes: list[int], workbook_rows: int, runs: int
) -> list[dict[str, Any]]:
    measured = []
    first_person = 0
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rolodock-bench-")))
        for rows, suffix in [*((size, "csv") for size in sizes), (workbook_rows, "xlsx")]:
            timed = []
            for _ in range(runs):
                path = folder / f"contacts.{suffix}"
                manner = Manner(first_person=first_person)
                first_person += rows
                if suffix == "csv":
                    write_contacts(path, rows, manner)
                else:
                    write_workbook(path, rows, manner)
                if database is not None:
                    database.settle()
                timed.append(bench.time_import(path))
            total = median_of([run.total_seconds for run in timed])
            highest = max(timed, key=lambda run: run.memory.above_idle)
            say(f"{rows} rows of {suffix}: {total} s from upload to completed")
            measured.append(
                {
                    "format": suffix,
                    "rows": rows,
                    "upload_to_completed_seconds": total,
                    "seconds": median_of([run.seconds for run in timed]),
                    "upload_to_completed_runs": [round(run.total_seconds, 3) for run in timed],
                    **highest.memory.in_mb(),
                }
            )
    return measured
