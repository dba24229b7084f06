"""A Rolodock to be measured on SQLite, the default set-up, or on a durable PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.bench_stack import BenchStack, running_bench_stack
from benchmarks.durable_postgres import describe_postgres, running_durable_postgres

SQLITE, POSTGRES = "sqlite", "postgres"
DATABASES = (SQLITE, POSTGRES)


@contextmanager
def running_on(database: str, *options: str) -> Iterator[tuple[BenchStack, dict[str, Any]]]:
    """A bench stack on the one or the other, and what is to be said of it. `options` are settings of PostgreSQL (name=value)."""
    if database == SQLITE:
        with running_bench_stack() as bench:
            yield bench, {}
        return
    with running_durable_postgres(*options) as server, running_bench_stack(server.url) as bench:
        yield bench, {"server": describe_postgres(server)}
