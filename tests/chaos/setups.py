"""The two whole Rolodocks that faults are committed on: what is killed, cut and filled, and whether all of it is well again."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import redis
from sqlalchemy import text

from api.cli.broker import Broker
from api.cli.processes import Program
from api.cli.worker import ENVIRONMENT as WORKER
from models.database import Database, make_database, reading
from models.errors import Transient
from models.revisions import upgrade
from models.settings import Settings
from tests.chaos.clocks import Clock
from tests.chaos.disk import Disk
from tests.chaos.keeping import Keeper, Kept, count_threads
from tests.chaos.proxy import CuttingProxy
from tests.support.ports import own_port
from tests.support.postgres import PostgresServer, make_cluster, server_program
from tests.support.processes import descendants, wait_until

START_SECONDS = 90.0
WORKERS = 2
# A worker that is ready has its loops and its consumers; one that still loads its libraries has not.
READY_THREADS = 11
# What was committed is there after a crash of the server; a crash of the whole machine is not tried here.
POSTGRES_OPTIONS = ("-c", "fsync=off", "-c", "max_wal_size=256MB", "-c", "log_min_duration_statement=3000")


class Setup(ABC):
    """A running Rolodock. `settings` are for the harness itself: its own ways to database and files, past all that is broken."""

    def __init__(self, name: str, disk: Disk, settings: Settings, url: str, database: Database) -> None:
        self.name = name
        self.disk = disk
        self.settings = settings
        self.url = url
        self.database = database
        self._healing = 0
        self._lock = threading.Lock()
        self._client = httpx.Client(base_url=url, trust_env=False, timeout=5)

    @abstractmethod
    def worker_pids(self) -> list[int]:
        """The workers that run now."""

    @abstractmethod
    def api_pids(self) -> list[int]:
        """The API processes that run now."""

    @abstractmethod
    def publisher_pids(self) -> list[int]:
        """The publishers that run now."""

    @abstractmethod
    def broker_pids(self) -> list[int]:
        """The broker's processes that run now."""

    @abstractmethod
    def broker_url(self) -> str:
        """The broker itself."""

    def later(self, seconds: float, heal: Callable[[], None]) -> None:
        """Undo a fault after a while; all is not well before."""

        def healed() -> None:
            try:
                heal()
            finally:
                with self._lock:
                    self._healing -= 1

        with self._lock:
            self._healing += 1
        timer = threading.Timer(seconds, healed)
        timer.daemon = True
        timer.start()

    def is_whole(self) -> bool:
        """Whether every process is there and answers, and nothing is left to heal."""
        with self._lock:
            if self._healing:
                return False
        pids = self.worker_pids()
        if len(pids) < WORKERS or any(count_threads(pid) < READY_THREADS for pid in pids):
            return False
        try:
            if not self._client.get("/readyz").is_success:
                return False
            with redis.Redis.from_url(self.broker_url(), socket_timeout=5) as broker:
                broker.ping()
            with reading(self.database) as tx:
                tx.execute(text("SELECT 1"))
        except (httpx.TransportError, redis.RedisError, Transient, OSError):
            return False
        return True

    def wait_until_whole(self, seconds: float = START_SECONDS) -> None:
        wait_until(self.is_whole, seconds)

    def close(self) -> None:
        self._client.close()
        self.database.close()


