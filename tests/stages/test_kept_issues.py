"""Which issues of a plan are kept for queries."""

import random
from collections import Counter
from pathlib import Path

import polars as pl

from models.queries.plans import ISSUE_COLUMNS
from workers.engine.frames import ISSUE_SCHEMA
from workers.stages.kept_issues import KeptIssues
from workers.stages.scratch import Scratch

SCHEMA = {name: kind for name, kind in {**ISSUE_SCHEMA, "batch": pl.Int32()}.items() if name in ISSUE_COLUMNS}


def make_issues(kinds: list[tuple[str, str | None]], first_row: int) -> pl.DataFrame:
    lines = [
        {"row": first_row + index, "code": code, "field": field, "message": f"{first_row + index}"}
        for index, (code, field) in enumerate(kinds)
    ]
    return pl.DataFrame(lines, schema=SCHEMA).select(ISSUE_COLUMNS)


def test_of_each_kind_the_first_ones_are_kept_however_they_are_spread_over_chunks(tmp_path: Path) -> None:
    draw = random.Random(5)
    kinds = [("INVALID_EMAIL", "email"), ("INVALID_PHONE", "phone"), ("INVALID_PHONE", "mobile_phone"), ("BLANK_ROW", None)]
    kept = KeptIssues(Scratch(tmp_path), most=7)
    expected, counts, row = [], Counter[tuple[str, str | None]](), 1
    for size in (0, 3, 40, 1, 25, 0, 30):
        drawn = draw.choices(kinds, weights=(8, 4, 1, 2), k=size)
        kept.add(make_issues(drawn, row))
        for kind in drawn:
            if counts[kind] < 7:
                expected.append((row, *kind))
            counts[kind] += 1
            row += 1
    assert pl.concat(kept.pieces()).select("row", "code", "field").rows() == expected
    assert max(counts.values()) > 7


def test_of_a_plan_without_issues_none_are_kept(tmp_path: Path) -> None:
    kept = KeptIssues(Scratch(tmp_path), most=7)
    kept.add(make_issues([], 1))
    assert list(kept.pieces()) == []


def test_many_come_in_pieces_and_in_their_order(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)
    frames = [make_issues([("INVALID_EMAIL", "email")] * size, first) for first, size in ((1, 3), (4, 1), (5, 9), (14, 2))]
    for frame in frames:
        scratch.add("some", frame)
    pieces = list(scratch.read_pieces("some", 4))
    assert [piece.height for piece in pieces] == [4, 9, 2]
    assert pl.concat(pieces).equals(pl.concat(frames))
