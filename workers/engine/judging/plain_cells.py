"""Which cells of a chunk need a second look, found in the bytes of a whole column at once.

Most cells of most files are plain: printable ASCII and Latin letters with their accents (U+00C0 to U+017F, all of them NFC, and none of
them combining), no space at an end or beside another. They pass untouched, and most of them begin like no way of writing "nothing".
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Rows = NDArray[np.intp]

_SPACE, _LINE_END, _DELETE = ord(" "), ord("\n"), 0x7F
# The first bytes of U+00C0 to U+017F in UTF-8, and of all that is longer than one byte.
_LATIN_FIRST, _LATIN_LAST, _LONG_FIRST = 0xC3, 0xC5, 0xC0
# What plain leftovers begin with, that stand for nothing in any field (`text.LEFTOVERS`); "n/a" is told by its slash.
_BEGINS_NOTHING = np.zeros(256, dtype=np.bool_)
_BEGINS_NOTHING[list(rb"-_.?/\#(")] = True
_IS_N = np.zeros(256, dtype=np.bool_)
_IS_N[list(b"nN")] = True


@dataclass(frozen=True, slots=True)
class Look:
    """`rough`: the rows whose cells are not plain. `doubtful`: the rows whose cells may stand for nothing; rough ones are among them."""

    rough: Rows
    doubtful: Rows


def look_at(frame: pl.DataFrame, names: Sequence[str]) -> dict[str, Look]:
    """By column; one with line ends in its cells, which would pass for the ends of cells, is not among them."""
    if frame.is_empty() or not names:
        return {}
    joined = frame.select(pl.col(names).str.join("\n").cast(pl.Binary)).row(0, named=True)
    looks = {name: _look_at_bytes(np.frombuffer(joined[name], dtype=np.uint8), frame[name]) for name in names}
    return {name: look for name, look in looks.items() if look is not None}


def _look_at_bytes(text: NDArray[np.uint8], cells: pl.Series) -> Look | None:
    """The cells' bytes with a line end between each two; null cells are left out of them."""
    nothing: Rows = np.zeros(0, dtype=np.intp)
    if not len(text):
        return Look(nothing, nothing)
    edges = np.flatnonzero(text <= _SPACE)
    kinds = text[edges]
    ends = edges[kinds == _LINE_END]
    if len(ends) != len(cells) - cells.null_count() - 1:
        return None
    starts = np.concatenate(([0], ends + 1))
    is_space = kinds == _SPACE
    spaces = edges[is_space]
    beside = np.append(text, np.uint8(_LINE_END)) <= _SPACE
    # Before the first byte stands the end that was put behind the last one.
    rough_bytes = [edges[~is_space & (kinds != _LINE_END)], spaces[beside[spaces - 1] | beside[spaces + 1]]]
    if text.max() >= _DELETE:
        high = np.flatnonzero(text >= _DELETE)
        values = text[high]
        is_other = (values == _DELETE) | (values > _LATIN_LAST) | ((values >= _LONG_FIRST) & (values < _LATIN_FIRST))
        rough_bytes.append(high[is_other])
    rough = np.unique(np.searchsorted(starts, np.concatenate(rough_bytes), side="right") - 1)
    padded = np.append(text, np.zeros(2, dtype=np.uint8))
    first = padded[starts]
    is_doubtful = _BEGINS_NOTHING[first] | (_IS_N[first] & (padded[starts + 1] == ord("/")))
    is_doubtful[rough] = True
    doubtful = np.flatnonzero(is_doubtful)
    if cells.null_count():
        present = np.flatnonzero(cells.is_not_null().to_numpy())
        rough, doubtful = present[rough], present[doubtful]
    return Look(rough, doubtful)
