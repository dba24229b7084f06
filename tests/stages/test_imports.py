"""An import from its file to its contacts, however it is cut and whatever order messages come in."""

import dataclasses
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from models.database import reading
from models.queries.counts import find_plan_run, planned_counts
from models.settings import Settings
from models.tables import ImportBatch, ImportJob
from models.vocabulary import DuplicateStrategy, ImportStatus, MatchField, Stage
from tests.stages.accounts import Account, fields_of, take_account
from tests.stages.files import KNOWN, MESSY, messy_options, seed, seed_by_hand
from tests.support.rig import Rig, make_rig


def _run(settings: Settings, random: Random | None = None) -> Account:
    rig = make_rig(settings)
    seed_by_hand(rig)
    job_id = rig.add_rows(MESSY, **messy_options(rig, list_ids=(str(rig.add_list("Spring")),)))
    rig.drain(random)
    account = take_account(rig, [job_id])
    rig.deps.database.close()
    return account


# What `_run` comes to by itself: the same on both databases, so whichever is the first says it to the other.
_KNOWN: list[Account] = []


def _undisturbed(settings: Settings) -> Account:
    if not _KNOWN:
        _KNOWN.append(_run(settings))
    return _KNOWN[0]


def test_a_file_becomes_its_contacts(rig: Rig) -> None:
    job_id = rig.import_rows(KNOWN)
    assert rig.status(job_id) is ImportStatus.COMPLETED
    assert [c.first_name for c in rig.contacts()] == ["Ada", "Ben", "Cleo", "Dora", "Emil"]
    assert rig.contact("ada@old.example").phone == "+33123456789"
    assert rig.counts(job_id).created == rig.counts(job_id).total == 5


def test_a_messy_file_comes_to_what_the_rules_say(rig: Rig) -> None:
    seed(rig)
    job_id = rig.import_rows(MESSY, **messy_options(rig))
    contacts = {c.external_id or c.email or c.phone: fields_of(c) for c in rig.contacts()}
    assert rig.status(job_id) is ImportStatus.COMPLETED_WITH_ERRORS
    assert contacts["a"]["email"] == "ada@new.example"
    assert contacts["n3@new.example"]["first_name"] == "Two"
    assert contacts["n3@new.example"]["tags"] == ["x", "spring", "y"]
    assert contacts["n5"]["email"] == "cleo@old.example"
    assert contacts["dora@old.example"]["consent"] == "unsubscribed"
    assert contacts["c"]["notes"] == "keep"


@pytest.mark.parametrize("auto_start", [True, False])
def test_counts_add_up_after_every_message(rig: Rig, auto_start: bool) -> None:
    seed(rig)
    job_id = rig.add_rows(MESSY, auto_start=auto_start, mapping={name: name for row in MESSY for name in row}, **messy_options(rig))
    seen = []

    def check() -> None:
        counts = rig.counts(job_id)
        parts = (counts.created, counts.updated, counts.unchanged, counts.skipped, counts.failed, counts.unprocessed)
        assert sum(parts) == counts.total
        assert min(parts) >= 0
        if rig.job(job_id).plan_epoch is not None:
            assert counts.total == len(MESSY)
        seen.append(counts)

    rig.drain(check=check)
    if not auto_start:
        assert rig.status(job_id) is ImportStatus.PLANNED
        assert rig.counts(job_id).unprocessed == len(MESSY)
        rig.start(job_id)
        rig.drain(check=check)
    assert rig.counts(job_id).unprocessed == 0
    assert len({c.unprocessed for c in seen}) > 4


def test_second_delivery_of_any_message_writes_nothing(rig: Rig) -> None:
    first = seed(rig)
    job_id = rig.import_rows(MESSY, **messy_options(rig))
    before = take_account(rig, [first, job_id])
    for message in list(rig.delivered):
        rig.deliver(*message)
    rig.drain()
    assert take_account(rig, [first, job_id]) == before


def test_order_and_repetition_of_messages_change_nothing(small_settings: Settings) -> None:
    undisturbed = _undisturbed(small_settings)
    assert undisturbed.counts["failed"] == 4
    # Others on each of the databases.
    for number in range(4) if small_settings.database_url.startswith("sqlite") else range(4, 8):
        assert _run(small_settings, Random(number)) == undisturbed, number


