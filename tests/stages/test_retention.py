"""What has had its time goes, and never what an import that has not ended needs."""

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlmodel import SQLModel, col

from models.clock import utc_now
from models.database import reading, writing
from models.errors import DatabaseBusy, WrongState
from models.queries import transitions
from models.queries.analytics import Span, add_up, list_figures, list_issue_kinds
from models.queries.claims import CLAIMS
from models.queries.contact_history import list_history
from models.queries.counts import count_rows
from models.queries.origins import Origin, list_origins
from models.queries.remains import Part
from models.queries.retention import begin_sweep, take_from_history
from models.tables import (
    AuditEntry,
    Contact,
    ContactChange,
    ContactOrigin,
    IdempotencyKey,
    ImportEvent,
    ImportJob,
    ImportRun,
    RefusedUpload,
    Report,
    SignInLink,
    User,
)
from models.vocabulary import DuplicateStrategy, ImportStatus
from tests.stages.accounts import fields_of
from tests.stages.files import MESSY, messy_options, seed
from tests.support.retention import sweep_what_is_old
from tests.support.rig import Rig
from workers.stages.deps import Deps
from workers.stages.publish import publish
from workers.stages.retention import RetentionRounds, iter_pass

NAMES = ("files", "chunks", "issues", "reports", "journal", "imports", "events", "audit")
# In days: less than anything takes.
AT_ONCE = 1e-9
UPDATE = DuplicateStrategy.UPDATE
PEOPLE = [
    {"email": "ann@example.com", "company": "Acme", "tags": "vip"},
    {"email": "bob@example.com", "company": "Acme"},
    {"email": "no address"},
]


def keeping(rig: Rig, **days: float) -> Deps:
    """For ever, but for what is named."""
    settings = rig.deps.settings.model_copy(update={f"retention_{name}": days.get(name, 0) for name in NAMES})
    return replace(rig.deps, settings=settings)


def sweep(rig: Rig, *names: str) -> None:
    sweep_what_is_old(keeping(rig, **dict.fromkeys(names, AT_ONCE)), "one")


def keys(rig: Rig, job_id: UUID) -> set[str]:
    """What is left in the object store, by its kind."""
    found = [key.split("/") for key in rig.deps.storage.iter_keys(f"imports/{job_id}")]
    return {"reports" if folder == "reports" else name.split("-")[0] for *_, folder, name in found}


def count(rig: Rig, table: type[SQLModel]) -> int:
    with reading(rig.deps.database) as tx:
        return int(tx.execute(select(func.count()).select_from(table)).scalar_one())


def make_older(rig: Rig, job_id: UUID, days: float) -> None:
    """As if everything about an import had happened so long ago."""
    span = timedelta(days=days)
    with writing(rig.deps.database) as tx:
        job = tx.get_one(ImportJob, job_id)
        for name in ("created_at", "phase_started_at", "started_at", "completed_at"):
            if (moment := getattr(job, name)) is not None:
                setattr(job, name, moment - span)
        tx.add(job)
        for change in tx.execute(select(ContactChange).where(col(ContactChange.import_id) == job_id)).scalars():
            change.at -= span
            tx.add(change)
        for run in tx.execute(select(ImportRun).where(col(ImportRun.import_id) == job_id)).scalars():
            if run.started_at is not None:
                run.started_at -= span
                tx.add(run)


def state(rig: Rig) -> list[Any]:
    return sorted((repr(fields_of(c)), repr({k: getattr(c, k) for k in CLAIMS}), c.version) for c in rig.contacts())


def origins(rig: Rig, email: str) -> dict[tuple[str, Any], Origin]:
    contact = rig.contact(email)
    with reading(rig.deps.database) as tx:
        return {(found.field, found.value): found.origin for found in list_origins(tx, contact)}


def told(found: dict[tuple[str, Any], Origin]) -> dict[tuple[str, Any], tuple[Any, ...]]:
    return {item: (origin.import_id, origin.row, origin.actor) for item, origin in found.items()}


