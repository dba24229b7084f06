"""What a disk without room does to whoever writes there, and how it is told."""

import errno
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from models.errors import DiskFull
from models.full_disk import as_full_disk, telling_full_disk

# A device of Linux that is always full.
FULL = Path("/dev/full")
pytestmark = pytest.mark.skipif(not FULL.exists(), reason="no device that is always full")


def _write_plainly() -> None:
    with open(FULL, "wb", buffering=0) as file:
        file.write(b"x" * 4096)


def _write_frame() -> None:
    pl.DataFrame({"row": range(100_000)}).write_ipc(FULL, compression="uncompressed")


def _write_stream() -> None:
    pl.DataFrame({"row": range(100)}).write_ipc_stream(FULL, compression="uncompressed")


@pytest.mark.parametrize("write", [_write_plainly, _write_frame, _write_stream])
def test_whoever_finds_no_room_is_told_so(write: Callable[[], None]) -> None:
    with pytest.raises(DiskFull) as told, telling_full_disk():
        write()
    assert told.value.code == "disk_full"


def test_what_else_goes_wrong_with_a_file_stays_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), telling_full_disk():
        (tmp_path / "nothing").read_bytes()
    assert as_full_disk(ValueError("No space left on device (os error 28)")) is None
    assert as_full_disk(OSError(errno.EIO, "Input/output error")) is None
