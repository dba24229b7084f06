"""Two that touch one contact at a time: whichever statement of the one the other comes between, the outcome is one of the lawful ones."""

from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import col

from models.database import reading
from models.errors import ServiceError
from models.tables import ImportBatch
from models.vocabulary import BatchStatus, DuplicateStrategy, ErrorPolicy, ImportStatus, InvalidValuePolicy, Stage
from tests.stages.interrupting import (
    WAIT_SECONDS,
    Interruption,
    deliver_interrupted,
    fields_by_email,
    fresh,
    moments,
    require_claims,
    step_until,
)
from tests.support.rig import Rig
from workers.stages import writes

UPDATE, CREATE = DuplicateStrategy.UPDATE, DuplicateStrategy.CREATE


@pytest.mark.parametrize("is_later_first", [False, True])
@pytest.mark.parametrize("first", range(0, 25, 5))
def test_two_imports_that_touch_one_contact_come_to_one_after_the_other(rig: Rig, first: int, is_later_first: bool) -> None:
    # 50 interleavings on each database: each of the two is stopped at one statement after another.
    for at in range(first + 1, first + 6):
        _race_imports(fresh(rig), at, is_later_first)


def _race_imports(rig: Rig, at: int, is_later_first: bool) -> None:
    rig.create(email="a@example.com", company="0")
    options: dict[str, Any] = {"duplicate_strategy": UPDATE, "tenant_id": rig.tenant_id}
    one = rig.add_rows([{"email": "a@example.com", "company": "1", "city": "1"}, {"email": "b@example.com", "company": "1"}], **options)
    two = rig.add_rows([{"email": "a@example.com", "company": "2", "notes": "2"}, {"email": "b@example.com", "notes": "2"}], **options)
    for stage in (Stage.INSPECT, Stage.INSPECT, Stage.PLAN, Stage.PLAN):
        assert rig.step(stage)
    first, second = reversed(rig.outbox.waiting) if is_later_first else rig.outbox.waiting
    rig.outbox.waiting[:] = [first]
    found = deliver_interrupted(rig, Stage.APPLY_BATCH, at, lambda: rig.deliver(*second))
    found.require()
    assert {rig.status(one), rig.status(two)} == {ImportStatus.COMPLETED}
    winner = fields_by_email(rig)["a@example.com"]["company"]
    assert winner in "12"
    assert fields_by_email(rig)["a@example.com"] == {"email": "a@example.com", "company": winner, "city": "1", "notes": "2"}
    assert fields_by_email(rig)["b@example.com"] == {"email": "b@example.com", "company": "1", "notes": "2"}
    assert sorted((rig.counts(job).created, rig.counts(job).updated) for job in (one, two)) == [(0, 2), (1, 1)]
    # Whichever came last, undoing both leaves what was there before both.
    for job in Random(at).sample((one, two), 2):
        rig.roll_back(job)
        rig.drain_with_sweeps()
    assert fields_by_email(rig) == {"a@example.com": {"email": "a@example.com", "company": "0"}}
    require_claims(rig)


def test_of_two_retries_at_once_one_is_refused_and_no_count_is_lost(rig: Rig) -> None:
    for at in moments(rig, range(9)):
        _race_retries(fresh(rig), at)


def _race_retries(rig: Rig, at: int) -> None:
    rows = [{"email": f"p{n}@example.com", "website": "ftp://wrong" if n % 3 else ""} for n in range(6)]
    job_id = rig.import_rows(rows, invalid_values=InvalidValuePolicy.FAIL_ROW, tenant_id=rig.tenant_id)
    assert (rig.counts(job_id).created, rig.counts(job_id).failed) == (2, 4)

    def retry_and_plan() -> None:
        rig.retry(job_id)
        rig.step(Stage.PLAN)

    found = Interruption(rig, at, retry_and_plan)
    refused = 0
    with found.watching():
        try:
            rig.retry(job_id)
        except ServiceError:
            refused += 1
    if found.other is None:
        # The other would have come after the end of the first, which is no race.
        return
    assert refused + (found.error is not None) == 1
    epoch = rig.job(job_id).epoch
    rig.drain_with_sweeps()
    assert rig.job(job_id).epoch == epoch
    assert (rig.counts(job_id).created, rig.counts(job_id).failed) == (2, 4)
    assert rig.status(job_id) is ImportStatus.COMPLETED_WITH_ERRORS


def test_a_cancel_in_the_middle_of_a_batch_leaves_what_is_counted(rig: Rig) -> None:
    for at in moments(rig, range(1, 36, 4)):
        _race_batch_and_cancel(fresh(rig), at)


