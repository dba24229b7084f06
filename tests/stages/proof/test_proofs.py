"""Through the real stages, on both databases, for random files, contacts, options, workers, deaths and edits.

Each case follows from its seed, which a failure names; `python -m tests.stages.proof` runs as many as there is time for.
"""

import pytest

from tests.stages.proof.drifting import NOTHING_SEEN, prove_drift
from tests.stages.proof.editing import prove_edits
from tests.stages.proof.ground import Ground
from tests.stages.proof.outcomes import prove_outcome
from tests.stages.proof.reimporting import prove_reimport
from tests.stages.proof.retrying import prove_retry
from tests.stages.proof.together import prove_together
from tests.stages.proof.undisturbed import prove_undisturbed

# The deadline for a single test is for tests that hang; these take their time where the machine is busy.
pytestmark = pytest.mark.timeout(600)


def _seeds(ground: Ground, count: int) -> range:
    """The even ones on SQLite and the odd ones on Postgres: most of what a seed decides is not the database's affair."""
    return range(count)[0 if ground.database.dialect_name == "sqlite" else 1 :: 2]


def test_an_import_comes_to_what_the_specification_says_row_by_row(ground: Ground) -> None:
    for seed in _seeds(ground, 24):
        prove_outcome(seed, ground)


def test_an_import_that_edits_disturb_keeps_its_promises_and_its_counts(ground: Ground) -> None:
    seen = sum((prove_drift(seed, ground) for seed in _seeds(ground, 16)), start=NOTHING_SEEN)
    assert min(seen.left, seen.promised) > 0


def test_a_corrected_file_touches_only_what_was_corrected(ground: Ground) -> None:
    for seed in _seeds(ground, 6):
        prove_reimport(seed, ground)


def test_a_file_that_is_corrected_in_place_comes_to_what_the_right_one_would_have(ground: Ground) -> None:
    for seed in _seeds(ground, 8):
        prove_edits(seed, ground)


def test_a_retry_comes_to_what_the_specification_makes_of_the_rows_that_are_left(ground: Ground) -> None:
    for seed in _seeds(ground, 10):
        prove_retry(seed, ground)


def test_an_import_that_failed_in_part_and_is_retried_comes_to_what_an_undisturbed_one_would_have(ground: Ground) -> None:
    for seed in _seeds(ground, 10):
        prove_undisturbed(seed, ground)


@pytest.mark.parametrize(("database_url", "count"), [("sqlite", 3), ("postgres", 8)], indirect=["database_url"])
def test_two_imports_and_people_at_once_lose_nothing_and_make_nobody_twice(ground: Ground, count: int) -> None:
    for seed in range(count):
        prove_together(seed, ground)