def import_and_undo(rig: Rig, between: Callable[[], None]) -> tuple[Any, ...]:
    """An import that updates, waits to be looked at, is cancelled half-way, taken up again and undone; what it came to at each end."""
    seed(rig)
    job_id = rig.add_rows(MESSY, **messy_options(rig), auto_start=False)
    rig.drain(check=between)
    rig.ask(transitions.remap, job_id, mapping=rig.job(job_id).mapping, options=None, actor="tester")
    rig.drain(check=between)
    assert rig.status(job_id) is ImportStatus.PLANNED
    between()
    rig.start(job_id)
    rig.step()
    between()
    rig.cancel(job_id)
    between()
    # At an end everything may go, so the next thing is asked before the next sweep.
    while rig.status(job_id) is ImportStatus.CANCELLING:
        rig.step()
    cancelled = state(rig)
    rig.retry(job_id)
    while rig.status(job_id) not in (ImportStatus.PLANNED, ImportStatus.APPLYING):
        between()
        rig.step()
    if rig.status(job_id) is ImportStatus.PLANNED:
        rig.start(job_id)
    while rig.status(job_id) is ImportStatus.APPLYING:
        between()
        rig.step()
    ended, counts = state(rig), rig.counts(job_id)
    rig.roll_back(job_id)
    while rig.status(job_id) is ImportStatus.ROLLING_BACK:
        between()
        rig.step()
    return cancelled, ended, counts, rig.status(job_id), state(rig), [(i.row, i.code, i.field) for i in rig.issues(job_id)]


def test_sweeping_at_every_moment_breaks_no_import_that_has_not_ended(rig: Rig) -> None:
    undisturbed = import_and_undo(rig, lambda: None)
    rig.tenant_id = rig.add_tenant()
    assert import_and_undo(rig, lambda: sweep(rig, *NAMES)) == undisturbed


def test_what_was_planned_long_ago_keeps_everything(rig: Rig) -> None:
    job_id = rig.import_rows(PEOPLE, auto_start=False)
    rig.ask(transitions.remap, job_id, mapping=rig.job(job_id).mapping, options=None, actor="tester")
    rig.drain()
    make_older(rig, job_id, 100)
    kept = keys(rig, job_id)
    sweep_what_is_old(rig.deps, "one")
    assert (keys(rig, job_id), rig.status(job_id)) == (kept, ImportStatus.PLANNED)
    assert rig.deps.storage.exists(rig.job(job_id).object_key)
    rig.start(job_id)
    rig.drain()
    assert rig.counts(job_id).created == 2


def test_each_part_goes_in_its_own_time(rig: Rig) -> None:
    job_id = rig.import_rows(PEOPLE)
    job = rig.job(job_id)
    assert {"chunk", "judged", "outcomes", "issues", "reports"} <= keys(rig, job_id)
    assert rig.job(job_id).head
    sweep_what_is_old(rig.deps, "one")
    assert rig.deps.storage.exists(job.object_key)

    sweep(rig, "files")
    assert not rig.deps.storage.exists(job.object_key)
    assert rig.job(job_id).chunks_swept_at is None
    rig.retry(job_id)
    rig.drain()
    counts = rig.counts(job_id)
    assert (counts.created, counts.failed) == (2, 1)

    sweep(rig, "issues")
    assert rig.issues(job_id) == []
    sweep(rig, "chunks")
    assert rig.job(job_id).head == []
    assert all(column["samples"] == [] for column in rig.job(job_id).columns)
    assert keys(rig, job_id) == {"outcomes", "reports"}
    with pytest.raises(WrongState) as refused:
        rig.retry(job_id)
    assert refused.value.code == "chunks_swept"

    sweep(rig, "reports")
    with reading(rig.deps.database) as tx:
        reports = list(tx.execute(select(Report)).scalars())
    assert reports
    assert all(report.object_key is None and report.swept_at is not None for report in reports)
    sweep(rig, "journal")
    assert keys(rig, job_id) == set()
    with pytest.raises(WrongState) as refused:
        rig.roll_back(job_id)
    assert refused.value.code == "journal_swept"
    assert rig.counts(job_id) == counts
    assert rig.job(job_id).sweeping_since is None


