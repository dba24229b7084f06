"""Tells by its place whether a record that reads like a footer is one: rows of the table do not go on below it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workers.engine.readers.footers import Saying
from workers.engine.readers.kinds import Record
from workers.engine.readers.surroundings import Surroundings
from workers.engine.records import is_blank


@dataclass(frozen=True, slots=True)
class _Stop:
    """Where the lines that may be footers end, and at what; `last_blank` is the last blank record before."""

    index: int
    last_blank: int
    is_row: bool


class Endings:
    """Judges the records of one block; those in a row of lines share what follows them."""

    def __init__(
        self, cells: Sequence[Record], surroundings: Surroundings, most_filled: int, is_header: Callable[[Record], bool], *, is_last: bool
    ) -> None:
        self._cells = cells
        self._surroundings = surroundings
        self._most_filled = most_filled
        self._is_header = is_header
        self._is_last = is_last
        self._stop: _Stop | None = None

    def is_footer(self, index: int, *, has_gap: bool) -> bool:
        """Whether the record says what footers say, and no row of ours follows it without a blank record or a header between.

        `has_gap`: it stands below a blank record or another that is no row.
        """
        record = self._cells[index]
        said = self._surroundings.read_footer(record, self._most_filled)
        if said is Saying.NOTHING or (said is Saying.VAGUE and not has_gap and not self._surroundings.is_bare(record)):
            return False
        if self._stop is None or self._stop.index <= index:
            self._stop = self._find_stop(index)
        if not self._stop.is_row:
            return True
        return self._stop.last_blank > index and self._surroundings.is_loose(record)

    def _find_stop(self, index: int) -> _Stop:
        last_blank = index
        for below in range(index + 1, len(self._cells)):
            record = self._cells[below]
            if is_blank(record):
                last_blank = below
            elif self._is_header(record):
                return _Stop(below, last_blank, is_row=False)
            elif not (self._surroundings.read_footer(record, self._most_filled) or self._surroundings.is_remark(record, is_below=True)):
                return _Stop(below, last_blank, is_row=True)
        # Where the source goes on, nothing is known of what follows.
        return _Stop(len(self._cells), last_blank, is_row=not self._is_last)
