"""Companies and owners: matched or created by policy, with the write that needs them, and undone with the import."""

import json
import threading
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import polars as pl
import pytest
from sqlmodel import col

from models.database import reading, writing
from models.queries import directory
from models.queries.directory import NeededEntry, add_entry, ensure_entries
from models.queries.plans import load_run
from models.settings import Settings
from models.tables import AuditEntry, DirectoryEntry
from models.tenancy import scoped
from models.vocabulary import AssignmentMode, DirectoryKind, DirectoryPolicy, DuplicateStrategy, ImportStatus, InvalidValuePolicy, Stage
from tests.support.rig import Rig, make_rig
from workers.engine.directory import make_name_keys
from workers.stages.frames import load_frame

MATCH, CREATE, UPDATE = DirectoryPolicy.MATCH, DirectoryPolicy.CREATE, DuplicateStrategy.UPDATE
COMPANY, OWNER = DirectoryKind.COMPANY, DirectoryKind.OWNER
# Each company and owner in several spellings, over several chunks and batches; a row that fails, and one that is skipped, name some too.
FILE = [
    {"email": "p1@example.com", "company": "Acme Inc.", "owner": "Olga Petrova"},
    {"email": "no address", "company": "Beta, LLC", "owner": "max@example.com"},
    {"email": "p3@example.com", "company": "ACME", "owner": "olga petrova"},
    {"email": "p4@example.com", "company": "BETA llc", "owner": ""},
    {"email": "p5@example.com", "company": "", "owner": "MAX@example.com"},
    {"email": "p1@example.com", "company": "Only of a skipped row", "owner": ""},
    {"email": "p7@example.com", "company": "beta", "owner": "Ólga Petrova"},
    {"email": "p8@example.com", "company": "Gamma", "owner": "Max@example.com"},
    {"email": "p9@example.com", "company": "gamma gmbh", "owner": "Zoë"},
    {"email": "p10@example.com", "company": "acme, inc", "owner": "zoe"},
    {"email": "p11@example.com", "company": "Beta", "owner": "OLGA PETROVA"},
    {"email": "p12@example.com", "company": "GAMMA", "owner": ""},
]
SPELLED = {"company": {"Acme Inc.", "Beta, LLC", "Gamma"}, "owner": {"Olga Petrova", "max@example.com", "Zoë"}}


def add(rig: Rig, kind: DirectoryKind, *names: str, tenant_id: UUID | None = None) -> None:
    """Somebody adds entries by hand."""
    with writing(rig.deps.database) as tx:
        for name, key in zip(names, make_name_keys(kind, pl.Series(names)), strict=True):
            add_entry(tx, tenant_id or rig.tenant_id, kind, key, name, "a person")


def entries(rig: Rig, tenant_id: UUID | None = None) -> list[tuple[str, str, UUID | None, int | None]]:
    """Kind, name, import and row of the tenant's entries."""
    with reading(rig.deps.database) as tx:
        found = tx.execute(scoped(DirectoryEntry, tenant_id or rig.tenant_id)).scalars()
        return sorted(((e.kind, e.name, e.import_id, e.import_row) for e in found), key=lambda entry: entry[:2])


def named(rig: Rig) -> dict[str | None, tuple[str | None, str | None]]:
    """Company and owner of each contact."""
    return {c.email: (c.company, c.owner) for c in rig.contacts()}


def told(rig: Rig, job_id: UUID) -> list[tuple[int, str, str | None, str | None]]:
    return [(i.row, i.code, i.value, i.suggestion) for i in rig.issues(job_id) if i.code.startswith(("unknown_", "new_"))]


def _run(settings: Settings, random: Random | None = None) -> Any:
    rig = make_rig(settings)
    job_id = rig.add_rows(FILE, company_policy=CREATE, owner_policy=CREATE)
    rig.drain(random)
    made = [(kind, name, import_id == job_id, row) for kind, name, import_id, row in entries(rig)]
    account = (made, named(rig), told(rig, job_id), rig.counts(job_id))
    rig.deps.database.close()
    return account


# What `_run` comes to by itself: the same on both databases, so whichever is the first says it to the other.
_KNOWN: list[Any] = []


def _undisturbed(settings: Settings) -> Any:
    if not _KNOWN:
        _KNOWN.append(_run(settings))
    return _KNOWN[0]