class PostgresSetup(Setup):
    """An API process and two workers that somebody runs, on PostgreSQL and Valkey, each behind a proxy that can break its connections."""

    def __init__(self, disk: Disk, programs: Path, keeper: Keeper, chosen: dict[str, str]) -> None:
        folder = disk.folder
        port, database_port = own_port(), own_port()
        cluster = folder / "postgres"
        cluster.mkdir()
        make_cluster(programs, cluster)
        self.database_process = keeper.keep(server_program(programs, cluster, database_port, POSTGRES_OPTIONS))
        server = PostgresServer(database_port, self.database_process.log)
        wait_until(lambda: _answers(server), START_SECONDS)
        name = server.create_database()
        broker = Broker(folder / "broker")
        self._broker = broker
        self.broker_process = keeper.keep(broker.program())
        self.database_proxy = CuttingProxy(database_port)
        self.broker_proxy = CuttingProxy(urlsplit(broker.url).port or 0)
        settings = Settings(data_dir=folder / "data", database_url=server.url(name), redis_url=broker.url)
        upgrade(settings.resolved_database_url())
        super().__init__("postgres", disk, settings, f"http://127.0.0.1:{port}", make_database(settings.resolved_database_url()))
        environment = {
            **_variables(chosen),
            "ROLODOCK_DATA_DIR": str(settings.data_dir),
            "ROLODOCK_DATABASE_URL": _through(server.url(name), self.database_proxy.port),
            "ROLODOCK_REDIS_URL": _through(broker.url, self.broker_proxy.port),
            "ROLODOCK_PUBLIC_URL": self.url,
            "TMPDIR": _temporary(folder),
        }
        self.clocks = [Clock(folder / f"{name}.clock") for name in ("worker-1", "worker-2", "api")]
        *for_workers, for_api = [environment | clock.environment() for clock in self.clocks]
        self.workers = [
            keeper.keep(Program.own(f"worker-{number}", "worker", environment=WORKER | its))
            for number, its in enumerate(for_workers, start=1)
        ]
        self.api = keeper.keep(Program.own("api", "api", "--port", str(port), environment=for_api))

    def worker_pids(self) -> list[int]:
        return [worker.process.pid for worker in self.workers if worker.process.poll() is None]

    def api_pids(self) -> list[int]:
        return [self.api.process.pid]

    def publisher_pids(self) -> list[int]:
        return self.api.pids()[1:]

    def broker_pids(self) -> list[int]:
        return [self.broker_process.process.pid]

    def broker_url(self) -> str:
        return self._broker.url

    def close(self) -> None:
        super().close()
        self.database_proxy.close()
        self.broker_proxy.close()


class DefaultSetup(Setup):
    """`rolodock up`: SQLite, a Valkey of its own, and its own supervisor; all on one machine, with one clock."""

    def __init__(self, disk: Disk, keeper: Keeper, chosen: dict[str, str]) -> None:
        port = own_port()
        settings = Settings(data_dir=disk.folder / "data")
        self.clock = Clock(disk.folder / "machine.clock")
        environment = {**_variables(chosen), "TMPDIR": _temporary(disk.folder), **self.clock.environment()}
        arguments = ("up", "--data-dir", str(settings.data_dir), "--port", str(port), "--workers", str(WORKERS))
        self.up: Kept = keeper.keep(Program.own("up", *arguments, environment=environment))
        super().__init__("default", disk, settings, f"http://127.0.0.1:{port}", make_database(settings.resolved_database_url()))

    def worker_pids(self) -> list[int]:
        return self._pids("api.cli worker")

    def api_pids(self) -> list[int]:
        return self._pids("api.cli api")

    def publisher_pids(self) -> list[int]:
        return self._pids("api.cli publisher")

    def broker_pids(self) -> list[int]:
        return self._pids("valkey-server")

    def broker_url(self) -> str:
        try:
            lines = (self.settings.data_dir / "broker" / "valkey.conf").read_text().splitlines()
        except FileNotFoundError as error:
            raise redis.ConnectionError("There is no broker yet.") from error
        said = dict(line.partition(" ")[::2] for line in lines)
        return f"redis://:{said['requirepass']}@127.0.0.1:{said['port']}/0"

    def _pids(self, part: str) -> list[int]:
        found = descendants(self.up.process.pid)
        # A guard has the program in its own command line.
        return [pid for pid, command in found.items() if part in command and "guard" not in command]


@contextmanager
def running(name: str, disk: Disk, programs: Path | None, chosen: dict[str, str]) -> Iterator[Setup]:
    """A set-up that is well, for the length of the block."""
    keeper = Keeper(disk.folder / "logs")
    try:
        if name == "default":
            setup: Setup = DefaultSetup(disk, keeper, chosen)
        else:
            assert programs is not None, "PostgreSQL was not found."
            setup = PostgresSetup(disk, programs, keeper, chosen)
        try:
            setup.wait_until_whole()
            yield setup
        finally:
            setup.close()
    finally:
        keeper.close()


def _variables(chosen: dict[str, str]) -> dict[str, str]:
    return {f"ROLODOCK_{name.upper()}": value for name, value in chosen.items()}


def _through(url: str, port: int) -> str:
    return url.replace(f":{urlsplit(url).port}/", f":{port}/")


def _temporary(folder: Path) -> str:
    """Also what goes through a temporary file goes to the disk that fills up."""
    path = folder / "tmp"
    path.mkdir()
    return str(path)


def _answers(server: PostgresServer) -> bool:
    try:
        server.connect().close()
    except Exception:  # Whatever it is, the server is not there yet.
        return False
    return True
