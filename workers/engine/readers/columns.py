"""Records of one width that are columns already, and are made records one by one only where somebody asks for them."""

from collections.abc import Iterator, Sequence
from typing import overload

import polars as pl

from workers.engine.readers.kinds import Record


class Columns(Sequence[Record]):
    """The records in a frame of text columns without nulls."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame
        self._known: dict[int, Record] = {}

    def __len__(self) -> int:
        return self.frame.height

    def __iter__(self) -> Iterator[Record]:
        return self.frame.iter_rows()

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> "Columns": ...
    def __getitem__(self, index: int | slice) -> "Record | Columns":
        if isinstance(index, slice):
            return self if index == slice(None, len(self)) else Columns(self.frame[index])
        record = self._known.get(index)
        if record is None:
            record = self._known[index] = self.frame.row(index)
        return record

    def find(self, predicate: pl.Expr, *, further: pl.Expr | None = None) -> list[int]:
        """The indices of the records for which the predicate over c0, c1, … holds, and then a further one, which only these are asked.

        They are at hand afterwards.
        """
        indices = self.frame.select(predicate.arg_true()).to_series()
        if not len(indices):
            return []
        found = self.frame[indices]
        if further is not None:
            is_meant = found.select(further).to_series()
            indices, found = indices.filter(is_meant), found.filter(is_meant)
        self._known |= zip(result := indices.to_list(), found.iter_rows(), strict=True)
        return result


def join_records(held: Sequence[Record], cells: Sequence[Record]) -> Sequence[Record]:
    """The records of both, as columns where both are."""
    if not held:
        return cells
    if isinstance(held, Columns) and isinstance(cells, Columns):
        return Columns(pl.concat([held.frame, cells.frame]))
    return [*held, *cells]