def test_as_written_asks_no_directory(rig: Rig) -> None:
    add(rig, COMPANY, "Acme Incorporated")
    rig.import_rows(FILE)
    assert named(rig)["p3@example.com"] == ("ACME", "olga petrova")
    assert len(entries(rig)) == 1


def test_a_match_gives_the_spelling_of_the_entry_and_leaves_out_what_is_unknown(rig: Rig) -> None:
    add(rig, COMPANY, "Acme Incorporated", "Gamma")
    add(rig, OWNER, "Max@Example.com", "Zoe")
    rows = [
        {"email": "a@example.com", "company": "ÁCME, Inc", "owner": "ZOË"},
        {"email": "b@example.com", "company": "Gama", "owner": "max@example.com"},
        {"email": "c@example.com", "company": "Nothing like it", "owner": ""},
    ]
    job_id = rig.import_rows(rows, company_policy=MATCH, owner_policy=MATCH)
    assert named(rig) == {
        "a@example.com": ("Acme Incorporated", "Zoe"),
        "b@example.com": (None, "Max@Example.com"),
        "c@example.com": (None, None),
    }
    assert told(rig, job_id) == [(2, "unknown_company", "Gama", "Gamma"), (3, "unknown_company", "Nothing like it", None)]
    assert len(entries(rig)) == 4


def test_an_unknown_name_changes_nothing_of_a_contact(rig: Rig) -> None:
    rig.create(email="a@example.com", company="Old", owner="olga")
    job_id = rig.import_rows([{"email": "a@example.com", "company": "New"}], company_policy=MATCH, duplicate_strategy=UPDATE)
    assert rig.counts(job_id).unchanged == 1
    assert named(rig) == {"a@example.com": ("Old", "olga")}


def test_an_unknown_name_fails_its_row_where_unusable_values_do(rig: Rig) -> None:
    rows = [{"email": "a@example.com", "company": "New"}, {"email": "b@example.com", "company": ""}]
    job_id = rig.import_rows(rows, company_policy=MATCH, invalid_values=InvalidValuePolicy.FAIL_ROW)
    assert [c.email for c in rig.contacts()] == ["b@example.com"]
    assert [(i.row, i.code, i.severity) for i in rig.issues(job_id)] == [(1, "unknown_company", "error")]


def test_an_entry_is_created_once_spelled_as_the_lowest_row_that_names_it(rig: Rig) -> None:
    job_id = rig.import_rows(FILE, company_policy=CREATE, owner_policy=CREATE)
    made = entries(rig)
    assert {(kind, name) for kind, name, _, _ in made} == {(kind, name) for kind, names in SPELLED.items() for name in names}
    assert {import_id for _, _, import_id, _ in made} == {job_id}
    # The row that owns the first write with it; row 2 names Beta first, and fails.
    assert {name: row for _, name, _, row in made} == {
        "Acme Inc.": 1, "Beta, LLC": 4, "Gamma": 8, "Olga Petrova": 1, "max@example.com": 5, "Zoë": 9,
    }  # fmt: skip
    assert {company for company, _ in named(rig).values()} == SPELLED["company"] | {None}
    assert {owner for _, owner in named(rig).values()} == SPELLED["owner"] | {None}
    assert told(rig, job_id) == [
        (1, "new_company", "Acme Inc.", None), (1, "new_owner", "Olga Petrova", None), (2, "new_company", "Beta, LLC", None),
        (2, "new_owner", "max@example.com", None), (6, "new_company", "Only of a skipped row", None), (8, "new_company", "Gamma", None),
        (9, "new_owner", "Zoë", None),
    ]  # fmt: skip


def test_order_and_repetition_of_batches_change_no_entry(small_settings: Settings) -> None:
    undisturbed = _undisturbed(small_settings)
    # Others on each of the databases.
    for number in range(2) if small_settings.database_url.startswith("sqlite") else range(2, 4):
        assert _run(small_settings, Random(number)) == undisturbed, number


@pytest.mark.parametrize(("batch_rows", "chunk_rows"), [(1, 1), (1000, 1000)])
def test_how_a_file_is_cut_changes_no_entry(small_settings: Settings, batch_rows: int, chunk_rows: int) -> None:
    cut_otherwise = small_settings.model_copy(update={"batch_rows": batch_rows, "chunk_rows": chunk_rows})
    assert _run(cut_otherwise) == _undisturbed(small_settings)


