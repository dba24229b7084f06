"""While an import is planned, its progress says what is being done, and with how many rows."""

from itertools import groupby
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import col

from models.database import Writing, reading
from models.queries.counts import measure_progress
from models.queries.planning import Headway, find_headway
from models.tables import ImportJob
from models.vocabulary import ImportStatus, PlanningStep
from tests.support.rig import Rig
from workers.stages import position

READING, JUDGING, COMPARING, SETTLING = PlanningStep


def watch(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> list[Headway]:
    """What was to be seen whenever planning was about to note how far it is."""
    seen: list[Headway] = []
    note_position = position.note_position

    def look_first(tx: Writing, job: ImportJob, *rest: Any) -> bool:
        with reading(rig.deps.database) as look:
            jobs = list(look.execute(select(ImportJob).where(col(ImportJob.id) == job.id)).scalars())
            seen.extend(find_headway(look, jobs).values())
            (progress,) = measure_progress(look, jobs).values()
            assert (progress.step, progress.step_processed) == (seen[-1].step, seen[-1].processed)
        return note_position(tx, job, *rest)

    monkeypatch.setattr(position, "note_position", look_first)
    monkeypatch.setattr(position, "SECONDS_BETWEEN_NOTES", 0.0)
    return seen


def add(rig: Rig, count: int) -> UUID:
    rows = [{"email": f"p{number}@example.com"} for number in range(count)]
    return rig.add_rows(rows, mapping={"email": "email"}, auto_start=False)


@pytest.mark.parametrize(("count", "kinds"), [(40, [READING, JUDGING, COMPARING, SETTLING]), (8, [READING, JUDGING, SETTLING])])
def test_steps_come_one_after_the_other_and_their_counts_grow(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, count: int, kinds: list[PlanningStep]
) -> None:
    seen = watch(rig, monkeypatch)
    job_id = add(rig, count)
    rig.drain()
    assert rig.status(job_id) is ImportStatus.PLANNED
    by_kind = [(kind, [headway.processed for headway in headways]) for kind, headways in groupby(seen, key=lambda headway: headway.step)]
    assert [kind for kind, _ in by_kind] == kinds
    for _, processed in by_kind:
        assert processed == sorted(processed)
        assert processed[-1] <= count
    # A chunk that was read, judged or settled is told of before all are.
    assert all(any(0 < each < count for each in processed) for kind, processed in by_kind if count == 40 and kind is not COMPARING)


def test_what_is_not_being_planned_is_at_no_step(rig: Rig) -> None:
    job_id = add(rig, 3)
    with reading(rig.deps.database) as tx:
        assert find_headway(tx, [rig.job(job_id)]) == {}
    rig.drain()
    with reading(rig.deps.database) as tx:
        planned = rig.job(job_id)
        assert (planned.status, find_headway(tx, [planned])) == (ImportStatus.PLANNED, {})
        assert measure_progress(tx, [planned])[job_id].step is None
