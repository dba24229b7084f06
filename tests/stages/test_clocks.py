"""A clock that is put back, by which moments that are written down come to lie ahead, makes nobody wait for as long."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from models.database import reading, writing
from models.queries import writer as turns
from models.queries.events import GAP_SECONDS, latest_event
from models.queries.sending import extend
from models.queries.writer import ask_for_turn
from models.settings import LONGEST_HEARTBEAT_SECONDS
from models.tables import ImportBatch, ImportEvent, ImportJob, JudgedChunk, Lease, WriterLease
from models.vocabulary import ImportStatus, Stage
from tests.stages.files import KNOWN
from tests.stages.test_events import newly_told
from tests.support.rig import Rig
from workers.stages import publish as publishing
from workers.stages.patrol import patrol
from workers.stages.publish import hold_lease, publish
from workers.stages.sweep import sweep

HOUR = timedelta(hours=1)
MOMENTS: dict[Any, tuple[str, ...]] = {
    ImportJob: ("due_at", "begun_at", "phase_started_at", "moved_at"),
    JudgedChunk: ("due_at", "started_at"),
    ImportBatch: ("due_at", "started_at"),
    ImportEvent: ("at",),
    Lease: ("until",),
    WriterLease: ("held_since",),
}


def put_clock_back(rig: Rig) -> None:
    """As if it were an hour earlier than a moment ago: all that is written down is then an hour later."""
    with writing(rig.deps.database) as tx:
        for table, names in MOMENTS.items():
            for row in tx.execute(select(table)).scalars().all():
                for name in names:
                    moment = getattr(row, name)
                    setattr(row, name, moment and moment + HOUR)
                tx.add(row)


@pytest.mark.parametrize("stage", [Stage.PLAN, Stage.APPLY_BATCH])
def test_what_was_sent_and_lost_goes_on(rig: Rig, stage: Stage) -> None:
    job_id = rig.add_rows(KNOWN)
    while not any(follow_up.stage is stage for follow_up, _ in rig.outbox.waiting):
        assert rig.step()
    # The messages are lost with the broker.
    rig.outbox.waiting.clear()
    put_clock_back(rig)
    rig.outbox.send(sweep(rig.deps))
    assert rig.outbox.waiting == []
    rig.outbox.send(patrol(rig.deps))
    rig.outbox.send(sweep(rig.deps))
    assert {follow_up.stage for follow_up, _ in rig.outbox.waiting} == {stage}
    rig.drain_with_sweeps()
    assert rig.status(job_id) is ImportStatus.COMPLETED
    assert rig.counts(job_id).created == len(rig.contacts()) == len(KNOWN)


def test_what_is_put_ahead_as_far_as_anything_is_stays_there(rig: Rig) -> None:
    job_id = rig.add_rows(KNOWN)
    ((follow_up, attempt),) = rig.outbox.waiting
    rig.outbox.waiting.clear()
    with writing(rig.deps.database) as tx:
        assert extend(tx, follow_up, attempt, LONGEST_HEARTBEAT_SECONDS)
        before = tx.get_one(ImportJob, job_id).due_at
    rig.outbox.send(patrol(rig.deps))
    assert rig.job(job_id).due_at == before


def test_an_import_is_told_of(rig: Rig) -> None:
    job_id = rig.add_rows(KNOWN)
    newly_told(rig)
    put_clock_back(rig)
    rig.cancel(job_id)
    publish(rig.deps.database, GAP_SECONDS)
    with reading(rig.deps.database) as tx:
        event = latest_event(tx, rig.tenant_id, job_id)
    assert event is not None
    assert event.status == rig.status(job_id).value == "cancelled"


def test_a_lease_of_who_died_is_free(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "LEASE_SECONDS", 60.0)
    assert hold_lease(rig.deps.database, "a")
    put_clock_back(rig)
    assert hold_lease(rig.deps.database, "b")
    assert not hold_lease(rig.deps.database, "a")


def test_the_turn_to_write_passes_on(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "TURN_SECONDS", 60.0)
    one, two = (rig.add_rows([{"email": f"{n}@example.com"}]) for n in range(2))
    with writing(rig.deps.database) as tx:
        tx.execute(update(ImportJob).where(col(ImportJob.id).in_([one, two])).values(status=ImportStatus.APPLYING.value))
        assert ask_for_turn(tx, rig.tenant_id, one)
        assert not ask_for_turn(tx, rig.tenant_id, two)
        assert ask_for_turn(tx, rig.tenant_id, one)
    put_clock_back(rig)
    with writing(rig.deps.database) as tx:
        assert not ask_for_turn(tx, rig.tenant_id, one)
        assert ask_for_turn(tx, rig.tenant_id, two)