def test_a_value_that_a_contact_keeps_creates_no_entry(rig: Rig) -> None:
    rig.create(email="a@example.com", company="Kept", owner="Kept too")
    rows = [{"email": "a@example.com", "company": "Other", "owner": "", "city": "Lyon"}]
    job_id = rig.import_rows(rows, company_policy=CREATE, owner_policy=CREATE, duplicate_strategy=DuplicateStrategy.MERGE)
    assert rig.counts(job_id).updated == 1
    assert entries(rig) == []


def test_importing_a_file_again_changes_nothing(rig: Rig) -> None:
    options: dict[str, Any] = {"company_policy": CREATE, "owner_policy": CREATE, "duplicate_strategy": UPDATE}
    rig.import_rows([row for row in FILE if row["email"] != "p1@example.com"], **options)
    before = (named(rig), entries(rig))
    again = rig.import_rows([row for row in FILE if row["email"] != "p1@example.com"], **options)
    assert rig.counts(again).unchanged == 9
    assert (named(rig), entries(rig)) == before
    assert told(rig, again) == []


def test_a_retry_spells_as_the_first_run_would_have(rig: Rig) -> None:
    """The lowest row that names the company is settled by the first run and needs no entry; the row that does fails at first."""
    holder = rig.create(external_id="z", email="taken@example.com")
    rig.create(external_id="1", email="one@example.com", company="Kept")
    rows = [{"external_id": "1", "email": "one@example.com", "company": "Acme Corp."}]
    rows += [{"external_id": "2", "email": "taken@example.com", "company": "ACME"}]
    job_id = rig.import_rows(rows, company_policy=CREATE)
    assert (rig.counts(job_id).skipped, rig.counts(job_id).failed, entries(rig)) == (1, 1, [])
    rig.edit(holder, email="moved@example.com")
    rig.retry(job_id)
    rig.drain()
    assert rig.contact("taken@example.com").company == "Acme Corp."
    assert entries(rig) == [("company", "Acme Corp.", job_id, 2)]


def test_the_plan_names_the_spelling_and_creates_nothing(rig: Rig) -> None:
    add(rig, COMPANY, "Acme Incorporated")
    rig.create(email="a@example.com", company="Old")
    rows = [{"email": "a@example.com", "company": "acme"}, {"email": "b@example.com", "company": "New Co"}]
    job_id = _planned(rig, rows, company_policy=CREATE, duplicate_strategy=UPDATE)
    with reading(rig.deps.database) as tx:
        (chunk,) = load_run(tx, rig.job(job_id), rig.job(job_id).epoch).chunks
    outcomes = load_frame(rig.deps.storage, chunk.outcomes_key)
    assert json.loads(outcomes["changes"][0]) == {"company": {"before": "Old", "after": "Acme Incorporated"}}
    assert load_frame(rig.deps.storage, chunk.judged_key)["company"].to_list() == ["Acme Incorporated", "New Co"]
    assert told(rig, job_id) == [(2, "new_company", "New Co", None)]
    assert len(entries(rig)) == 1


def _planned(rig: Rig, rows: list[dict[str, str]], **options: Any) -> UUID:
    job_id = rig.import_rows(rows, auto_start=False, mapping={name: name for row in rows for name in row}, **options)
    assert rig.status(job_id) is ImportStatus.PLANNED
    return job_id


def _start(rig: Rig, job_id: UUID) -> None:
    rig.start(job_id)
    rig.drain_with_sweeps()


TWO = [{"email": "one@example.com", "company": "ACME"}, {"email": "two@example.com", "company": "Beta"}]


def test_of_two_imports_that_create_an_entry_the_second_keeps_to_its_plan_or_waits_for_another(rig: Rig) -> None:
    second = _planned(rig, TWO, company_policy=CREATE)
    rig.import_rows([{"email": "first@example.com", "company": "Acme Inc."}], company_policy=CREATE)
    _start(rig, second)
    assert {email: company for email, (company, _) in named(rig).items()} == {"first@example.com": "Acme Inc.", "two@example.com": "Beta"}
    assert [(i.row, i.code) for i in rig.issues(second) if i.severity != "note"] == [(1, "plan_drift")]
    assert (rig.counts(second).created, rig.counts(second).unprocessed) == (1, 1)
    rig.retry(second)
    rig.drain()
    _start(rig, second)
    assert rig.contact("one@example.com").company == "Acme Inc."
    assert [name for _, name, _, _ in entries(rig)] == ["Acme Inc.", "Beta"]


