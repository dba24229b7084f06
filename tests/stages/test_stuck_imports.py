"""An import of which nothing comes is sent again, then given up; who waits is not stuck, and doing the same again is no progress."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from models.database import reading, writing
from models.dialects import SQLITE
from models.queries import stuck
from models.queries.batches import begin_batch
from models.queries.sending import BATCH_STAGES, FollowUp
from models.queries.stages import note_position, take_up
from models.queries.stuck import count_stuck
from models.queries.writer import ask_for_turn
from models.tables import AuditEntry, ImportBatch, ImportJob
from models.vocabulary import ImportStatus, Stage
from tests.support.rig import Rig
from workers.stages.patrol import patrol

PEOPLE = [{"email": f"p{n:02}@example.com", "company": "A"} for n in range(12)]
MAPPING = {"email": "email", "company": "company"}


def pass_time(rig: Rig, **more: float) -> None:
    """As if it were all longer ago."""
    ago = timedelta(**(more or {"seconds": rig.deps.settings.stuck_after + 1}))
    with writing(rig.deps.database) as tx:
        job_moments = ("phase_started_at", "moved_at", "first_begun_at", "created_at", "resent_at")
        for table, names in ((ImportJob, job_moments), (ImportBatch, ("started_at", "finished_at"))):
            for row in tx.execute(select(table)).scalars():
                for name in names:
                    moment = getattr(row, name)
                    setattr(row, name, moment and moment - ago)
                tx.add(row)


def look(rig: Rig) -> None:
    rig.outbox.send(patrol(rig.deps))


def plan_and_hang(rig: Rig) -> tuple[UUID, FollowUp]:
    """An import whose planning was begun by somebody who never comes back."""
    job_id = rig.add_rows(PEOPLE, mapping=MAPPING)
    rig.step(Stage.INSPECT)
    ((follow_up, attempt),) = rig.outbox.waiting
    rig.outbox.waiting.clear()
    hang(rig, follow_up, attempt)
    return job_id, follow_up


def hang(rig: Rig, follow_up: FollowUp, attempt: int, **position: Any) -> None:
    with writing(rig.deps.database) as tx:
        job = take_up(tx, follow_up.id, follow_up.stage, attempt, 1_000)
        assert job is not None
        if position:
            assert note_position(tx, job, **position)


def apply_and_hang(rig: Rig, batches: int) -> UUID:
    """An import of which so many batches were applied, and the next was begun by somebody who never comes back."""
    job_id = rig.add_rows(PEOPLE, mapping=MAPPING)
    rig.step(Stage.INSPECT)
    rig.step(Stage.PLAN)
    for _ in range(batches):
        rig.step(Stage.APPLY_BATCH)
    begin_next(rig)
    return job_id


def begin_next(rig: Rig) -> None:
    follow_up = next(each for each, _ in rig.outbox.waiting if each.stage in BATCH_STAGES.values())
    rig.outbox.waiting.clear()
    with writing(rig.deps.database) as tx:
        assert begin_batch(tx, follow_up.id, 1_000)


def resend(rig: Rig) -> list[tuple[FollowUp, int]]:
    rig.outbox.waiting.clear()
    rig.sweep()
    return rig.outbox.waiting


def test_what_stands_still_is_sent_again_and_then_given_up(rig: Rig) -> None:
    job_id, follow_up = plan_and_hang(rig)
    look(rig)
    assert rig.job(job_id).stuck_since is None
    pass_time(rig)
    began = rig.job(job_id).first_begun_at
    look(rig)
    job = rig.job(job_id)
    assert (job.status, job.stuck_since) == ("planning", began)
    with reading(rig.deps.database) as tx:
        assert count_stuck(tx) == 1
        assert tx.execute(select(AuditEntry).where(col(AuditEntry.action) == "import.stuck")).scalar_one().subject_id == job_id
    ((again, attempt),) = resend(rig)
    assert again == follow_up
    look(rig)
    hang(rig, follow_up, attempt)
    look(rig)
    assert rig.status(job_id) is ImportStatus.PLANNING
    pass_time(rig)
    look(rig)
    job = rig.job(job_id)
    assert (job.status, job.failure_code, job.stuck_since) == ("failed", "timeout", None)
    rig.outbox.waiting.clear()
    rig.retry(job_id)
    rig.drain()
    assert rig.status(job_id) is ImportStatus.COMPLETED


def test_the_worker_that_comes_back_after_all_writes_nothing_and_the_next_one_ends_it(rig: Rig) -> None:
    job_id, _ = plan_and_hang(rig)
    pass_time(rig)
    look(rig)
    with writing(rig.deps.database) as tx:
        assert not note_position(tx, tx.get_one(ImportJob, job_id).model_copy(update={"attempt": 1}), 5, 5)
    resend(rig)
    rig.drain()
    assert rig.status(job_id) is ImportStatus.COMPLETED
    assert rig.counts(job_id).created == len(PEOPLE)


def test_coming_further_is_progress_and_doing_it_again_is_none(rig: Rig) -> None:
    job_id, follow_up = plan_and_hang(rig)
    with writing(rig.deps.database) as tx:
        assert note_position(tx, tx.get_one(ImportJob, job_id), 3, 12)
    pass_time(rig)
    look(rig)
    assert rig.job(job_id).stuck_since is not None
    ((_, attempt),) = resend(rig)
    hang(rig, follow_up, attempt, position=3, seen=12)
    look(rig)
    assert rig.job(job_id).stuck_since is not None
    with writing(rig.deps.database) as tx:
        assert note_position(tx, tx.get_one(ImportJob, job_id), 4, 12)
    look(rig)
    assert rig.job(job_id).stuck_since is None
    pass_time(rig)
    look(rig)
    assert rig.status(job_id) is ImportStatus.PLANNING


@pytest.mark.parametrize("batches", [0, 2])
def test_what_was_applied_stays_and_is_counted_and_can_be_retried_or_undone(rig: Rig, batches: int) -> None:
    job_id = apply_and_hang(rig, batches)
    for _ in range(2):
        pass_time(rig)
        look(rig)
        if rig.status(job_id) is ImportStatus.APPLYING and rig.job(job_id).stage is None:
            assert resend(rig)
            begin_next(rig)
    rig.drain()
    job, counts = rig.job(job_id), rig.counts(job_id)
    assert (job.status, job.failure_code) == ("failed", "timeout")
    assert counts.created == len(rig.contacts())
    assert bool(counts.created) == bool(batches)
    assert counts.created + counts.unprocessed == len(PEOPLE)
    if batches:
        rig.roll_back(job_id)
        rig.drain()
        assert rig.status(job_id) is ImportStatus.ROLLED_BACK
        assert rig.contacts() == []
    else:
        rig.retry(job_id)
        rig.drain()
        assert rig.status(job_id) is ImportStatus.COMPLETED
        assert len(rig.contacts()) == len(PEOPLE)


def test_an_undo_of_which_nothing_comes_ends_partly_done(rig: Rig) -> None:
    job_id = rig.import_rows(PEOPLE, mapping=MAPPING)
    rig.roll_back(job_id)
    begin_next(rig)
    for _ in range(2):
        pass_time(rig)
        look(rig)
        if rig.job(job_id).stage is None:
            assert resend(rig)
            begin_next(rig)
    rig.drain()
    assert rig.status(job_id) is ImportStatus.PARTIALLY_ROLLED_BACK


def test_who_waits_is_not_stuck(rig: Rig) -> None:
    waiting = rig.add_rows(PEOPLE, mapping=MAPPING)
    for stage in (None, Stage.INSPECT, Stage.PLAN):
        if stage is not None:
            assert rig.step(stage)
        pass_time(rig)
        look(rig)
        assert rig.job(waiting).stuck_since is None
    # Its batch was begun, but another import of the tenant has the turn of writing.
    writer = rig.add_rows([{"email": "w@example.com"}], mapping={"email": "email"})
    rig.step(Stage.INSPECT)
    rig.step(Stage.PLAN)
    with writing(rig.deps.database) as tx:
        assert ask_for_turn(tx, rig.tenant_id, writer)
    rig.step(Stage.APPLY_BATCH)
    pass_time(rig)
    look(rig)
    assert rig.job(waiting).stuck_since is None
    with writing(rig.deps.database) as tx:
        tx.execute(update(ImportJob).where(col(ImportJob.id) == writer).values(status=ImportStatus.COMPLETED.value))
    # As it is its turn now, it is begun; how long it waited counts for nothing.
    resend(rig)
    begin_next(rig)
    look(rig)
    assert rig.job(waiting).stuck_since is None
    pass_time(rig)
    look(rig)
    assert rig.job(waiting).stuck_since is not None


def test_how_long_a_stage_waited_for_a_worker_does_not_count_once_it_is_begun(rig: Rig) -> None:
    job_id = rig.add_rows(PEOPLE, mapping=MAPPING)
    rig.step(Stage.INSPECT)
    ((follow_up, attempt),) = rig.outbox.waiting
    pass_time(rig)
    hang(rig, follow_up, attempt)
    look(rig)
    assert rig.job(job_id).stuck_since is None
    pass_time(rig)
    look(rig)
    assert rig.job(job_id).stuck_since is not None
    # Sent again, it waits as long once more.
    ((_, attempt),) = resend(rig)
    pass_time(rig)
    look(rig)
    hang(rig, follow_up, attempt)
    look(rig)
    assert rig.status(job_id) is ImportStatus.PLANNING
    # Whoever dies and begins anew does not come further by it.
    pass_time(rig)
    ((_, attempt),) = resend(rig)
    hang(rig, follow_up, attempt)
    look(rig)
    assert (rig.status(job_id), rig.job(job_id).failure_code) == (ImportStatus.FAILED, "timeout")


def test_what_waits_for_another_worker_after_it_came_further_is_not_stuck_once_it_is_begun(rig: Rig) -> None:
    job_id, follow_up = plan_and_hang(rig)
    with writing(rig.deps.database) as tx:
        assert note_position(tx, tx.get_one(ImportJob, job_id), 3, 12)
    ((_, attempt),) = resend(rig)
    pass_time(rig)
    hang(rig, follow_up, attempt)
    look(rig)
    assert rig.job(job_id).stuck_since is None


def test_how_long_batches_waited_for_a_worker_does_not_count_once_one_is_begun(rig: Rig) -> None:
    job_id = rig.add_rows(PEOPLE, mapping=MAPPING)
    rig.step(Stage.INSPECT)
    rig.step(Stage.PLAN)
    pass_time(rig)
    begin_next(rig)
    look(rig)
    assert rig.job(job_id).stuck_since is None
    pass_time(rig)
    look(rig)
    assert rig.job(job_id).stuck_since is not None
    resend(rig)
    pass_time(rig)
    begin_next(rig)
    look(rig)
    assert (rig.status(job_id), rig.job(job_id).stage) == (ImportStatus.APPLYING, None)
    pass_time(rig)
    look(rig)
    rig.drain()
    assert (rig.status(job_id), rig.job(job_id).failure_code) == (ImportStatus.FAILED, "timeout")


def test_one_that_cannot_be_given_up_keeps_the_patrol_from_no_other(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    if rig.deps.database.dialect_name == SQLITE:
        return  # Who hangs in a transaction there lets nobody write.
    monkeypatch.setattr(stuck, "LOCK_SECONDS", 0.2)
    held, other = apply_and_hang(rig, 0), apply_and_hang(rig, 0)
    pass_time(rig)
    batches = select(ImportBatch).where(col(ImportBatch.import_id) == held).with_for_update()
    with writing(rig.deps.database) as hung:
        hung.execute(batches).all()
        look(rig)
        assert None not in (rig.job(held).stuck_since, rig.job(other).stuck_since)
    pass_time(rig)
    with writing(rig.deps.database) as hung:
        hung.execute(batches).all()
        look(rig)
        assert (rig.job(held).stage, rig.job(other).stage) == (None, Stage.FINALIZE.value)
    look(rig)
    assert rig.job(held).stage == Stage.FINALIZE.value
