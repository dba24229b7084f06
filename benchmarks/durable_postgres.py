"""A PostgreSQL as somebody would run it who means to keep the data, and what is timed on it beside our imports."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from benchmarks.machine import say
from benchmarks.made_contacts import HEADER
from tests.support.postgres import PostgresServer, running_postgres
from tests.support.programs import find_postgres

# Durable in every respect, with room for what is measured: no checkpoint falls into a run but by the amount of its log.
CONFIGURATION = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "wal_level": "replica",
    "shared_buffers": "2GB",
    "max_wal_size": "8GB",
    "min_wal_size": "4GB",
    "checkpoint_timeout": "30min",
    "autovacuum": "on",
}
# What a session or a worker needs to go on; all else belongs to imports and contacts.
KEPT_TABLES = {"alembic_version", "tenant", "user_account", "api_token", "sign_in_link", "lease"}
SETTLE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class BenchDatabase:
    """A database on the server, with its psql."""

    server: PostgresServer
    name: str
    psql: Path

    @property
    def url(self) -> str:
        return self.server.url(self.name)

    def connect(self) -> psycopg.Connection:
        return self.server.connect(self.name)

    def run_psql(self, command: str) -> float:
        """Run a command of psql by a psql of its own: the seconds from its start to its end."""
        began = time.perf_counter()
        subprocess.run(
            [str(self.psql), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.url, "-c", command], check=True, stdout=subprocess.DEVNULL
        )
        return time.perf_counter() - began

    def settle(self) -> None:
        """Let autovacuum end what it is at, then write a checkpoint, so that nothing of what was before falls into a run."""
        deadline = time.monotonic() + SETTLE_SECONDS
        busy = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'autovacuum worker'"
        with self.connect() as connection:
            while _one(connection, busy) and time.monotonic() < deadline:
                time.sleep(0.5)
            connection.execute("CHECKPOINT")

    def empty(self) -> None:
        """Take away every import and contact."""
        with self.connect() as connection:
            found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            names = [sql.Identifier(name) for (name,) in found if name not in KEPT_TABLES]
            # Given up before the server would look for a deadlock with what workers do beside their imports, so that none is found.
            connection.execute("SET lock_timeout = '300ms'")
            truncate = sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(names))
            deadline = time.monotonic() + SETTLE_SECONDS
            while True:
                try:
                    connection.execute(truncate)
                    return
                except psycopg.errors.LockNotAvailable:
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(0.2)

    def count_contacts(self) -> int:
        with self.connect() as connection:
            return int(_one(connection, "SELECT count(*) FROM contact"))

    def export_contacts(self, path: Path) -> None:
        """All columns of all contacts, as CSV, in the order in which they lie."""
        self.run_psql(f"\\copy contact TO '{path}' WITH (FORMAT csv)")

    def time_copy(self, path: Path) -> float:
        """Seconds that `\\copy` takes for exported contacts into an empty copy of their table."""
        with self._table("bench_contact", "(LIKE contact INCLUDING ALL)"):
            return self.run_psql(f"\\copy bench_contact FROM '{path}' WITH (FORMAT csv)")

    def time_raw_copy(self, path: Path) -> float:
        """Seconds that `\\copy` takes for the file as it is into a plain table of its columns with three ordinary indexes."""
        columns = ", ".join(f'"{name}" text' for name in HEADER)
        with self._table(
            "bench_raw", f"({columns})", *(f'CREATE INDEX ON bench_raw ("{name}")' for name in ("Email", "Phone", "Last name"))
        ):
            return self.run_psql(f"\\copy bench_raw FROM '{path}' WITH (FORMAT csv, HEADER)")

    @contextmanager
    def _table(self, name: str, columns: str, *then: str) -> Iterator[None]:
        with self.connect() as connection:
            for statement in (f"DROP TABLE IF EXISTS {name}", f"CREATE TABLE {name} {columns}", *then):
                connection.execute(statement.encode())
            self.settle()
            try:
                yield
            finally:
                connection.execute(f"DROP TABLE {name}".encode())

    def describe_contact_table(self) -> dict[str, Any]:
        """What a copy of the table has to keep up: its columns, its indexes, and how full a page is made."""
        with self.connect() as connection:
            indexes = connection.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'contact' ORDER BY indexname").fetchall()
            columns = _one(connection, "SELECT count(*) FROM information_schema.columns WHERE table_name = 'contact'")
            options = _one(connection, "SELECT reloptions FROM pg_class WHERE oid = 'contact'::regclass")
            return {"columns": columns, "indexes": [text.partition(" USING ")[2] for (text,) in indexes], "options": options or []}

    @contextmanager
    def noted_errors(self, errors: list[str]) -> Iterator[None]:
        """Add what the server calls an error in its log meanwhile: each ended a transaction of somebody's."""
        with self.server.log.open("rb") as log:
            log.seek(0, os.SEEK_END)
            yield
            lines = log.read().decode(errors="replace").splitlines()
        errors += [line.partition("ERROR:")[2].strip() for line in lines if "ERROR:" in line]


@contextmanager
def running_durable_postgres(*more: str) -> Iterator[BenchDatabase]:
    """A server of this configuration, and more settings (name=value), with one empty database, for the length of the block."""
    programs = find_postgres()
    if programs is None:
        raise SystemExit("This part needs PostgreSQL's server, which was not found.")
    options = [part for name, value in CONFIGURATION.items() for part in ("-c", f"{name}={value}")]
    options += [part for setting in more for part in ("-c", setting)]
    with running_postgres(programs, options) as server:
        say("PostgreSQL has started")
        yield BenchDatabase(server, server.create_database(), programs / "psql")


def describe_postgres(database: BenchDatabase) -> dict[str, Any]:
    """The version, and what was set, as the server says it."""
    with database.connect() as connection:
        version = _one(connection, "SELECT version()")
        changed = connection.execute(
            "SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY(%s) ORDER BY name", [list(CONFIGURATION)]
        ).fetchall()
        return {"version": version, "locale": _one(connection, "SHOW lc_collate"), "configuration": dict(changed)}


def _one(connection: psycopg.Connection, statement: str) -> Any:
    row = connection.execute(statement.encode()).fetchone()
    return row[0] if row else None
