"""Rows that come to something else while they are applied, and what they meet there: other rows of their batch, and keys let go."""

from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import col

from models.database import reading, writing
from models.queries.contact_edits import lock_contact, update_contact
from models.tables import ImportBatch, ImportIssueCount, ImportJob
from models.vocabulary import DirectoryPolicy, DuplicateStrategy, ImportStatus, MatchMode, Stage
from tests.support.rig import Rig

MERGE, CREATE = DuplicateStrategy.MERGE, DuplicateStrategy.CREATE


def _planned(rig: Rig, rows: list[dict[str, str]], **options: Any) -> UUID:
    """An import that nobody wants to see first, planned and not yet applied."""
    job_id = rig.add_rows(rows, mapping={name: name for row in rows for name in row}, **options)
    while any(follow_up.stage is not Stage.APPLY_BATCH for follow_up, _ in rig.outbox.waiting):
        assert rig.step(Stage.INSPECT) or rig.step(Stage.PLAN)
    return job_id


def _came(rig: Rig, job_id: UUID) -> dict[str, int]:
    counts = rig.counts(job_id)
    names = ("created", "updated", "unchanged", "skipped", "failed", "unprocessed")
    return {name: count for name in names if (count := getattr(counts, name))}


def test_a_row_judged_again_and_a_planned_one_that_want_the_same_key_are_settled_in_row_order(rig: Rig) -> None:
    known = rig.create(external_id="1", email="mine@example.com")
    rows = [{"external_id": "1", "email": "key@example.com", "city": "Lyon"}, {"email": "key@example.com", "company": "C"}]
    job_id = _planned(rig, rows, duplicate_strategy=MERGE)
    rig.remove(known)
    rig.drain_with_sweeps()
    assert rig.status(job_id) is ImportStatus.COMPLETED, rig.job(job_id).failure_message
    assert [(c.external_id, c.email_key, c.company) for c in rig.contacts()] == [("1", "key@example.com", "C")]
    assert _came(rig, job_id) == {"created": 1, "updated": 1}


def test_a_row_judged_again_that_finds_the_contact_of_a_planned_one_is_folded_into_its_write(rig: Rig) -> None:
    gone = rig.create(external_id="1", email="one@example.com")
    other = rig.create(email="two@example.com")
    rows = [
        {"external_id": "1", "email": "two@example.com", "city": "Lyon"},
        {"email": "two@example.com", "company": "C"},
    ]
    job_id = _planned(rig, rows, duplicate_strategy=MERGE)
    rig.remove(gone)
    rig.drain_with_sweeps()
    assert rig.status(job_id) is ImportStatus.COMPLETED, rig.job(job_id).failure_message
    assert [(c.id, c.external_id, c.city, c.company, c.version) for c in rig.contacts()] == [(other.id, "1", "Lyon", "C", 2)]
    entries = [(c.version_before, c.version_after) for c in rig.changes() if c.import_id == job_id]
    assert entries == [(1, 2)]
    assert _came(rig, job_id) == {"updated": 2}


def test_rows_that_share_a_write_only_now_are_left_together(rig: Rig) -> None:
    one = rig.create(external_id="1", email="one@example.com")
    two = rig.create(email="two@example.com")
    rows = [
        {"external_id": "1", "email": "two@example.com", "city": "Lyon"},
        {"email": "two@example.com", "company": "C"},
    ]
    job_id = rig.import_rows(rows, auto_start=False, mapping={name: name for name in rows[0] | rows[1]}, duplicate_strategy=MERGE)
    rig.remove(one)
    rig.edit(two, job_title="Edited")
    rig.start(job_id)
    rig.drain_with_sweeps()
    # The first row would change another contact than was shown, and the second stands in one write with it.
    assert _came(rig, job_id) == {"unprocessed": 2}
    assert [(c.city, c.company, c.job_title) for c in rig.contacts()] == [(None, None, "Edited")]


@pytest.mark.parametrize("lets_go", ["deleted", "changed"])
def test_a_twin_claims_its_key_if_its_holder_goes_before_the_twin_is_written(rig: Rig, lets_go: str) -> None:
    holder = rig.create(email="key@example.com", first_name="Holder")
    job_id = _planned(rig, [{"email": "key@example.com", "first_name": "Twin"}], duplicate_strategy=CREATE)
    if lets_go == "deleted":
        rig.remove(holder)
    else:
        with writing(rig.deps.database) as tx:
            update_contact(tx, lock_contact(tx, rig.tenant_id, holder.id, None), {"email": "other@example.com"}, "a person")
    rig.drain_with_sweeps()
    assert rig.status(job_id) is ImportStatus.COMPLETED
    assert {c.first_name: c.email_key for c in rig.contacts()}["Twin"] == "key@example.com"


