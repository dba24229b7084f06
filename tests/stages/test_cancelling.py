"""Ending an import early, and taking it up again."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, func, select, update
from sqlmodel import col

from models import load, sqlite
from models import notices as notice_page
from models.database import reading, writing
from models.errors import WrongState
from models.queries import transitions
from models.queries.counts import Counts, measure_progress, planned_counts
from models.queries.stages import take_up
from models.revisions import upgrade
from models.settings import Settings
from models.tables import ImportBatch, ImportJob, ImportRun
from models.vocabulary import BatchStatus, DuplicateStrategy, ImportStatus, Stage
from tests.stages.accounts import Account, take_account
from tests.stages.files import MESSY, messy_options, seed_by_hand
from tests.support.processes import wait_until
from tests.support.rig import Rig, make_rig
from workers.stages.finalize import finalize
from workers.stages.plan import plan
from workers.stages.position import Superseded

PEOPLE = [{"email": f"p{n:02}@example.com"} for n in range(14)]


def _check(counts: Counts) -> None:
    done = counts.created + counts.updated + counts.unchanged + counts.skipped + counts.failed
    assert done + counts.unprocessed == counts.total


def _apply_some(rig: Rig, job_id: Any) -> None:
    while len(rig.contacts()) < 5:
        assert rig.step()
    assert rig.status(job_id) is ImportStatus.APPLYING


def test_nothing_is_written_after_a_cancel(rig: Rig) -> None:
    job_id = rig.add_rows(PEOPLE)
    _apply_some(rig, job_id)
    written = len(rig.contacts())
    assert rig.outbox.waiting
    rig.cancel(job_id)
    assert rig.status(job_id) is ImportStatus.CANCELLING
    _check(rig.counts(job_id))
    rig.drain_with_sweeps()
    assert rig.status(job_id) is ImportStatus.CANCELLED
    assert len(rig.contacts()) == written
    counts = rig.counts(job_id)
    assert (counts.created, counts.unprocessed, counts.total) == (written, 14 - written, 14)
    with reading(rig.deps.database) as tx:
        left = tx.execute(select(ImportBatch.status).where(col(ImportBatch.import_id) == job_id)).scalars().all()
    assert set(left) == {BatchStatus.DONE.value, BatchStatus.CANCELLED.value}


def test_a_cancel_breaks_off_the_batch_that_is_being_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On SQLite, where it would have to wait for the end of it otherwise."""
    monkeypatch.setattr(load, "FEW_ROWS", 0)
    monkeypatch.setattr(sqlite, "_STEPS_BETWEEN_LOOKS", 20)
    # However seldom a busy machine lets the canceller renew it.
    monkeypatch.setattr(notice_page, "WISH_SECONDS", 60.0)
    settings = Settings(data_dir=tmp_path, storage_url="memory:///", batch_rows=3, chunk_rows=5, batches_at_once=1)
    upgrade(settings.resolved_database_url())
    rig = make_rig(settings)
    notices = rig.deps.database.notices
    assert notices is not None
    job_id = rig.add_rows(PEOPLE)
    _apply_some(rig, job_id)
    written = len(rig.contacts())
    canceller = threading.Thread(target=rig.cancel, args=(job_id,))

    def cancel_meanwhile(_: Any, __: Any, statement: str, *___: Any) -> None:
        if statement.startswith('INSERT INTO "contact"') and canceller.ident is None:
            canceller.start()
            # What is raised here would break the batch off as well.
            with suppress(AssertionError):
                wait_until(lambda: notices.is_end_wished(job_id), 60)

    event.listen(rig.deps.database.writer, "before_cursor_execute", cancel_meanwhile)
    while canceller.ident is None:
        assert rig.step(Stage.APPLY_BATCH)
    canceller.join(60)
    assert len(rig.contacts()) == written
    rig.drain_with_sweeps()
    assert rig.status(job_id) is ImportStatus.CANCELLED
    counts = rig.counts(job_id)
    assert (counts.created, counts.unprocessed) == (len(rig.contacts()), 14 - written) == (written, 14 - written)
    rig.retry(job_id)
    rig.drain()
    assert rig.counts(job_id).created == 14
    rig.deps.database.close()


def test_a_retry_does_exactly_the_rest(rig: Rig) -> None:
    job_id = rig.add_rows(PEOPLE)
    _apply_some(rig, job_id)
    early = {contact.email: contact for contact in rig.contacts()}
    rig.cancel(job_id)
    rig.drain()
    rig.retry(job_id)
    assert rig.counts(job_id).created == len(early)
    rig.drain(check=lambda: _check(rig.counts(job_id)))
    assert rig.status(job_id) is ImportStatus.COMPLETED
    assert rig.counts(job_id).created == 14
    assert [contact.email for contact in rig.contacts()] == [row["email"] for row in PEOPLE]
    assert all(contact.version == 1 and contact.created_at == early.get(contact.email, contact).created_at for contact in rig.contacts())


