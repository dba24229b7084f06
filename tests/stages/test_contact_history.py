"""The history of a contact, and where each of its values comes from, whoever wrote them and whatever was undone."""

from random import Random
from typing import Any
from uuid import UUID

from sqlmodel import col, update

from models.database import reading, writing
from models.queries import transitions
from models.queries.contact_history import HistoryEntry, find_any_contact, list_history
from models.queries.imports import require_import
from models.queries.origins import list_origins
from models.tables import Contact, ContactChange
from models.vocabulary import AssignmentMode, ChangeKind, DuplicateStrategy
from tests.support.rig import Rig

UPDATE = DuplicateStrategy.UPDATE
PERSON = (None, None, "a person")


def history(rig: Rig, contact: Contact, **page: Any) -> list[HistoryEntry]:
    with reading(rig.deps.database) as tx:
        return list_history(tx, contact, **{"first": 100, **page})


def reload(rig: Rig, contact: Contact) -> Contact:
    with reading(rig.deps.database) as tx:
        found = find_any_contact(tx, rig.tenant_id, contact.id)
    assert found is not None
    return found


def origins(rig: Rig, email: str) -> dict[str, Any]:
    """Field -> who set it; of tags and lists, each by itself."""
    with reading(rig.deps.database) as tx:
        found = list_origins(tx, rig.contact(email))
    named = [(f"{each.field} {each.value}" if each.field in ("tags", "lists") else each.field, each.origin) for each in found]
    return {name: (origin.import_id, origin.row, origin.actor) for name, origin in named}


def changes(entry: HistoryEntry) -> dict[str, Any]:
    return {change.field: (change.before, change.after) for change in entry.changes}


def test_untouched_fields_come_from_the_import_and_row_that_created_the_contact(rig: Rig) -> None:
    list_id = str(rig.add_list("Spring"))
    job_id = rig.import_rows(
        [{"email": f"p{n}@example.com", "company": "Acme"} for n in range(3)],
        assignment={"mode": AssignmentMode.ROUND_ROBIN, "owners": ["ann", "bob"]},
        tags=("spring",),
        list_ids=(list_id,),
    )
    created = (job_id, 2, None)
    assert origins(rig, "p1@example.com") == {
        **dict.fromkeys(("email", "company", "owner"), created),
        "tags spring": created,
        f"lists {list_id}": created,
    }
    (creation,) = history(rig, rig.contact("p1@example.com"))
    assert (creation.import_id, creation.row, creation.version, creation.is_undo) == (job_id, 2, 1, False)
    assert changes(creation) == {
        "email": (None, "p1@example.com"),
        "company": (None, "Acme"),
        "owner": (None, rig.contact("p1@example.com").owner),
        "tags": ([], ["spring"]),
        "lists": ([], [list_id]),
    }


def test_each_value_comes_from_its_last_writer(rig: Rig) -> None:
    first = rig.import_rows([{"email": "ann@example.com", "company": "Acme", "city": "Oslo", "tags": "vip", "custom.size": "L"}])
    ann = rig.contact("ann@example.com")
    rig.edit(ann, city="Bergen", custom={"size": "L", "shoe": "40"}, consent="subscribed")
    second = rig.import_rows(
        [{"city": "Paris", "email": "x@example.com"}, {"email": "ann@example.com", "city": "Rome"}], duplicate_strategy=UPDATE
    )
    assert origins(rig, "ann@example.com") == {
        **dict.fromkeys(("email", "company", "tags vip", "custom.size"), (first, 1, None)),
        "city": (second, 2, "tester"),
        "consent": PERSON,
        "custom.shoe": PERSON,
    }
    newest, edit, creation = history(rig, ann)
    assert (newest.version, edit.version, creation.version) == (3, 2, 1)
    assert changes(newest) == {"city": ("Bergen", "Rome")}
    assert changes(edit) == {"city": ("Oslo", "Bergen"), "custom.shoe": (None, "40"), "consent": ("unknown", "subscribed")}
    assert changes(creation)["city"] == (None, "Oslo")


def test_what_a_rollback_put_back_comes_from_where_it_came_from(rig: Rig) -> None:
    first = rig.import_rows([{"email": "ann@example.com", "company": "Acme", "tags": "vip"}])
    rig.edit(rig.contact("ann@example.com"), notes="n")
    list_id = str(rig.add_list("Spring"))
    undone = rig.import_rows(
        [{"email": "ann@example.com", "company": "Globex", "notes": "m", "tags": "new"}], duplicate_strategy=UPDATE, list_ids=(list_id,)
    )
    assert origins(rig, "ann@example.com")["company"] == (undone, 1, "tester")
    rig.roll_back(undone)
    rig.drain()
    assert origins(rig, "ann@example.com") == {**dict.fromkeys(("email", "company", "tags vip"), (first, 1, None)), "notes": PERSON}
    undo, written, *_ = history(rig, rig.contact("ann@example.com"))
    assert (undo.kind, written.kind) == (ChangeKind.RESTORED, ChangeKind.UPDATED)
    assert (undo.import_id, undo.row, undo.actor, undo.is_undo) == (undone, None, "tester", True)
    assert (written.import_id, written.row, written.is_undo) == (undone, 1, False)
    assert changes(undo)["company"] == ("Globex", "Acme")
    assert changes(undo)["lists"] == ([list_id], [])


