"""Imports, edits and undos in any order come to what a plain account says: every value is the last one written and not undone."""

from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import col

from models.database import reading
from models.errors import WrongState
from models.queries.counts import rollback_totals
from models.queries.undo import cut_rows, foresee_undo
from models.queries.undo_sets import RowRange
from models.tables import Contact, ContactChange, ImportJob, KeptContact
from models.vocabulary import DuplicateStrategy, FieldPolicy, ImportStatus
from tests.support.rig import Rig
from workers.engine.identity import contact_id_range

NAMES = ("company", "city", "notes", "owner")
KEYS = ("p0", "p1", "p2", "p3", "p4", "p5")
MAPPING = {"external_id": "external_id", **{name: name for name in NAMES}, "tags": "tags", "size": "custom.size"}
PERSON = "a person"
Item = tuple[str, str]


@dataclass
class Write:
    """Who wrote what, of each item that changed: its value, a tag's or a list's presence."""

    by: Any
    values: dict[Item, Any]
    before: dict[Item, Any]


@dataclass
class Person:
    """A contact of the account: `created_by` an import, or a person."""

    created_by: Any
    created: dict[Item, Any]
    writes: list[Write] = field(default_factory=list)
    undone: set[Any] = field(default_factory=set)
    is_gone: bool = False

    def read(self) -> dict[Item, Any]:
        items = dict(self.created)
        for write in self.writes:
            items.update({item: write.before[item] for item in write.values if item not in items})
        for write in self.writes:
            if write.by not in self.undone or write.by == self.created_by:
                items.update(write.values)
        return {item: value for item, value in items.items() if value}

    def write(self, by: Any, wanted: dict[Item, Any]) -> None:
        now = self.read()
        changed = {item: value for item, value in wanted.items() if (now.get(item) or None) != (value or None)}
        if changed:
            self.writes.append(Write(by, changed, {item: now.get(item) for item in changed}))

    def undo(self, job: Any) -> bool:
        """Whether something was kept of it."""
        own = {item for write in self.writes if write.by == job for item in write.values}
        if self.is_gone:
            return bool(own) and self.created_by != job and job not in self.undone
        if not own and self.created_by != job:
            return False
        self.undone.add(job)
        others = {write.by for write in self.writes if write.by not in self.undone and write.by != self.created_by}
        if self.created_by in self.undone and not others:
            self.is_gone = True
            return False
        if self.created_by == job:
            return True
        return any(self._is_covered(item, job) for item in own)

    def _is_covered(self, item: Item, job: Any) -> bool:
        writers = [write.by for write in self.writes if item in write.values]
        last_own = max(at for at, by in enumerate(writers) if by == job)
        return any(by not in self.undone or by == self.created_by for by in writers[last_own + 1 :])


