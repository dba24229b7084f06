"""An import that is to be read otherwise is read so, whatever comes in between, and keeps what it has where it cannot be read again."""

from dataclasses import replace
from uuid import UUID

import pytest

from models.database import reading
from models.errors import WrongState
from models.queries import transitions
from models.queries.plans import list_chunks
from models.queries.remains import Part
from models.queries.retrying import find_needed
from models.vocabulary import ImportStatus
from tests.support.retention import sweep_what_is_old
from tests.support.rig import Rig

FILE = b"email,company\nann@example.com,Acme\nbob@example.com,Acme\n"
WHOLE_LINE = {"email,company": "email"}


def plan_wrongly(rig: Rig) -> UUID:
    """An import that is planned with each line for one cell."""
    job_id = rig.add_file(FILE, delimiter=";", mapping=WHOLE_LINE, auto_start=False)
    rig.drain()
    assert (rig.status(job_id), rig.job(job_id).mapping) == (ImportStatus.PLANNED, WHOLE_LINE)
    return job_id


def read_otherwise(rig: Rig, job_id: UUID) -> None:
    rig.ask(transitions.remap, job_id, mapping=None, options={**rig.job(job_id).options, "delimiter": ","}, actor="tester")


def needed(rig: Rig, job_id: UUID) -> Part:
    with reading(rig.deps.database) as tx:
        return find_needed(tx, rig.tenant_id, [rig.job(job_id)])[job_id].part


@pytest.mark.parametrize("ending", ["failed", "cancelled", "cancelled_when_asked"])
def test_a_retry_after_an_end_amid_reading_otherwise_reads_otherwise(rig: Rig, ending: str) -> None:
    job_id = plan_wrongly(rig)
    assert needed(rig, job_id) is Part.CHUNKS
    key = rig.job(job_id).object_key
    read_otherwise(rig, job_id)
    rig.deps.storage.delete(key) if ending == "failed" else None
    if ending != "cancelled":
        rig.drain_with_sweeps()
    if ending != "failed":
        rig.cancel(job_id)
        rig.drain()
    assert rig.status(job_id).value == ending.split("_")[0]
    assert needed(rig, job_id) is Part.FILE
    rig.deps.storage.put(key, FILE)
    rig.retry(job_id)
    assert rig.status(job_id) is ImportStatus.INSPECTING
    rig.drain()
    job = rig.job(job_id)
    assert (job.status, [column["header"] for column in job.columns]) == (ImportStatus.NEEDS_MAPPING.value, ["email", "company"])
    rig.ask(transitions.remap, job_id, mapping=job.mapping, options=None, actor="tester")
    rig.drain()
    rig.start(job_id)
    rig.drain()
    assert {(contact.email, contact.company) for contact in rig.contacts()} == {("ann@example.com", "Acme"), ("bob@example.com", "Acme")}


@pytest.mark.parametrize("ending", ["cancelled", "completed_with_errors"])
def test_a_run_that_settled_nothing_has_no_part_in_what_is_read_otherwise(rig: Rig, ending: str) -> None:
    """The new rows are asked about like those of any file that is planned for the first time."""
    data = b"email,birthday\n" + b"".join(b"p%d@example.com,%d/4/1984\n" % (n, n) for n in range(1, 9))
    job_id = rig.add_file(data, delimiter=";", mapping={"email,birthday": "email"}, auto_start=False)
    rig.drain()
    rig.start(job_id)
    if ending == "cancelled":
        rig.cancel(job_id)
    rig.drain()
    assert rig.status(job_id).value == ending
    rig.retry(job_id)
    rig.drain()
    read_otherwise(rig, job_id)
    rig.drain()
    rig.ask(transitions.remap, job_id, mapping=rig.job(job_id).mapping, options=None, actor="tester")
    rig.drain()
    assert (rig.status(job_id), rig.job(job_id).failure_code) == (ImportStatus.NEEDS_MAPPING, "date_order_needed")
    rig.ask(transitions.remap, job_id, mapping=None, options={**rig.job(job_id).options, "date_order": "day_first"}, actor="tester")
    rig.drain()
    rig.start(job_id)
    rig.drain()
    assert [contact.birthday for contact in rig.contacts()] == [f"1984-04-{n:02}" for n in range(1, 9)]
    assert rig.counts(job_id).created == 8


def test_what_cannot_be_read_otherwise_any_more_stays_as_it_is(rig: Rig) -> None:
    job_id = plan_wrongly(rig)
    rig.cancel(job_id)
    kept = {f"retention_{name}": 0 for name in ("chunks", "issues", "reports", "journal", "imports", "events", "audit")}
    settings = rig.deps.settings.model_copy(update={**kept, "retention_files": 1e-9})
    sweep_what_is_old(replace(rig.deps, settings=settings), "one")
    rig.retry(job_id)
    rig.drain()
    assert rig.status(job_id) is ImportStatus.PLANNED
    before = rig.job(job_id)
    with pytest.raises(WrongState) as refused:
        read_otherwise(rig, job_id)
    assert refused.value.code == "file_swept"
    after = rig.job(job_id)
    assert (after.status, after.version, after.mapping) == (before.status, before.version, before.mapping)
    with reading(rig.deps.database) as tx:
        assert list_chunks(tx, job_id)
    rig.start(job_id)
    rig.drain()
    assert rig.status(job_id) is ImportStatus.COMPLETED_WITH_ERRORS