# What nothing disturbs comes to: the same on both databases, so whichever is the first says it to the other.
_KNOWN: list[Account] = []


def _in_one(rig: Rig) -> Account:
    if not _KNOWN:
        seed_by_hand(rig)
        job_id = rig.add_rows(MESSY, tenant_id=rig.tenant_id, **messy_options(rig))
        rig.drain()
        _KNOWN.append(take_account(rig, [job_id]))
    return _KNOWN[0]


@pytest.mark.parametrize("stops", [1, 3])
def test_an_import_in_pieces_comes_to_what_it_comes_to_in_one(rig: Rig, stops: int) -> None:
    expected = _in_one(Rig(rig.deps, rig.add_tenant(), rig.outbox, rig.runner))
    seed_by_hand(rig)
    job_id = rig.add_rows(MESSY, **messy_options(rig))
    for _ in range(stops):
        while rig.step():
            if rig.delivered[-1][0].stage is Stage.APPLY_BATCH and rig.status(job_id) is ImportStatus.APPLYING:
                break
        else:
            break
        rig.cancel(job_id)
        rig.drain(check=lambda: _check(rig.counts(job_id)))
        rig.retry(job_id)
    rig.drain()
    came = take_account(rig, [job_id])
    assert came.status == expected.status
    assert came.counts["failed"] == expected.counts["failed"]
    assert {c[0]: c[1] for c in came.contacts} == {c[0]: c[1] for c in expected.contacts}


@pytest.mark.parametrize("stage", [Stage.INSPECT, Stage.PLAN])
def test_a_cancel_before_applying_ends_it_at_once(rig: Rig, stage: Stage) -> None:
    job_id = rig.add_rows(PEOPLE)
    while rig.outbox.waiting[0][0].stage is not stage:
        rig.step()
    rig.cancel(job_id)
    assert rig.status(job_id) is ImportStatus.CANCELLED
    rig.drain_with_sweeps()
    assert rig.status(job_id) is ImportStatus.CANCELLED
    assert rig.contacts() == []
    rig.retry(job_id)
    rig.drain()
    assert rig.counts(job_id).created == 14


def test_a_plan_that_was_cancelled_ends_early(rig: Rig) -> None:
    job_id = rig.add_rows(PEOPLE)
    rig.step(Stage.INSPECT)
    (follow_up, attempt) = rig.outbox.waiting[0]
    with writing(rig.deps.database) as tx:
        job = take_up(tx, follow_up.id, Stage.PLAN, attempt, 12)
    assert job is not None
    rig.cancel(job_id)
    with pytest.raises(Superseded):
        list(plan(rig.deps, job))
    assert rig.status(job_id) is ImportStatus.CANCELLED


def test_a_plan_that_was_overtaken_by_a_retry_does_not_fail_it(rig: Rig) -> None:
    """The stage of the cancelled run ends while that of the retry runs."""
    job_id = rig.add_rows(PEOPLE)
    rig.step(Stage.INSPECT)
    (follow_up, attempt) = rig.outbox.waiting.pop()

    def meanwhile(deps: Any, job: ImportJob) -> Any:
        rig.cancel(job_id)
        rig.retry(job_id)
        rig.step(Stage.INSPECT)
        return plan(deps, job)

    rig.runner.run_for_import(meanwhile, follow_up, attempt)
    assert rig.status(job_id) is ImportStatus.PLANNING
    rig.drain()
    assert rig.status(job_id) is ImportStatus.COMPLETED


@pytest.mark.parametrize("is_cancelled_first", [True, False])
def test_of_a_cancel_and_the_end_one_wins(rig: Rig, is_cancelled_first: bool) -> None:
    job_id = rig.add_rows(PEOPLE[:2])
    while not (rig.outbox.waiting and rig.outbox.waiting[0][0].stage is Stage.FINALIZE):
        assert rig.step()
    stale = rig.job(job_id)
    if is_cancelled_first:
        rig.cancel(job_id)
        assert finalize(rig.deps, stale) == []
        rig.drain_with_sweeps()
        assert rig.status(job_id) is ImportStatus.CANCELLED
    else:
        rig.drain()
        with pytest.raises(WrongState):
            rig.cancel(job_id)
        assert rig.status(job_id) is ImportStatus.COMPLETED
    assert rig.counts(job_id).created == 2


