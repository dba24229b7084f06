"""A short storm on each set-up: the long one is `make chaos`."""

import pytest

from tests.chaos.__main__ import weather
from tests.chaos.reporting import is_passed

FAULTS = 10
# Which faults, and when, follows from the seed; what they meet does not.
SEED = 21
ROWS = 1_500
# What is promised is for a machine that has nothing else to do, which the one that runs the suite has; the long storm holds it to that.
RECOVERY_SECONDS = 60.0


@pytest.mark.slow
@pytest.mark.timeout(800)
@pytest.mark.parametrize("name", ["postgres", "default"])
def test_what_is_disturbed_by_many_faults_comes_to_what_is_undisturbed(request: pytest.FixtureRequest, name: str) -> None:
    if name == "postgres":
        request.getfixturevalue("postgres_server")  # Skips where there is none.
    findings = weather(name, SEED, FAULTS, ROWS, is_short=True)
    assert findings.differences == []
    assert findings.bugs == {}
    assert is_passed(findings, RECOVERY_SECONDS)
    assert findings.faults.total() > FAULTS // 2
