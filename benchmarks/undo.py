"""What it costs to undo an import, beside what the import itself cost: one that created contacts, and one that changed each of them.

On PostgreSQL, with two workers. The second file is about the people of the first, as in `updates`: several fields of each contact change.
"""

import tempfile
from pathlib import Path
from typing import Any

from benchmarks.bench_stack import BenchStack, running_bench_stack
from benchmarks.durable_postgres import BenchDatabase, describe_postgres, running_durable_postgres
from benchmarks.machine import median_of, say
from benchmarks.made_contacts import write_contacts
from benchmarks.updates import AFTER, BEFORE


def measure(rows: int, runs: int) -> dict[str, Any]:
    """Medians of the seconds from the request to ROLLED_BACK, and their ratios to the time that the undone import took."""
    seconds: dict[str, list[float]] = {"created": [], "updated": []}
    ratios: dict[str, list[float]] = {"created": [], "updated": []}
    with tempfile.TemporaryDirectory(prefix="rolodock-bench-") as folder, running_durable_postgres() as database:
        before, after = Path(folder) / "before.csv", Path(folder) / "after.csv"
        write_contacts(before, rows, BEFORE)
        write_contacts(after, rows, AFTER)
        with running_bench_stack(database_url=database.url) as bench:
            for number in range(1, runs + 1):
                database.empty()
                database.settle()
                bench.time_import(before)
                database.settle()
                job, updated = bench.time_named_import(after, duplicateStrategy="UPDATE")
                times = {"updated": (updated.seconds, _undo(bench, database, job, restored=rows))}
                # As after most imports: nobody has touched what it created.
                database.empty()
                database.settle()
                job, created = bench.time_named_import(before)
                times["created"] = (created.seconds, _undo(bench, database, job, removed=rows))
                for kind, (imported, undone) in times.items():
                    seconds[kind].append(undone)
                    ratios[kind].append(undone / imported)
                    say(f"run {number}: {kind} in {imported:.2f} s, undone in {undone:.2f} s")
        described = describe_postgres(database)
    return {
        "rows": rows,
        "seconds_to_undo": {kind: round(median_of(taken), 3) for kind, taken in seconds.items()},
        "rows_per_second": {kind: round(rows / median_of(taken)) for kind, taken in seconds.items()},
        "ratios_to_the_import": {kind: round(median_of(taken), 3) for kind, taken in ratios.items()},
        "postgres": described,
    }


def _undo(bench: BenchStack, database: BenchDatabase, job: str, *, removed: int = 0, restored: int = 0) -> float:
    database.settle()
    taken, undone = bench.time_rollback(job)
    assert undone == {"removed": removed, "restored": restored, "kept": 0}, undone
    return taken