def test_only_what_failed_is_planned_again(rig: Rig) -> None:
    holder = rig.create(external_id="z", email="taken@example.com")
    rows = [{"external_id": str(n), "email": f"p{n}@example.com"} for n in range(6)]
    rows[3]["email"] = "taken@example.com"
    job_id = rig.import_rows(rows)
    assert rig.status(job_id) is ImportStatus.COMPLETED_WITH_ERRORS
    assert (rig.counts(job_id).created, rig.counts(job_id).failed) == (5, 1)
    rig.retry(job_id)
    rig.drain()
    assert (rig.counts(job_id).created, rig.counts(job_id).failed) == (5, 1)
    assert [issue.code for issue in rig.issues(job_id)] == ["key_conflict"]
    rig.edit(holder, email="free@example.com")
    # Somebody changes what was imported meanwhile: the retry leaves it alone.
    rig.edit(rig.contact("p1@example.com"), company="Edited")
    rig.retry(job_id)
    rig.drain(check=lambda: _check(rig.counts(job_id)))
    assert rig.status(job_id) is ImportStatus.COMPLETED
    assert (rig.counts(job_id).created, rig.counts(job_id).failed) == (6, 0)
    assert rig.contact("taken@example.com").import_row == 4
    assert rig.issues(job_id) == []
    with reading(rig.deps.database) as tx:
        runs = select(func.sum(col(ImportBatch.row_count))).where(col(ImportBatch.import_id) == job_id).group_by(col(ImportBatch.epoch))
        assert sorted(tx.execute(runs).scalars()) == [1, 1, 6]


def test_the_plan_of_a_retry_speaks_of_its_own_rows(rig: Rig) -> None:
    rows = [{"email": "a@example.com"}, {"email": "not one"}, {"email": "b@example.com"}]
    job_id = rig.import_rows(rows, auto_start=False, mapping={"email": "email"})
    rig.start(job_id)
    rig.drain()
    rig.retry(job_id)
    rig.drain()
    assert rig.status(job_id) is ImportStatus.PLANNED
    with reading(rig.deps.database) as tx:
        planned = planned_counts(tx, tx.get_one(ImportJob, job_id))
    assert planned == Counts(total=1, failed=1)
    assert rig.counts(job_id) == Counts(total=3, created=2, unprocessed=1)


def test_there_must_be_something_to_retry(rig: Rig) -> None:
    job_id = rig.add_rows(PEOPLE[:2])
    while not (rig.outbox.waiting and rig.outbox.waiting[0][0].stage is Stage.FINALIZE):
        assert rig.step()
    rig.cancel(job_id)
    rig.drain()
    assert rig.status(job_id) is ImportStatus.CANCELLED
    with pytest.raises(WrongState) as raised:
        rig.retry(job_id)
    assert raised.value.code == "nothing_to_retry"


def test_an_import_that_failed_at_its_inspection_is_inspected_again(rig: Rig) -> None:
    job_id = rig.add_rows(PEOPLE)
    key = rig.job(job_id).object_key
    data = rig.deps.storage.get(key)
    rig.deps.storage.delete(key)
    rig.drain()
    assert (rig.status(job_id), rig.job(job_id).failure_code) == (ImportStatus.FAILED, "object_missing")
    rig.deps.storage.put(key, data)
    rig.retry(job_id)
    assert rig.status(job_id) is ImportStatus.INSPECTING
    rig.drain()
    assert rig.counts(job_id).created == 14


def test_a_retry_does_not_skip_the_question_for_the_mapping(rig: Rig) -> None:
    job_id = rig.add_file(b"what,is,this\n1,2,3\n", auto_start=True)
    rig.drain()
    assert rig.status(job_id) is ImportStatus.NEEDS_MAPPING
    rig.cancel(job_id)
    rig.retry(job_id)
    rig.drain()
    assert rig.status(job_id) is ImportStatus.NEEDS_MAPPING


def test_how_a_file_is_read_stays_once_part_of_it_is_applied(rig: Rig) -> None:
    job_id = rig.add_rows(PEOPLE, auto_start=False, mapping={"email": "email"})
    rig.drain()
    rig.start(job_id)
    _apply_some(rig, job_id)
    rig.cancel(job_id)
    rig.drain()
    rig.retry(job_id)
    rig.drain()
    assert rig.status(job_id) is ImportStatus.PLANNED
    options = rig.job(job_id).options | {"encoding": "utf-16"}
    with pytest.raises(WrongState) as raised:
        rig.ask(transitions.remap, job_id, mapping=None, options=options, actor=None)
    assert raised.value.code == "partly_applied"


def test_an_older_batch_of_a_cancelled_import_is_not_sent_for_ever(rig: Rig) -> None:
    job_id = rig.add_rows(PEOPLE)
    _apply_some(rig, job_id)
    rig.cancel(job_id)
    rig.drain_with_sweeps()
    before = len(rig.delivered)
    rig.drain_with_sweeps()
    assert len(rig.delivered) == before