def test_of_twins_in_one_file_the_first_row_claims_whatever_batch_comes_first(rig: Rig) -> None:
    rows = [{"email": f"p{n % 4}@example.com", "first_name": str(n)} for n in range(8)]
    job_id = _planned(rig, rows, duplicate_strategy=CREATE)
    rig.outbox.waiting.reverse()
    rig.drain_with_sweeps()
    assert _came(rig, job_id) == {"created": 8}
    claimed = {c.first_name: c.email_key is not None for c in rig.contacts()}
    assert claimed == {str(n): n < 4 for n in range(8)}


@pytest.mark.parametrize("is_early", [False, True])
def test_of_twins_in_one_file_the_lowest_row_inherits_whatever_batch_was_written_first(rig: Rig, is_early: bool) -> None:
    """Whether the holder goes before the twins are written or afterwards."""
    holder = rig.create(email="key@example.com", first_name="Holder")
    rows = [{"email": "key@example.com" if n in (1, 7) else f"p{n}@example.com", "first_name": str(n)} for n in range(8)]
    job_id = _planned(rig, rows, duplicate_strategy=CREATE)
    # The first one to come asks for the import's turn to write.
    assert rig.step()
    with reading(rig.deps.database) as tx:
        rig.outbox.waiting.sort(key=lambda message: -tx.get_one(ImportBatch, message[0].id).number)
    if is_early:
        rig.remove(holder)
    rig.drain_with_sweeps()
    written = {c.first_name: c.created_at for c in rig.contacts() if c.import_id == job_id}
    assert written["7"] < written["1"]
    if not is_early:
        rig.remove(holder)
    assert {c.first_name: c.email_key for c in rig.contacts() if c.email == "key@example.com"} == {"1": "key@example.com", "7": None}


def _told(rig: Rig, job_id: UUID) -> list[tuple[int, str]]:
    """The issues, which are counted as they are."""
    issues = rig.issues(job_id)
    with reading(rig.deps.database) as tx:
        counts = tx.execute(select(ImportIssueCount).where(col(ImportIssueCount.import_id) == job_id)).scalars().all()
    assert {(kind.code, kind.field): kind.count for kind in counts} == Counter((issue.code, issue.field or "") for issue in issues)
    return sorted((issue.row, issue.code) for issue in issues)


@pytest.mark.parametrize("is_reviewed", [False, True])
@pytest.mark.parametrize("consent", ["subscribed", "unsubscribed"])
def test_what_is_told_of_a_row_that_is_judged_again_is_told_once_and_stays_in_a_retry(rig: Rig, consent: str, is_reviewed: bool) -> None:
    """A note that the plan has and the row has still, or only by now, and one that the row has no more."""
    ann = rig.create(email="ann@example.com", consent="unsubscribed" if consent == "subscribed" else "subscribed")
    bob = rig.create(email="bob@example.com", consent="unsubscribed")
    rows = [
        {"email": "ann@example.com", "consent": "subscribed", "company": ""},
        {"email": "ann@example.com", "consent": "", "company": ""},
        {"email": "bob@example.com", "consent": "subscribed", "company": "Nobody knows"},
        {"email": "no address", "consent": "", "company": ""},
    ]
    options = {"duplicate_strategy": DuplicateStrategy.UPDATE, "company_policy": DirectoryPolicy.MATCH, "tags": ("new",)}
    mapping = {name: name for name in rows[0]}
    job_id = rig.import_rows(rows, auto_start=False, mapping=mapping, **options) if is_reviewed else _planned(rig, rows, **options)
    rig.edit(ann, consent=consent)
    rig.edit(bob, job_title="Edited")
    rig.start(job_id) if is_reviewed else None
    rig.drain_with_sweeps()
    alike = [(2, "duplicate_row"), (3, "consent_kept"), (3, "unknown_company"), (4, "invalid_email")]
    told = [*([(1, "consent_kept")] if consent == "unsubscribed" else []), *alike]
    if not is_reviewed or consent == "unsubscribed":
        assert _told(rig, job_id) == told
    rig.retry(job_id)
    rig.drain_with_sweeps()
    if rig.status(job_id) is ImportStatus.PLANNED:
        rig.start(job_id)
        rig.drain_with_sweeps()
    assert _told(rig, job_id) == told


