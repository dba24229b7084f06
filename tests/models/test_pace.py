"""Share, speed and time left: what a person would believe, and nothing where nothing can be told."""

from datetime import UTC, datetime, timedelta

import pytest

from models.queries.pace import ALMOST, CHANGING, COURSES, NEW, expected_rows, planned_share, planning_pace, working_pace
from models.queries.planning import Headway
from models.tables import ImportJob
from models.vocabulary import DuplicateStrategy, FileFormat

START = datetime(2026, 1, 2, tzinfo=UTC)
HEAD = [[row, ["ann@example.com", "Ann"]] for row in range(1, 11)]  # 20 bytes a record
CSV = {"format": FileFormat.CSV.value, "encoding": "utf-8"}


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def planning(**values: object) -> ImportJob:
    given = {
        "dialect": CSV,
        "head": HEAD,
        "size_bytes": 20_000,
        "begun_at": START,
        "phase_started_at": START,
        "tries": 1,
        "options": {},
        **values,
    }
    return ImportJob(**given)


def test_rows_to_come_are_expected_by_the_size_of_the_file() -> None:
    assert expected_rows(planning()) == 1_000
    assert expected_rows(planning(total=1_500, furthest=1_500)) == 1_500
    assert expected_rows(planning(total=700)) == 700


@pytest.mark.parametrize(
    "values",
    [
        {"dialect": None},
        {"dialect": CSV | {"archive": "zip"}},
        {"dialect": {"format": "xlsx"}},
        {"head": []},
        {"dialect": CSV | {"encoding": "?"}},
    ],
)
def test_of_what_cannot_be_told_nothing_is_told(values: dict[str, object]) -> None:
    job = planning(total=100, furthest=100, **values)
    assert expected_rows(job) is None
    assert planned_share(job, Headway()) == 0
    assert planning_pace(job, 0.0, at(60)).seconds_left is None


@pytest.mark.parametrize("strategy", DuplicateStrategy)
@pytest.mark.parametrize("meets_contacts", [False, True])
def test_planning_goes_forward_through_all_its_parts(strategy: DuplicateStrategy, meets_contacts: bool) -> None:
    course = COURSES[strategy] if meets_contacts else NEW
    options = {"duplicate_strategy": strategy.value}

    def share(judged: int, **values: int) -> float:
        return planned_share(planning(options=options, **values), Headway(judged_rows=judged, meets_contacts=meets_contacts))

    reading = [share(0, total=seen, furthest=seen) for seen in range(0, 1_300, 100)]
    judging = [share(judged, total=1_200, furthest=1_200) for judged in range(0, 1_300, 100)]
    looking = [share(1_200, total=1_200, furthest=1_200 + looked) for looked in range(100, 1_300, 100)]
    # Where nobody can be met, nobody is looked for.
    looked = 1_200 if meets_contacts else 0
    settling = [share(1_200, total=1_200, position=done, furthest=1_200 + looked + done) for done in range(100, 1_300, 100)]
    parts = [*reading, *judging, *(looking if meets_contacts else []), *settling]
    assert parts == sorted(parts)
    assert (reading[0], reading[-1]) == (0, pytest.approx(course.reading * ALMOST))
    assert settling[-1] < 1
    assert settling[-1] == pytest.approx(course.reading + course.judging + course.settling + (course.looking if meets_contacts else 0))


def test_the_parts_of_planning_leave_time_for_its_end() -> None:
    for course in (NEW, *COURSES.values()):
        assert 0.9 < course.reading + course.judging + course.looking + course.settling < 0.98
    assert CHANGING.looking > 0.5


def test_time_left_of_planning_follows_from_the_time_it_took_so_far() -> None:
    job = planning(total=500, furthest=500)
    share = planned_share(job, Headway(judged_rows=250))
    pace = planning_pace(job, share, at(30))
    assert pace.seconds_left == pytest.approx(30 / share - 30)
    assert pace.rows_per_second == pytest.approx(1_000 * share / 30)
    assert planning_pace(job, share, at(1)).seconds_left is None
    assert planning_pace(planning(begun_at=None), 0.5, at(30)).seconds_left is None


def test_an_even_run_is_told_true_and_its_time_left_goes_down_evenly() -> None:
    # A batch of 1,000 rows each second, 100 in all.
    told = []
    for tenth in range(20, 1_000):
        done = tenth // 10
        recent = min(done, 60)
        pace = working_pace(100_000, done * 1_000, recent * 1_000, at(done), START, at(tenth / 10))
        assert pace.seconds_left is not None
        told.append((100 - tenth / 10, pace.seconds_left))
    assert all(abs(left - said) <= 0.1 + left * 0.03 for left, said in told)


def test_a_pause_for_the_turns_of_others_does_not_spoil_what_is_told() -> None:
    # Nothing for five minutes, then as fast as ever.
    pace = working_pace(100_000, 20_000, 10_000, at(340), START, at(340))
    assert pace.rows_per_second == pytest.approx(10_000 / 60)
    during = working_pace(100_000, 10_000, 0, at(10), START, at(200))
    assert during.rows_per_second == pytest.approx(1_000)


def test_the_first_small_batches_tell_nothing() -> None:
    assert working_pace(1_000_000, 50, 50, at(0.2), START, at(0.3)).seconds_left is None
    # Waiting for the turn to write comes before them.
    assert working_pace(1_000_000, 550, 550, at(3), START, at(3.1)).seconds_left is None
    assert working_pace(1_000_000, 0, 0, None, START, at(3)).seconds_left is None
    assert working_pace(100, 50, 50, at(0.2), START, at(0.2)).seconds_left == pytest.approx(0.2)
