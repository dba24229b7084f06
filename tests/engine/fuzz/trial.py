"""One trial: a damaged file is inspected and read to its end, and what comes out is checked."""

import io
import random
import resource
import signal
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from models.errors import InvalidRequest, ServiceError, Terminal
from tests.engine.fuzz.mutation import mutate
from workers.engine.detection import HEAD_BYTES, detect_format, inspect_source
from workers.engine.detection.tables import EXAMINED_ROWS
from workers.engine.frames import DialectOverrides, Inspection, ReaderLimits
from workers.engine.readers import read_chunks

LIMITS = ReaderLimits(
    max_rows=100_000,
    max_cell_characters=20_000,
    max_decompressed_bytes=50_000_000,
    workbook_memory_bytes=768 * 1024 * 1024,
    workbook_seconds=20.0,
    chunk_rows=500,
)
# Both far above what any trial takes: they tell a hang and a leak, and no slowness.
MAX_SECONDS = 60
MAX_GROWTH_BYTES = 600_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """What must not happen. `place` is the same for the same fault."""

    number: int
    source: str
    place: str
    details: str
    data: bytes


class Hang(BaseException):
    """No Exception, which the code under test might catch."""


def run_trial(name: str, number: int, data: bytes, others: Sequence[bytes]) -> Finding | None:
    """What is found in this source, damaged by a chance that hangs on its name and the number only; None: all is well.

    `others` are what pieces may be taken from.
    """
    damaged = mutate(data, others, random.Random(f"{name}/{number}"))
    before = _peak_bytes()
    place, details = _examine(damaged)
    growth = _peak_bytes() - before
    if place is None and growth > MAX_GROWTH_BYTES:
        place, details = "memory", f"grew by {growth:,} bytes"
    return None if place is None else Finding(number, name, place, details, damaged)


def _examine(data: bytes) -> tuple[str | None, str]:
    try:
        with _time_bound():
            _read(data)
    except (Exception, Hang) as error:  # anything at all is what is looked for
        last = traceback.extract_tb(error.__traceback__)[-1]
        ours = [frame for frame in traceback.extract_tb(error.__traceback__) if "/workers/" in frame.filename]
        place = ours[-1] if ours else last
        what = str(error) if isinstance(error, AssertionError) else type(error).__name__
        return f"{what} at {Path(place.filename).name}:{place.lineno}", "".join(traceback.format_exception(error))
    return None, ""


def _read(data: bytes) -> None:
    try:
        inspection = inspect_source(
            io.BytesIO(data), format=detect_format(data[:HEAD_BYTES], "a.csv"), overrides=DialectOverrides(), limits=LIMITS
        )
        _check_inspection(inspection)
        if inspection.columns:
            _read_rows(data, inspection)
    except ServiceError as error:
        _check_error(error)


def _read_rows(data: bytes, inspection: Inspection) -> None:
    headers = tuple(column.header for column in inspection.columns)
    last = 0
    first_rows: list[int] = []
    for chunk in read_chunks(io.BytesIO(data), inspection.dialect, headers, LIMITS):
        rows = chunk.frame["row"].to_list()
        assert chunk.frame.width == len(headers) + 1, "columns are missing"
        assert all(earlier < later for earlier, later in zip([last, *rows], rows, strict=False)), "row numbers do not rise"
        assert chunk.issues["row"].min() is None or chunk.issues["row"].min() >= 1, "an issue stands above the file"
        last = rows[-1] if rows else last
        first_rows += rows[: 100 - len(first_rows)]
    head = [row for row, _ in inspection.head]
    assert head == first_rows[: len(head)], "the head is not how the rows begin"
    # Where hundreds of records are no rows, the head need not go as far as they do.
    assert len(head) == len(first_rows) or first_rows[len(head)] > EXAMINED_ROWS, "the head ends too early"


def _check_error(error: ServiceError) -> None:
    assert isinstance(error, Terminal), f"{error!r} says to try again"
    assert len(error.message) > 15, f"{error.message!r} says too little"
    assert error.code not in (ServiceError.default_code, InvalidRequest.default_code), f"{error!r} has no code of its own"


def _check_inspection(inspection: Inspection) -> None:
    headers = [column.header for column in inspection.columns]
    assert len(set(headers)) == len(headers), "two columns have one name"
    assert all(header.strip() for header in headers), "a column has no name"
    assert all(len(cells) == len(headers) for _, cells in inspection.head), "the head is ragged"
    assert headers or any(decision.value is None for decision in inspection.decisions), "there are no columns, and nothing is asked"


@contextmanager
def _time_bound() -> Iterator[None]:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise Hang(f"took more than {MAX_SECONDS} seconds")

    previous = signal.signal(signal.SIGALRM, stop)
    signal.alarm(MAX_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, previous)


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