@pytest.mark.parametrize(("batch_rows", "chunk_rows"), [(1, 1), (2, 3), (4, 100), (1000, 2)])
def test_how_a_file_is_cut_changes_nothing(small_settings: Settings, batch_rows: int, chunk_rows: int) -> None:
    cut_otherwise = small_settings.model_copy(update={"batch_rows": batch_rows, "chunk_rows": chunk_rows})
    assert _run(cut_otherwise) == _undisturbed(small_settings)


def test_the_first_batches_are_small(rig: Rig) -> None:
    big = dataclasses.replace(rig.deps, settings=rig.deps.settings.model_copy(update={"batch_rows": 1000, "chunk_rows": 300}))
    rig.runner._deps = big  # the same rig with bigger batches
    job_id = rig.import_rows([{"email": f"p{n}@example.com"} for n in range(1600)])
    with reading(rig.deps.database) as tx:
        found = tx.execute(select(ImportBatch.row_count).where(col(ImportBatch.import_id) == job_id).order_by(col(ImportBatch.number)))
        sizes = [size for (size,) in found]
    # None lies across the border of a chunk.
    assert sizes == [100, 200, 300, 300, 300, 300, 100]
    assert rig.counts(job_id).created == 1600


def _plan(rig: Rig, **options: Any) -> tuple[str, ImportJob]:
    mapping = options.pop("mapping", {name: name for row in MESSY for name in row})
    job_id = rig.import_rows(MESSY, auto_start=False, mapping=mapping, **messy_options(rig, **options))
    with reading(rig.deps.database) as tx:
        job = tx.get_one(ImportJob, job_id)
        run = find_plan_run(tx, job)
        assert run is not None
        assert run.plan_hash is not None
        return run.plan_hash, job


def test_the_plan_says_what_the_import_does(rig: Rig) -> None:
    seed(rig)
    _, job = _plan(rig)
    with reading(rig.deps.database) as tx:
        planned = planned_counts(tx, job)
    contacts = rig.contacts()
    assert len(contacts) == len(KNOWN)
    rig.start(job.id)
    rig.drain()
    assert rig.counts(job.id) == planned


def test_a_plan_hash_speaks_for_the_plan(rig: Rig) -> None:
    seed(rig)
    _, job = _plan(rig)
    rig.ask(_remap_alike, job.id)
    rig.drain()
    with reading(rig.deps.database) as tx:
        again = find_plan_run(tx, tx.get_one(ImportJob, job.id))
        first = find_plan_run(tx, job)
    assert again is not None
    assert first is not None
    assert again.epoch > first.epoch
    assert again.plan_hash == first.plan_hash
    rig.ask(_remap_without_names, job.id)
    rig.drain()
    with reading(rig.deps.database) as tx:
        other = find_plan_run(tx, tx.get_one(ImportJob, job.id))
    assert other is not None
    assert other.plan_hash != first.plan_hash
    with reading(rig.deps.database) as tx:
        of_first = (col(ImportBatch.import_id) == job.id, col(ImportBatch.epoch) == first.epoch)
        assert set(tx.execute(select(ImportBatch.status).where(*of_first)).scalars()) == {"cancelled"}


def _remap_alike(tx: Any, job: ImportJob) -> Any:
    from models.queries.transitions import remap

    return remap(tx, job, mapping=job.mapping, options=None, actor=None)


def _remap_without_names(tx: Any, job: ImportJob) -> Any:
    from models.queries.transitions import remap

    return remap(tx, job, mapping={h: f for h, f in job.mapping.items() if f != "first_name"}, options=None, actor=None)


def test_importing_a_file_again_creates_nothing(rig: Rig) -> None:
    rig.import_rows(KNOWN)
    again = rig.import_rows(KNOWN)
    assert rig.counts(again).skipped == rig.counts(again).duplicates == len(KNOWN)
    assert len(rig.contacts()) == len(KNOWN)
    journal = rig.changes()
    third = rig.import_rows(KNOWN, duplicate_strategy=DuplicateStrategy.UPDATE)
    assert rig.counts(third).unchanged == len(KNOWN)
    assert rig.status(third) is ImportStatus.COMPLETED
    assert rig.changes() == journal
    assert {c.version for c in rig.contacts()} == {1}


