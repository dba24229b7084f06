"""The log of events: gapless, true at its end, and silent where nothing happens."""

import math
import time
from dataclasses import asdict
from datetime import timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from models.database import reading, writing
from models.dialects import SQLITE
from models.queries import transitions
from models.queries.events import GAP_SECONDS, append_events, latest_event, list_events, list_imports, list_to_publish, look_for_news
from models.queries.leases import hold
from models.queries.stages import take_up
from models.tables import ImportEvent, ImportJob, Lease, Tenant
from models.vocabulary import ImportStatus, Stage
from tests.stages.files import KNOWN, MESSY, messy_options, seed
from tests.support.rig import Rig
from workers.stages import publish as publishing
from workers.stages.publish import Queued, hold_lease, publish


def _events(rig: Rig, tenant_id: UUID | None = None) -> list[ImportEvent]:
    with reading(rig.deps.database) as tx:
        return list_events(tx, tenant_id or rig.tenant_id, after=0, import_id=None, limit=10_000)


def newly_told(rig: Rig) -> dict[UUID, int]:
    """The newest event number of each tenant that gets an event from a round of publishing."""

    def numbers() -> dict[UUID, int]:
        with reading(rig.deps.database) as tx:
            return {tenant_id: number for tenant_id, number in tx.execute(select(Tenant.id, Tenant.event_sequence)) if number}  # type: ignore[call-overload]

    before = numbers()
    publish(rig.deps.database)
    return dict(numbers().items() - before.items())


def test_events_have_no_gap_and_end_with_the_truth(rig: Rig) -> None:
    other = rig.add_tenant()
    first = seed(rig)
    second = rig.add_rows(MESSY, **messy_options(rig))
    third = rig.add_rows(KNOWN, tenant_id=other)
    rig.drain(check=lambda: publish(rig.deps.database) and None)
    for tenant_id, job_ids in ((rig.tenant_id, (first, second)), (other, (third,))):
        events = _events(rig, tenant_id)
        assert [event.sequence for event in events] == list(range(1, len(events) + 1))
        assert {event.import_id for event in events} == set(job_ids)
        for job_id in job_ids:
            mine = [event for event in events if event.import_id == job_id]
            assert mine[-1].status == rig.status(job_id).value
            assert mine[-1].counts == asdict(rig.counts(job_id))
            assert mine[-1].progress["percent"] == 100
            for event in mine:
                parts = ("created", "updated", "unchanged", "skipped", "failed", "unprocessed")
                assert sum(event.counts[name] for name in parts) == event.counts["total"]
    statuses = [event.status for event in _events(rig) if event.import_id == second]
    order = list(dict.fromkeys(statuses))
    assert order == ["planning", "applying", "completed_with_errors"] or order[0] in ("uploaded", "inspecting")
    assert len([status for status in statuses if status == "applying"]) > 3


def test_nothing_is_told_where_nothing_changed(rig: Rig) -> None:
    job_id = rig.add_rows(KNOWN)
    rig.step(Stage.INSPECT)
    assert newly_told(rig) == {rig.tenant_id: 1}
    assert newly_told(rig) == {}
    rig.drain()
    assert set(newly_told(rig)) == {rig.tenant_id}
    assert newly_told(rig) == {}
    assert rig.job(job_id).published_version == rig.job(job_id).version


def test_no_import_is_overlooked_where_there_are_many(rig: Rig, monkeypatch: object) -> None:
    original = publishing.MOST_AT_ONCE
    try:
        publishing.MOST_AT_ONCE = 2
        jobs = [rig.add_rows(KNOWN, mapping={"email": "email", "phone": "phone", "external_id": "external_id"}) for _ in range(5)]
        assert publish(rig.deps.database).newest == {rig.tenant_id: 5}
        rig.drain_with_sweeps()
        publish(rig.deps.database)
    finally:
        publishing.MOST_AT_ONCE = original
    with reading(rig.deps.database) as tx:
        last = [latest_event(tx, rig.tenant_id, job_id) for job_id in jobs]
    assert [event.status for event in last if event] == ["completed"] * 5


