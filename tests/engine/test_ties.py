"""What ties rows together, and into which groups they fall."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.engine.ties import TIE_SCHEMA, find_knots, group_rows, merge_knots

# Row, tie, and whether the row's keys find; likeness follows from all ties of the row.
TIES = st.lists(st.tuples(st.integers(1, 12), st.integers(1, 8)), max_size=24, unique=True)


def make_ties(pairs: list[tuple[int, int]]) -> pl.DataFrame:
    keys: dict[int, set[int]] = {}
    for row, tie in pairs:
        keys.setdefault(row, set()).add(tie)
    lines = [(row, tie, hash(frozenset(keys[row])) % (1 << 63)) for row, tie in pairs]
    return pl.DataFrame(lines, schema=TIE_SCHEMA, orient="row")


def groups_of(pairs: list[tuple[int, int]]) -> dict[int, int]:
    """Each row's group by its lowest row, found by walking."""
    groups: dict[int, int] = {}
    for start in sorted({row for row, _ in pairs}):
        waiting = [start]
        while waiting:
            row = waiting.pop()
            if row not in groups:
                groups[row] = start
                ties = {tie for other, tie in pairs if other == row}
                waiting += [other for other, tie in pairs if tie in ties]
    return groups


@settings(max_examples=100, deadline=None)
@given(pairs=TIES)
def test_groups_are_the_rows_that_can_be_reached_from_one_another(pairs: list[tuple[int, int]]) -> None:
    tied = pl.DataFrame(pairs, schema={"row": pl.Int64, "tie": pl.UInt64}, orient="row")
    assert dict(group_rows(tied).iter_rows()) == groups_of(pairs)


def test_a_long_chain_is_one_group() -> None:
    pairs = [(row, tie) for row in range(1, 3001) for tie in (row, row + 1)]
    tied = pl.DataFrame(pairs, schema={"row": pl.Int64, "tie": pl.UInt64}, orient="row")
    assert group_rows(tied)["group"].unique().to_list() == [1]


@settings(max_examples=100, deadline=None)
@given(pairs=TIES, parts=st.integers(1, 4))
def test_ties_may_be_looked_at_in_pieces_by_value(pairs: list[tuple[int, int]], parts: int) -> None:
    ties = make_ties(pairs)
    whole = merge_knots([find_knots(ties)])
    pieces = merge_knots(find_knots(ties.filter(pl.col("tie") % parts == part)) for part in range(parts))
    assert set(pieces.tied.iter_rows()) == set(whole.tied.iter_rows())
    assert pieces.followers.equals(whole.followers)


def test_rows_alike_follow_the_lowest_and_a_row_unlike_them_unties_all() -> None:
    alike = find_knots(make_ties([(4, 1), (4, 2), (7, 1), (7, 2), (9, 1), (9, 2)]))
    assert alike.followers.sort("row").rows() == [(7, 4), (9, 4)]
    assert alike.tied.is_empty()
    mixed = merge_knots([find_knots(make_ties([(4, 1), (4, 2), (7, 1), (7, 2), (9, 2)]))])
    assert mixed.followers.is_empty()
    assert set(mixed.tied["row"]) == {4, 7, 9}
