"""What was corrected is put on a chunk before anything looks at it."""

from dataclasses import dataclass

import polars as pl
import pytest

from models.vocabulary import DateOrder, IssueCode, IssueSeverity
from workers.engine.edits import CELL_SCHEMA, edit_chunk, edit_frame, settle_excluded, tell_excluded
from workers.engine.frames import ISSUE_SCHEMA, OUTCOME_SCHEMA, Chunk, Issue, make_issue_frame
from workers.engine.judging import DateEvidence

HEADERS = ["Email", "Born"]


@dataclass(frozen=True)
class Made:
    cells: pl.DataFrame
    excluded: pl.Series


def edits(*cells: tuple[int, str, str | None], excluded: tuple[int, ...] = ()) -> Made:
    return Made(pl.DataFrame(list(cells), schema=CELL_SCHEMA, orient="row"), pl.Series("row", excluded, dtype=pl.Int64))


def chunk() -> Chunk:
    frame = pl.DataFrame({"row": [2, 3, 5], "c0": ["a@x.org", "#REF!", None], "c1": ["3/4/1984", "5/6/1984", "31/12/1984"]})
    told = [
        Issue(3, code, IssueSeverity.WARNING, "", column)
        for code, column in ((IssueCode.CELL_ERROR, "Email"), (IssueCode.HIDDEN_ROW, None))
    ]
    return Chunk(frame, make_issue_frame([*told, Issue(5, IssueCode.TOO_FEW_CELLS, IssueSeverity.WARNING, "")]))


def test_cells_say_what_they_were_corrected_to() -> None:
    edited, excluded = edit_chunk(chunk(), HEADERS, edits((3, "Email", "b@x.org"), (5, "Email", ""), (2, "Born", None)))
    assert edited.frame["c0"].to_list() == ["a@x.org", "b@x.org", ""]
    assert edited.frame["c1"].to_list() == [None, "5/6/1984", "31/12/1984"]
    assert excluded.is_empty()


def test_what_reading_said_of_a_corrected_cell_is_said_no_more_and_of_its_row_still_is() -> None:
    edited, _ = edit_chunk(chunk(), HEADERS, edits((3, "Email", "b@x.org")))
    assert edited.issues["code"].to_list() == ["hidden_row", "too_few_cells"]


def test_a_row_that_is_left_out_is_not_there_and_nothing_of_it_is_said() -> None:
    edited, excluded = edit_chunk(chunk(), HEADERS, edits((3, "Email", "b@x.org"), excluded=(3, 4)))
    assert edited.frame["row"].to_list() == [2, 5]
    assert edited.issues["row"].to_list() == [5]
    assert excluded.to_list() == [3]


@pytest.mark.parametrize("made", [edits(), edits((4, "Email", "x"), (2, "Phone", "x"), excluded=(1, 9))])
def test_edits_of_other_rows_and_columns_change_nothing(made: Made) -> None:
    assert edit_frame(chunk().frame, HEADERS, made).equals(chunk().frame)


def test_rows_that_are_left_out_are_passed_over_with_a_note() -> None:
    rows = pl.Series("row", [3, 7], dtype=pl.Int64)
    assert tell_excluded(rows).schema == pl.Schema(ISSUE_SCHEMA)
    outcomes = settle_excluded(rows)
    assert outcomes.schema == pl.Schema(OUTCOME_SCHEMA)
    assert outcomes.select("row", "outcome", "owner_row", "contact_id", "duplicate").rows() == [
        (3, "skipped", 3, None, False),
        (7, "skipped", 7, None, False),
    ]


@pytest.mark.parametrize(
    ("made", "order"),
    [(edits(), DateOrder.DAY_FIRST), (edits((5, "Born", "12/31/1984")), DateOrder.MONTH_FIRST), (edits(excluded=(5,)), None)],
)
def test_the_order_of_dates_is_proven_by_the_cells_as_they_were_corrected(made: Made, order: DateOrder | None) -> None:
    evidence = DateEvidence(HEADERS, {"Born": "birthday"}, made)
    evidence.add(chunk().frame)
    assert evidence.decide() == {"Born": order}
