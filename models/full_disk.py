"""A temporary file that finds no room is no bug of ours: whoever makes room lets the same work succeed."""

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from models.errors import DiskFull

log = logging.getLogger(__name__)

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
# Libraries written in Rust raise an OSError without `errno`, and say the number behind the words.
_SAID = tuple(f"(os error {number})" for number in sorted(_FULL))


def as_full_disk(error: BaseException) -> DiskFull | None:
    """The error as one that may pass, if it says that a disk or a quota of this machine is used up; None: it says something else."""
    if not isinstance(error, OSError) or not (error.errno in _FULL or str(error).endswith(_SAID)):
        return None
    where = f" with {error.filename}" if error.filename else " for temporary files (TMPDIR)"
    log.warning("a disk is full", exc_info=error)
    return DiskFull(f"There is no room left on the disk{where}. Make room; then the same works.")


@contextmanager
def telling_full_disk() -> Iterator[None]:
    """Raises DiskFull where the block finds no room on a disk."""
    try:
        yield
    except OSError as error:
        if full := as_full_disk(error):
            raise full from error
        raise
