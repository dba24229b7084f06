"""A throw-away PostgreSQL server, and fresh databases on it."""

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from api.cli.lifeline import Lifeline
from api.cli.processes import Program
from tests.support.ports import own_port

# Nothing outlives the tests, so nothing need survive a power cut.
FAST_AND_FORGETFUL = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off")
START_SECONDS = 60
STOP_SECONDS = 10


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server; every database is made from a template or empty. `log` is what it says, a line or more an error."""

    port: int
    log: Path
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(self.url(database), autocommit=True)

    def create_database(self, template: str = "template0") -> str:
        """The name of a new database."""
        name = self._new_name()
        with self.connect() as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def is_in_use(self, name: str) -> bool:
        """Whether anybody is connected to a database."""
        with self.connect() as connection:
            return connection.execute("SELECT FROM pg_stat_activity WHERE datname = %s LIMIT 1", [name]).rowcount > 0

    def rename_database(self, name: str) -> str:
        """The new name of a database that nobody is connected to."""
        new_name = self._new_name()
        with self.connect() as connection:
            connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(new_name)))
        return new_name

    def drop_database(self, name: str) -> None:
        with self.connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _new_name(self) -> str:
        return f"test_{next(self.numbers)}"


@contextmanager
def running_postgres(programs: Path, options: Sequence[str] = FAST_AND_FORGETFUL) -> Iterator[PostgresServer]:
    """A server with these options for the length of the block. It also ends when this process is killed."""
    # A short path: the name of a Unix socket has little room.
    folder = Path(tempfile.mkdtemp(prefix="rolodock-postgres-"))
    lifeline = Lifeline()
    try:
        make_cluster(programs, folder)
        port = own_port()
        with open(folder / "log", "wb") as log:
            process = server_program(programs, folder, port, options).start(lifeline, stdout=log.fileno(), stderr=log.fileno())
        try:
            server = PostgresServer(port, folder / "log")
            _wait_until_ready(server, process, folder / "log")
            yield server
        finally:
            _stop(process)
    finally:
        lifeline.close()
        shutil.rmtree(folder, ignore_errors=True)


def make_cluster(programs: Path, folder: Path) -> None:
    """Lay out a server's data in a folder, which is PostgreSQL's own user's where we are root."""
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    data = str(folder / "data")
    initdb = [str(programs / "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    subprocess.run(_as_postgres(initdb), cwd=folder, check=True, stdout=subprocess.DEVNULL)


def server_program(programs: Path, folder: Path, port: int, options: Sequence[str]) -> Program:
    """The server on the data that were laid out in a folder."""
    command = [str(programs / "postgres"), "-D", str(folder / "data"), "-k", str(folder), "-h", "127.0.0.1", "-p", str(port), *options]
    return Program.foreign("database", *_as_postgres(command))


def _as_postgres(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return command
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *command]


def _wait_until_ready(server: PostgresServer, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            server.connect().close()
            return
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {log.read_text()[-2000:]}") from error
            time.sleep(0.05)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """SIGINT asks PostgreSQL to end its sessions; SIGTERM would wait for them."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
