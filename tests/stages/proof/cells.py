"""Cells whose meaning is known beforehand, and the judgement of a row of them in plain words: what the proofs take for judged.

It shares no code with the judge; each column has a few cells that meet, written in several ways, and some that say nothing or are unusable.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.vocabulary import AssignmentMode, InvalidValuePolicy, MatchField, MatchMode
from tests.engine.oracle import Row
from tests.stages.proof.issues import Told

UNUSABLE = None

# What a cell comes to. "": it says nothing.
EXTERNAL_IDS: dict[str, str | None] = {f"x{n}": f"x{n}" for n in range(1, 7)} | {" x1 ": "x1", "": "", "n/a": "", "null": ""}
EMAILS: dict[str, str | None] = {f"m{n}@kestrel.example": f"m{n}@kestrel.example" for n in range(1, 12)}
EMAILS |= {"M1@Kestrel.Example": "m1@kestrel.example", "": "", "n/a": "", "none": "", "not an address": UNUSABLE}
PHONES: dict[str, str | None] = {f"+3319900000{n}": f"+3319900000{n}" for n in range(1, 6)}
PHONES |= {"+33 1 99 00 00 01": "+33199000001", "": "", "n/a": "", "12": UNUSABLE}
CELLS: dict[str, dict[str, Any]] = {
    "external_id": EXTERNAL_IDS,
    "email": EMAILS,
    "phone": PHONES,
    "mobile_phone": PHONES,
    "first_name": {"Ann": "Ann", "Bob": "Bob", "BOB": "Bob", " Ann  Bee ": "Ann Bee", "": "", "n/a": ""},
    "company": {"Acme": "Acme", "ACME Inc.": "ACME Inc.", "acmé": "acmé", "Beta": "Beta", "beta, LLC": "beta, LLC", "": "", "n/a": ""},
    "owner": {"olga": "olga", "OLGA": "OLGA", "Ólga": "Ólga", "sam": "sam", "": "", "-": ""},
    "notes": {"n1": "n1", 'q"\\é': 'q"\\é', "n/a": "n/a", "": ""},
    "city": {"Lyon": "Lyon", "Oslo": "Oslo", "": ""},
    "consent": {"subscribed": "subscribed", "no": "unsubscribed", "unknown": "unknown", "": "", "n/a": ""},
    "tags": {"vip": ["vip"], "VIP; new": ["VIP", "new"], "Straße; STRASSE": ["Straße"], "": [], "n/a": []},
    "custom.tier": {"gold": "gold", 'q"\\': 'q"\\', "": ""},
    "custom.age": {"7": "7", "": ""},
}
KEY_COLUMNS = ("external_id", "email", "phone", "mobile_phone")
# A column that is mapped to nothing and names who is in charge.
KEEPER = "keeper"
KEEPERS: dict[str, str | None] = {"pia": "pia", "PIA": "PIA", "OLGA": "OLGA", "quin": "quin", "": None, "n/a": None}

_INVALID = {"email": "invalid_email", "phone": "invalid_phone", "mobile_phone": "invalid_phone"}
_KEYS = {
    MatchField.EXTERNAL_ID: ("external_id",),
    MatchField.EMAIL: ("email",),
    MatchField.PHONE: ("phone", "mobile_phone"),
}


@dataclass(frozen=True)
class Choices:
    """The options that decide how a row is judged."""

    match_fields: tuple[MatchField, ...]
    match_mode: MatchMode
    invalid_values: InvalidValuePolicy
    assignment: AssignmentMode
    owners: tuple[str, ...]


def judge_plainly(number: int, cells: Mapping[str, str], choices: Choices) -> tuple[Row, list[Told]]:
    """The row as the specification takes it, and what is told of its cells. A column that is not in `cells` is absent."""
    values = {name: CELLS[name][cell] for name, cell in cells.items() if name in CELLS}
    unusable = [name for name in values if values[name] is UNUSABLE]
    deciding = _deciding(values, choices)
    fails = {name for name in unusable if name in deciding or choices.invalid_values is InvalidValuePolicy.FAIL_ROW}
    told = [Told(number, _INVALID[name], name, cells[name], "error" if name in fails else "warning") for name in unusable]
    has_no_key = not any(values.get(name, "") != "" for kind in choices.match_fields for name in _KEYS[kind])
    if has_no_key:
        told.append(Told(number, "no_match_key", None, None, "error"))
    row = {"row": number, "failed": has_no_key or bool(fails), **values}
    if cells.get("first_name") == "BOB":
        row["in_one_case"] = "first_name"
    if choices.assignment is AssignmentMode.SINGLE:
        row["assigned_owner"] = choices.owners[0]
    elif choices.assignment is AssignmentMode.ROUND_ROBIN:
        row["assigned_owner"] = choices.owners[(number - 1) % len(choices.owners)]
    elif choices.assignment is AssignmentMode.BY_COLUMN:
        row["assigned_owner"] = KEEPERS[cells.get(KEEPER, "")]
        if row["assigned_owner"] is None:
            told.append(Told(number, "owner_missing", "owner", None, "note"))
    return row, told


def _deciding(values: Mapping[str, Any], choices: Choices) -> set[str]:
    """The fields of which an unusable value fails the row."""
    states = {}
    for kind in MatchField:
        if kind in choices.match_fields:
            held = [values[name] for name in _KEYS[kind] if name in values]
            usable, unusable = any(value for value in held), any(value is UNUSABLE for value in held)
            states[kind] = "usable" if usable else "unusable" if unusable else "blank"
    if choices.match_mode is MatchMode.ANY:
        return set() if "usable" in states.values() else {name for kind in states for name in _KEYS[kind]}
    first = next((kind for kind, state in states.items() if state != "blank"), None)
    return set(_KEYS[first]) if first is not None and states[first] == "unusable" else set()
