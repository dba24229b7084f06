"""The engine settles every small file as the row-by-row specification does, however it is cut into chunks."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.vocabulary import (
    APPENDABLE_FIELDS,
    MAX_LENGTH,
    TEXT_FIELDS,
    AssignmentMode,
    DuplicateStrategy,
    EmptyCellPolicy,
    FieldPolicy,
    MatchField,
    MatchMode,
)
from tests.engine.oracle import KINDS, claimable, settle_row_by_row
from workers.engine.folding import merge_settled, needed_columns, settle, settle_contested
from workers.engine.frames import CANDIDATE_SCHEMA, UPDATE_SCHEMA, Assignment, EngineOptions, Settled

# Enough values for rows that stand alone, few enough for rows and contacts that meet.
EXTERNAL_IDS, EMAILS, PHONES = ([f"{stem}{number}" for number in range(1, 7)] for stem in ("x", "m@", "+"))
# A second one does not fit beside the first.
LONG_NOTES = "n" * (MAX_LENGTH["notes"] - 3)
CONSENTS = ["subscribed", "unsubscribed", "unknown"]
ROW_COLUMNS: dict[str, tuple[pl.DataType, st.SearchStrategy[Any]]] = {
    "external_id": (pl.String(), st.sampled_from([None, None, None, "", *EXTERNAL_IDS])),
    "email": (pl.String(), st.sampled_from([None, None, None, "", *EMAILS])),
    "phone": (pl.String(), st.sampled_from([None, None, None, "", *PHONES])),
    "mobile_phone": (pl.String(), st.sampled_from([None, None, None, "", *PHONES])),
    "first_name": (pl.String(), st.sampled_from([None, "", "Ann", "Bob", 'C"é\n'])),
    "in_one_case": (pl.String(), st.sampled_from([None, "", "first_name", "first_name", "first_name last_name", "full_name"])),
    "owner": (pl.String(), st.sampled_from([None, "", "olga"])),
    "notes": (pl.String(), st.sampled_from([None, "", "n1", "n2", "n1\nn2", LONG_NOTES])),
    "consent": (pl.String(), st.sampled_from([None, "", *CONSENTS])),
    "tags": (
        pl.List(pl.String()),
        st.sampled_from([None, [], ["vip"], ["VIP", "new"], ["Straße", "STRASSE"], ["new", "OLD", "fair"], ["VIP", "old"]]),
    ),
    "custom.tier": (pl.String(), st.sampled_from([None, "", "gold", 'q"\\'])),
    "custom.age": (pl.String(), st.sampled_from([None, "", "7"])),
    "assigned_owner": (pl.String(), st.sampled_from([None, "paul"])),
}
POLICIES = {
    name: [policy for policy in FieldPolicy if policy is not FieldPolicy.APPEND or name in APPENDABLE_FIELDS]
    for name in ROW_COLUMNS
    if name not in ("assigned_owner", "in_one_case")
}
KEY_COLUMNS = ("external_id", "email", "phone", "mobile_phone")


def make_id(row: int) -> str:
    return f"new-{row:04d}"


def make_ids(rows: pl.Series) -> pl.Series:
    return pl.Series([make_id(row) for row in rows], dtype=pl.String)


@st.composite
def files(draw: st.DrawFn) -> pl.DataFrame:
    extras = draw(st.sets(st.sampled_from([name for name in ROW_COLUMNS if name not in KEY_COLUMNS]), max_size=4))
    keys = draw(st.sampled_from([KEY_COLUMNS, KEY_COLUMNS, ("external_id", "email"), ("email",), ("email", "phone"), ("mobile_phone",)]))
    extras |= {"in_one_case"} if "first_name" in extras else set()
    columns = [name for name in ROW_COLUMNS if name in extras or name in keys]
    count = draw(st.integers(2, 12))
    gap = draw(st.integers(1, 3))
    rows = [
        {"row": 2 + number * gap, "failed": draw(st.integers(0, 9)) == 9, **{name: draw(ROW_COLUMNS[name][1]) for name in columns}}
        for number in range(count)
    ]
    schema = {"row": pl.Int64(), "failed": pl.Boolean(), **{name: ROW_COLUMNS[name][0] for name in columns}}
    return pl.DataFrame(rows, schema=schema, orient="row")


@st.composite
def tenants(draw: st.DrawFn) -> pl.DataFrame:
    """Contacts with consistent claims: of those that hold a value, one claims it, now and then a younger one."""
    contacts: list[dict[str, Any]] = []
    for number in range(draw(st.integers(0, 6))):
        contact: dict[str, Any] = dict.fromkeys(TEXT_FIELDS)
        for field, values in (("external_id", EXTERNAL_IDS), ("email", EMAILS), ("phone", PHONES), ("mobile_phone", PHONES)):
            contact[field] = draw(st.sampled_from([None, None, *values]))
        contact |= {
            "first_name": draw(st.sampled_from([None, "", "Ann", "ANN", "bOb", "bOb"])),
            "owner": draw(st.sampled_from([None, "olga", "nina"])),
        }
        contact |= {"id": f"old-{number}", "version": number + 1, "consent": draw(st.sampled_from(CONSENTS))}
        contact["tags"] = draw(st.sampled_from([[], ["Vip"], ["old", "strasse"], ["old", "Vip", "new"]]))
        contact["notes"] = draw(st.sampled_from([None, "", "n1", "n0\nn1\nn2", "n11", "n0\nn12", LONG_NOTES]))
        contact["custom"] = draw(st.sampled_from(["{}", '{"tier":"tin"}', '{"age":7,"tier":""}', '{"tier": "gold"}']))
        contact["lists"] = draw(st.sampled_from([[], ["l1"]]))
        contacts.append(contact)
    for kind in KINDS:
        order = draw(st.permutations(contacts))
        claimed: set[str] = set()
        for contact in order:
            value = claimable(contact).get(kind)
            contact[f"{kind}_key"] = value if value not in claimed else None
            if value:
                claimed.add(value)
    return pl.DataFrame(contacts, schema=CANDIDATE_SCHEMA, orient="row")


@st.composite
def choices(draw: st.DrawFn) -> EngineOptions:
    named = draw(st.lists(st.sampled_from([*POLICIES]), max_size=6, unique=True))
    subsets = st.lists(st.sampled_from(MatchField), min_size=1, max_size=3, unique=True).map(tuple)
    return EngineOptions(
        mapping={"E-mail": "email", "Phone": "phone", "Mobile": "mobile_phone", "Id": "external_id"},
        today=date(2026, 11, 20),
        duplicate_strategy=draw(st.sampled_from(DuplicateStrategy)),
        match_fields=draw(st.one_of(st.just(tuple(MatchField)), subsets)),
        match_mode=draw(st.sampled_from(MatchMode)),
        empty_cells=draw(st.sampled_from(EmptyCellPolicy)),
        field_policies={name: draw(st.sampled_from(POLICIES[name])) for name in named},
        tags=draw(st.sampled_from([(), ("fair", "vip")])),
        list_ids=draw(st.sampled_from([(), ("l1", "l2")])),
    )


@st.composite
def policed(draw: st.DrawFn) -> tuple[pl.DataFrame, pl.DataFrame, EngineOptions]:
    """A few contacts and rows that find them and say something of every kind of field, with a policy for each of these fields."""
    names = ["email", "first_name", "in_one_case", "notes", "tags", "consent", "assigned_owner", "custom.tier"]
    emails = EMAILS[: draw(st.integers(1, 4))]
    lines = [
        {"row": number, "failed": False, **{name: draw(ROW_COLUMNS[name][1]) for name in names}, "email": draw(st.sampled_from(emails))}
        for number in range(2, 3 + draw(st.integers(0, 3)))
    ]
    schema = {"row": pl.Int64(), "failed": pl.Boolean(), **{name: ROW_COLUMNS[name][0] for name in names}}
    contacts = draw(tenants()).head(len(emails))
    found = contacts.with_columns(
        pl.Series("email", emails[: contacts.height], pl.String()),
        pl.Series("email_key", emails[: contacts.height], pl.String()),
        *(pl.lit(None, pl.String()).alias(name) for name in ("external_id", "phone", "mobile_phone", "external_id_key", "phone_key")),
    )
    chosen = replace(
        draw(choices()),
        duplicate_strategy=draw(st.sampled_from([DuplicateStrategy.UPDATE, DuplicateStrategy.MERGE])),
        match_fields=tuple(MatchField),
        field_policies={name: draw(st.sampled_from(POLICIES[name])) for name in ("tags", "notes", "consent", "owner", "custom.tier")},
    )
    return pl.DataFrame(lines, schema=schema, orient="row"), found, chosen


def find_candidates(tenant: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """What the stage would fetch: the contacts that claim a key of the rows."""
    said: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for kind, name in (("external_id", "external_id"), ("email", "email"), ("phone", "phone"), ("phone", "mobile_phone")):
        if name in rows.columns:
            said[kind] |= {value for value in rows[name] if value}
    return tenant.filter(pl.any_horizontal(pl.col(f"{kind}_key").is_in(sorted(said[kind])) for kind in KINDS).fill_null(False))


def cut(rows: pl.DataFrame, sizes: list[int]) -> list[pl.DataFrame]:
    pieces, start = [], 0
    for size in sizes:
        pieces.append(rows.slice(start, size))
        start += size
    return [piece for piece in [*pieces, rows.slice(start)] if piece.height]


def contact_of(record: dict[str, Any]) -> dict[str, Any]:
    fields = {name: record[name] for name in (*TEXT_FIELDS, "consent", "tags")}
    claims = {kind: record[f"{kind}_key"] for kind in KINDS if record[f"{kind}_key"]}
    return {**fields, "custom": json.loads(record["custom"]), "claims": claims, "row": record["row"], "anchor": record["anchor_row"]}


def expected_contact(contact: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    names = (*TEXT_FIELDS, "consent", "tags", "custom", "claims")
    owner = expected["owners"][contact["id"]]
    return {**{name: contact[name] for name in names}, "row": owner, "anchor": expected["outcomes"][owner]["anchor"]}


def assert_settled_as_specified(plan: Settled, expected: dict[str, Any]) -> None:
    outcomes = {
        line["row"]: {
            "outcome": line["outcome"],
            "contact": line["contact_id"],
            "duplicate": line["duplicate"],
            "changes": json.loads(line["changes"] or "{}"),
            "owner": line["owner_row"],
            "anchor": line["anchor_row"],
        }
        for line in plan.outcomes.iter_rows(named=True)
    }
    assert outcomes == expected["outcomes"]
    creates = {line["id"]: contact_of(line) for line in plan.creates.iter_rows(named=True)}
    assert creates == {name: expected_contact(contact, expected) for name, contact in expected["creates"].items()}
    updates = {
        line["id"]: {
            **contact_of(line),
            "version": line["version"],
            "changes": json.loads(line["changes"]),
            "tags_added": line["tags_added"],
            "tags_removed": line["tags_removed"],
            "lists_added": line["lists_added"],
        }
        for line in plan.updates.iter_rows(named=True)
    }
    extra = ("version", "changes", "tags_added", "tags_removed", "lists_added")
    assert updates == {
        name: {**expected_contact(contact, expected), **{key: contact[key] for key in extra}}
        for name, contact in expected["updates"].items()
    }
    issues = [
        (
            line["row"],
            line["code"],
            line["field"],
            line["message"].split()[-1].rstrip(".") if line["code"] == "duplicate_row" else line["value"],
        )
        for line in plan.issues.iter_rows(named=True)
    ]
    assert sorted(issues, key=repr) == expected["issues"]


def assert_same_plan(one: Settled, other: Settled) -> None:
    for name in ("outcomes", "creates", "updates", "issues"):
        mine, theirs = getattr(one, name), getattr(other, name)
        assert mine.schema == theirs.schema
        assert mine.to_dicts() == theirs.to_dicts()


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=files(), tenant=tenants(), options=choices(), sizes=st.lists(st.integers(1, 6), max_size=6))
def test_settling_equals_the_row_by_row_specification(
    rows: pl.DataFrame, tenant: pl.DataFrame, options: EngineOptions, sizes: list[int]
) -> None:
    candidates = find_candidates(tenant, rows)
    plan = settle(cut(rows, sizes), candidates, options, make_ids=make_ids)
    # The specification sees the whole tenant: the candidates are all that matters of it.
    expected = settle_row_by_row(rows.to_dicts(), tenant.to_dicts(), options, make_id)
    assert_settled_as_specified(plan, expected)


@settings(max_examples=75, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=files(), tenant=tenants(), options=choices(), sizes=st.lists(st.integers(1, 6), max_size=6))
def test_columns_and_the_ordered_pass_write_the_same_bytes(
    rows: pl.DataFrame, tenant: pl.DataFrame, options: EngineOptions, sizes: list[int]
) -> None:
    candidates = find_candidates(tenant, rows)
    by_columns = settle(cut(rows, sizes), candidates, options, make_ids=make_ids)
    one_by_one = merge_settled([settle_contested(rows, candidates, options, make_ids=make_ids)])
    assert_same_plan(by_columns, one_by_one)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(case=policed())
def test_policies_of_fields_are_kept_as_specified(case: tuple[pl.DataFrame, pl.DataFrame, EngineOptions]) -> None:
    rows, contacts, options = case
    candidates = find_candidates(contacts, rows)
    plan = settle([rows], candidates, options, make_ids=make_ids)
    assert_settled_as_specified(plan, settle_row_by_row(rows.to_dicts(), contacts.to_dicts(), options, make_id))
    assert_same_plan(plan, merge_settled([settle_contested(rows, candidates, options, make_ids=make_ids)]))


@settings(max_examples=75, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=files(), tenant=tenants(), options=choices(), sizes=st.lists(st.integers(1, 6), max_size=6))
def test_what_an_import_says_nothing_of_need_not_be_known_of_a_contact(
    rows: pl.DataFrame, tenant: pl.DataFrame, options: EngineOptions, sizes: list[int]
) -> None:
    said = [name for name in rows.columns if name in POLICIES]
    mode = AssignmentMode.SINGLE if "assigned_owner" in rows.columns else AssignmentMode.NONE
    mapped = replace(options, mapping={name.upper(): name for name in said}, assignment=Assignment(mode, ("paul",)))
    needed = needed_columns(mapped)
    candidates = find_candidates(tenant, rows)
    known, whole = (settle(cut(rows, sizes), some, mapped, make_ids=make_ids) for some in (candidates.select(needed), candidates))
    written = [name for name in UPDATE_SCHEMA if name in needed or name not in CANDIDATE_SCHEMA]
    assert_same_plan(replace(known, updates=known.updates.select(written)), replace(whole, updates=whole.updates.select(written)))
    if candidates.height:
        with pytest.raises(ValueError, match="lack email"):
            settle_contested(rows, candidates.drop("email"), mapped, make_ids=make_ids)
