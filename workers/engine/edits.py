"""What people corrected of a source, put on a chunk of it before anything is judged: so all that judges sees the corrected cells."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import polars as pl

from models.vocabulary import ISSUE_MESSAGES, IssueCode, IssueSeverity, RowOutcome
from workers.engine.frames import ISSUE_SCHEMA, OUTCOME_SCHEMA, ROW, Chunk

CELL_SCHEMA: dict[str, pl.DataType] = {"row": pl.Int64(), "column": pl.String(), "value": pl.String()}


class Edits(Protocol):
    """Corrected cells (CELL_SCHEMA; a null says nothing, "" is blank) of columns by their headers, and rows that are left out."""

    @property
    def cells(self) -> pl.DataFrame: ...
    @property
    def excluded(self) -> pl.Series: ...


def edit_chunk(chunk: Chunk, headers: Sequence[str], edits: Edits) -> tuple[Chunk, pl.Series]:
    """The chunk with its cells corrected and without the rows that are left out, and the numbers of these.

    What its reader had to say of a cell that was corrected since, or of a row that is left out, is said no more.
    """
    rows = chunk.frame[ROW]
    excluded = rows.filter(rows.is_in(edits.excluded.implode()))
    cells = edits.cells.filter(pl.col("row").is_in(rows.implode()))
    if cells.is_empty() and excluded.is_empty():
        return chunk, excluded
    is_taken = ~pl.col("row").is_in(excluded.implode())
    issues = chunk.issues.filter(is_taken).join(cells, on=["row", "column"], how="anti", maintain_order="left")
    return Chunk(edit_cells(chunk.frame, headers, cells).filter(is_taken), issues), excluded


def edit_frame(frame: pl.DataFrame, headers: Sequence[str], edits: Edits) -> pl.DataFrame:
    """The same of a chunk's frame alone."""
    return edit_chunk(Chunk(frame, pl.DataFrame(schema=ISSUE_SCHEMA)), headers, edits)[0].frame


def edit_cells(frame: pl.DataFrame, headers: Sequence[str], cells: pl.DataFrame) -> pl.DataFrame:
    """A chunk's frame with these cells (CELL_SCHEMA) in place of its own; cells of other rows and columns are passed over."""
    places = frame.select("row").with_row_index("place")
    positions = {header: f"c{index}" for index, header in enumerate(headers)}
    changed = []
    for (header,), some in cells.group_by("column"):
        name = positions.get(str(header))
        if name is None or name not in frame.columns:
            continue
        there = some.join(places, on="row")
        changed.append(frame[name].scatter(there["place"], there["value"]))
    return frame.with_columns(changed)


def tell_excluded(rows: pl.Series) -> pl.DataFrame:
    """The issues of rows that are left out: ISSUE_SCHEMA."""
    told = {
        "code": IssueCode.ROW_EXCLUDED.value,
        "severity": IssueSeverity.NOTE.value,
        "message": ISSUE_MESSAGES[IssueCode.ROW_EXCLUDED],
    }
    return _spread(rows, told, ISSUE_SCHEMA)


def settle_excluded(rows: pl.Series) -> pl.DataFrame:
    """The outcomes of rows that are left out: OUTCOME_SCHEMA. They are passed over, and about nobody."""
    outcomes = _spread(rows, {"outcome": RowOutcome.SKIPPED.value, "duplicate": False}, OUTCOME_SCHEMA)
    return outcomes.with_columns(owner_row=pl.col("row"), anchor_row=pl.col("row"))


def _spread(rows: pl.Series, values: Mapping[str, object], schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    frame = rows.alias("row").to_frame()
    return frame.select("row" if name == "row" else pl.lit(values.get(name), kind).alias(name) for name, kind in schema.items())