def test_a_contact_that_a_person_made_says_so(rig: Rig) -> None:
    made = rig.create(email="ann@example.com", tags=["vip"])
    assert origins(rig, "ann@example.com") == {"email": PERSON, "tags vip": PERSON}
    rig.remove(made)
    with reading(rig.deps.database) as tx:
        assert find_any_contact(tx, rig.tenant_id, made.id) is not None
        assert find_any_contact(tx, rig.add_tenant(), made.id) is None
    assert [(entry.version, entry.kind) for entry in history(rig, reload(rig, made))] == [(2, ChangeKind.DELETED), (1, ChangeKind.CREATED)]


def test_a_long_history_is_read_a_page_at_a_time(rig: Rig) -> None:
    rig.import_rows([{"email": "ann@example.com", "notes": "0"}])
    ann = rig.contact("ann@example.com")
    for number in range(1, 10):
        rig.edit(ann, notes=str(number))
    whole = history(rig, ann)
    assert [entry.version for entry in whole] == list(range(10, 0, -1))
    assert changes(whole[-1])["notes"] == (None, "0")
    for size in (1, 3, 5, 9, 10, 11):
        paged: list[HistoryEntry] = []
        before: int | None = None
        while page := history(rig, ann, first=size, before_version=before):
            paged += page
            before = page[-1].version
            assert len(page) <= size
        assert paged == whole, size


def test_deleting_an_import_leaves_what_it_set(rig: Rig) -> None:
    job_id = rig.import_rows([{"email": "ann@example.com"}])
    rig.ask(transitions.delete, job_id, actor="tester")
    rig.drain()
    assert not list(rig.deps.storage.iter_keys(f"imports/{job_id}"))
    assert not rig.deps.storage.exists(rig.job(job_id).object_key)
    assert origins(rig, "ann@example.com") == {"email": (job_id, 1, None)}


def test_origins_are_those_of_a_plain_account_of_all_that_was_done(rig: Rig) -> None:
    """Imports, edits and rollbacks in any order; a dictionary keeps the account."""
    random = Random(7)
    rig.import_rows([{"email": "ann@example.com"}])
    stacks: dict[str, list[tuple[UUID | None, str]]] = {name: [] for name in ("company", "city", "notes")}
    imports: list[UUID] = []
    for step in range(14):
        name, value = random.choice(sorted(stacks)), f"value {step}"
        kind = random.choice(("edit", "import", "undo"))
        if kind == "edit":
            rig.edit(rig.contact("ann@example.com"), **{name: value})
            stacks[name].append((None, value))
        elif kind == "import":
            job_id = rig.import_rows([{"email": "ann@example.com", name: value}], duplicate_strategy=UPDATE)
            imports.append(job_id)
            stacks[name].append((job_id, value))
        elif imports:
            job_id = imports.pop()
            rig.roll_back(job_id)
            rig.drain()
            for stack in stacks.values():
                if stack and stack[-1][0] == job_id:
                    stack.pop()
    contact = rig.contact("ann@example.com")
    found = origins(rig, "ann@example.com")
    for name, stack in stacks.items():
        assert getattr(contact, name) == (stack[-1][1] if stack else None)
        if stack:
            assert found[name][0] == stack[-1][0]


def test_entries_of_one_moment_keep_their_order(rig: Rig) -> None:
    rig.import_rows([{"email": "ann@example.com"}])
    ann = rig.contact("ann@example.com")
    for number in range(3):
        rig.edit(ann, notes=str(number))
    with writing(rig.deps.database) as tx:
        tx.execute(update(ContactChange).values(at=tx.now()).where(col(ContactChange.contact_id) == ann.id))
    assert [entry.version for entry in history(rig, ann)] == [4, 3, 2, 1]


def test_a_creation_that_was_undone_is_told_as_a_deletion_and_names_its_file(rig: Rig) -> None:
    job_id = rig.import_rows([{"email": "ann@example.com"}, {"email": "bob@example.com"}])
    ann, bob = rig.contact("ann@example.com"), rig.contact("bob@example.com")
    rig.remove(bob)
    rig.roll_back(job_id)
    rig.drain()
    ann, bob = reload(rig, ann), reload(rig, bob)
    with reading(rig.deps.database) as tx:
        filename = require_import(tx, rig.tenant_id, job_id).filename
    told = [(entry.kind, entry.is_undo, entry.filename) for entry in history(rig, ann)]
    assert told == [(ChangeKind.DELETED, True, filename), (ChangeKind.CREATED, False, filename)]
    assert [(entry.kind, entry.is_undo) for entry in history(rig, bob)] == [(ChangeKind.DELETED, False), (ChangeKind.CREATED, False)]
