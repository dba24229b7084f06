"""No tenant fills the queues of inspecting and planning alone, and what may take minutes waits apart from what takes seconds."""

import time
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select, update
from sqlmodel import col

from models.clock import new_id
from models.database import reading, writing
from models.queries.places import LARGE_AT_ONCE, LARGE_BYTES, LARGE_PACKED_BYTES, SMALL_AT_ONCE
from models.queries.sending import FollowUp, list_due
from models.tables import ImportJob
from models.vocabulary import FileFormat, ImportStatus, Stage
from tests.support.rig import Rig
from workers.queues import Queue, queue_of
from workers.stages.sweep import sweep

ROW = [{"email": "a@example.com"}]


def add_waiting(
    rig: Rig, count: int, *, tenant_id: UUID | None = None, size_bytes: int = 100, format: FileFormat = FileFormat.JSON
) -> list[UUID]:
    """Imports that wait to be inspected."""
    added = [rig.add_rows(ROW, tenant_id=tenant_id, mapping={"email": "email"}) for _ in range(count)]
    rig.outbox.waiting.clear()
    with writing(rig.deps.database) as tx:
        waiting = update(ImportJob).where(col(ImportJob.id).in_(added))
        tx.execute(waiting.values(size_bytes=size_bytes, format=format.value, due_at=tx.now(), attempt=0))
    return added


def copy_waiting(rig: Rig, import_id: UUID, count: int) -> None:
    """So many more that wait like this one."""
    table: Any = ImportJob.__table__  # type: ignore[attr-defined]
    with writing(rig.deps.database) as tx:
        like = dict(tx.execute(select(table).where(table.c.id == import_id)).mappings().one()) | {"attempt": 0, "due_at": tx.now()}
        tx.execute(insert(table), [like | {"id": new_id()} for _ in range(count)])


def sent(rig: Rig) -> list[UUID]:
    """What a sweep sends."""
    before = len(rig.outbox.waiting)
    rig.outbox.send(sweep(rig.deps))
    return [follow_up.id for follow_up, _ in rig.outbox.waiting[before:]]


def test_another_tenants_import_does_not_wait_behind_a_hundred(rig: Rig) -> None:
    many = add_waiting(rig, 100)
    (other,) = add_waiting(rig, 1, tenant_id=rig.add_tenant())
    found = sent(rig) + sent(rig)
    assert set(found) == {*many[:SMALL_AT_ONCE], other}
    assert sent(rig) == []


def test_the_next_ones_follow_as_those_before_are_through(rig: Rig) -> None:
    many = add_waiting(rig, SMALL_AT_ONCE + 3)
    assert sent(rig) == many[:SMALL_AT_ONCE]
    for _ in range(2):
        rig.step(Stage.INSPECT)
    assert [each for each in sent(rig) if each in many[SMALL_AT_ONCE:]] == many[SMALL_AT_ONCE : SMALL_AT_ONCE + 2]
    rig.drain_with_sweeps()
    assert {rig.status(each) for each in many} == {ImportStatus.COMPLETED}


def test_a_small_import_has_a_place_beside_large_ones_of_its_tenant(rig: Rig) -> None:
    large = add_waiting(rig, 3, size_bytes=LARGE_BYTES)
    (small,) = add_waiting(rig, 1)
    assert set(sent(rig)) == {*large[:LARGE_AT_ONCE], small}


@pytest.mark.parametrize("format", [FileFormat.ZIP, FileFormat.GZIP, FileFormat.XLSX, FileFormat.XLSB, FileFormat.ODS])
def test_what_is_packed_is_large_long_before(rig: Rig, format: FileFormat) -> None:
    packed = add_waiting(rig, 2, size_bytes=LARGE_PACKED_BYTES, format=format)
    (unpacked,) = add_waiting(rig, 1, size_bytes=LARGE_PACKED_BYTES)
    (tiny,) = add_waiting(rig, 1, size_bytes=LARGE_PACKED_BYTES - 1, format=format)
    assert set(sent(rig)) == {*packed[:LARGE_AT_ONCE], unpacked, tiny}
    with reading(rig.deps.database) as tx:
        assert queue_of(tx, FollowUp(Stage.PLAN, packed[0])) is Queue.LARGE_PLANS


def test_looking_for_what_is_due_stays_quick_however_many_imports_of_a_tenant_wait(rig: Rig) -> None:
    first = add_waiting(rig, SMALL_AT_ONCE)
    assert sent(rig) == first
    copy_waiting(rig, first[0], 3_000)
    (other,) = add_waiting(rig, 1, tenant_id=rig.add_tenant())
    # The quickest of three: something else may keep this process from one.
    seconds = []
    while len(seconds) < 3:
        began = time.monotonic()
        with reading(rig.deps.database) as tx:
            assert [each.id for each in list_due(tx, 50)] == [other]
        seconds.append(time.monotonic() - began)
    # A count for each that waits takes some twenty seconds.
    assert min(seconds) < 5


def test_planning_what_is_large_has_a_queue_of_its_own(rig: Rig) -> None:
    (large,), (small,) = add_waiting(rig, 1, size_bytes=LARGE_BYTES), add_waiting(rig, 1)
    with reading(rig.deps.database) as tx:
        assert queue_of(tx, FollowUp(Stage.PLAN, large)) is Queue.LARGE_PLANS
        assert queue_of(tx, FollowUp(Stage.PLAN, small)) is Queue.PLANNING
        # What there is to see of a file is wanted soon, however large it is.
        assert queue_of(tx, FollowUp(Stage.INSPECT, large)) is Queue.INSPECTING


def test_stages_that_end_something_need_no_place(rig: Rig) -> None:
    ending = add_waiting(rig, SMALL_AT_ONCE + 2)
    with writing(rig.deps.database) as tx:
        values = {"status": ImportStatus.APPLYING.value, "stage": Stage.FINALIZE.value}
        tx.execute(update(ImportJob).where(col(ImportJob.id).in_(ending)).values(**values))
    with reading(rig.deps.database) as tx:
        assert {follow_up.id for follow_up in list_due(tx, 50)} == set(ending)
