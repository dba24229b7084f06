"""An import into a PostgreSQL that holds ten times as many contacts already, beside the same into an empty one."""

import tempfile
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from psycopg import sql

from benchmarks.bench_stack import Timed, running_bench_stack
from benchmarks.durable_postgres import BenchDatabase, describe_postgres, running_durable_postgres
from benchmarks.machine import median_of, say
from benchmarks.made_contacts import write_contacts
from benchmarks.made_people import PEOPLE, Manner, iter_people
from models.clock import ID_TIMESTAMP_SHIFT, new_id

TIMES = 10
COLUMNS = (
    "tenant_id", "id", "version", "created_at", "updated_at", "first_name", "last_name", "email", "phone", "company", "job_title", "city",
    "postal_code", "country", "notes", "consent", "tags", "custom", "email_key",
)  # fmt: skip
TOLD_EVERY = 1_000_000


def measure(rows: int, runs: int) -> dict[str, Any]:
    """Medians, and the ratio of the full table's to the empty one's. Each run in the full table is about people new to it."""
    empty: list[Timed] = []
    full: list[Timed] = []
    with tempfile.TemporaryDirectory(prefix="rolodock-bench-") as folder, running_durable_postgres() as database:
        raw = Path(folder) / "contacts.csv"
        with running_bench_stack(database_url=database.url) as bench:
            for number in range(runs):
                write_contacts(raw, rows, Manner(first_person=number * rows))
                database.empty()
                database.settle()
                empty.append(bench.time_import(raw))
                say(f"run {number + 1}, empty table: {empty[-1].seconds:.2f} s")
            database.empty()
            load_contacts(database, rows * TIMES)
            for number in range(runs):
                write_contacts(raw, rows, Manner(first_person=number * rows))
                database.settle()
                full.append(bench.time_import(raw))
                say(f"run {number + 1}, full table: {full[-1].seconds:.2f} s")
        described = describe_postgres(database)
    seconds = {"empty": median_of([run.seconds for run in empty]), "full": median_of([run.seconds for run in full])}
    return {
        "rows": rows,
        "contacts_before": rows * TIMES,
        "seconds": seconds,
        "ratio_of_full_to_empty": round(seconds["full"] / seconds["empty"], 3),
        "empty_runs": [run.describe() for run in empty],
        "full_runs": [run.describe() for run in full],
        "postgres": described,
    }


def load_contacts(database: BenchDatabase, count: int) -> None:
    """Put so many contacts of the one tenant there by COPY, and leave the table as autovacuum would once it had the time."""
    say(f"loading {count} contacts")
    with database.connect() as connection:
        row = connection.execute("SELECT id FROM tenant").fetchone()
        assert row is not None
        copy_into = sql.SQL("COPY contact ({}) FROM STDIN").format(sql.SQL(", ").join(map(sql.Identifier, COLUMNS)))
        with connection.cursor() as cursor, cursor.copy(copy_into) as copy:
            for number, values in enumerate(_iter_values(row[0], count), start=1):
                copy.write_row(values)
                if number % TOLD_EVERY == 0:
                    say(f"{number} contacts loaded")
        connection.execute("VACUUM ANALYZE contact")
    database.settle()


def _iter_values(tenant_id: uuid.UUID, count: int) -> Iterator[tuple[Any, ...]]:
    now = datetime.now(UTC)
    # Ids that rise, as those of an import do.
    first_id = new_id(now).int >> ID_TIMESTAMP_SHIFT << ID_TIMESTAMP_SHIFT | 7 << 76 | 2 << 62
    for number, person in enumerate(iter_people(count, Manner(first_person=PEOPLE // 2))):
        yield (
            tenant_id,
            uuid.UUID(int=first_id + number),
            1,
            now,
            now,
            person.first_name,
            person.last_name,
            person.email,
            person.phone_e164,
            person.company,
            person.job_title,
            person.city,
            person.postal_code,
            person.place.country.code,
            person.notes or None,
            "unknown",
            "[]",
            "{}",
            person.email,
        )