def test_a_failed_import_needs_its_file_to_be_retried(rig: Rig) -> None:
    job_id = rig.add_file(b"email\nann@example.com\n", header_row=99)
    rig.drain()
    assert rig.status(job_id) is ImportStatus.FAILED
    sweep(rig, "chunks", "issues", "journal")
    rig.retry(job_id)
    assert rig.job(job_id).chunks_swept_at is None
    rig.drain()
    assert rig.status(job_id) is ImportStatus.FAILED
    sweep(rig, "files")
    with pytest.raises(WrongState) as refused:
        rig.retry(job_id)
    assert refused.value.code == "file_swept"


def test_an_import_that_had_its_time_leaves_its_contacts_and_its_figures(rig: Rig) -> None:
    job_id = rig.import_rows(PEOPLE)
    before, counts = state(rig), rig.counts(job_id)
    span = Span(utc_now() - timedelta(days=1), utc_now() + timedelta(days=1))
    with reading(rig.deps.database) as tx:
        kinds = list_issue_kinds(tx, rig.tenant_id, span, 9)
    sweep(rig, "imports")
    rig.drain_with_sweeps()
    assert keys(rig, job_id) == set()
    assert state(rig) == before
    with reading(rig.deps.database) as tx:
        assert add_up(figures.counts for figures in list_figures(tx, rig.tenant_id, span)) == counts
        assert list_issue_kinds(tx, rig.tenant_id, span, 9) == kinds
        job = tx.get_one(ImportJob, job_id)
        assert asdict(count_rows(tx, [job])[job_id]) == asdict(counts)
        assert (job.deleted_at is not None, job.stage, job.columns) == (True, None, [])
        contact = rig.contact("ann@example.com")
        assert [(entry.import_id, entry.row) for entry in list_history(tx, contact, first=9)] == [(job_id, 1)]


def test_a_sweep_that_is_cut_off_anywhere_is_finished_by_the_next(rig: Rig) -> None:
    everything = keeping(rig, **dict.fromkeys(NAMES[:5], AT_ONCE))
    steps = 0
    while True:
        job_id = rig.import_rows(PEOPLE, duplicate_strategy=UPDATE)
        cut = iter_pass(everything, "one")
        ended = False
        for _ in range(steps + 1):
            if next(cut, "the end") == "the end":
                ended = True
        cut.close()
        sweep_what_is_old(everything, "one")
        assert keys(rig, job_id) == set()
        assert (rig.issues(job_id), rig.job(job_id).sweeping_since) == ([], None)
        assert not rig.deps.storage.exists(rig.job(job_id).object_key)
        if ended:
            return
        steps += 1


