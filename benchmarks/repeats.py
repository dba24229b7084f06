"""How many transactions have to be repeated when two imports of one tenant run at once and half of their rows are about the same people.

Whatever ended a transaction on the server stands in the server's log as an error; a batch that is taken up again has its tries counted.
"""

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.bench_stack import Timed, running_bench_stack
from benchmarks.durable_postgres import describe_postgres, running_durable_postgres
from benchmarks.machine import say
from benchmarks.made_contacts import write_contacts
from benchmarks.made_people import Manner


def measure(rows: int, runs: int) -> dict[str, Any]:
    """The share of the batches' transactions that ended in an error and were repeated, in all runs, each of two such files."""
    measured: list[Timed] = []
    errors: list[str] = []
    with tempfile.TemporaryDirectory(prefix="rolodock-bench-") as folder, running_durable_postgres() as database:
        paths = [Path(folder) / f"{number}.csv" for number in range(2)]
        for number, path in enumerate(paths):
            write_contacts(path, rows, Manner(first_person=number * rows // 2))
        with running_bench_stack(database_url=database.url) as bench:
            for _ in range(runs):
                database.empty()
                database.settle()
                with database.noted_errors(errors), bench.watch_memory() as watch:
                    began = datetime.now(UTC)
                    jobs = [bench.begin(path, duplicateStrategy="UPDATE") for path in paths]
                    counts = [bench.wait(job) for job in jobs]
                timed = [bench.read_times(job, count, began, watch.memory) for job, count in zip(jobs, counts, strict=True)]
                measured += timed
                say(f"both in {max(run.total_seconds for run in timed):.2f} s, {sum(run.repeated for run in timed)} batches repeated")
        described = describe_postgres(database)
    batches, repeated = sum(run.batches for run in measured), sum(run.repeated for run in measured)
    return {
        "rows": rows,
        "batches": batches,
        "batches_repeated": repeated,
        "transactions_repeated": len(errors),
        "share_of_transactions_repeated": round(len(errors) / (batches + len(errors)), 4),
        "errors_of_the_server": {text: errors.count(text) for text in sorted(set(errors))},
        "runs": [run.describe() for run in measured],
        "postgres": described,
    }