def test_create_makes_twins_that_claim_nothing_taken(rig: Rig) -> None:
    rig.import_rows(KNOWN)
    job_id = rig.import_rows(KNOWN[:2], duplicate_strategy=DuplicateStrategy.CREATE)
    assert rig.counts(job_id).created == 2
    twins = [c for c in rig.contacts() if c.email == "ada@old.example"]
    assert [c.email_key for c in twins] == ["ada@old.example", None]


def test_match_fields_limit_what_finds_but_not_what_is_claimed(rig: Rig) -> None:
    rig.import_rows([{"external_id": "a", "email": "a@example.com"}])
    job_id = rig.import_rows([{"external_id": "z", "email": "a@example.com"}], match_fields=(MatchField.EXTERNAL_ID,))
    assert rig.counts(job_id).failed == 1
    assert [i.code for i in rig.issues(job_id)] == ["key_conflict"]


def test_of_two_columns_of_one_field_the_first_in_the_file_is_named_in_whatever_order_they_were_mapped(rig: Rig) -> None:
    """PostgreSQL keeps the keys of an object in an order of its own, the short ones first."""
    rows = [{"email": "a@example.com", "A longer name for a company": "Acme", "b": "Acme"}]
    mapping = {"b": "company", "A longer name for a company": "company", "email": "email"}
    job_id = rig.import_rows(rows, mapping=mapping, company_policy="create")
    assert [(i.code, i.column) for i in rig.issues(job_id)] == [("new_company", "A longer name for a company")]


def test_of_columns_of_consent_the_one_that_could_agree_is_named_where_somebody_stays_unsubscribed(rig: Rig) -> None:
    rig.create(email="a@example.com", consent="unsubscribed")
    rows = [{"email": "a@example.com", "Opted out": "no", "Unsubscribe date": "", "Newsletter": "yes"}]
    job_id = rig.import_rows(rows, mapping={"email": "email", **dict.fromkeys(list(rows[0])[1:], "consent")}, duplicate_strategy="update")
    assert [(i.code, i.column, i.value) for i in rig.issues(job_id)] == [("consent_kept", "Newsletter", "subscribed")]
    # Which of two it was is not kept.
    both = [{"email": "a@example.com", "Opt-in": "", "Newsletter": "yes"}]
    job_id = rig.import_rows(both, mapping={"email": "email", "Opt-in": "consent", "Newsletter": "consent"}, duplicate_strategy="update")
    assert [(i.code, i.column, i.value) for i in rig.issues(job_id)] == [("consent_kept", None, "subscribed")]


def test_bytes_that_no_database_takes_are_reported_and_not_stored(rig: Rig) -> None:
    data = b"email,first_name,notes\na@example.com,A\x00da,x\nb\x00@@example,B,y\n\x00,\x00,\x00\n"
    job_id = rig.add_file(data, mapping={"email": "email", "first_name": "first_name", "notes": "notes"})
    rig.drain_with_sweeps()
    assert rig.status(job_id) is ImportStatus.COMPLETED_WITH_ERRORS, rig.job(job_id).failure_message
    assert [c.first_name for c in rig.contacts()] == ["Ada"]


def test_a_file_that_cannot_be_read_fails_with_its_reason(rig: Rig) -> None:
    for data in (b"", b"email\n", b"\x00" * 50, bytes(range(256)) * 20):
        job_id = rig.add_file(data, mapping={"email": "email"})
        rig.drain_with_sweeps()
        job = rig.job(job_id)
        assert job.status in (ImportStatus.FAILED, ImportStatus.NEEDS_MAPPING), data[:10]
        assert job.failure_code not in (None, "internal_error")
        assert rig.contacts() == []


def test_a_stage_that_is_overtaken_leaves_the_winner_alone(rig: Rig) -> None:
    """A worker that was thought dead finishes after the one that took its place."""
    job_id = rig.add_rows(MESSY)
    (inspect, attempt) = rig.outbox.waiting.pop()
    from workers.stages.inspect import inspect as inspect_stage

    with reading(rig.deps.database) as tx:
        stale = tx.get_one(ImportJob, job_id)
    rig.deliver(inspect, attempt)
    assert rig.step(Stage.PLAN)
    stale.status = ImportStatus.INSPECTING.value
    assert inspect_stage(rig.deps, stale) == []
    rig.drain()
    with reading(rig.deps.database) as tx:
        from models.queries.plans import list_chunks

        assert sum(chunk.row_count for chunk in list_chunks(tx, job_id)) == len(MESSY)
