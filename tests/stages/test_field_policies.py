"""Imports whose fields have policies of their own: what they write, what the journal and the history tell, and what an undo gives back."""

from typing import Any
from uuid import UUID

import pytest

from models.database import reading
from models.queries.contact_history import list_history
from models.tables.import_options import FieldPolicyOption
from models.vocabulary import MAX_LENGTH, DuplicateStrategy, EmptyCellPolicy, FieldPolicy, ImportStatus, Stage
from tests.stages.accounts import fields_of
from tests.support.rig import Rig

KNOWN = {
    "email": "a@example.com",
    "external_id": "1",
    "first_name": "Ann",
    "company": "Old",
    "city": "Lyon",
    "notes": "met at the fair\nlikes tea",
    "tags": "VIP;press;2019;board",
    "tier": "gold",
    "zone": "n",
}
ROW = {
    "email": "new@example.com",
    "external_id": "1",
    "first_name": "Anna",
    "company": "New",
    "city": "Nice",
    "notes": "asked for a call",
    "tags": "2024;vip",
    "tier": "tin",
    "zone": "s",
}
MAPPING = {name: f"custom.{name}" if name in ("tier", "zone") else name for name in KNOWN}


def _policies(**chosen: FieldPolicy) -> tuple[FieldPolicyOption, ...]:
    return tuple(FieldPolicyOption(field=name.replace("custom_", "custom."), policy=policy) for name, policy in chosen.items())


CHOSEN = _policies(
    email=FieldPolicy.KEEP,
    company=FieldPolicy.OVERWRITE,
    city=FieldPolicy.FILL_BLANK,
    notes=FieldPolicy.APPEND,
    tags=FieldPolicy.OVERWRITE,
    custom_tier=FieldPolicy.KEEP,
)


def _import(rig: Rig, row: dict[str, str], **options: Any) -> UUID:
    given = {"mapping": MAPPING, "duplicate_strategy": DuplicateStrategy.UPDATE, "field_policies": CHOSEN, **options}
    return rig.import_rows([row], **given)


def _state(rig: Rig) -> list[Any]:
    return [(c.id, fields_of(c), c.email_key, c.external_id_key) for c in rig.contacts()]


def _undo(rig: Rig, job_id: UUID) -> ImportStatus:
    rig.roll_back(job_id)
    rig.drain()
    return rig.status(job_id)


@pytest.fixture
def known(rig: Rig) -> Rig:
    rig.import_rows([KNOWN], mapping=MAPPING)
    return rig


def test_every_field_follows_its_own_policy(known: Rig) -> None:
    _import(known, ROW, tags=("fair",))
    (contact,) = known.contacts()
    assert (contact.email, contact.email_key, contact.first_name) == ("a@example.com", "a@example.com", "Anna")
    assert (contact.company, contact.city, contact.custom) == ("New", "Lyon", {"tier": "gold", "zone": "s"})
    assert contact.notes == "met at the fair\nlikes tea\nasked for a call"
    assert contact.tags == ["VIP", "2024", "fair"]


def test_policies_overrule_either_strategy(known: Rig) -> None:
    _import(known, ROW, duplicate_strategy=DuplicateStrategy.MERGE)
    (contact,) = known.contacts()
    assert (contact.first_name, contact.company, contact.custom) == ("Ann", "New", {"tier": "gold", "zone": "n"})


def test_the_journal_and_the_history_tell_what_was_removed(known: Rig) -> None:
    _import(known, ROW)
    (change,) = known.changes()
    before, after = ["VIP", "press", "2019", "board"], ["VIP", "2024"]
    assert (change.tags_added, change.tags_removed) == (["2024"], ["press", "2019", "board"])
    assert change.changes["tags"] == {"before": before, "after": after}
    assert change.changes["notes"] == {"before": KNOWN["notes"], "after": f"{KNOWN['notes']}\nasked for a call"}
    assert "email" not in change.changes
    with reading(known.deps.database) as tx:
        latest, creation = list_history(tx, known.contacts()[0], first=10)
    told = [(each.before, each.after) for each in latest.changes if each.field == "tags"]
    assert told == [(["press", "2019", "board"], ["2024"])]
    assert [sorted(each.after) for each in creation.changes if each.field == "tags"] == [sorted(before)]


def test_a_second_import_of_the_same_file_writes_nothing(known: Rig) -> None:
    _import(known, ROW, tags=("fair",))
    state, journal = _state(known), len(known.changes())
    again = _import(known, ROW, tags=("fair",))
    assert known.counts(again).unchanged == 1
    assert (_state(known), len(known.changes())) == (state, journal)
    assert [contact.version for contact in known.contacts()] == [2]


def test_an_undo_gives_back_every_field_and_every_tag_in_its_place(known: Rig) -> None:
    before = _state(known)
    job_id = _import(known, ROW, tags=("fair",))
    assert _undo(known, job_id) is ImportStatus.ROLLED_BACK
    assert _state(known) == before
    last = known.changes()[-1]
    assert (last.tags_added, last.tags_removed) == (["press", "2019", "board"], ["2024", "fair"])


def test_an_undo_puts_tags_back_beside_those_that_a_person_added_since(known: Rig) -> None:
    job_id = _import(known, ROW)
    known.edit(known.contacts()[0], tags=["mine", "VIP", "2024", "late"])
    assert _undo(known, job_id) is ImportStatus.ROLLED_BACK
    assert known.contacts()[0].tags == ["mine", "VIP", "press", "2019", "board", "late"]