def test_imports_that_wait_are_not_measured_in_each_round(rig: Rig) -> None:
    jobs = [rig.add_rows(KNOWN, mapping={"email": "email"}) for _ in range(4)]
    publish(rig.deps.database)
    with reading(rig.deps.database) as tx:
        assert list_to_publish(tx, None, 10) == []
    assert publish(rig.deps.database).is_anything_moving
    ((follow_up, attempt), *_) = rig.outbox.waiting
    with writing(rig.deps.database) as tx:
        assert take_up(tx, follow_up.id, follow_up.stage, attempt, 1_000)
        assert [job.id for job in list_to_publish(tx, None, 10)] == jobs[:1]


def test_places_in_the_queue_are_told_of_as_they_change_some_at_a_time(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "MOST_AT_ONCE", 2)
    jobs = [rig.add_rows(KNOWN, mapping={"email": "email"}) for _ in range(3)]
    publish(rig.deps.database)
    with writing(rig.deps.database) as tx:
        waiting = update(ImportJob).where(col(ImportJob.id).in_(jobs))
        tx.execute(waiting.values(status=ImportStatus.QUEUED.value, queued_at=tx.now(), stage=None, due_at=None))
        assert list_to_publish(tx, None, 10) == []
    queued = Queued()
    publish(rig.deps.database, 0.0, queued)
    publish(rig.deps.database, 0.0, queued)
    # The rest a second later.
    assert sorted(positions(rig, jobs), key=str) == [1, 2, None]
    queued.looked_at = -math.inf
    publish(rig.deps.database, 0.0, queued)
    assert positions(rig, jobs) == [1, 2, 3]
    assert newly_told(rig) == {}
    rig.cancel(jobs[0])
    queued.looked_at = -math.inf
    publish(rig.deps.database, 0.0, queued)
    assert positions(rig, jobs[1:]) == [1, 2]


def test_what_is_queued_is_told_with_its_place_at_once(rig: Rig) -> None:
    jobs = [rig.import_rows([{"email": f"p{number}@example.com"}], auto_start=False, mapping={"email": "email"}) for number in range(4)]
    for job_id in jobs:
        rig.ask(transitions.start, job_id, plan_hash=None, concurrent_imports=2, in_flight=4, actor="tester")
    assert [rig.status(job_id) for job_id in jobs[2:]] == [ImportStatus.QUEUED] * 2
    publish(rig.deps.database)
    told = [event for event in _events(rig) if event.status == "queued"]
    assert [(event.import_id, event.kind, event.progress["queue_position"]) for event in told] == [
        (jobs[2], "status", 1),
        (jobs[3], "status", 2),
    ]


def add_begun(rig: Rig) -> UUID:
    """An import whose inspection is under way."""
    job_id = rig.add_rows(KNOWN, mapping={"email": "email"})
    ((follow_up, attempt), *_) = rig.outbox.waiting
    with writing(rig.deps.database) as tx:
        assert take_up(tx, follow_up.id, follow_up.stage, attempt, 1_000)
    return job_id


def positions(rig: Rig, jobs: list[UUID]) -> list[object]:
    """The places in the queue that were last told of."""
    with reading(rig.deps.database) as tx:
        events = [latest_event(tx, rig.tenant_id, job_id) for job_id in jobs]
    return [event.progress["queue_position"] for event in events if event]


def test_a_move_between_looking_and_telling_is_told_next(rig: Rig) -> None:
    """The version that was told of is noted, not the one that is there by then."""
    job_id = rig.import_rows(KNOWN)
    publish(rig.deps.database)
    with writing(rig.deps.database) as tx:
        tx.execute(update(ImportJob).where(col(ImportJob.id) == job_id).values(version=col(ImportJob.version) + 1))
    assert publish(rig.deps.database).newest == {rig.tenant_id: len(_events(rig))}
    assert newly_told(rig) == {}


