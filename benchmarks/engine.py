"""The heart: an import from PLANNING to COMPLETED on PostgreSQL, beside `psql \\copy` of what came of it and of the raw file.

Ours and the copies are run in turns, so that whatever else the machine does falls on all of them.
"""

import tempfile
from pathlib import Path
from typing import Any

from benchmarks.bench_stack import Timed, running_bench_stack
from benchmarks.durable_postgres import describe_postgres, running_durable_postgres
from benchmarks.machine import median_of, say
from benchmarks.made_contacts import write_contacts
from benchmarks.made_people import USUAL


def measure(rows: int, runs: int) -> dict[str, Any]:
    """Medians, every single run, and the ratios of the medians; below 1 is faster than the copy."""
    with tempfile.TemporaryDirectory(prefix="rolodock-bench-") as folder, running_durable_postgres() as database:
        raw, exported = Path(folder) / "contacts.csv", Path(folder) / "exported.csv"
        write_contacts(raw, rows)
        ours: list[Timed] = []
        copies: list[float] = []
        raw_copies: list[float] = []
        errors: list[str] = []
        with running_bench_stack(database_url=database.url) as bench:
            table = database.describe_contact_table()
            postgres = describe_postgres(database)
            for number in range(1, runs + 1):
                database.empty()
                database.settle()
                with database.noted_errors(errors):
                    ours.append(bench.time_import(raw))
                contacts = database.count_contacts()
                assert contacts == ours[-1].counts["created"], "each created contact is there"
                if number == 1:
                    database.export_contacts(exported)
                database.empty()
                copies.append(database.time_copy(exported))
                raw_copies.append(database.time_raw_copy(raw))
                say(f"run {number}: import {ours[-1].seconds:.2f} s, copy {copies[-1]:.2f} s, raw copy {raw_copies[-1]:.2f} s")
    seconds, copy, raw_copy = median_of([run.seconds for run in ours]), median_of(copies), median_of(raw_copies)
    return {
        "rows": rows,
        "contacts": contacts,
        "file": {"bad": USUAL.bad, "duplicates": USUAL.duplicates},
        "seconds": seconds,
        "rows_per_second": round(rows / seconds),
        "copy_seconds": copy,
        "raw_copy_seconds": raw_copy,
        "ratio_to_copy": round(seconds / copy, 3),
        "ratio_to_raw_copy": round(seconds / raw_copy, 3),
        "runs": [run.describe() for run in ours],
        "copy_runs": [round(run, 3) for run in copies],
        "raw_copy_runs": [round(run, 3) for run in raw_copies],
        "share_of_transactions_repeated": round(len(errors) / (len(errors) + sum(run.batches for run in ours)), 4),
        "errors_of_the_server": {text: errors.count(text) for text in sorted(set(errors))},
        "contact_table": table,
        "postgres": postgres,
    }