def test_an_undo_keeps_and_reports_a_tag_that_a_person_decided_since(known: Rig) -> None:
    job_id = _import(known, ROW)
    known.edit(known.contacts()[0], tags=["VIP", "Press"])
    assert _undo(known, job_id) is ImportStatus.PARTIALLY_ROLLED_BACK
    contact = known.contacts()[0]
    assert contact.tags == ["VIP", "2019", "board", "Press"]
    # Once more: what was undone stays undone, and the rest is still kept.
    assert _undo(known, job_id) is ImportStatus.PARTIALLY_ROLLED_BACK
    assert known.contacts()[0].tags == contact.tags
    assert known.contacts()[0].version == contact.version


def test_two_imports_that_replace_the_tags_are_undone_in_either_order(known: Rig) -> None:
    before = _state(known)
    one = _import(known, ROW)
    between = _state(known)
    two = _import(known, {**ROW, "tags": "press;2025"})
    assert known.contacts()[0].tags == ["press", "2025"]
    assert _undo(known, two) is ImportStatus.ROLLED_BACK
    assert _state(known) == between
    two = _import(known, {**ROW, "tags": "press;2025"})
    assert _undo(known, one) is ImportStatus.PARTIALLY_ROLLED_BACK
    assert _undo(known, two) is ImportStatus.ROLLED_BACK
    assert _undo(known, one) is ImportStatus.ROLLED_BACK
    assert _state(known) == before


def test_rows_of_one_contact_fold_their_tags_and_notes(known: Rig) -> None:
    before = _state(known)
    rows = [ROW, {**ROW, "tags": "board;2025", "notes": "likes tea"}, {**ROW, "tags": "press;2025", "notes": "called"}]
    job_id = known.import_rows(rows, mapping=MAPPING, duplicate_strategy=DuplicateStrategy.UPDATE, field_policies=CHOSEN)
    (contact,) = known.contacts()
    assert contact.tags == ["press", "2025"]
    assert contact.notes == f"{KNOWN['notes']}\nasked for a call\ncalled"
    (change,) = known.changes()
    assert (change.tags_added, change.tags_removed) == (["2025"], ["VIP", "2019", "board"])
    assert _undo(known, job_id) is ImportStatus.ROLLED_BACK
    assert _state(known) == before


def test_a_blank_cell_takes_tags_away_only_where_they_are_overwritten_and_blanks_clear(known: Rig) -> None:
    blank = {**ROW, "tags": ""}
    _import(known, blank)
    assert known.contacts()[0].tags == ["VIP", "press", "2019", "board"]
    _import(known, blank, field_policies=(), empty_cells=EmptyCellPolicy.CLEAR)
    assert known.contacts()[0].tags == ["VIP", "press", "2019", "board"]
    job_id = _import(known, blank, empty_cells=EmptyCellPolicy.CLEAR)
    assert known.contacts()[0].tags == []
    _undo(known, job_id)
    assert known.contacts()[0].tags == ["VIP", "press", "2019", "board"]


def test_notes_that_are_full_stay_and_the_row_says_so(known: Rig) -> None:
    job_id = _import(known, {**ROW, "notes": "n" * (MAX_LENGTH["notes"] - 5)})
    (contact,) = known.contacts()
    assert (contact.notes, contact.company) == (KNOWN["notes"], "New")
    (issue,) = known.issues(job_id)
    assert (issue.code, issue.field, issue.severity, issue.message) == (
        "notes_full",
        "notes",
        "warning",
        "With this text the contact's notes would be longer than 20000 characters; it was not added.",
    )
    assert known.status(job_id) is ImportStatus.COMPLETED


def test_a_contact_that_changed_since_the_plan_is_judged_by_the_same_policies(known: Rig) -> None:
    job_id = known.add_rows([ROW], mapping=MAPPING, duplicate_strategy=DuplicateStrategy.UPDATE, field_policies=CHOSEN)
    while known.outbox.waiting[0][0].stage is not Stage.APPLY_BATCH:
        assert known.step()
    known.edit(known.contacts()[0], notes="rewritten", tags=["press", "2024", "x"])
    known.drain_with_sweeps()
    (contact,) = known.contacts()
    assert (contact.notes, contact.tags, contact.email) == ("rewritten\nasked for a call", ["2024", "vip"], "a@example.com")
    assert known.counts(job_id).updated == 1


def test_a_kept_key_does_not_conflict_with_who_has_the_new_one(known: Rig) -> None:
    known.import_rows([{"email": ROW["email"], "first_name": "Other"}])
    job_id = _import(known, ROW)
    assert known.counts(job_id).updated == 1
    job_id = _import(known, ROW, field_policies=())
    assert [issue.code for issue in known.issues(job_id)] == ["key_conflict"]


@pytest.mark.parametrize("strategy", [DuplicateStrategy.SKIP, DuplicateStrategy.CREATE])
def test_policies_say_nothing_where_no_contact_is_changed(known: Rig, strategy: DuplicateStrategy) -> None:
    before = _state(known)
    job_id = _import(known, ROW, duplicate_strategy=strategy)
    counts = known.counts(job_id)
    assert (counts.skipped, counts.created) == ((1, 0) if strategy is DuplicateStrategy.SKIP else (0, 1))
    assert before[0] in _state(known)
    if strategy is DuplicateStrategy.CREATE:
        assert known.contact(ROW["email"]).custom == {"tier": "tin", "zone": "s"}
