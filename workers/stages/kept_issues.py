"""The issues of a plan that are kept for queries: the first ones of each kind."""

from collections.abc import Iterator

import polars as pl

from models.queries.plans import ISSUE_COLUMNS
from workers.engine.frames import ISSUE_SCHEMA
from workers.stages.scratch import Scratch

_NAME = "kept-issues"
_ROWS_AT_A_TIME = 10_000
_KIND = ("code", "field")
_SCHEMA = ISSUE_SCHEMA | {"batch": pl.Int32()}


class KeptIssues:
    """At most so many issues of a code and field, in the order in which they come.

    They lie in the scratch until they are asked for: some rows of a frame hold on to the texts of all of them, chunk by chunk of the file.
    """

    def __init__(self, scratch: Scratch, most: int) -> None:
        self._scratch = scratch
        self._most = most
        self._counts = pl.DataFrame(schema={name: _SCHEMA[name] for name in _KIND} | {"count": pl.UInt32()})

    def add(self, issues: pl.DataFrame) -> None:
        """Keep the next issues, as far as there is room for their kind."""
        if issues.is_empty():
            return
        before = issues.join(self._counts, on=_KIND, how="left", nulls_equal=True, maintain_order="left")["count"].fill_null(0)
        kept = issues.select(ISSUE_COLUMNS).filter(before + pl.int_range(pl.len()).over(_KIND) < self._most)
        self._scratch.add(_NAME, kept)
        counts = pl.concat([self._counts, kept.group_by(_KIND).agg(count=pl.len())])
        self._counts = counts.group_by(_KIND).agg(pl.col("count").sum())

    def pieces(self) -> Iterator[pl.DataFrame]:
        """All that are kept, some at a time, in the columns ISSUE_COLUMNS."""
        return self._scratch.read_pieces(_NAME, _ROWS_AT_A_TIME)
