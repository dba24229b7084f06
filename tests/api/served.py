"""The application on a real socket, in a thread of its own."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp


@contextmanager
def serving(app: ASGIApp, listener: socket.socket) -> Iterator[str]:
    """The address that it is served at for as long as the block lasts."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="websockets-sansio", timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def bind() -> socket.socket:
    """A listener on a free port."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    return listener
