"""How fast an import comes on and how long its phase will take, as a person would believe it: from what was done, smoothed, not from hopes.

Planning reads, judges, looks for contacts and settles, one row after the other in each of these. How many rows there will be is estimated
from the file's size and its first records, where it is plain text.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from models.queries.planning import Headway, looked_up
from models.tables import ImportJob
from models.vocabulary import DuplicateStrategy, FileFormat

# An estimate may be too low; reading is not shown as over before it is.
ALMOST = 0.98
# Batches of so many seconds tell how fast rows are written just now; others of the tenant have turns in between.
RECENT_SECONDS = 60.0
# With less than this done nothing can be told of the rest, nor sooner than this; unless so much is done by then.
LEAST_SHARE = 0.02
LEAST_SECONDS = 1.5
SOON_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Pace:
    """Rows a second (0: unknown), and the seconds left of the phase; None: unknown."""

    rows_per_second: float
    seconds_left: float | None


UNKNOWN = Pace(0.0, None)


@dataclass(frozen=True, slots=True)
class Course:
    """What share of planning's time each of its parts takes; what is missing to 1 is the end, when the plan is written down.

    They were measured with 100,000 rows of ten columns on SQLite and on PostgreSQL, which agree to within a few hundredths, and for NEW
    with a million.
    """

    reading: float
    judging: float
    looking: float
    settling: float


# Nobody is there whom a row could meet; rows that meet somebody pass over them, or keep apart from them; they change them.
NEW = Course(reading=0.43, judging=0.25, looking=0.02, settling=0.24)
LEAVING = Course(reading=0.24, judging=0.13, looking=0.42, settling=0.15)
CHANGING = Course(reading=0.15, judging=0.07, looking=0.53, settling=0.19)
COURSES = {
    DuplicateStrategy.SKIP: LEAVING,
    DuplicateStrategy.CREATE: LEAVING,
    DuplicateStrategy.UPDATE: CHANGING,
    DuplicateStrategy.MERGE: CHANGING,
}


def planned_share(job: ImportJob, headway: Headway) -> float:
    """How much of planning is done, from 0 to less than 1; 0 while nobody can say."""
    strategy = DuplicateStrategy(job.options.get("duplicate_strategy", DuplicateStrategy.SKIP.value))
    course = COURSES[strategy] if headway.meets_contacts else NEW
    if job.position or looked_up(job):
        parts = course.looking * min(looked_up(job) / job.total, 1.0) + course.settling * min(job.position / job.total, 1.0)
        return course.reading + course.judging + parts
    total = expected_rows(job)
    if not total:
        return 0.0
    return course.reading * min(job.furthest / total, ALMOST) + course.judging * min(headway.judged_rows / total, 1.0)


def expected_rows(job: ImportJob) -> float | None:
    """How many rows there will be: those of an earlier planning, else by the size of the file; None: who knows."""
    if job.total > job.furthest:
        return float(job.total)
    dialect: dict[str, Any] = job.dialect or {}
    if dialect.get("format") != FileFormat.CSV.value or dialect.get("archive") or not job.head:
        return None
    encoding = dialect.get("encoding") or "utf-8"
    sample = "".join(",".join([cell or "" for cell in cells]) + "\n" for _, cells in job.head)
    try:
        length = len(sample.encode(encoding, "replace"))
    except (LookupError, UnicodeError):
        return None
    return max(job.size_bytes * len(job.head) / length, float(job.total))


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
    if seconds <= 0 or rows_done / rows < LEAST_SHARE or (seconds < LEAST_SECONDS and rows_done / rows < SOON_SHARE):
        return UNKNOWN
    speed = done / seconds
    return Pace(speed, max((rows - rows_done) / speed - (now - last_at).total_seconds(), 0.0))