def test_what_somebody_holds_is_told_in_the_next_round(rig: Rig) -> None:
    job_id = rig.add_rows(KNOWN)
    if rig.deps.database.dialect_name == "sqlite":
        return  # has one writer at a time
    with writing(rig.deps.database) as tx:
        tx.execute(select(ImportJob).where(col(ImportJob.id) == job_id).with_for_update())
        assert newly_told(rig) == {}
    assert newly_told(rig) == {rig.tenant_id: 1}


def test_an_events_of_an_undo_speak_of_the_undo(rig: Rig) -> None:
    job_id = rig.import_rows(KNOWN)
    publish(rig.deps.database)
    before = len(_events(rig))
    rig.roll_back(job_id)
    publish(rig.deps.database)
    rig.drain()
    publish(rig.deps.database)
    assert list(dict.fromkeys(event.status for event in _events(rig)[before:])) == ["rolling_back", "rolled_back"]
    assert rig.status(job_id) is ImportStatus.ROLLED_BACK


def test_a_deleted_import_is_told_of_no_more(rig: Rig) -> None:
    job_id = rig.import_rows(KNOWN)
    publish(rig.deps.database)
    rig.ask(transitions.delete, job_id, actor="tester")
    assert newly_told(rig) == {}
    rig.drain()
    assert newly_told(rig) == {}


def test_an_import_that_is_deleted_between_looking_and_telling_is_told_of_no_more(rig: Rig) -> None:
    job_id = rig.import_rows(KNOWN)
    with reading(rig.deps.database) as tx:
        states = look_for_news(tx, list_imports(tx, [job_id])).states
    assert [state.job.id for state in states] == [job_id]
    rig.ask(transitions.delete, job_id, actor="tester")
    with writing(rig.deps.database) as tx:
        assert append_events(tx, states) == []
        assert list_imports(tx, [job_id]) == []


def test_a_lease_has_one_holder(rig: Rig) -> None:
    assert hold_lease(rig.deps.database, "a")
    assert hold_lease(rig.deps.database, "a")
    assert not hold_lease(rig.deps.database, "b")
    with writing(rig.deps.database) as tx:
        tx.execute(update(Lease).values(until=tx.now() - timedelta(seconds=1)))
    assert hold_lease(rig.deps.database, "b")
    assert not hold_lease(rig.deps.database, "a")
    with writing(rig.deps.database) as tx:
        assert hold(tx, "another", "a", 5)


def test_of_an_import_there_are_at_most_ten_events_a_second(rig: Rig) -> None:
    job_id = rig.add_rows(KNOWN)
    rig.drain(check=lambda: publish(rig.deps.database, GAP_SECONDS) and None)
    moments = [event.at for event in _events(rig)]
    assert all(later - earlier >= timedelta(seconds=GAP_SECONDS) for earlier, later in pairwise(moments))
    time.sleep(2 * GAP_SECONDS)
    publish(rig.deps.database, GAP_SECONDS)
    assert _events(rig)[-1].status == rig.status(job_id).value == "completed"


def test_where_one_writes_at_a_time_a_plan_and_a_batch_tell_of_themselves(rig: Rig) -> None:
    is_told = rig.deps.database.dialect_name == SQLITE
    job_id = rig.add_rows(KNOWN)
    rig.step(Stage.INSPECT)
    rig.step(Stage.PLAN)
    assert [(event.status, event.counts["total"]) for event in _events(rig)] == ([("applying", len(KNOWN))] if is_told else [])
    time.sleep(GAP_SECONDS)
    # The first time it asks for its turn.
    while not rig.counts(job_id).created:
        assert rig.step(Stage.APPLY_BATCH)
    if is_told:
        _, event = _events(rig)
        assert event.counts == asdict(rig.counts(job_id))
        assert event.counts["created"] > 0
        # The publisher finds nothing to append, and tells of it all the same.
        assert publish(rig.deps.database).newest == {rig.tenant_id: 2}
    else:
        assert _events(rig) == []