def test_without_review_the_second_takes_the_spelling_of_the_first(rig: Rig) -> None:
    second = rig.add_rows(TWO, company_policy=CREATE)
    while rig.outbox.waiting[0][0].stage is not Stage.APPLY_BATCH:
        rig.step()
    add(rig, COMPANY, "Acme Inc.")
    rig.drain_with_sweeps()
    assert rig.counts(second).created == 2
    assert rig.contact("one@example.com").company == "Acme Inc."
    assert entries(rig) == [("company", "Acme Inc.", None, None), ("company", "Beta", second, 2)]


@pytest.mark.parametrize("is_reviewed", [True, False])
def test_an_entry_that_was_matched_and_is_gone_is_drift(rig: Rig, is_reviewed: bool) -> None:
    first = rig.import_rows([{"email": "first@example.com", "company": "Acme Inc."}], company_policy=CREATE)
    rows = [{"email": "one@example.com", "company": "acme"}]
    if is_reviewed:
        second = _planned(rig, rows, company_policy=MATCH)
    else:
        second = rig.add_rows(rows, company_policy=MATCH)
        while rig.outbox.waiting[0][0].stage is not Stage.APPLY_BATCH:
            rig.step()
    held, rig.outbox.waiting = rig.outbox.waiting, []
    _undo(rig, first)
    rig.outbox.waiting = held
    if is_reviewed:
        rig.start(second)
    rig.drain_with_sweeps()
    codes = [(i.row, i.code) for i in rig.issues(second)]
    if is_reviewed:
        assert (named(rig), codes) == ({}, [(1, "plan_drift")])
    else:
        assert (named(rig), codes) == ({"one@example.com": (None, None)}, [(1, "unknown_company")])


def _undo(rig: Rig, job_id: UUID) -> ImportStatus:
    rig.roll_back(job_id)
    rig.drain()
    return rig.status(job_id)


@pytest.mark.parametrize("most", [1, 2, directory.MOST_LOOKED_FOR])
def test_what_an_import_created_goes_with_it(rig: Rig, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "MOST_LOOKED_FOR", most)
    add(rig, COMPANY, "Gamma")
    job_id = rig.import_rows(FILE, company_policy=CREATE, owner_policy=CREATE)
    assert _undo(rig, job_id) is ImportStatus.ROLLED_BACK
    assert entries(rig) == [("company", "Gamma", None, None)]
    with reading(rig.deps.database) as tx:
        audit = tx.execute(scoped(AuditEntry, rig.tenant_id).where(col(AuditEntry.action).endswith(".removed"))).scalars().all()
    removed = {(entry.action, entry.detail["name"], entry.detail["row"], entry.actor) for entry in audit}
    assert len(audit) == len(removed) == 5
    assert ("company.removed", "Beta, LLC", 4, "tester") in removed


def test_an_entry_that_somebody_else_uses_stays(rig: Rig) -> None:
    first = rig.import_rows(FILE, company_policy=CREATE, owner_policy=CREATE)
    second = rig.import_rows([{"email": "later@example.com", "company": "beta", "owner": "zoe"}], company_policy=MATCH, owner_policy=MATCH)
    rig.edit(rig.contact("p8@example.com"), notes="met her")
    assert _undo(rig, first) is ImportStatus.PARTIALLY_ROLLED_BACK
    # Beta and Zoë for the later import's contact, Gamma and max for the one that was edited since.
    assert {name for _, name, _, _ in entries(rig)} == {"Beta, LLC", "Zoë", "Gamma", "max@example.com"}
    assert _undo(rig, second) is ImportStatus.ROLLED_BACK
    assert _undo(rig, first) is ImportStatus.PARTIALLY_ROLLED_BACK
    assert {name for _, name, _, _ in entries(rig)} == {"Gamma", "max@example.com"}


@pytest.mark.parametrize("is_oldest_first", [True, False])
def test_an_entry_goes_with_the_last_of_the_imports_that_used_it(rig: Rig, is_oldest_first: bool) -> None:
    hers = [{"email": "a@example.com", "company": "ACME GmbH", "owner": "Zoë"}]
    his = [{"email": "b@example.com", "company": "Acme", "owner": "zoe"}]
    theirs = [{"email": "c@example.com", "company": "Beta", "owner": ""}]
    first, second, last = (rig.import_rows(rows, company_policy=CREATE, owner_policy=CREATE) for rows in (hers, his, theirs))
    expected = entries(rig)
    undone = (first, second) if is_oldest_first else (second, first)
    assert _undo(rig, undone[0]) is ImportStatus.ROLLED_BACK
    assert entries(rig) == expected
    assert _undo(rig, undone[1]) is ImportStatus.ROLLED_BACK
    assert entries(rig) == [("company", "Beta", last, 1)]


