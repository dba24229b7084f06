"""What a retry leaves alone: the engine against the specification, column by column and row by row."""

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.vocabulary import DuplicateStrategy
from tests.engine.held_oracle import hold
from tests.engine.oracle import settle_row_by_row
from tests.engine.test_folding import judged, tenant
from tests.engine.test_folding_oracle import (
    POLICIES,
    assert_same_plan,
    assert_settled_as_specified,
    choices,
    cut,
    files,
    find_candidates,
    make_id,
    make_ids,
    policed,
    tenants,
)
from workers.engine.folding import HELD_SCHEMA, SETTING, list_held, merge_held, merge_settled, settle, settle_contested
from workers.engine.frames import EngineOptions

Held = dict[tuple[str, str], int]
# Rows have the numbers 2 to 38.
CONTACTS = st.sampled_from([f"old-{number}" for number in range(6)])
HELD = st.dictionaries(st.tuples(CONTACTS, st.sampled_from([*POLICIES])), st.integers(1, 40), max_size=24)


def _frame(held: Held) -> pl.DataFrame:
    return pl.DataFrame([(*place, row) for place, row in held.items()], schema=HELD_SCHEMA, orient="row")


@settings(max_examples=70, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=files(), tenant=tenants(), options=choices(), sizes=st.lists(st.integers(1, 6), max_size=6), held=HELD)
def test_a_retry_settles_as_the_specification_does(
    rows: pl.DataFrame, tenant: pl.DataFrame, options: EngineOptions, sizes: list[int], held: Held
) -> None:
    candidates = find_candidates(tenant, rows)
    plan = settle(cut(rows, sizes), candidates, options, make_ids=make_ids, held=_frame(held))
    assert_settled_as_specified(plan, settle_row_by_row(rows.to_dicts(), tenant.to_dicts(), options, make_id, held))
    one_by_one = settle_contested(rows, candidates, options, make_ids=make_ids, held=_frame(held))
    assert_same_plan(plan, merge_settled([one_by_one]))


@settings(max_examples=70, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(case=policed(), held=HELD)
def test_a_retry_of_rows_that_find_somebody_settles_as_the_specification_does(
    case: tuple[pl.DataFrame, pl.DataFrame, EngineOptions], held: Held
) -> None:
    rows, contacts, options = case
    plan = settle([rows], find_candidates(contacts, rows), options, make_ids=make_ids, held=_frame(held))
    assert_settled_as_specified(plan, settle_row_by_row(rows.to_dicts(), contacts.to_dicts(), options, make_id, held))


@settings(max_examples=70, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(case=policed())
def test_rows_hold_what_the_specification_says(case: tuple[pl.DataFrame, pl.DataFrame, EngineOptions]) -> None:
    rows, contacts, options = case
    plan = settle([rows], find_candidates(contacts, rows), options, make_ids=make_ids)
    settled = plan.outcomes.filter(pl.col("outcome").is_in(SETTING))
    expected: dict[int, dict[str, Any]] = settle_row_by_row(rows.to_dicts(), contacts.to_dicts(), options, make_id)["outcomes"]
    held = merge_held([list_held(rows.join(settled, on="row", how="semi"), settled, options)])
    assert {(contact, field): row for contact, field, row in held.iter_rows()} == hold(rows.to_dicts(), expected, options)


@pytest.mark.parametrize(("in_one_case", "is_told"), [("first_name", False), ("last_name", True), (None, True)])
def test_a_name_in_one_case_that_would_change_capitals_alone_is_not_told_of_as_held(in_one_case: str | None, is_told: bool) -> None:
    rows = judged({"email": "ann@x.io", "first_name": "Ann", "in_one_case": in_one_case})
    contacts = tenant({"id": "ann", "email": "ann@x.io", "first_name": "aNN"})
    chosen = EngineOptions(
        mapping={"E-mail": "email", "Name": "first_name"}, today=date(2026, 11, 20), duplicate_strategy=DuplicateStrategy.UPDATE
    )
    plan = settle([rows], contacts, chosen, make_ids=make_ids, held=_frame({("ann", "first_name"): 9}))
    assert plan.issues["code"].to_list() == ["set_by_higher_row"] * is_told
    assert plan.outcomes["outcome"].to_list() == ["unchanged"]
