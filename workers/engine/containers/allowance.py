"""How much a source may unpack to: checked with every block, before the block is kept."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from models.errors import LimitExceeded
from workers.engine.frames import ReaderLimits

# Small enough that what was read ahead hardly matters to the ratio.
_PACKED_BYTES = 1 << 14
UNPACKED_BYTES = 1 << 18
# Below this any ratio is harmless: a short file of one repeated row is no bomb.
_RATIO_FROM_BYTES = 16 * 1024 * 1024


class Allowance:
    """Counts what goes into the unpacking of one source and what comes out. `packed_bytes` is all that can go in.

    `trailing_bytes` is for what stood behind packed data and belongs to nothing.
    """

    def __init__(self, limits: ReaderLimits, packed_bytes: int) -> None:
        self._limits = limits
        self._most_packed = packed_bytes
        self._packed = 0
        self.trailing_bytes = 0

    def read(self, stream: BinaryIO, start: int, length: int) -> Iterator[bytes]:
        """The packed bytes from a place on, counted."""
        position, end = start, start + length
        while position < end:
            # Somebody else may have moved the stream meanwhile.
            stream.seek(position)
            block = stream.read(min(_PACKED_BYTES, end - position))
            if not block:
                return
            position += len(block)
            self._packed += len(block)
            yield block

    def bound(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """The unpacked blocks; raises `decompressed_too_large` or `compression_ratio_too_high` in place of one that is too much."""
        unpacked = 0
        for block in blocks:
            unpacked += len(block)
            self._check(unpacked)
            yield block

    def _check(self, unpacked: int) -> None:
        most, ratio = self._limits.max_decompressed_bytes, self._limits.max_compression_ratio
        if unpacked > most:
            raise LimitExceeded(
                f"The archive unpacks to more than {most:,} bytes, the most that ROLODOCK_MAX_DECOMPRESSED_BYTES allows.",
                code="decompressed_too_large",
            )
        if unpacked > _RATIO_FROM_BYTES and unpacked > ratio * min(self._packed, self._most_packed):
            raise LimitExceeded(
                f"The archive unpacks to more than {ratio:,} times its size, the most that ROLODOCK_MAX_COMPRESSION_RATIO allows; "
                "so do archives that are made to fill a disk. If this one is sound, unpack it and send what is in it.",
                code="compression_ratio_too_high",
            )
