"""Which cells of a chunk need a second look, found in the bytes of a whole column at once.

Most cells of most files are plain: printable ASCII and Latin letters with their accents (U+00C0 to U+017F, all of them NFC, and none of
them combining), no space at an end or beside another. They pass untouched, and most of them begin like no way of writing "nothing".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

Rows: TypeAlias = NDArray[np.intp]

_NO_ROWS: Rows = np.zeros(0, dtype=np.intp)
# Polars takes rows out by such numbers without a look at their type.
_INDEX = pl.get_index_type()

_SPACE, _SLASH, _DELETE = ord(" "), ord("/"), 0x7F
# The first bytes of U+00C0 to U+017F in UTF-8, and of all that is longer than one byte.
_LATIN_FIRST, _LATIN_LAST, _LONG_FIRST = 0xC3, 0xC5, 0xC0
# What plain leftovers begin with, that stand for nothing in any field (`text.LEFTOVERS`); "n/a" is told by its slash.
_N, _NOTHING = 1, 2
_ABSENT = -1
_BEGINNINGS = np.zeros(256, dtype=np.uint8)
_BEGINNINGS[list(rb"-_.?/\#(")] = _NOTHING
_BEGINNINGS[list(b"nN")] = _N


@dataclass(frozen=True, slots=True)
class Look:
    """`rough`: the rows whose cells are not plain. `doubtful`: the rows whose cells may stand for nothing; rough ones are among them."""

    rough: pl.Series
    doubtful: pl.Series


def look_at(frame: pl.DataFrame, names: Sequence[str]) -> dict[str, Look]:
    """By column; one with control characters or line ends in its cells is not among them."""
    if frame.is_empty() or not names:
        return {}
    columns = pl.col(names)
    joined = frame.select(columns.str.join("\n").cast(pl.Binary)).row(0, named=True)
    lengths = frame.select(columns.str.len_bytes().cast(pl.Int64).fill_null(_ABSENT))
    looks = {name: _look_at_bytes(np.frombuffer(joined[name], dtype=np.uint8), lengths[name].to_numpy()) for name in names}
    return {name: look for name, look in looks.items() if look is not None}


def _look_at_bytes(text: NDArray[np.uint8], lengths: NDArray[np.int64]) -> Look | None:
    """The cells' bytes with a line end between each two, and their lengths; absent cells are left out of the bytes."""
    present = np.flatnonzero(lengths != _ABSENT) if lengths.min() == _ABSENT else None
    starts = (lengths if present is None else lengths[present]) + 1
    if len(starts) < 2 and not len(text):
        return _look(_NO_ROWS, _NO_ROWS)
    if np.count_nonzero(text < _SPACE) != len(starts) - 1:
        return None
    ends = starts.cumsum()
    starts = ends - starts
    # An empty cell has the line end behind it for a first byte, at the very end the one before it.
    beginnings = _BEGINNINGS.take(text.take(starts, mode="clip"))
    is_doubtful = beginnings == _NOTHING
    with_n = np.flatnonzero(beginnings == _N)
    is_doubtful[with_n] = text.take(starts[with_n] + 1, mode="clip") == _SLASH
    rough_bytes = _find_rough(text)
    rough = np.unique(ends.searchsorted(rough_bytes, side="right")) if len(rough_bytes) else _NO_ROWS
    is_doubtful[rough] = True
    doubtful = np.flatnonzero(is_doubtful)
    return _look(rough, doubtful) if present is None else _look(present[rough], present[doubtful])


def _look(rough: Rows, doubtful: Rows) -> Look:
    return Look(pl.Series(rough, dtype=_INDEX), pl.Series(doubtful, dtype=_INDEX))


def _find_rough(text: NDArray[np.uint8]) -> Rows:
    """Where bytes stand that are not plain: spaces at an end or beside another, and what is beyond the Latin letters."""
    is_space, is_edge = text == _SPACE, text <= _SPACE
    is_pair = (is_space[1:] & is_edge[:-1]) | (is_edge[1:] & is_space[:-1])
    found = [np.flatnonzero(is_space[:1]), np.flatnonzero(is_space[-1:]) + len(text) - 1]
    if is_pair.any():
        pairs = np.flatnonzero(is_pair)
        found.append(pairs + ~is_space[pairs])
    if text.max() >= _DELETE:
        high = np.flatnonzero(text >= _DELETE)
        values = text[high]
        found.append(high[(values == _DELETE) | (values > _LATIN_LAST) | ((values >= _LONG_FIRST) & (values < _LATIN_FIRST))])
    return np.concatenate(found)
