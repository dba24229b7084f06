"""Names of a file against directories, compared with the same said row by row."""

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.vocabulary import AssignmentMode, DirectoryKind, DirectoryPolicy, InvalidValuePolicy
from workers.engine.directory import apply_names, collect_names, make_entries, make_name_keys, merge_names, resolve_names
from workers.engine.directory.resolving import MOST_SUGGESTED, NO_ENTRIES
from workers.engine.frames import ISSUE_SCHEMA, Assignment, EngineOptions, Judged

COMPANY, OWNER = DirectoryKind.COMPANY, DirectoryKind.OWNER
KINDS = {"company": COMPANY, "owner": OWNER, "assigned_owner": OWNER}
SPELLINGS = (None, "", "Acme", "ACME Inc.", "acmé", "Beta", "beta llc", "Gamma", "Zoë", "zoe")


def options(company: DirectoryPolicy, owner: DirectoryPolicy, **more: Any) -> EngineOptions:
    mapping = {"Firm": "company", "Who": "owner", "Mail": "email"}
    return EngineOptions(mapping=mapping, today=date(2026, 11, 20), company_policy=company, owner_policy=owner, **more)


def entries(**names: list[str]) -> pl.DataFrame:
    known = {}
    for kind, some in names.items():
        keys = make_name_keys(DirectoryKind(kind), pl.Series(some, dtype=pl.String))
        # Of two spellings of one entry the first is in the directory.
        known[DirectoryKind(kind)] = list({key: (key, name) for key, name in reversed(list(zip(keys, some, strict=True)))}.values())
    return make_entries(known)


def judged(rows: list[dict[str, Any]]) -> Judged:
    schema = {"row": pl.Int64, "failed": pl.Boolean, **dict.fromkeys(KINDS, pl.String)}
    return Judged(pl.DataFrame(rows, schema=schema), pl.DataFrame(schema=ISSUE_SCHEMA))


def settle_names(chunks: list[Judged], known: pl.DataFrame, given_options: EngineOptions, own: pl.DataFrame = NO_ENTRIES) -> list[Judged]:
    names = merge_names(collect_names(chunk.rows, given_options) for chunk in chunks)
    resolved = resolve_names(names, known, known, given_options, own)
    return [apply_names(chunk, resolved, given_options) for chunk in chunks]


def row_by_row(rows: list[dict[str, Any]], known: pl.DataFrame, given_options: EngineOptions) -> list[dict[str, Any]]:
    """The specification: what each row's names become, given all rows of the file."""
    policies = {COMPANY: given_options.company_policy, OWNER: given_options.owner_policy}
    held = {(kind, key): name for kind, key, name in known.iter_rows()}
    said: dict[Any, str] = {}
    for row in rows:
        for column, kind in KINDS.items():
            if row[column]:
                said.setdefault((kind, make_name_keys(kind, pl.Series([row[column]]))[0]), row[column])
    result = []
    for row in rows:
        after = dict(row)
        for column, kind in KINDS.items():
            if not row[column] or policies[kind] is DirectoryPolicy.AS_WRITTEN:
                continue
            place = (kind, make_name_keys(kind, pl.Series([row[column]]))[0])
            after[column] = held.get(place) or (said[place] if policies[kind] is DirectoryPolicy.CREATE else None)
            if after[column] is None and given_options.invalid_values is InvalidValuePolicy.FAIL_ROW:
                after["failed"] = True
        result.append(after)
    return result


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_resolving_equals_the_row_by_row_specification(data: st.DataObject) -> None:
    spelling = st.sampled_from(SPELLINGS)
    cells = data.draw(st.lists(st.tuples(st.booleans(), spelling, spelling, spelling), max_size=12))
    rows = [{"row": n, "failed": f, "company": c, "owner": o, "assigned_owner": a} for n, (f, c, o, a) in enumerate(cells, start=2)]
    policy = st.sampled_from(DirectoryPolicy)
    chosen = options(data.draw(policy), data.draw(policy), invalid_values=data.draw(st.sampled_from(InvalidValuePolicy)))
    some = st.lists(st.sampled_from([name for name in SPELLINGS if name]), max_size=3)
    known = entries(company=data.draw(some), owner=data.draw(some))
    size = data.draw(st.integers(1, 12))
    chunks = [judged(rows[start : start + size]) for start in range(0, len(rows), size)] or [judged([])]
    came = pl.concat([chunk.rows for chunk in settle_names(chunks, known, chosen)])
    assert came.to_dicts() == row_by_row(rows, known, chosen)


def test_an_issue_says_where_and_what_is_near() -> None:
    rows = [{"row": 2, "failed": False, "company": "Gama", "owner": "nobody", "assigned_owner": None}]
    (came,) = settle_names(
        [judged(rows)], entries(company=["Gamma Inc"], owner=["Zoë"]), options(DirectoryPolicy.MATCH, DirectoryPolicy.MATCH)
    )
    told = came.issues.select("row", "column", "field", "value", "code", "severity", "suggestion").rows()
    assert told == [
        (2, "Firm", "company", "Gama", "unknown_company", "warning", "Gamma Inc"),
        (2, "Who", "owner", "nobody", "unknown_owner", "warning", None),
    ]


def test_a_cell_that_names_the_owner_twice_is_told_of_once() -> None:
    rows = [{"row": 2, "failed": False, "company": None, "owner": "nobody", "assigned_owner": "nobody"}]
    chosen = options(DirectoryPolicy.MATCH, DirectoryPolicy.MATCH, assignment=Assignment(AssignmentMode.BY_COLUMN, column="Who"))
    (came,) = settle_names([judged(rows)], entries(), chosen)
    assert came.issues["code"].to_list() == ["unknown_owner"]
    assert came.rows.select("owner", "assigned_owner").row(0) == (None, None)


def test_the_new_entry_is_told_of_at_its_lowest_row_alone() -> None:
    rows = [
        {"row": n, "failed": False, "company": name, "owner": None, "assigned_owner": "olga"} for n, name in ((2, "A"), (3, "a"), (4, "B"))
    ]
    chosen = options(DirectoryPolicy.CREATE, DirectoryPolicy.CREATE)
    chunks = [judged(rows[:2]), judged(rows[2:])]
    told = [(2, "new_company", "note"), (4, "new_company", "note")]
    for known, own in ((entries(owner=["Olga"]), entries()), (entries(owner=["Olga"], company=["A"]), entries(company=["A"]))):
        came = settle_names(chunks, known, chosen, own)
        assert [line for chunk in came for line in chunk.issues.select("row", "code", "severity").rows()] == told


@pytest.mark.parametrize("is_beyond", [False, True])
def test_the_nearest_entry_is_looked_for_a_bounded_number_of_times(is_beyond: bool) -> None:
    count = MOST_SUGGESTED + is_beyond
    names = [f"Internationale Gesellschaft {n:03}" for n in range(1, count + 1)]
    rows = [{"row": n, "failed": False, "company": name, "owner": None, "assigned_owner": None} for n, name in enumerate(names, start=2)]
    known = entries(company=["Internationale Gesellschaft 000"])
    (came,) = settle_names([judged(rows)], known, options(DirectoryPolicy.MATCH, DirectoryPolicy.MATCH))
    assert came.issues["suggestion"].null_count() == is_beyond
    assert (came.issues["suggestion"][-1] is None) is is_beyond
