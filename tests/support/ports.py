"""Ports for the servers that tests start."""

import itertools
import os
import socket

# Below those that systems give to whoever asks for any, so that no connection happens to take one before its server does.
_LOWEST, _COUNT = 20_000, 12_000
# Test processes that run at once have neighbouring ids; each begins elsewhere.
_NUMBERS = itertools.count(os.getpid() * 97)


def own_port() -> int:
    """A port of 127.0.0.1 that nobody listens on, and that this process hands out once."""
    for number in itertools.islice(_NUMBERS, _COUNT):
        port = _LOWEST + number % _COUNT
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("Every port is in use.")
