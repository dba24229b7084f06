"""What those who write to one SQLite file let each other know, in a page of memory that they share beside it.

SQLite has one writer at a time and no queue, and who asks again at once has it again. A notice is a courtesy and never the truth: whoever
dies leaves nothing that has to be put right, and a page that is lost costs others some waiting.
"""

import mmap
import os
import struct
import time
from pathlib import Path
from uuid import UUID

# Who has much to write begins when for so long nobody who has little has asked: what such a one does next mostly follows at once.
CALM_SECONDS = 0.02
# But not later than so long after it came, and after the last one who had much to write has ended.
PATIENCE_SECONDS = 1.0
# A wish is renewed every millisecond while somebody waits with it.
WISH_SECONDS = 1.0
# Nobody holds the writer for longer: a notice that says so is of somebody who died, or of a clock that began anew.
LONGEST_SECONDS = 30.0

_BYTES = 4096
_NANOSECONDS = 1_000_000_000
_MOMENT = struct.Struct("<q")
_WISH = struct.Struct("<16sq")
_ASKED_AT, _LONG_ENDS_AT, _WISHES_AT, _WISH_BYTES = 0, 8, 64, 32
_WISHES = (_BYTES - _WISHES_AT) // _WISH_BYTES


class Notices:
    """The page of one file. Moments are by the clock that all processes of a machine have in common and nobody sets."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._page: mmap.mmap | None = None

    def ask(self) -> None:
        """Somebody who has little to write waits to."""
        self._set(_ASKED_AT, time.monotonic_ns())

    def is_calm(self, began: float, seconds: float = CALM_SECONDS) -> bool:
        """Whether somebody who has much to write, and waits since `began`, may begin: nobody who has little has asked for so long, or they
        had their time. `began` is by `time.monotonic()`.
        """
        now = time.monotonic_ns()
        if not 0 <= now - self._get(_ASKED_AT) < seconds * _NANOSECONDS:
            return True
        ends = self._get(_LONG_ENDS_AT)
        is_credible = ends - now <= LONGEST_SECONDS * _NANOSECONDS
        return now - max(began * _NANOSECONDS, ends if is_credible else 0) >= PATIENCE_SECONDS * _NANOSECONDS

    def begin_long(self) -> None:
        """Somebody writes much from now on."""
        self._set(_LONG_ENDS_AT, time.monotonic_ns() + int(LONGEST_SECONDS * _NANOSECONDS))

    def end_long(self) -> None:
        """It is written."""
        self._set(_LONG_ENDS_AT, time.monotonic_ns())

    def wish_end(self, import_id: UUID) -> None:
        """Let whoever writes for this import break off."""
        _WISH.pack_into(self._open(), _place(import_id), import_id.bytes, time.monotonic_ns())

    def withdraw_wish(self, import_id: UUID) -> None:
        """It is over; what the import writes from now on is to be written."""
        _WISH.pack_into(self._open(), _place(import_id), bytes(16), 0)

    def is_end_wished(self, import_id: UUID) -> bool:
        """Whether somebody waits for whoever writes for this import to break off."""
        wished, moment = _WISH.unpack_from(self._open(), _place(import_id))
        return bool(wished == import_id.bytes and 0 <= time.monotonic_ns() - moment < WISH_SECONDS * _NANOSECONDS)

    def _get(self, at: int) -> int:
        moment: int = _MOMENT.unpack_from(self._open(), at)[0]
        return moment

    def _set(self, at: int, moment: int) -> None:
        _MOMENT.pack_into(self._open(), at, moment)

    def _open(self) -> mmap.mmap:
        if self._page is None:
            try:
                self._page = _map(self._path)
            except OSError:
                # Without room for a page, or the right to it, there is no courtesy; it is tried again.
                return mmap.mmap(-1, _BYTES)
        return self._page


def _map(path: Path) -> mmap.mmap:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if os.fstat(descriptor).st_size < _BYTES:
            # Written, not only made longer: where a disk is full, that fails here and not at the first notice.
            os.pwrite(descriptor, bytes(_BYTES), 0)
        return mmap.mmap(descriptor, _BYTES)
    finally:
        os.close(descriptor)


def _place(import_id: UUID) -> int:
    return _WISHES_AT + import_id.int % _WISHES * _WISH_BYTES
