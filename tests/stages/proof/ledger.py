"""What holds of a tenant's contacts and journal, whoever wrote in whatever order: nothing was lost, and nobody is there twice."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from models.database import reading
from models.tables import Contact, ContactChange, ListMember
from models.vocabulary import TEXT_FIELDS, DirectoryPolicy
from tests.engine.oracle import Contact as Held
from tests.engine.oracle import claimable
from tests.stages.proof.edits import PERSON
from tests.stages.proof.names import SPELLINGS, read_entries
from tests.stages.proof.world import read_changes
from tests.support.rig import Rig

State = dict[str, Any]


def require_true_journal(rig: Rig, began_as: list[Held], list_ids: tuple[str, ...], edits: list[tuple[UUID, int]]) -> None:
    """Raises AssertionError unless each contact's journal leads, version by version, from what it began as to what it is.

    So every write was made on top of the one before it, and every edit of a person stands or is told by a later entry.
    """
    with reading(rig.deps.database) as tx:
        contacts = list(tx.execute(select(Contact).where(col(Contact.tenant_id) == rig.tenant_id)).scalars())
        members = list(tx.execute(select(ListMember).where(col(ListMember.tenant_id) == rig.tenant_id)).scalars())
    journal: dict[UUID, list[ContactChange]] = {contact.id: [] for contact in contacts}
    for change in sorted(read_changes(rig), key=lambda change: change.version_after):
        journal[change.contact_id].append(change)
    seeds = {held["id"]: held for held in began_as}
    for contact in contacts:
        seed = seeds.get(str(contact.id))
        first = seed["version"] if seed else 0 if contact.import_id is None else 1
        _require_chain(contact, first, journal[contact.id])
        state = _state(contact, {str(member.list_id) for member in members if member.contact_id == contact.id})
        for change in reversed(journal[contact.id]):
            _take_back(state, change)
        if seed is not None:
            began = _began(seed, list_ids)
            assert state == began, {
                name: (state.get(name), began.get(name)) for name in {*state, *began} if state.get(name) != began.get(name)
            }
        elif contact.import_id is None:
            assert {value for name, value in state.items() if name not in ("consent", "tags", "lists")} <= {None}, contact.id
    told = [(change.contact_id, change.version_after) for change in read_changes(rig) if change.actor == PERSON]
    assert sorted(told) == sorted(edits)


def _require_chain(contact: Contact, first: int, changes: list[ContactChange]) -> None:
    versions = [first, *(change.version_after for change in changes)]
    assert [change.version_before for change in changes] == versions[:-1], contact.id
    assert versions == list(range(first, first + len(versions))), contact.id
    assert contact.version == versions[-1], contact.id


def _state(contact: Contact, lists: set[str]) -> State:
    custom = {f"custom.{key}": value for key, value in contact.custom.items()}
    return {**{name: getattr(contact, name) for name in TEXT_FIELDS}, **custom, "consent": contact.consent} | {
        "tags": set(contact.tags),
        "lists": lists,
    }


def _began(seed: Held, list_ids: tuple[str, ...]) -> State:
    custom = {f"custom.{key}": value for key, value in seed["custom"].items()}
    lists = {list_ids[place] for place in seed["lists"]}
    return {**{name: seed[name] for name in TEXT_FIELDS}, **custom, "consent": seed["consent"], "tags": set(seed["tags"]), "lists": lists}


def _take_back(state: State, change: ContactChange) -> None:
    for name, pair in change.changes.items():
        assert state.get(name) == pair["after"], (change.contact_id, change.version_after, name, state.get(name), pair)
        state[name] = pair["before"]
        if name.startswith("custom.") and pair["before"] is None:
            del state[name]
    for name in ("tags", "lists"):
        added, removed = set(getattr(change, f"{name}_added")), set(getattr(change, f"{name}_removed"))
        assert added <= state[name], (change.contact_id, change.version_after, name)
        assert not removed & state[name], (change.contact_id, change.version_after, name)
        state[name] = (state[name] - added) | removed


def require_spelled(rig: Rig, import_id: UUID) -> None:
    """Raises AssertionError unless each company and owner that the import wrote is spelled as the directory has it, if it asks one."""
    options, entries = rig.job(import_id).options, read_entries(rig)
    for kind in SPELLINGS:
        if options.get(f"{kind}_policy", DirectoryPolicy.AS_WRITTEN) == DirectoryPolicy.AS_WRITTEN:
            continue
        changes = [change for change in read_changes(rig) if change.import_id == import_id and kind in change.changes]
        written = {change.changes[kind]["after"] for change in changes}
        written |= {getattr(contact, kind) for contact in rig.contacts() if contact.import_id == import_id and contact.version == 1}
        assert written - {None} <= {name for entry_kind, name, _, _ in entries if entry_kind == kind}, (kind, written, entries)


def require_one_claimant(contacts: Mapping[str, Held]) -> None:
    """Raises AssertionError unless each value that live contacts could claim is claimed by just one of them, and nothing else is."""
    holders = find_holders(contacts)
    claimants: dict[tuple[str, str], list[str]] = {}
    for contact_id, contact in contacts.items():
        for claim in contact["claims"].items():
            claimants.setdefault(claim, []).append(contact_id)
    assert set(claimants) == set(holders), set(claimants) ^ set(holders)
    for claim, held_by in claimants.items():
        assert len(held_by) == 1, (claim, held_by)
        assert held_by[0] in holders[claim], (claim, held_by)


def find_holders(contacts: Mapping[str, Held]) -> dict[tuple[str, str], list[str]]:
    """Who could claim each value, were it free, by kind and value."""
    holders: dict[tuple[str, str], list[str]] = {}
    for contact_id, contact in contacts.items():
        for claim in claimable(contact).items():
            holders.setdefault(claim, []).append(contact_id)
    return holders


def require_nobody_twice(contacts: Mapping[str, Held], began_as: list[Held]) -> None:
    """Raises AssertionError where two contacts hold a value that not two of them held before."""
    before = find_holders({held["id"]: held for held in began_as})
    for claim, held_by in find_holders(contacts).items():
        assert len(held_by) <= max(1, len(before.get(claim, []))), (claim, held_by)
