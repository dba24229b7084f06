"""Random cases: a file, the contacts that are there before it, the options, how it is cut, and who works on it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

from models.tables.import_options import AssignmentOptions, FieldPolicyOption, ImportOptions
from models.vocabulary import (
    APPENDABLE_FIELDS,
    TEXT_FIELDS,
    AssignmentMode,
    Consent,
    DirectoryPolicy,
    DuplicateStrategy,
    EmptyCellPolicy,
    ErrorPolicy,
    FieldPolicy,
    InvalidValuePolicy,
    MatchField,
    MatchMode,
)
from tests.engine.oracle import KINDS, Contact, claimable
from tests.stages.proof.cells import CELLS, KEEPER, KEEPERS, KEY_COLUMNS, Choices
from tests.stages.proof.names import draw_entries

LISTS = ("list one", "list two")
OTHER_COLUMNS = tuple(name for name in CELLS if name not in KEY_COLUMNS)


@dataclass(frozen=True)
class Handling:
    """How the file is cut and who works on it. `deaths`: how likely a message is to find its worker dying."""

    chunk_rows: int
    batch_rows: int
    workers: int
    in_order: bool
    repeats: float
    deaths: float
    is_reviewed: bool


@dataclass(frozen=True)
class Case:
    """`rows` are cells by column; what is not in one is absent. `contacts` have `lists` as positions in LISTS. `excluded` rows, by their
    numbers, somebody left out. `entries` are companies and owners (kind, name) that the directories have.
    """

    seed: int
    rows: list[dict[str, str]]
    contacts: list[Contact]
    options: ImportOptions
    list_count: int
    handling: Handling
    excluded: frozenset[int] = frozenset()
    entries: tuple[tuple[str, str], ...] = ()

    @property
    def mapping(self) -> dict[str, str]:
        return {name: name for row in self.rows for name in row if name != KEEPER}

    @property
    def choices(self) -> Choices:
        options = self.options
        assignment = options.assignment
        return Choices(options.match_fields, options.match_mode, options.invalid_values, assignment.mode, assignment.owners)

    def __str__(self) -> str:
        lines = [f"seed {self.seed}: {self.handling}", self.options.model_dump_json(exclude_defaults=True), f"{self.list_count} lists"]
        held = [{name: value for name, value in contact.items() if value not in (None, "", [], {})} for contact in self.contacts]
        lines += [f"  contact {json.dumps(contact, default=str, ensure_ascii=False)}" for contact in held]
        lines += [f"  row {number} {json.dumps(row, ensure_ascii=False)}" for number, row in enumerate(self.rows, start=1)]
        return "\n".join([*lines, f"  without {sorted(self.excluded)}", f"  entries {self.entries}"])


def make_case(seed: int, **fixed: Any) -> Case:
    """The case of a seed; `fixed` are options that are not to be drawn."""
    random = Random(seed)
    columns = _draw_columns(random)
    contacts = draw_contacts(random, random.choice([0, 1, 3, 5, 8]))
    rows = _draw_rows(random, columns, contacts)
    mapped = {name for row in rows for name in row}
    return Case(
        seed=seed,
        rows=rows,
        contacts=contacts,
        options=_draw_options(random, mapped, fixed),
        list_count=random.choice([0, 0, 1, 2]),
        handling=_draw_handling(random, len(rows)),
        entries=draw_entries(random),
    )


def _draw_columns(random: Random) -> list[str]:
    keys = random.choice([KEY_COLUMNS, KEY_COLUMNS, ("external_id", "email"), ("email",), ("email", "phone"), ("mobile_phone", "email")])
    extras = random.sample(OTHER_COLUMNS, random.randint(0, 5))
    columns = [*keys, *extras, KEEPER]
    random.shuffle(columns)
    return columns


def _draw_rows(random: Random, columns: list[str], contacts: list[Contact]) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    absent, awkward = random.choice([0.0, 0.1, 0.3]), random.choice([0.15, 0.3, 0.5])
    for _ in range(random.choice([1, 2, 3, 4, 5, 6, 8, 10, 15, 40])):
        row = {name: _draw_cell(random, name, awkward) for name in columns if name not in KEY_COLUMNS or random.random() >= absent}
        if rows and random.random() < 0.1:
            # Somebody copied a line and changed one cell, or none.
            row = dict(random.choice(rows))
            name = random.choice(list(row))
            row[name] = _draw_cell(random, name, awkward)
        # A record without a single cell is no row.
        if not any(cell.strip() for cell in row.values()):
            row |= {columns[0]: "n/a"}
        rows.append(row)
    _pass_keys_on(random, rows, columns, contacts)
    # A file without a single key column is not planned.
    rows[0].setdefault(next(name for name in columns if name in KEY_COLUMNS), "")
    return rows


def _pass_keys_on(random: Random, rows: list[dict[str, str]], columns: list[str], contacts: list[Contact]) -> None:
    """Let some contacts, known by their external ids, get another e-mail, and let somebody else have the one that they give up."""
    movers = [contact for contact in contacts if contact["external_id_key"] and contact["email_key"]]
    if not {"external_id", "email"} <= set(columns) or random.random() < 0.3:
        return
    for contact in random.sample(movers, min(2, len(movers))):
        mover = {**random.choice(rows), "external_id": contact["external_id"], "email": _draw_cell(random, "email", 0.1)}
        heir = {**random.choice(rows), "external_id": _draw_cell(random, "external_id", 0.5), "email": contact["email"]}
        rows.insert(random.randint(0, len(rows)), mover)
        if random.random() < 0.6:
            rows.append(heir)


def _draw_cell(random: Random, name: str, awkward: float) -> str:
    cells = KEEPERS if name == KEEPER else CELLS[name]
    plain = [cell for cell, value in cells.items() if value and cell == str(value)] or list(cells)
    return random.choice(list(cells) if random.random() < awkward else plain)


def draw_contacts(random: Random, count: int) -> list[Contact]:
    """Contacts from the oldest to the youngest. Of those that hold a value one claims it, now and then not the oldest."""
    contacts: list[Contact] = []
    held: dict[str, list[Any]] = {name: [None, None, *_values(name)[:7]] for name in KEY_COLUMNS}
    for age in range(count):
        contact: Contact = dict.fromkeys(TEXT_FIELDS)
        contact |= {name: random.choice(values) for name, values in held.items()}
        contact |= {"first_name": random.choice([None, "Ann", "bOb"]), "owner": random.choice([None, "olga", "nina"])}
        contact |= {"company": random.choice([None, "Acme", "beta, LLC"])}
        contact |= {"notes": random.choice([None, "n0"]), "id": str(UUID(int=(age << 112) | random.getrandbits(112), version=4))}
        contact |= {"version": random.randint(1, 4), "consent": random.choice(list(Consent)).value}
        contact["tags"] = random.choice([[], ["Vip"], ["old", "strasse"]])
        contact["custom"] = random.choice([{}, {"tier": "tin"}, {"age": 7, "tier": ""}, {"tier": "gold"}])
        contact["lists"] = random.choice([[], [], [0], [1], [0, 1]])
        contacts.append(contact)
    for kind in KINDS:
        claimed: set[str] = set()
        for contact in random.sample(contacts, len(contacts)):
            value = claimable(contact).get(kind)
            contact[f"{kind}_key"] = value if value not in claimed else None
            if value:
                claimed.add(value)
    return contacts


def _values(name: str) -> list[str]:
    return list(dict.fromkeys(value for value in CELLS[name].values() if value))


def _draw_options(random: Random, mapped: set[str], fixed: dict[str, Any]) -> ImportOptions:
    names = {MatchField.EXTERNAL_ID: {"external_id"}, MatchField.EMAIL: {"email"}, MatchField.PHONE: {"phone", "mobile_phone"}}
    usable = [field for field in MatchField if names[field] & mapped]
    match_fields = tuple(MatchField)
    if random.random() < 0.3:
        match_fields = tuple(random.sample(usable, random.randint(1, len(usable))))
    mode = random.choice(list(AssignmentMode))
    owners = {AssignmentMode.SINGLE: ("rita",), AssignmentMode.ROUND_ROBIN: ("rita", "sam", "tess")}.get(mode, ())
    assignment = AssignmentOptions(mode=mode, owners=owners, column=KEEPER if mode is AssignmentMode.BY_COLUMN else None)
    policy = random.choice([ErrorPolicy.KEEP_GOOD_ROWS] * 3 + [ErrorPolicy.ALL_OR_NOTHING, ErrorPolicy.STOP_AT_ERROR_RATE])
    drawn = {
        "duplicate_strategy": random.choice([*DuplicateStrategy, DuplicateStrategy.UPDATE]),
        "match_fields": match_fields,
        "match_mode": random.choice(list(MatchMode)),
        "error_policy": policy,
        "max_error_rate": random.choice([0.0, 0.1, 0.29]) if policy is ErrorPolicy.STOP_AT_ERROR_RATE else None,
        "invalid_values": random.choice([InvalidValuePolicy.LEAVE_OUT] * 3 + [InvalidValuePolicy.FAIL_ROW]),
        "empty_cells": random.choice(list(EmptyCellPolicy)),
        "assignment": assignment,
        "tags": random.choice([(), ("fair", "vip")]),
        **draw_directory_policies(random),
        "field_policies": draw_policies(random, random.sample(sorted(CELLS), random.choice([0, 0, 0, 2, 4]))),
    }
    return ImportOptions(**{**drawn, **fixed})


def draw_directory_policies(random: Random) -> dict[str, DirectoryPolicy]:
    """What becomes of companies and of owners."""
    return {name: random.choice([DirectoryPolicy.AS_WRITTEN, *DirectoryPolicy]) for name in ("company_policy", "owner_policy")}


def draw_policies(random: Random, names: Iterable[str]) -> tuple[FieldPolicyOption, ...]:
    """A policy for each of the fields."""
    ways = {name: [way for way in FieldPolicy if way is not FieldPolicy.APPEND or name in APPENDABLE_FIELDS] for name in names}
    return tuple(FieldPolicyOption(field=name, policy=random.choice(ways[name])) for name in ways)


def _draw_handling(random: Random, row_count: int) -> Handling:
    return Handling(
        chunk_rows=random.choice([2, 5, 100]) if row_count <= 10 else random.choice([9, 100]),
        batch_rows=random.choice([1, 2, 5, 100]) if row_count <= 10 else random.choice([7, 13, 100]),
        workers=random.choice([1, 1, 2, 3]),
        in_order=random.random() < 0.3,
        repeats=random.choice([0.0, 0.3]),
        deaths=random.choice([0.0, 0.0, 0.3]),
        is_reviewed=random.random() < 0.3,
    )
