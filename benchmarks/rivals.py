"""An import on PostgreSQL beside django-import-export on the same server, in turns.

Ours reads the messy file. The other reads what came of it, ten columns of clean contacts, so that nothing stops it: it neither checks
values nor looks for who is there already, and it has one unique index.
"""

import csv
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.bench_stack import Timed, running_bench_stack
from benchmarks.durable_postgres import BenchDatabase, describe_postgres, running_durable_postgres
from benchmarks.machine import ROOT, median_of, say
from benchmarks.made_contacts import write_contacts
from benchmarks.rival_django import FIELDS


def measure(rows: int, runs: int) -> dict[str, Any]:
    """Rows a second of both, and how many times faster ours is; each counts the rows of the file that it read."""
    ours: list[Timed] = []
    theirs: list[float] = []
    with tempfile.TemporaryDirectory(prefix="rolodock-bench-") as folder, running_durable_postgres() as database:
        raw, clean = Path(folder) / "contacts.csv", Path(folder) / "clean.csv"
        write_contacts(raw, rows)
        with running_bench_stack(database_url=database.url) as bench:
            for number in range(1, runs + 1):
                database.empty()
                database.settle()
                ours.append(bench.time_import(raw))
                if number == 1:
                    database.run_psql(f"\\copy (SELECT {', '.join(FIELDS)} FROM contact) TO '{clean}' WITH (FORMAT csv, HEADER)")
                database.empty()
                theirs.append(_time_django(database, clean))
                say(f"run {number}: ours {ours[-1].seconds:.2f} s, django-import-export {theirs[-1]:.2f} s")
        described = describe_postgres(database)
        with clean.open(newline="", encoding="utf-8") as file:
            clean_rows = sum(1 for _ in csv.reader(file)) - 1
    our_rate, their_rate = rows / median_of([run.seconds for run in ours]), clean_rows / median_of(theirs)
    return {
        "rows": rows,
        "rows_per_second": round(our_rate),
        "django_rows": clean_rows,
        "django_rows_per_second": round(their_rate),
        "times_faster": round(our_rate / their_rate, 2),
        "versions": {name: version(name) for name in ("Django", "django-import-export", "tablib", "psycopg")},
        "runs": [run.describe() for run in ours],
        "django_seconds": [round(run, 3) for run in theirs],
        "postgres": described,
    }


def _time_django(database: BenchDatabase, path: Path) -> float:
    with database.connect() as connection:
        connection.execute("DROP TABLE IF EXISTS bench_django")
    database.settle()
    command = [sys.executable, "-m", "benchmarks.rival_django", "127.0.0.1", str(database.server.port), database.name, str(path)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    with database.connect() as connection:
        connection.execute("DROP TABLE bench_django")
    return float(done.stdout)
