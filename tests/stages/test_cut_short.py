"""An import that is cancelled at any moment and retried comes to what it comes to undisturbed, and says the same of it."""

from collections.abc import Sequence
from typing import Any

from models.lifecycle import CANCELLABLE
from models.vocabulary import DirectoryPolicy, DuplicateStrategy, ErrorPolicy, ImportStatus
from tests.stages.accounts import Account, take_account
from tests.support.rig import Rig

KNOWN = [{"email": f"p{n}@example.com", "company": ""} for n in (0, 4, 7)]
COMPANIES = ("Acme Inc.", "ACME", "Beta Ltd", "beta ltd.", "Gamma")
# Each company is named first in one batch, and again in others.
PEOPLE = [{"email": f"p{n}@example.com", "company": COMPANIES[n % 5], "owner": f"O{n % 4}"} for n in range(8)]
PEOPLE += [{"email": "no address", "company": "Of nobody"}, {"email": "p1@example.com", "company": "Delta", "owner": "Late"}]
NAMES = {"duplicate_strategy": DuplicateStrategy.MERGE, "company_policy": DirectoryPolicy.CREATE, "owner_policy": DirectoryPolicy.CREATE}


def _come(rig: Rig, rows: list[dict[str, str]], stops: Sequence[int] = (), *, is_reviewed: bool = False, **options: Any) -> Account:
    """What an import of a tenant of its own comes to: cancelled and retried after so many messages each time, the newest first."""
    mine = Rig(rig.deps, rig.add_tenant(), rig.outbox, rig.runner)
    known = mine.import_rows(KNOWN, tenant_id=mine.tenant_id)
    mapping = {name: name for name in rows[0]}
    job_id = mine.add_rows(rows, tenant_id=mine.tenant_id, mapping=mapping, auto_start=not is_reviewed, **options)
    waited, left = 0, list(stops)
    while mine.outbox.waiting or mine.status(job_id) is ImportStatus.PLANNED:
        if left and waited == left[0] and mine.status(job_id) in CANCELLABLE:
            waited, left = 0, left[1:]
            mine.cancel(job_id)
            mine.drain()
            mine.retry(job_id)
        elif mine.status(job_id) is ImportStatus.PLANNED:
            mine.start(job_id)
        mine.deliver(*mine.outbox.waiting.pop())
        waited += 1
    assert not left
    return take_account(mine, [known, job_id])


def test_a_cancel_at_any_moment_and_a_retry_lose_no_issue(rig: Rig) -> None:
    undisturbed = _come(rig, PEOPLE, **NAMES)
    assert {code for _, code, *_ in undisturbed.issues} == {"new_company", "new_owner", "invalid_email", "duplicate_row"}
    # Read, planned, and after each of the batches.
    for stop in range(1, 7):
        assert _come(rig, PEOPLE, [stop], **NAMES) == undisturbed, stop
    assert _come(rig, PEOPLE, [3, 2, 2], **NAMES) == undisturbed


def test_a_plan_that_was_shown_and_is_cut_short_loses_no_issue(rig: Rig) -> None:
    undisturbed = _come(rig, PEOPLE, is_reviewed=True, **NAMES)
    # Planned and shown, applied in part, and a retry that is planned and shown.
    assert _come(rig, PEOPLE, [2, 4, 1], is_reviewed=True, **NAMES) == undisturbed


def test_a_retry_stops_where_the_whole_import_would_have(rig: Rig) -> None:
    rows = [{"email": "no" if n in (1, 2, 8) else f"q{n}@example.com"} for n in range(1, 11)]
    for rate, stopped in ((0.2, 2), (0.3, 0)):
        options = {"error_policy": ErrorPolicy.STOP_AT_ERROR_RATE, "max_error_rate": rate}
        undisturbed = _come(rig, rows, **options)
        assert undisturbed.counts["unprocessed"] == stopped
        for stop in (3, 4):
            assert _come(rig, rows, [stop], **options) == undisturbed, (rate, stop)