class Account:
    """The plain account of a rig's contacts."""

    def __init__(self, rig: Rig, random: Random) -> None:
        self.rig = rig
        self.random = random
        self.people: dict[str, Person] = {}
        self.everyone: list[Person] = []
        self.imports: list[UUID] = []
        self.lists = [str(rig.add_list("one")), str(rig.add_list("two"))]

    def step(self) -> None:
        draw = self.random.random()
        if draw < 0.45 or not self.imports:
            self.bring_in()
        elif draw < 0.65:
            self.edit()
        else:
            self.take_back(self.random.choice(self.imports))
        self.compare()

    def bring_in(self) -> None:
        random = self.random
        chosen = random.sample(KEYS, random.randint(1, 4))
        names = random.sample(NAMES, random.randint(1, 2))
        tags, lists = random.sample(["x", "y", "z"], random.randint(0, 2)), random.sample(self.lists, random.randint(0, 1))
        is_replacing = random.random() < 0.4
        rows = []
        for key in chosen:
            row = {"external_id": key, **{name: random.choice("abc") for name in names}}
            if is_replacing:
                row["tags"] = ";".join(random.sample(["x", "y", "z"], random.randint(1, 2)))
            if random.random() < 0.3:
                row["size"] = random.choice("123")
            rows.append(row)
        policies = ({"field": "tags", "policy": FieldPolicy.OVERWRITE},) if is_replacing else ()
        mapping = {name: field for name, field in MAPPING.items() if any(name in row for row in rows)}
        job = self.rig.import_rows(
            rows,
            mapping=mapping,
            duplicate_strategy=DuplicateStrategy.UPDATE,
            tags=tuple(tags),
            list_ids=tuple(lists),
            field_policies=policies,
        )
        assert self.rig.status(job) is ImportStatus.COMPLETED
        self.imports.append(job)
        for row in rows:
            wanted: dict[Item, Any] = {("field", name): value for name, value in row.items() if name in NAMES}
            wanted |= {("field", "custom.size"): row["size"]} if "size" in row else {}
            wanted |= {("list", each): True for each in lists}
            person = self.people.get(row["external_id"])
            said = {*row["tags"].split(";")} if "tags" in row else set()
            if person is None or person.is_gone:
                wanted |= {("tag", tag): True for tag in said | set(tags)}
                self.people[row["external_id"]] = Person(job, wanted)
                self.everyone.append(self.people[row["external_id"]])
                continue
            wanted |= {("tag", tag): True for tag in said | set(tags)}
            if said:
                wanted |= {item: None for item in person.read() if item[0] == "tag" and item[1] not in said | set(tags)}
            person.write(job, wanted)

    def edit(self) -> None:
        live = [key for key, person in self.people.items() if not person.is_gone]
        if not live:
            return
        key = self.random.choice(live)
        contact = next(contact for contact in self.rig.contacts() if contact.external_id == key)
        name, value = self.random.choice(NAMES), self.random.choice(["a", "b", None])
        tags = self.random.choice([contact.tags, [*contact.tags, "mine"], []])
        tags = list(dict.fromkeys(tags))
        self.rig.edit(contact, **{name: value, "tags": tags})
        wanted: dict[Item, Any] = {("field", name): value}
        wanted |= {("tag", tag): None for tag in contact.tags if tag not in tags} | {("tag", tag): True for tag in tags}
        self.people[key].write(PERSON, wanted)

    def take_back(self, job: UUID) -> None:
        foreseen = self._foresee(job)
        was = self._totals(job)
        try:
            self.rig.roll_back(job)
        except WrongState:
            assert self.rig.status(job) is ImportStatus.ROLLED_BACK or not foreseen
            return
        self.rig.drain()
        kept = [person.undo(job) for person in self.everyone]
        assert self.rig.status(job) is (ImportStatus.PARTIALLY_ROLLED_BACK if any(kept) else ImportStatus.ROLLED_BACK)
        came = self._totals(job)
        assert foreseen == (came[0] - was[0], came[1] - was[1], came[2])
        assert came[2] == sum(kept)

    def _foresee(self, job: UUID) -> tuple[int, int, int]:
        with reading(self.rig.deps.database) as tx:
            found = tx.get_one(ImportJob, job)
            prospects = [foresee_undo(tx, found, RowRange(*rows, contact_id_range(job, *rows))) for rows in cut_rows(tx, found)]
        return sum(p.removed for p in prospects), sum(p.restored for p in prospects), sum(len(p.kept) for p in prospects)

    def _totals(self, job: UUID) -> tuple[int, int, int]:
        with reading(self.rig.deps.database) as tx:
            return rollback_totals(tx, tx.get_one(ImportJob, job))

    def compare(self) -> None:
        members: dict[UUID, set[str]] = {}
        for list_id, contact_id in self.rig.members():
            members.setdefault(contact_id, set()).add(str(list_id))
        found = {str(c.external_id): _items(c, members.get(c.id, set())) for c in self.rig.contacts()}
        assert found == {key: person.read() for key, person in self.people.items() if not person.is_gone}


def _items(contact: Contact, lists: set[str]) -> dict[Item, Any]:
    items: dict[Item, Any] = {("field", name): value for name in NAMES if (value := getattr(contact, name))}
    items |= {("field", f"custom.{key}"): value for key, value in contact.custom.items()}
    return items | {("tag", tag): True for tag in contact.tags} | {("list", each): True for each in lists}


@pytest.mark.parametrize("number", range(4))
def test_undos_in_any_order_come_to_the_last_values_that_were_not_undone(rig: Rig, number: int) -> None:
    account = Account(rig, Random(number))
    for _ in range(14):
        account.step()
    # In the end nothing of the imports is left but for contacts that people have edited.
    for job in account.random.sample(account.imports, len(account.imports)):
        account.take_back(job)
        account.compare()
    edited = {key for key, p in account.people.items() if any(write.by == PERSON for write in p.writes)}
    assert {str(contact.external_id) for contact in rig.contacts()} <= edited


def test_what_an_undo_does_is_in_the_journal_of_each_contact_that_it_looked_at(rig: Rig) -> None:
    account = Account(rig, Random(5))
    account.bring_in()
    account.bring_in()
    account.edit()
    job = account.imports[0]
    account.take_back(job)
    with reading(rig.deps.database) as tx:
        told = tx.execute(select(ContactChange).where(col(ContactChange.undoes_import_id) == job)).scalars().all()
        kept = tx.execute(select(KeptContact.contact_id).where(col(KeptContact.import_id) == job)).scalars().all()
        ids = tx.execute(select(Contact.id).where(col(Contact.import_id) == job)).scalars().all()
    assert {change.actor for change in told} == {"tester"}
    assert {change.contact_id for change in told} == {*ids, *kept}
