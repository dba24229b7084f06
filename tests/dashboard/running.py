"""Serves the fake API on loopback in a thread, so that the dashboard's client speaks real HTTP to it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

SCHEMA = Path(__file__).parents[2] / "docs" / "schema.graphql"


@contextmanager
def serving(app: Starlette) -> Iterator[str]:
    """The address of `app` while the block runs."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", ws="none", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=60)
