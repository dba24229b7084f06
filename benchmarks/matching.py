"""What duplicates cost: a file without any beside one in which three rows of ten are about somebody above, on PostgreSQL."""

import tempfile
from pathlib import Path
from typing import Any

from benchmarks.bench_stack import Timed, running_bench_stack
from benchmarks.durable_postgres import describe_postgres, running_durable_postgres
from benchmarks.machine import median_of, say
from benchmarks.made_contacts import write_contacts
from benchmarks.made_people import Manner

SHARES = (0.0, 0.3)


def measure(rows: int, runs: int) -> dict[str, Any]:
    """Medians of both, in turns, under SKIP and under UPDATE, where the duplicates are folded into one contact."""
    measured: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="rolodock-bench-") as folder, running_durable_postgres() as database:
        paths = {share: Path(folder) / f"{share}.csv" for share in SHARES}
        for share, path in paths.items():
            write_contacts(path, rows, Manner(duplicates=share))
        with running_bench_stack(database_url=database.url) as bench:
            for strategy in ("SKIP", "UPDATE"):
                timed: dict[float, list[Timed]] = {share: [] for share in SHARES}
                for number in range(1, runs + 1):
                    for share, path in paths.items():
                        database.empty()
                        database.settle()
                        timed[share].append(bench.time_import(path, duplicateStrategy=strategy))
                        say(f"run {number}, {strategy}, {share:.0%} duplicates: {timed[share][-1].seconds:.2f} s")
                seconds = [median_of([run.seconds for run in timed[share]]) for share in SHARES]
                measured[strategy.lower()] = {
                    "seconds_without": seconds[0],
                    "seconds_with": seconds[1],
                    "ratio": round(seconds[1] / seconds[0], 3),
                    "runs_without": [run.describe() for run in timed[SHARES[0]]],
                    "runs_with": [run.describe() for run in timed[SHARES[1]]],
                }
        described = describe_postgres(database)
    return {"rows": rows, "share_with": SHARES[1], **measured, "postgres": described}
