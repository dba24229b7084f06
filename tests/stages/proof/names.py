"""Companies and owners of a case: what the tenant's directories have, and what becomes of the names of its rows, in plain words."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from random import Random
from typing import Any
from uuid import UUID

import polars as pl

from models.database import Writing, reading
from models.queries.directory import add_entry
from models.tables import DirectoryEntry
from models.tables.import_options import ImportOptions
from models.tenancy import scoped
from models.vocabulary import DirectoryKind, DirectoryPolicy, InvalidValuePolicy
from tests.engine.oracle import Row
from tests.stages.proof.issues import Told
from tests.support.rig import Rig
from workers.engine.directory import make_name_keys

# The columns in which a row names a company or an owner, in the order in which they are read.
NAMING = {"company": "company", "owner": "owner", "assigned_owner": "owner"}
# Other spellings of a name; whatever is not here is a name of its own.
SAME = {"ACME Inc.": "Acme", "acmé": "Acme", "beta, LLC": "Beta", "OLGA": "olga", "Ólga": "olga", "Rita": "rita", "PIA": "pia"}
SPELLINGS = {"company": ("Acme", "ACME Inc.", "Beta", "beta, LLC"), "owner": ("olga", "OLGA", "Rita", "PIA", "sam")}

# A kind of name, and what the spellings of one have in common; and the entries by these.
Key = tuple[str, str]
Directory = dict[Key, str]
# An entry: kind, name, and the import and row that created it.
Entry = tuple[str, str, str | None, int | None]


def key_of(name: str) -> str:
    """What all spellings of a name have in common."""
    return SAME.get(name, name)


def draw_entries(random: Random) -> tuple[tuple[str, str], ...]:
    """Entries (kind, name) of the directories, one for a key."""
    drawn: Directory = {}
    for kind, names in SPELLINGS.items():
        for name in random.sample(names, random.choice([0, 0, 1, 2])):
            drawn[kind, key_of(name)] = name
    return tuple((kind, name) for (kind, _), name in drawn.items())


def as_directory(entries: Iterable[tuple[str, str]]) -> Directory:
    """The entries by their keys."""
    return {(kind, key_of(name)): name for kind, name in entries}


def resolve_plainly(rows: Sequence[Row], directory: Mapping[Key, str], options: ImportOptions, own: Collection[Key] = ()) -> list[Told]:
    """Put the names of all rows of a file as the directories have them, or will have them, and say what is to be told of that.

    `own` are the keys of the entries that the import has created itself.
    """
    policies = {"company": options.company_policy, "owner": options.owner_policy}
    said: dict[Key, tuple[int, str]] = {}
    for row in rows:
        for column, kind in NAMING.items():
            if row.get(column):
                said.setdefault((kind, key_of(row[column])), (row["row"], row[column]))
    told = []
    for row in rows:
        for column, kind in NAMING.items():
            name, policy = row.get(column), policies[kind]
            if not name or policy is DirectoryPolicy.AS_WRITTEN:
                continue
            key = (kind, key_of(name))
            first, spelling = said[key]
            row[column] = directory.get(key, spelling if policy is DirectoryPolicy.CREATE else None)
            if row[column] is None:
                fails = options.invalid_values is InvalidValuePolicy.FAIL_ROW
                row["failed"] = row["failed"] or fails
                told.append(Told(row["row"], f"unknown_{kind}", kind, name, "error" if fails else "warning"))
            elif first == row["row"] and (key not in directory or key in own) and policy is DirectoryPolicy.CREATE:
                told.append(Told(row["row"], f"new_{kind}", kind, name, "note"))
    return told


def created_entries(settled: Mapping[str, Any], directory: Mapping[Key, str], options: ImportOptions) -> list[tuple[str, str, int]]:
    """The entries that writes need and that are not there: kind, name, and the lowest row that owns such a write."""
    policies = {"company": options.company_policy, "owner": options.owner_policy}
    needed: dict[Key, tuple[str, str, int]] = {}
    for contact_id, contact in {**settled["creates"], **settled["updates"]}.items():
        row = settled["owners"][contact_id]
        for kind, policy in policies.items():
            is_given = contact[kind] is not None and ("changes" not in contact or kind in contact["changes"])
            if not is_given or policy is not DirectoryPolicy.CREATE:
                continue
            key = (kind, key_of(contact[kind]))
            if key not in directory and row < needed.get(key, ("", "", row + 1))[2]:
                needed[key] = (kind, contact[kind], row)
    return sorted(needed.values())


def add_entries(tx: Writing, tenant_id: UUID, entries: Iterable[tuple[str, str]]) -> None:
    """Somebody adds entries by hand."""
    for kind, name in entries:
        key = make_name_keys(DirectoryKind(kind), pl.Series([name]))[0]
        add_entry(tx, tenant_id, DirectoryKind(kind), key, name, "a person")


def read_entries(rig: Rig) -> list[Entry]:
    """The tenant's entries."""
    with reading(rig.deps.database) as tx:
        found = tx.execute(scoped(DirectoryEntry, rig.tenant_id)).scalars()
        return sorted(((e.kind, e.name, e.import_id and str(e.import_id), e.import_row) for e in found), key=repr)