def test_a_chain_of_batches_that_broke_is_taken_up_again(rig: Rig) -> None:
    job_id = rig.add_rows(PEOPLE)
    _apply_some(rig, job_id)
    rig.outbox.waiting.clear()
    with writing(rig.deps.database) as tx:
        tx.execute(update(ImportBatch).where(col(ImportBatch.status) == BatchStatus.PENDING.value).values(due_at=None))
    rig.drain_with_sweeps()
    assert rig.status(job_id) is ImportStatus.COMPLETED


def test_a_message_that_comes_twice_is_no_second_try(rig: Rig) -> None:
    job_id = rig.add_rows(PEOPLE[:2])
    while not (rig.outbox.waiting and rig.outbox.waiting[0][0].stage is Stage.APPLY_BATCH):
        assert rig.step()
    from workers.actors.imports import OTHER_STAGES

    message = rig.outbox.waiting.pop()
    apply: Callable[..., Any] = OTHER_STAGES[Stage.APPLY_BATCH]

    def while_it_runs(deps: Any, batch_id: Any) -> Any:
        from models.queries.batches import begin_batch

        with writing(deps.database) as tx:
            begun = begin_batch(tx, batch_id, 12)
        assert begun is not None
        for _ in range(10):
            rig.deliver(*message)
        # Asserted outside: what breaks in here is tried again.
        written.append(len(rig.contacts()))
        with writing(deps.database) as tx:
            tx.execute(update(ImportBatch).where(col(ImportBatch.id) == batch_id).values(started_at=None))
        return apply(deps, batch_id)

    written: list[int] = []
    rig.runner.run(while_it_runs, *message)
    assert written == [0]
    rig.drain()
    assert rig.status(job_id) is ImportStatus.COMPLETED
    assert rig.counts(job_id).created == 2
    with reading(rig.deps.database) as tx:
        assert tx.execute(select(ImportBatch.tries).where(col(ImportBatch.import_id) == job_id)).scalars().all() == [2]


def test_update_of_a_retry_counts_what_earlier_runs_did(rig: Rig) -> None:
    rig.import_rows(PEOPLE[:7])
    job_id = rig.add_rows([{**row, "company": "New"} for row in PEOPLE], duplicate_strategy=DuplicateStrategy.UPDATE)
    while not rig.changes():
        assert rig.step()
    rig.cancel(job_id)
    rig.drain()
    rig.retry(job_id)
    rig.drain()
    counts = rig.counts(job_id)
    assert (counts.created, counts.updated, counts.total, counts.duplicates) == (7, 7, 14, 7)


def _a_day_passes(rig: Rig, job_id: UUID) -> None:
    """Since all that has happened to the import."""
    day = timedelta(days=1)
    job, run, batch = ImportJob, ImportRun, ImportBatch
    with writing(rig.deps.database) as tx:
        found = tx.get_one(job, job_id)
        for name in ("created_at", "started_at", "completed_at", "phase_started_at", "rolled_back_at"):
            moment = getattr(found, name)
            setattr(found, name, moment and moment - day)
        for each in tx.execute(select(run).where(col(run.import_id) == job_id, col(run.started_at).is_not(None))).scalars():
            each.started_at = each.started_at and each.started_at - day
        for done in tx.execute(select(batch).where(col(batch.import_id) == job_id, col(batch.finished_at).is_not(None))).scalars():
            done.finished_at = done.finished_at and done.finished_at - day


def test_what_has_elapsed_is_time_at_work_and_not_the_time_that_an_import_waits_for_a_person(rig: Rig) -> None:
    def elapsed() -> float:
        with reading(rig.deps.database) as tx:
            return measure_progress(tx, [tx.get_one(ImportJob, job_id)])[job_id].elapsed_seconds

    rows = [*PEOPLE, {"email": "not one"}]
    job_id = rig.import_rows(rows, auto_start=False, mapping={"email": "email"})
    _a_day_passes(rig, job_id)
    assert elapsed() == 0
    rig.start(job_id)
    rig.drain()
    _a_day_passes(rig, job_id)
    assert 0 < elapsed() < 3600
    rig.retry(job_id)
    rig.drain()
    _a_day_passes(rig, job_id)
    assert (rig.status(job_id), elapsed()) == (ImportStatus.PLANNED, 0)
    rig.cancel(job_id)
    assert (rig.status(job_id), elapsed()) == (ImportStatus.CANCELLED, 0)
    rig.retry(job_id)
    rig.cancel(job_id)
    assert (rig.status(job_id), elapsed()) == (ImportStatus.CANCELLED, 0)
    rig.retry(job_id)
    rig.drain()
    _a_day_passes(rig, job_id)
    rig.start(job_id)
    rig.drain()
    assert 0 < elapsed() < 3600
    _a_day_passes(rig, job_id)
    rig.roll_back(job_id)
    rig.drain()
    assert (rig.status(job_id), 0 < elapsed() < 3600) == (ImportStatus.ROLLED_BACK, True)
