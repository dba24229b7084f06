"""What it costs to change contacts by an import, as UPDATE and as MERGE, beside what it cost to create them, on PostgreSQL.

The second file is about the people of the first: every one of them has got another employer and place, and a note where none was.
So UPDATE overwrites several fields of each contact and MERGE fills one, and both write a journal entry for each. A third import is the
second file once more, which changes nothing.
"""

import tempfile
from pathlib import Path
from typing import Any

from benchmarks.bench_stack import Timed, running_bench_stack
from benchmarks.durable_postgres import describe_postgres, running_durable_postgres
from benchmarks.machine import median_of, say
from benchmarks.made_contacts import write_contacts
from benchmarks.made_people import Manner

# How much is created in each, so that what is changed is what was created.
BEFORE = Manner(bad=0.0, duplicates=0.0, has_notes=False)
AFTER = Manner(bad=0.0, duplicates=0.0, changed=1.0)


def measure(rows: int, runs: int) -> dict[str, Any]:
    """Medians, and the ratios to the creation of the same contacts in the same run."""
    created: list[Timed] = []
    changed: dict[str, list[Timed]] = {"UPDATE": [], "MERGE": []}
    unchanged: list[Timed] = []
    with tempfile.TemporaryDirectory(prefix="rolodock-bench-") as folder, running_durable_postgres() as database:
        before, after = Path(folder) / "before.csv", Path(folder) / "after.csv"
        write_contacts(before, rows, BEFORE)
        write_contacts(after, rows, AFTER)
        with running_bench_stack(database_url=database.url) as bench:
            for number in range(1, runs + 1):
                for strategy, timed in changed.items():
                    database.empty()
                    database.settle()
                    created.append(bench.time_import(before))
                    database.settle()
                    timed.append(bench.time_import(after, duplicateStrategy=strategy))
                    assert timed[-1].counts["updated"] == rows, timed[-1].counts
                    say(f"run {number}: created in {created[-1].seconds:.2f} s, {strategy} in {timed[-1].seconds:.2f} s")
                    if strategy == "UPDATE":
                        database.settle()
                        unchanged.append(bench.time_import(after, duplicateStrategy=strategy))
                        assert unchanged[-1].counts["unchanged"] == rows, unchanged[-1].counts
        described = describe_postgres(database)
    creating = median_of([run.seconds for run in created])
    seconds = {strategy.lower(): median_of([run.seconds for run in timed]) for strategy, timed in changed.items()}
    seconds["unchanged"] = median_of([run.seconds for run in unchanged])
    return {
        "rows": rows,
        "create_seconds": creating,
        "seconds": seconds,
        "ratios_to_create": {name: round(value / creating, 3) for name, value in seconds.items()},
        "create_runs": [run.describe() for run in created],
        "update_runs": [run.describe() for run in changed["UPDATE"]],
        "merge_runs": [run.describe() for run in changed["MERGE"]],
        "unchanged_runs": [run.describe() for run in unchanged],
        "postgres": described,
    }
