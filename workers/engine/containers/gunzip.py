"""Unpacks gzip data (RFC 1952), of several members too, a block at a time."""

import zlib
from collections.abc import Generator, Iterator

from models.errors import UnreadableFile
from workers.engine.containers.allowance import UNPACKED_BYTES

GZIP_SIGNATURE = b"\x1f\x8b\x08"
_WITH_GZIP_HEADER = 16 + zlib.MAX_WBITS


class Gunzip:
    """Iterate for the unpacked blocks; then `trailing_bytes` says how much stands behind the gzip data that is no gzip data."""

    def __init__(self, packed: Iterator[bytes]) -> None:
        self._packed = packed
        self._unpacked_bytes = 0
        self.trailing_bytes = 0

    def __iter__(self) -> Iterator[bytes]:
        data = b""
        while True:
            data = yield from self._iter_member(data)
            while not (data := data.lstrip(b"\0")):  # padding, as on tapes
                data = next(self._packed, b"")
                if not data:
                    return
            while len(data) < len(GZIP_SIGNATURE) and (more := next(self._packed, b"")):
                data += more
            if not data.startswith(GZIP_SIGNATURE):
                self.trailing_bytes = len(data) + sum(map(len, self._packed))
                return

    def _iter_member(self, data: bytes) -> Generator[bytes, None, bytes]:
        """The blocks of one member; what follows it is returned."""
        decoder = zlib.decompressobj(_WITH_GZIP_HEADER)
        is_ended = False
        while not decoder.eof:
            if not data and not is_ended:
                data = next(self._packed, b"")
                is_ended = not data
            try:
                block = decoder.decompress(data, UNPACKED_BYTES)
            except zlib.error as error:
                raise UnreadableFile(
                    f"The gzip data are damaged: {self._unpacked_bytes:,} bytes could be unpacked, then they make no sense. "
                    "Pack the file anew.",
                    code="damaged_archive",
                ) from error
            data = decoder.unconsumed_tail
            if block:
                self._unpacked_bytes += len(block)
                yield block
            elif is_ended and not decoder.eof:
                raise UnreadableFile(
                    f"The gzip data break off after {self._unpacked_bytes:,} unpacked bytes: the end of the file is missing. "
                    "Send it again, whole.",
                    code="damaged_archive",
                )
        return decoder.unused_data