def test_issues_that_come_anew_amid_a_sweep_stay(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.stages.retention.ROWS_AT_A_TIME", 1)
    job_id = rig.import_rows(PEOPLE)
    steps = iter_pass(keeping(rig, issues=AT_ONCE), "one")
    next(steps)
    assert rig.job(job_id).sweeping_since is not None
    rig.retry(job_id)
    rig.drain()
    anew = len(rig.issues(job_id))
    for _ in steps:
        pass
    assert (len(rig.issues(job_id)), rig.job(job_id).sweeping_since) == (anew, None)
    assert anew


def test_chunks_that_are_being_deleted_are_not_made_anew_until_the_next_round(rig: Rig) -> None:
    rounds = RetentionRounds(keeping(rig), "one")
    rounds.run_round()
    job_id = rig.add_file(b"email\nann@example.com\n", header_row=99)
    rig.drain()
    cut_off(rig, job_id, Part.CHUNKS)
    with pytest.raises(DatabaseBusy):
        rig.retry(job_id)
    rounds.run_round()
    rig.retry(job_id)
    assert rig.status(job_id) is ImportStatus.INSPECTING


def test_a_sweep_that_is_cut_off_is_in_the_way_of_nothing_that_can_do_without(rig: Rig) -> None:
    rounds = RetentionRounds(keeping(rig), "one")
    rounds.run_round()
    job_id = rig.import_rows(PEOPLE)
    key = rig.job(job_id).object_key
    cut_off(rig, job_id, Part.FILE)
    rig.retry(job_id)
    # What began anew is not swept.
    rounds.run_round()
    assert rig.deps.storage.exists(key)
    rig.drain()
    cut_off(rig, job_id, Part.CHUNKS, Part.ISSUES)
    rig.roll_back(job_id)
    rig.drain()
    assert rig.status(job_id) is ImportStatus.ROLLED_BACK
    rounds.run_round()
    assert (rig.job(job_id).sweeping_since, rig.issues(job_id), rig.deps.storage.exists(key)) == (None, [], False)


def cut_off(rig: Rig, job_id: UUID, *parts: Part) -> None:
    """As if a worker had ended just after it began to sweep."""
    with writing(rig.deps.database) as tx:
        assert begin_sweep(tx, job_id, dict.fromkeys(parts, AT_ONCE)) is not None


def test_chunks_stay_until_the_report_is_written(rig: Rig) -> None:
    job_id = rig.add_rows(PEOPLE)
    while rig.status(job_id) is not ImportStatus.COMPLETED_WITH_ERRORS:
        rig.step()
    sweep(rig, "chunks", "files")
    job = rig.job(job_id)
    assert (job.chunks_swept_at, job.file_swept_at is None) == (None, False)
    rig.drain()
    with reading(rig.deps.database) as tx:
        report = tx.execute(select(Report)).scalar_one()
    assert report.object_key is not None
    assert rig.deps.storage.exists(report.object_key)
    sweep(rig, "chunks")
    assert rig.job(job_id).chunks_swept_at is not None


def test_an_import_stays_in_the_history_until_its_report_is_written(rig: Rig) -> None:
    job_id = rig.add_rows(PEOPLE)
    while rig.status(job_id) is not ImportStatus.COMPLETED_WITH_ERRORS:
        rig.step()
    sweep(rig, "imports")
    assert rig.job(job_id).deleted_at is None
    with writing(rig.deps.database) as tx:
        assert not take_from_history(tx, job_id, AT_ONCE)
    rig.drain()
    sweep(rig, "imports")
    assert rig.job(job_id).deleted_at is not None


def test_what_nothing_records_of_an_import_that_ended_lately_goes(rig: Rig) -> None:
    rig.import_rows(PEOPLE)
    job_id = rig.import_rows(MESSY, **messy_options(rig))
    waiting = rig.import_rows([{"email": "dan@example.com"}], auto_start=False, mapping={"email": "email"})
    recorded = {*rig.deps.storage.iter_keys("imports")}
    left = {f"imports/{each}/{rig.job(each).epoch}-7/chunk-00001.arrow" for each in (job_id, waiting)}
    for key in left:
        rig.deps.storage.put(key, b"")
    sweep(rig)
    # Whoever stored it may be about to record it.
    assert {*rig.deps.storage.iter_keys("imports")} == recorded | left
    for each in (job_id, waiting):
        make_older(rig, each, 1 / 24)
    sweep(rig)
    assert {*rig.deps.storage.iter_keys("imports")} == recorded | {key for key in left if str(waiting) in key}
    rig.roll_back(job_id)
    rig.drain()
    assert rig.status(job_id) is ImportStatus.ROLLED_BACK


def test_what_was_stored_of_an_import_after_it_was_deleted_goes(rig: Rig) -> None:
    kept, job_id = rig.import_rows(PEOPLE), rig.import_rows(MESSY)
    rig.ask(transitions.delete, job_id, actor="tester")
    rig.drain()
    remaining = {*rig.deps.storage.iter_keys("imports")}
    assert all(str(kept) in key for key in remaining)
    late = f"imports/{job_id}/3-chunks/late.arrow"
    rig.deps.storage.put(late, b"")
    sweep(rig)
    # Whoever was overtaken may still be at it.
    assert rig.deps.storage.exists(late)
    with writing(rig.deps.database) as tx:
        tx.execute(update(ImportJob).where(col(ImportJob.id) == job_id).values(deleted_at=tx.now() - timedelta(hours=1)))
    sweep(rig)
    assert {*rig.deps.storage.iter_keys("imports")} == remaining


def test_one_worker_sweeps_at_a_time(rig: Rig) -> None:
    job_id = rig.import_rows(PEOPLE)
    steps = iter_pass(keeping(rig, issues=AT_ONCE), "one")
    next(steps)
    sweep_what_is_old(keeping(rig, chunks=AT_ONCE), "another")
    assert rig.job(job_id).chunks_swept_at is None


def test_rounds_end_in_seconds_and_a_pass_is_made_once_an_hour(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.stages.retention.SECONDS_A_ROUND", 0.0)
    job_id = rig.import_rows(PEOPLE)
    rounds = RetentionRounds(keeping(rig, issues=AT_ONCE), "one")
    for _ in range(40):
        rounds.run_round()
    assert rig.issues(job_id) == []
    later = rig.import_rows(PEOPLE)
    others = RetentionRounds(keeping(rig, issues=AT_ONCE), "another")
    for _ in range(40):
        rounds.run_round()
        others.run_round()
    assert rig.issues(later) != []


def test_the_journal_goes_and_leaves_who_set_what(rig: Rig) -> None:
    list_id = str(rig.add_list("Spring"))
    first = rig.import_rows(PEOPLE)
    rig.edit(rig.contact("ann@example.com"), notes="by hand", tags=["vip", "met"])
    rig.edit(rig.contact("ann@example.com"), company="Globex")
    second = rig.import_rows([{"email": "ann@example.com", "company": "Initech"}], duplicate_strategy=UPDATE, list_ids=(list_id,))
    undone = rig.import_rows([{"email": "ann@example.com", "company": "Umbrella", "city": "Paris"}], duplicate_strategy=UPDATE)
    rig.roll_back(undone)
    rig.drain()
    before = origins(rig, "ann@example.com")
    assert told(before) == {
        ("email", "ann@example.com"): (first, 1, None),
        ("company", "Initech"): (second, 1, "tester"),
        ("notes", "by hand"): (None, None, "a person"),
        ("tags", "vip"): (first, 1, None),
        ("tags", "met"): (None, None, "a person"),
        ("lists", list_id): (second, 1, "tester"),
    }
    sweep(rig, "journal")
    assert rig.changes() == []
    assert origins(rig, "ann@example.com") == before
    rig.edit(rig.contact("ann@example.com"), company="Hooli")
    assert origins(rig, "ann@example.com")["company", "Hooli"].actor == "a person"
    sweep(rig, "journal")
    after = told(origins(rig, "ann@example.com"))
    assert after["company", "Hooli"] == (None, None, "a person")
    with reading(rig.deps.database) as tx:
        (creation,) = list_history(tx, rig.contact("ann@example.com"), first=9)
        stored = repr([row.items for row in tx.execute(select(ContactOrigin)).scalars()])
    assert (creation.import_id, {change.field: change.after for change in creation.changes}) == (
        first,
        {"email": "ann@example.com", "tags": ["vip"]},
    )
    assert not [value for value in ("Globex", "Initech", "by hand") if value in stored]


def test_the_journal_stays_while_an_import_can_be_undone(rig: Rig) -> None:
    """A person's edit from before the retry of an old import: undoing that import must still see it."""
    rig.create(email="ann@example.com", company="Acme")
    old = rig.import_rows([{"email": "ann@example.com", "company": "Globex"}, {"email": "none"}], duplicate_strategy=UPDATE)
    rig.edit(rig.contact("ann@example.com"), company="Initech")
    make_older(rig, old, 100)
    with writing(rig.deps.database) as tx:
        tx.execute(update(ContactChange).values(at=utc_now() - timedelta(days=95)).where(col(ContactChange.actor) == "a person"))
    rig.retry(old)
    rig.drain()
    sweep_what_is_old(rig.deps, "one")
    rig.roll_back(old)
    rig.drain()
    assert rig.status(old) is ImportStatus.PARTIALLY_ROLLED_BACK
    assert rig.contact("ann@example.com").company == "Initech"


def test_deleted_contacts_go_with_their_journal(rig: Rig) -> None:
    job_id = rig.import_rows(PEOPLE)
    rig.remove(rig.contact("ann@example.com"))
    sweep_what_is_old(rig.deps, "one")
    assert count(rig, Contact) == 2
    sweep(rig, "journal")
    assert count(rig, Contact) == 1
    assert (count(rig, ContactChange), count(rig, ContactOrigin)) == (0, 0)
    assert rig.counts(job_id).created == 2


def test_other_rows_go_when_they_mean_nothing_any_more(rig: Rig) -> None:
    job_id = rig.import_rows(PEOPLE)
    publish(rig.deps.database)
    waiting = rig.import_rows(PEOPLE, auto_start=False)
    publish(rig.deps.database)
    ago = utc_now() - timedelta(days=500)
    with writing(rig.deps.database) as tx:
        user = User(tenant_id=rig.tenant_id, name="ada", created_at=ago)
        tx.add(user)
        tx.flush()
        for moment, name in ((ago, "old"), (utc_now() + timedelta(minutes=5), "new")):
            tx.add(SignInLink(tenant_id=rig.tenant_id, user_id=user.id, code_hash=name, expires_at=moment))
            tx.add(IdempotencyKey(tenant_id=rig.tenant_id, key=name, input_sha256="", import_id=job_id, created_at=moment))
            tx.add(RefusedUpload(tenant_id=rig.tenant_id, at=moment, code=name))
            tx.add(AuditEntry(tenant_id=rig.tenant_id, at=moment, action=f"{name}.thing", detail={}))
        tx.execute(update(ImportEvent).values(at=ago))
    entries = count(rig, AuditEntry)
    sweep_what_is_old(rig.deps, "one")
    assert [count(rig, table) for table in (SignInLink, IdempotencyKey, RefusedUpload)] == [1, 1, 1]
    assert count(rig, AuditEntry) == entries - 1
    with reading(rig.deps.database) as tx:
        assert set(tx.execute(select(col(ImportEvent.import_id))).scalars()) == {waiting}


def test_a_sweep_is_told_in_the_audit_trail(rig: Rig) -> None:
    job_id = rig.import_rows(PEOPLE)
    rig.edit(rig.contact("ann@example.com"), notes="x")
    sweep(rig, "files", "journal")
    sweep(rig, "imports")
    with reading(rig.deps.database) as tx:
        entries = list(tx.execute(select(AuditEntry).where(col(AuditEntry.tenant_id) == rig.tenant_id)).scalars())
    found = {entry.action: (entry.actor, entry.subject_id, entry.detail) for entry in entries}
    assert found["import.swept"] == (None, job_id, {"filename": "contacts.csv", "parts": ["file", "journal"]})
    assert found["journal.swept"] == (None, None, {"entries": 1})
    assert found["import.deleted"] == (None, job_id, {"filename": "contacts.csv", "by": "retention"})