@pytest.mark.parametrize("is_reviewed", [False, True])
@pytest.mark.parametrize("keys", [{"email": "key@example.com"}, {"phone": "+33612345678"}, {"external_id": "7"}])
def test_a_twin_of_who_unsubscribes_after_the_plan_is_created_unsubscribed(rig: Rig, keys: dict[str, str], is_reviewed: bool) -> None:
    holder = rig.create(**keys, consent="subscribed")
    rows = [{**keys, "consent": "subscribed"}, {"email": "other@example.com", "consent": "subscribed"}]
    job_id = rig.add_rows(rows, mapping={name: name for row in rows for name in row}, duplicate_strategy=CREATE, auto_start=False)
    rig.drain()
    rig.edit(holder, consent="unsubscribed")
    if is_reviewed:
        rig.start(job_id)
    else:
        with writing(rig.deps.database) as tx:
            tx.get_one(ImportJob, job_id).auto_start = True
        rig.start(job_id)
    rig.drain()
    assert _came(rig, job_id) == {"created": 2}
    assert [c.consent for c in rig.contacts() if c.import_id == job_id] == ["unsubscribed", "subscribed"]
    assert [(i.row, i.code) for i in rig.issues(job_id)] == [(1, "consent_kept")]


def test_the_phone_of_who_unsubscribes_after_the_plan_counts_under_any(rig: Rig) -> None:
    holder = rig.create(phone="+33612345678")
    rows = [{"email": "a@example.com", "phone": "+33612345678", "consent": "subscribed"}]
    job_id = _planned(rig, rows, duplicate_strategy=CREATE, match_mode=MatchMode.ANY)
    rig.edit(holder, consent="unsubscribed")
    rig.drain()
    assert _came(rig, job_id) == {"created": 1}
    assert [c.consent for c in rig.contacts() if c.import_id == job_id] == ["unsubscribed"]


@pytest.mark.parametrize("is_reviewed", [False, True])
@pytest.mark.parametrize("is_claimed", [False, True])
def test_a_twin_of_a_row_that_comes_out_unsubscribed_does_so_too(rig: Rig, is_claimed: bool, is_reviewed: bool) -> None:
    """Whether the row claims the key that both have, or somebody else does who has not refused."""
    if is_claimed:
        rig.create(email="a@example.com", consent="subscribed")
    holder = rig.create(external_id="x1", consent="subscribed")
    rows = [{"external_id": "x1", "email": "a@example.com", "consent": "subscribed"}, {"email": "a@example.com", "consent": "subscribed"}]
    job_id = rig.add_rows(rows, mapping={name: name for name in rows[0]}, duplicate_strategy=CREATE, auto_start=not is_reviewed)
    while not any(follow_up.stage is Stage.APPLY_BATCH for follow_up, _ in rig.outbox.waiting):
        if not rig.step():
            rig.start(job_id)
    rig.edit(holder, consent="unsubscribed")
    rig.drain_with_sweeps()
    assert _came(rig, job_id) == {"created": 2}
    assert [c.consent for c in rig.contacts() if c.import_id == job_id] == ["unsubscribed"] * 2
    assert sorted((i.row, i.code) for i in rig.issues(job_id) if i.code == "consent_kept") == [(1, "consent_kept"), (2, "consent_kept")]


@pytest.mark.parametrize("is_reviewed", [False, True])
@pytest.mark.parametrize("is_holder_in_file", [False, True])
def test_who_was_planned_unsubscribed_stays_so_when_the_row_is_judged_again(rig: Rig, is_holder_in_file: bool, is_reviewed: bool) -> None:
    """Whether the one beside whom it was planned is not written yet, or is gone."""
    holder = None if is_holder_in_file else rig.create(email="a@example.com", consent="unsubscribed")
    others = [{"email": f"p{n}@example.com", "consent": ""} for n in range(6)]
    first = [{"email": "a@example.com", "consent": "unsubscribed"}] if is_holder_in_file else []
    rows = [*first, *others, {"external_id": "x9", "email": "a@example.com", "consent": "subscribed"}]
    mapping = {name: name for name in ("external_id", "email", "consent")}
    job_id = rig.add_rows(rows, mapping=mapping, duplicate_strategy=CREATE, auto_start=not is_reviewed)
    while not any(follow_up.stage is Stage.APPLY_BATCH for follow_up, _ in rig.outbox.waiting):
        if not rig.step():
            rig.start(job_id)
    rig.create(external_id="x9")
    if holder is not None:
        rig.remove(holder)
    rig.outbox.waiting.reverse()
    rig.drain_with_sweeps()
    assert {c.consent for c in rig.contacts() if c.import_id == job_id and c.email == "a@example.com"} == {"unsubscribed"}
    assert [(i.row, i.code) for i in rig.issues(job_id) if i.code == "consent_kept"] == [(len(rows), "consent_kept")]
