"""Ports of this machine."""

import errno
import socket

from models.errors import Terminal

EVERYWHERE = ("0.0.0.0", "::", "")


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on just now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def local_url(host: str, port: int) -> str:
    """Where a program on this machine reaches what listens there."""
    if host in EVERYWHERE:
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def require_free(host: str, port: int) -> None:
    """Raise Terminal with one clear sentence where we could not listen there."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        with socket.socket(family, kind, protocol) as listener:
            # A port whose last connections are still being forgotten is free to a server that sets this, as ours does.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Terminal(
                f"Port {port} of {host} is in use by another program; choose another with --port.", code="port_in_use"
            ) from error
        raise Terminal(f"Rolodock cannot listen at {host}, port {port}: {error.strerror}.", code="cannot_listen") from error