def _race_batch_and_cancel(rig: Rig, at: int) -> None:
    """The batch under way is written whole, or not at all; the cancel is answered without waiting for it where others can write."""
    job_id = rig.add_rows([{"email": f"p{n:02}@example.com"} for n in range(9)], tenant_id=rig.tenant_id)
    step_until(rig, Stage.APPLY_BATCH)
    found = deliver_interrupted(rig, Stage.APPLY_BATCH, at, lambda: rig.cancel(job_id))
    found.require()
    _require_ended(rig, job_id, ImportStatus.CANCELLED if found.error is None else ImportStatus.COMPLETED)
    if found.error is None and rig.counts(job_id).unprocessed:
        rig.retry(job_id)
        rig.drain_with_sweeps()
        _require_ended(rig, job_id, ImportStatus.COMPLETED)


def test_a_large_transaction_breaks_off_once_it_is_cancelled(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writes, "PIECE_ROWS", 2)
    rows = [{"email": f"p{n:02}@example.com"} for n in range(9)]
    job_id = rig.add_rows(rows, error_policy=ErrorPolicy.ALL_OR_NOTHING)
    step_until(rig, Stage.APPLY_BATCH)
    is_alone = rig.deps.database.dialect_name == "sqlite"
    beginning = 'INSERT INTO "contact"' if is_alone else "SELECT import_job.epoch"
    found = deliver_interrupted(rig, Stage.APPLY_BATCH, beginning, lambda: rig.cancel(job_id), _seconds(is_alone))
    found.require()
    # Where others can write meanwhile it hears of the cancel; SQLite's one writer ends what it is at, and the cancel waits.
    _require_ended(rig, job_id, ImportStatus.CANCELLED)
    assert rig.counts(job_id).created == (9 if is_alone else 0)
    if not is_alone:
        rig.retry(job_id)
        rig.drain_with_sweeps()
        _require_ended(rig, job_id, ImportStatus.COMPLETED)


@pytest.mark.parametrize("is_careful", [False, True])
def test_a_batch_of_an_import_that_was_cancelled_meanwhile_is_not_committed(rig: Rig, is_careful: bool) -> None:
    contact = rig.create(email="p@example.com", company="0")
    rows = [{"email": "p@example.com", "company": "1"}]
    job_id = rig.add_rows(rows, duplicate_strategy=UPDATE, list_ids=[str(rig.add_list("guests"))])
    step_until(rig, Stage.APPLY_BATCH)
    if is_careful:
        rig.edit(contact, city="Ulm")
    is_alone = rig.deps.database.dialect_name == "sqlite"
    beginning = 'INSERT INTO "list_member"' if is_alone else "INSERT INTO list_member"
    deliver_interrupted(rig, Stage.APPLY_BATCH, beginning, lambda: rig.cancel(job_id), _seconds(is_alone)).require()
    assert rig.status(job_id) is ImportStatus.CANCELLED
    # The one writer of SQLite ends what it is at, and the cancel is answered after it.
    assert rig.counts(job_id).updated == is_alone
    assert rig.contact("p@example.com").company == ("1" if is_alone else "0")
    assert len(rig.members()) == is_alone


def _seconds(is_alone: bool) -> float:
    """How long a batch is stopped for a cancel: where others can write meanwhile until that is over, however slow the machine is."""
    return WAIT_SECONDS if is_alone else 60.0


def test_of_a_cancel_and_the_end_of_an_import_one_is_lawful(rig: Rig) -> None:
    for at in range(0, 14, 2):
        _race_end_and_cancel(fresh(rig), at)


def _race_end_and_cancel(rig: Rig, at: int) -> None:
    job_id = rig.add_rows([{"email": f"p{n:02}@example.com"} for n in range(2)], tenant_id=rig.tenant_id)
    step_until(rig, Stage.FINALIZE)
    found = deliver_interrupted(rig, Stage.FINALIZE, at, lambda: rig.cancel(job_id))
    found.require()
    is_cancelled = found.error is None
    _require_ended(rig, job_id, ImportStatus.CANCELLED if is_cancelled else ImportStatus.COMPLETED)
    assert rig.counts(job_id).created == 2


def _require_ended(rig: Rig, job_id: UUID, status: ImportStatus) -> None:
    """Nothing is under way any more, and the counts say what is there."""
    assert rig.status(job_id) is status
    with reading(rig.deps.database) as tx:
        left = tx.execute(select(ImportBatch.status).where(col(ImportBatch.import_id) == job_id)).scalars().all()
    assert BatchStatus.PENDING.value not in left
    counts = rig.counts(job_id)
    assert counts.created == len(rig.contacts())
    assert counts.created + counts.unprocessed == counts.total