def test_an_import_that_somebody_holds_is_told_of_as_long_as_it_did_not_move(rig: Rig) -> None:
    """Whoever records a plan holds its import for a second, and what was noted just before need not wait for that."""
    job_id = add_begun(rig)
    publish(rig.deps.database)
    with writing(rig.deps.database) as tx:
        tx.execute(update(ImportJob).where(col(ImportJob.id) == job_id).values(total=7))
    if rig.deps.database.dialect_name == SQLITE:
        assert newly_told(rig) == {rig.tenant_id: 2}  # has one writer at a time
        return
    with writing(rig.deps.database) as tx:
        tx.execute(select(ImportJob).where(col(ImportJob.id) == job_id).with_for_update())
        assert newly_told(rig) == {rig.tenant_id: 2}
    assert _events(rig)[-1].counts["total"] == 7
    assert newly_told(rig) == {}


def test_what_was_seen_of_an_import_before_somebody_else_told_of_it_is_told_no_more(rig: Rig) -> None:
    """Two who publish at once: the log does not go back, and has each number once."""
    job_id = rig.add_rows(KNOWN)
    other = rig.add_rows(KNOWN)
    with reading(rig.deps.database) as tx:
        seen = look_for_news(tx, list_imports(tx, [job_id, other])).states
    with writing(rig.deps.database) as tx:
        tx.execute(update(ImportJob).where(col(ImportJob.id) == job_id).values(total=7))
    with reading(rig.deps.database) as tx:
        newer = look_for_news(tx, list_imports(tx, [job_id])).states
    with writing(rig.deps.database) as tx:
        assert [event.counts["total"] for event in append_events(tx, newer)] == [7]
    with writing(rig.deps.database) as tx:
        # Of the other one, of which nobody spoke meanwhile, what was seen is as true as before.
        assert [(event.sequence, event.import_id) for event in append_events(tx, seen)] == [(2, other)]
    assert newly_told(rig) == {}
    assert [(event.sequence, event.import_id) for event in _events(rig)] == [(1, job_id), (2, other)]


def test_what_others_appended_is_announced_before_anything_is_written(rig: Rig) -> None:
    """Appending may have to wait for whoever writes."""
    job_id = rig.add_rows(KNOWN)
    publish(rig.deps.database)
    with writing(rig.deps.database) as tx:
        tx.execute(update(ImportJob).where(col(ImportJob.id) == job_id).values(total=7, version=col(ImportJob.version) + 1))
    said: list[int] = []
    publish(rig.deps.database, tell=lambda newest: said.append(newest[rig.tenant_id]))
    assert said[:2] == [1, 2]


def test_a_round_says_when_there_may_be_more_to_tell(rig: Rig) -> None:
    job_id = add_begun(rig)
    told = publish(rig.deps.database, 60.0)
    assert (told.next_seconds, told.is_all_told) == (60.0, True)
    later = publish(rig.deps.database, 60.0)
    assert later.next_seconds is not None
    assert 0 < later.next_seconds < 60.0
    assert later.is_all_told
    assert len(_events(rig)) == 1
    # Nothing is new, and as soon as something is, it may be told.
    quiet = publish(rig.deps.database)
    assert (quiet.next_seconds, quiet.is_all_told) == (None, False)
    if rig.deps.database.dialect_name == SQLITE:
        return  # has one writer at a time
    with writing(rig.deps.database) as tx:
        tx.execute(update(ImportJob).where(col(ImportJob.id) == job_id).values(version=col(ImportJob.version) + 1))
    with writing(rig.deps.database) as tx:
        tx.execute(select(ImportJob).where(col(ImportJob.id) == job_id).with_for_update())
        held = publish(rig.deps.database, 0.01)
    assert held.next_seconds is not None
    assert held.next_seconds < 0.01
    assert not held.is_all_told
