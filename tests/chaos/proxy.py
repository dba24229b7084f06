"""A TCP proxy that breaks connections half-way: after some more bytes, in the middle of whatever is said."""

import socket
import struct
import threading
from random import Random

BUFFER_BYTES = 64 * 1024
# Closing with this says nothing any more, not even that it ends: the other side sees a connection that was reset.
RESET = struct.pack("ii", 1, 0)


class _Pair:
    """A connection from a client and the one to the server behind."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.sockets = (client, server)
        self._left: int | None = None
        self._lock = threading.Lock()

    def cut_after(self, count: int) -> None:
        """Break it after so many more bytes, whichever way they go."""
        with self._lock:
            self._left = count
        if count == 0:
            self.close()

    def pump(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while piece := source.recv(BUFFER_BYTES):
                with self._lock:
                    if self._left is not None:
                        piece, self._left = piece[: self._left], max(0, self._left - len(piece))
                    is_over = self._left == 0
                target.sendall(piece)
                if is_over:
                    break
        except OSError:
            pass
        self.close()

    def close(self) -> None:
        for end in self.sockets:
            try:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                # Closing alone would not wake the thread that waits for bytes here.
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()


class CuttingProxy:
    """Listens at a port of its own and hands on what comes to a server's port."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._pairs: set[_Pair] = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self, random: Random, most_bytes: int = 20_000) -> int:
        """Break most of the connections, each after some more bytes or at once; how many."""
        with self._lock:
            chosen = [pair for pair in self._pairs if random.random() < 0.8]
        for pair in chosen:
            pair.cut_after(random.choice((0, random.randrange(1, 200), random.randrange(1, most_bytes))))
        return len(chosen)

    def close(self) -> None:
        self._listener.close()
        with self._lock:
            pairs = list(self._pairs)
        for pair in pairs:
            pair.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self._target_port), timeout=5)
        except OSError:
            client.close()
            return
        server.settimeout(None)
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        pair = _Pair(client, server)
        with self._lock:
            self._pairs.add(pair)
        back = threading.Thread(target=pair.pump, args=(server, client), daemon=True)
        back.start()
        pair.pump(client, server)
        back.join()
        with self._lock:
            self._pairs.discard(pair)
