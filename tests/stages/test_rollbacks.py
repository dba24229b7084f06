"""Undoing: everything as before, but for what somebody touched since."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, event, select
from sqlmodel import col

from models.database import reading, writing
from models.errors import WrongState
from models.queries import transitions
from models.queries.claims import CLAIMS
from models.queries.counts import rollback_totals
from models.settings import Settings
from models.tables import Contact, ContactChange, ImportJob, KeptContact
from models.vocabulary import AssignmentMode, DuplicateStrategy, EmptyCellPolicy, ImportStatus
from tests.stages.accounts import fields_of
from tests.stages.files import MESSY, messy_options, seed, seed_by_hand
from tests.support.rig import Rig, make_rig

UPDATE = DuplicateStrategy.UPDATE


def _state(rig: Rig) -> dict[Any, Any]:
    members: dict[Any, int] = {}
    for _, contact_id in rig.members():
        members[contact_id] = members.get(contact_id, 0) + 1
    return {c.id: (fields_of(c), {k: getattr(c, k) for k in CLAIMS}, members.get(c.id, 0)) for c in rig.contacts()}


def _kept(rig: Rig, job_id: Any) -> list[tuple[str, int | None, list[Any]]]:
    with reading(rig.deps.database) as tx:
        found = tx.execute(select(KeptContact).where(col(KeptContact.import_id) == job_id)).scalars()
        return sorted((kept.code, kept.row, kept.fields) for kept in found)


def _totals(rig: Rig, job_id: Any) -> tuple[int, int, int]:
    with reading(rig.deps.database) as tx:
        return rollback_totals(tx, tx.get_one(ImportJob, job_id))


def _undo(rig: Rig, job_id: Any) -> ImportStatus:
    rig.roll_back(job_id)
    rig.drain()
    return rig.status(job_id)


def test_everything_is_as_before(rig: Rig) -> None:
    seed(rig)
    before = _state(rig)
    job_id = rig.import_rows(MESSY, **messy_options(rig, list_ids=(str(rig.add_list("Spring")),)))
    counts = rig.counts(job_id)
    assert _state(rig) != before
    assert _undo(rig, job_id) is ImportStatus.ROLLED_BACK
    assert _state(rig) == before
    assert rig.counts(job_id) == counts
    assert _totals(rig, job_id) == (6, 5, 0)
    assert rig.members() == set()


def test_every_kind_of_field_is_restored(rig: Rig) -> None:
    rig.import_rows(
        [{"email": "a@example.com", "company": "Old", "notes": "was here", "size": "9", "colour": "red", "tags": "one"}], mapping=_CUSTOM
    )
    before = _state(rig)
    row = {
        "email": "a@example.com",
        "company": "",
        "notes": "",
        "size": "10",
        "colour": "",
        "tags": "two",
        "consent": "subscribed",
        "first_name": "A",
    }
    job_id = rig.import_rows(
        [row],
        mapping={**_CUSTOM, "consent": "consent", "first_name": "first_name"},
        duplicate_strategy=UPDATE,
        empty_cells=EmptyCellPolicy.CLEAR,
        assignment={"mode": AssignmentMode.SINGLE, "owners": ("olga",)},
        list_ids=(str(rig.add_list("L")),),
    )
    contact = rig.contact("a@example.com")
    assert (contact.company, contact.notes, contact.custom, contact.owner, contact.tags) == (
        None,
        None,
        {"size": "10"},
        "olga",
        ["one", "two"],
    )
    assert _undo(rig, job_id) is ImportStatus.ROLLED_BACK
    assert _state(rig) == before


_CUSTOM = {"email": "email", "company": "company", "notes": "notes", "size": "custom.size", "colour": "custom.colour", "tags": "tags"}


def test_what_a_person_edited_since_is_kept_and_reported(rig: Rig) -> None:
    rig.import_rows([{"email": "a@example.com", "company": "Old", "first_name": "A"}, {"email": "b@example.com", "company": "Old"}])
    rows = [{"email": "a@example.com", "company": "New", "first_name": "AA"}, {"email": "b@example.com", "company": "New"}]
    rows += [{"email": "c@example.com", "company": "New"}, {"email": "d@example.com", "company": "New"}]
    job_id = rig.import_rows(rows, duplicate_strategy=UPDATE)
    rig.edit(rig.contact("a@example.com"), company="Edited")
    rig.edit(rig.contact("c@example.com"), notes="met her")
    rig.remove(rig.contact("b@example.com"))
    assert _undo(rig, job_id) is ImportStatus.PARTIALLY_ROLLED_BACK
    assert {c.email: (c.first_name, c.company) for c in rig.contacts()} == {
        "a@example.com": ("A", "Edited"),
        "c@example.com": (None, "New"),
    }
    assert _kept(rig, job_id) == [
        ("contact_deleted_since", 2, []),
        ("contact_edited_since", 3, ["notes"]),
        ("field_edited_since", 1, ["company"]),
    ]
    assert _totals(rig, job_id) == (1, 1, 3)
    # Once more finds nothing left to do, and says the same, the reason included.
    state = _state(rig)
    rig.ask(transitions.roll_back, job_id, reason=None, in_flight=4, actor="tester")
    rig.drain()
    assert rig.status(job_id) is ImportStatus.PARTIALLY_ROLLED_BACK
    assert rig.job(job_id).rollback_reason == "a test"
    assert _state(rig) == state
    assert _totals(rig, job_id) == (1, 1, 3)


@pytest.mark.parametrize("is_created", [False, True])
def test_who_unsubscribed_after_an_import_had_said_so_stays_unsubscribed(rig: Rig, is_created: bool) -> None:
    if not is_created:
        rig.create(email="a@example.com", consent="subscribed")
    rows = [{"email": "a@example.com", "consent": "unsubscribed"}, {"email": "b@example.com", "consent": "unsubscribed"}]
    job_id = rig.import_rows(rows, duplicate_strategy=UPDATE)
    version = rig.contact("a@example.com").version
    for _ in range(2):
        rig.edit(rig.contact("a@example.com"), consent="unsubscribed")
    # It is noted once: from then on a person says so.
    assert rig.contact("a@example.com").version == version + 1
    assert _undo(rig, job_id) is ImportStatus.PARTIALLY_ROLLED_BACK
    assert [(c.email, c.consent) for c in rig.contacts()] == [("a@example.com", "unsubscribed")]
    assert _kept(rig, job_id) == [("contact_edited_since" if is_created else "field_edited_since", 1, ["consent"])]


def test_an_undo_gives_back_the_consent_that_an_import_took(rig: Rig) -> None:
    rig.create(email="a@example.com", consent="subscribed")
    job_id = rig.import_rows([{"email": "a@example.com", "consent": "unsubscribed"}], duplicate_strategy=UPDATE)
    assert _undo(rig, job_id) is ImportStatus.ROLLED_BACK
    assert rig.contact("a@example.com").consent == "subscribed"


def _versions(rig: Rig) -> tuple[Any, Any]:
    rig.import_rows([{"email": "a@example.com", "company": "0", "first_name": "0", "city": "0"}])
    one = rig.import_rows([{"email": "a@example.com", "company": "1", "first_name": "1"}], duplicate_strategy=UPDATE)
    two = rig.import_rows([{"email": "a@example.com", "company": "2", "city": "2"}], duplicate_strategy=UPDATE)
    return one, two


def test_undoing_the_earlier_of_two_keeps_the_later(rig: Rig) -> None:
    one, two = _versions(rig)
    assert _undo(rig, one) is ImportStatus.PARTIALLY_ROLLED_BACK
    contact = rig.contact("a@example.com")
    assert (contact.company, contact.first_name, contact.city) == ("2", "0", "2")
    assert _kept(rig, one) == [("field_edited_since", 1, ["company"])]
    # What the earlier one wrote does not come back.
    assert _undo(rig, two) is ImportStatus.ROLLED_BACK
    contact = rig.contact("a@example.com")
    assert (contact.company, contact.first_name, contact.city) == ("0", "0", "0")
    assert (_totals(rig, one), _totals(rig, two)) == ((0, 1, 1), (0, 1, 0))
    assert _undo(rig, one) is ImportStatus.ROLLED_BACK
    assert (rig.contact("a@example.com").version, contact.version) == (5, 5)
    assert _totals(rig, one) == (0, 1, 0)


def test_undoing_the_later_first_gives_the_original(rig: Rig) -> None:
    one, two = _versions(rig)
    assert _undo(rig, two) is ImportStatus.ROLLED_BACK
    assert rig.contact("a@example.com").company == "1"
    assert _undo(rig, one) is ImportStatus.ROLLED_BACK
    contact = rig.contact("a@example.com")
    assert (contact.company, contact.first_name, contact.city) == ("0", "0", "0")


def test_a_contact_that_a_later_import_changed_goes_once_that_is_undone(rig: Rig) -> None:
    one = rig.import_rows([{"email": "a@example.com", "company": "1"}])
    two = rig.import_rows([{"email": "a@example.com", "company": "2", "tags": "t"}], duplicate_strategy=UPDATE)
    assert _undo(rig, one) is ImportStatus.PARTIALLY_ROLLED_BACK
    assert _kept(rig, one) == [("contact_edited_since", 1, ["company", "tags"])]
    assert _undo(rig, two) is ImportStatus.ROLLED_BACK
    assert rig.contacts() == []
    assert _totals(rig, two) == (1, 0, 0)
    assert _undo(rig, one) is ImportStatus.ROLLED_BACK
    assert _totals(rig, one) == (0, 0, 0)


def test_an_import_is_undone_once(rig: Rig) -> None:
    job_id = rig.import_rows([{"email": "a@example.com"}])
    assert _undo(rig, job_id) is ImportStatus.ROLLED_BACK
    with pytest.raises(WrongState):
        rig.roll_back(job_id)
    with pytest.raises(WrongState):
        rig.retry(job_id)


def test_an_import_that_did_nothing_cannot_be_undone(rig: Rig) -> None:
    rig.import_rows([{"email": "a@example.com"}])
    job_id = rig.import_rows([{"email": "a@example.com"}])
    with pytest.raises(WrongState) as raised:
        rig.roll_back(job_id)
    assert raised.value.code == "nothing_to_roll_back"


def test_keys_that_an_undo_lets_go_can_be_claimed_again(rig: Rig) -> None:
    job_id = rig.import_rows([{"email": "a@example.com", "external_id": "1"}])
    _undo(rig, job_id)
    again = rig.import_rows([{"email": "a@example.com", "external_id": "1"}])
    assert rig.counts(again).created == 1
    assert rig.contact("a@example.com").email_key == "a@example.com"


def test_a_twin_inherits_what_an_undo_lets_go(rig: Rig) -> None:
    job_id = rig.import_rows([{"email": "a@example.com"}])
    rig.import_rows([{"email": "a@example.com"}], duplicate_strategy=DuplicateStrategy.CREATE)
    _undo(rig, job_id)
    (twin,) = rig.contacts()
    assert twin.email_key == "a@example.com"


def test_an_undo_is_journalled(rig: Rig) -> None:
    seed_by_hand(rig)
    job_id = rig.import_rows([{"email": "ben@old.example", "company": "New", "tags": "t"}], duplicate_strategy=UPDATE)
    _undo(rig, job_id)
    last = rig.changes()[-1]
    assert (last.undoes_import_id, last.import_id, last.actor) == (job_id, None, "tester")
    assert last.changes == {"company": {"before": "New", "after": "Old"}}
    assert (last.tags_removed, last.version_after) == (["t"], 3)
    assert rig.contact("ben@old.example").version == 3


def test_a_removal_is_journalled(rig: Rig) -> None:
    job_id = rig.import_rows([{"email": "a@example.com"}, {"email": "b@example.com"}])
    ids = [contact.id for contact in rig.contacts()]
    rig.edit(rig.contact("b@example.com"), city="Lyon")
    _undo(rig, job_id)
    told = [change for change in rig.changes() if change.undoes_import_id]
    assert [(each.contact_id, each.actor, each.undoes_import_id, each.changes) for each in told] == [
        (ids[0], "tester", job_id, {}),
        (ids[1], "tester", job_id, {}),
    ]
    # Of what was kept it says so, and nothing changed.
    assert [(each.version_before, each.version_after) for each in told] == [(1, 2), (2, 2)]


def test_a_created_contact_stays_where_the_journal_does_not_tell_any_more_who_edited_it(rig: Rig) -> None:
    job_id = rig.import_rows([{"email": "a@example.com"}, {"email": "b@example.com"}])
    rig.edit(rig.contact("b@example.com"), city="Lyon")
    with writing(rig.deps.database) as tx:
        tx.execute(delete(ContactChange))
    assert _undo(rig, job_id) is ImportStatus.PARTIALLY_ROLLED_BACK
    assert [contact.email for contact in rig.contacts()] == ["b@example.com"]
    assert _kept(rig, job_id) == [("contact_edited_since", 2, ["unknown"])]


def test_all_runs_of_an_import_are_undone(rig: Rig) -> None:
    holder = rig.create(external_id="z", email="taken@example.com", address_line2="x")
    rig.create(external_id="y", email="y@example.com", company="Old")
    before = _state(rig)
    rows = [{"external_id": "1", "email": "one@example.com"}, {"external_id": "2", "email": "taken@example.com"}]
    rows += [{"external_id": "y", "email": "y@example.com", "company": "New"}]
    job_id = rig.import_rows(rows, duplicate_strategy=UPDATE)
    assert rig.counts(job_id).failed == 1
    rig.edit(holder, email="moved@example.com")
    rig.retry(job_id)
    rig.drain()
    assert rig.counts(job_id).created == 2
    assert rig.status(job_id) is ImportStatus.COMPLETED
    assert _undo(rig, job_id) is ImportStatus.ROLLED_BACK
    after = _state(rig)
    assert set(after) == set(before)
    assert {c.company for c in rig.contacts() if c.external_id == "y"} == {"Old"}


def test_an_undo_reaches_rows_that_a_batch_took_from_beyond_its_own(rig: Rig) -> None:
    """A key passes from the contact of the first row to that of the last, so that one batch writes both; the others never run."""
    rig.import_rows([{"external_id": "a", "email": "key@example.com"}])
    rows = [{"external_id": "a", "email": "other@example.com"}]
    rows += [{"external_id": f"n{n}", "email": f"n{n}@example.com"} for n in range(9)]
    rows += [{"external_id": "heir", "email": "key@example.com"}]
    before = _state(rig)
    job_id = rig.add_rows(rows, duplicate_strategy=UPDATE)
    from models.vocabulary import Stage

    while not rig.changes():
        assert rig.step()
    assert {c.external_id for c in rig.contacts()} >= {"heir"}
    rig.cancel(job_id)
    rig.drain()
    assert rig.status(job_id) is ImportStatus.CANCELLED
    assert Stage.APPLY_BATCH in {f.stage for f, _ in rig.delivered}
    assert _undo(rig, job_id) is ImportStatus.ROLLED_BACK
    assert _state(rig) == before


def test_a_contact_is_deleted_softly_and_keeps_its_history(rig: Rig) -> None:
    job_id = rig.import_rows([{"email": "a@example.com"}])
    _undo(rig, job_id)
    with reading(rig.deps.database) as tx:
        (contact,) = tx.execute(select(Contact)).scalars()
    assert contact.deleted_at is not None
    assert (contact.email, contact.email_key) == ("a@example.com", None)


def test_a_contact_edited_while_it_is_being_removed_keeps_its_lists(postgres_url: str, tmp_path: Path) -> None:
    # Only Postgres lets two write at once.
    rig = make_rig(Settings(data_dir=tmp_path, database_url=postgres_url, storage_url="memory:///"))
    job_id = rig.import_rows([{"email": "a@example.com"}, {"email": "b@example.com"}], list_ids=(str(rig.add_list("L")),))
    edited = rig.contact("a@example.com")
    seen: list[str] = []

    def edit_meanwhile(_c: Any, _x: Any, statement: str, *_: Any) -> None:
        if statement.startswith("UPDATE contact SET") and not seen:
            seen.append(statement)
            rig.edit(edited, notes="met her")

    event.listen(rig.deps.database.writer, "before_cursor_execute", edit_meanwhile)
    assert _undo(rig, job_id) is ImportStatus.PARTIALLY_ROLLED_BACK
    assert [c.email for c in rig.contacts()] == ["a@example.com"]
    assert {contact_id for _, contact_id in rig.members()} == {edited.id}
    rig.deps.database.close()