def test_an_import_that_counted_on_an_entry_creates_it_anew(rig: Rig) -> None:
    first = rig.import_rows([{"email": "first@example.com", "company": "Acme Inc."}], company_policy=CREATE)
    second = _planned(rig, [{"email": "one@example.com", "company": "acme"}], company_policy=CREATE)
    _undo(rig, first)
    assert entries(rig) == []
    _start(rig, second)
    assert named(rig) == {"one@example.com": ("Acme Inc.", None)}
    assert entries(rig) == [("company", "Acme Inc.", second, 1)]


@pytest.mark.parametrize(
    ("assignment", "owners"),
    [
        ({"mode": AssignmentMode.SINGLE, "owners": ("OLGA",)}, ["Olga"] * 4),
        ({"mode": AssignmentMode.ROUND_ROBIN, "owners": ("olga", "max")}, ["Olga", "Max", "Olga", "Max"]),
        ({"mode": AssignmentMode.BY_COLUMN, "column": "who"}, ["Olga", "Max", None, "Olga"]),
    ],
)
def test_an_assigned_owner_is_matched_too(rig: Rig, assignment: dict[str, Any], owners: list[str | None]) -> None:
    add(rig, OWNER, "Olga", "Max")
    rows = [{"email": f"p{n}@example.com", "who": who} for n, who in enumerate(["ólga", "MAX", "nobody", "olga"])]
    job_id = rig.import_rows(rows, mapping={"email": "email"}, owner_policy=MATCH, assignment=assignment)
    assert [c.owner for c in rig.contacts()] == owners
    assert told(rig, job_id) == ([(3, "unknown_owner", "nobody", None)] if None in owners else [])
    assert [i.column for i in rig.issues(job_id)] == ["who"] * (None in owners)


def test_an_assigned_owner_is_created_with_the_row_that_gets_it(rig: Rig) -> None:
    rows = [{"email": "a@example.com", "owner": "Own"}, {"email": "b@example.com", "owner": ""}]
    job_id = rig.import_rows(rows, owner_policy=CREATE, assignment={"mode": AssignmentMode.SINGLE, "owners": ("Olga",)})
    assert [c.owner for c in rig.contacts()] == ["Own", "Olga"]
    assert entries(rig) == [("owner", "Olga", job_id, 2), ("owner", "Own", job_id, 1)]


def test_tenants_have_directories_of_their_own(rig: Rig) -> None:
    other = rig.add_tenant()
    add(rig, COMPANY, "ACME Worldwide Inc.", "Other's", tenant_id=other)
    rig.import_rows([{"email": "a@example.com", "company": "acme worldwide"}], company_policy=CREATE)
    matched = rig.import_rows([{"email": "b@example.com", "company": "Others"}], company_policy=MATCH)
    assert named(rig) == {"a@example.com": ("acme worldwide", None), "b@example.com": (None, None)}
    assert told(rig, matched) == [(1, "unknown_company", "Others", None)]
    assert [name for _, name, _, _ in entries(rig, other)] == ["ACME Worldwide Inc.", "Other's"]


def test_batches_that_need_the_same_new_entries_wait_for_each_other(postgres_url: str, tmp_path: Path) -> None:
    # Only Postgres lets two write at once.
    rig = make_rig(Settings(data_dir=tmp_path, database_url=postgres_url, storage_url="memory:///"))
    job = rig.job(rig.import_rows([{"email": "a@example.com"}]))
    one = [NeededEntry("a", "A", 7), NeededEntry("b", "B", 8)]
    other = [NeededEntry("b", "B", 3), NeededEntry("a", "A", 9)]
    is_well: list[bool] = []

    def need_them_too() -> None:
        with writing(rig.deps.database) as tx:
            is_well.append(ensure_entries(tx, job, COMPANY, other))

    with writing(rig.deps.database) as tx:
        is_well.append(ensure_entries(tx, job, COMPANY, one))
        thread = threading.Thread(target=need_them_too)
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()
    thread.join(60)
    assert is_well == [True, True]
    assert entries(rig) == [("company", "A", job.id, 7), ("company", "B", job.id, 3)]
    rig.deps.database.close()
