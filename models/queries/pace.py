"""How fast an import comes on and how long its phase will take, as a person would believe it: from what was done, smoothed, not from hopes.

Planning has two parts, of which the first reads and judges, and the second settles and writes the plan. While the first one runs, how many
rows there are is estimated from the file's size and its first records, where it is plain text.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from models.tables import ImportJob
from models.vocabulary import FileFormat

# The share of planning's time that its first part is taken to need: an estimate, by which percent goes on evenly only as far as it is true.
FIRST_PART = 0.6
# An estimate may be too low; the first part is not shown as over before it is.
ALMOST = 0.98
# Batches of so many seconds tell how fast rows are written just now; others of the tenant have turns in between.
RECENT_SECONDS = 60.0
# Before that, and with less than this share done, nothing can be told of the rest.
LEAST_SECONDS = 1.5
LEAST_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class Pace:
    """Rows a second (0: unknown), and the seconds left of the phase; None: unknown."""

    rows_per_second: float
    seconds_left: float | None


UNKNOWN = Pace(0.0, None)


def planned_share(job: ImportJob) -> float:
    """How much of planning is done, from 0 to 1; 0 while nobody can say."""
    if job.position and job.total:
        return FIRST_PART + (1 - FIRST_PART) * min(job.position / job.total, 1.0)
    total = expected_rows(job)
    return FIRST_PART * min(job.furthest / total, ALMOST) if total else 0.0


def expected_rows(job: ImportJob) -> float | None:
    """How many rows there will be: those of an earlier planning, else by the size of the file; None: who knows."""
    if job.total > job.furthest:
        return float(job.total)
    dialect: dict[str, Any] = job.dialect or {}
    if dialect.get("format") != FileFormat.CSV.value or dialect.get("archive") or not job.head:
        return None
    encoding = dialect.get("encoding") or "utf-8"
    try:
        lengths = [sum(len(str(cell or "").encode(encoding, "replace")) + 1 for cell in cells) for _, cells in job.head]
    except LookupError:
        return None
    return max(job.size_bytes * len(lengths) / sum(lengths), float(job.total)) if sum(lengths) else None


def planning_pace(job: ImportJob, share: float, now: datetime) -> Pace:
    """The pace since the stage was begun; waiting for a worker counts for nothing."""
    began = job.begun_at if job.tries <= 1 else job.phase_started_at
    if began is None:
        return UNKNOWN
    seconds = (now - began).total_seconds()
    rows = expected_rows(job) or float(job.total)
    if seconds < LEAST_SECONDS or share < LEAST_SHARE or not rows:
        return UNKNOWN
    return Pace(share * rows / seconds, (1 - share) / share * seconds)


def working_pace(rows: int, rows_done: int, recent_rows: int, last_at: datetime | None, began: datetime, now: datetime) -> Pace:
    """The pace of the last minute's batches; time since the newest one is taken from what is left, so that it goes down evenly."""
    if last_at is None or not rows_done:
        return UNKNOWN
    start = max(began, now - timedelta(seconds=RECENT_SECONDS))
    done = recent_rows if recent_rows else rows_done
    seconds = (last_at - (start if recent_rows else began)).total_seconds()
    if seconds <= 0 or (seconds < LEAST_SECONDS and rows_done / rows < LEAST_SHARE):
        return UNKNOWN
    speed = done / seconds
    return Pace(speed, max((rows - rows_done) / speed - (now - last_at).total_seconds(), 0.0))
