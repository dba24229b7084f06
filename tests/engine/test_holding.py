"""What a retry leaves alone: the engine against the specification, column by column and row by row."""

from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.held_oracle import hold
from tests.engine.oracle import settle_row_by_row
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
@given(case=policed())
def test_rows_hold_what_the_specification_says(case: tuple[pl.DataFrame, pl.DataFrame, EngineOptions]) -> None:
    rows, contacts, options = case
    plan = settle([rows], find_candidates(contacts, rows), options, make_ids=make_ids)
    settled = plan.outcomes.filter(pl.col("outcome").is_in(SETTING))
    expected: dict[int, dict[str, Any]] = settle_row_by_row(rows.to_dicts(), contacts.to_dicts(), options, make_id)["outcomes"]
    held = merge_held([list_held(rows.join(settled, on="row", how="semi"), settled, options)])
    assert {(contact, field): row for contact, field, row in held.iter_rows()} == hold(rows.to_dicts(), expected, options)
