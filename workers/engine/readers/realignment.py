"""Puts the cells of a damaged record where they belong, where the kinds of the columns leave one way only.

A record is taken to have lost or got one separator (or both, which leaves its width). Every way of undoing that is weighed, also those
whose result nobody can tell (two words run together): where one of these fits as well, nothing is done. Precision goes before recall.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from operator import itemgetter

import polars as pl

from workers.engine.readers.columns import Columns
from workers.engine.readers.kinds import ColumnKind, Kind, Record, find_loud_kind, fold_cell, is_of, is_surely_filled
from workers.engine.records import is_blank

Cells = tuple[str | None, ...]

# A row of so many columns is a matter of milliseconds; wider ones are left as they are.
_MAX_COLUMNS = 200
# Words longer than this are not looked at for two values run together; they count as if they could be.
_MAX_SPLIT_CHARACTERS = 120


class Verdict(Enum):
    """What can be said of a record of the wrong width, or with values out of place."""

    FITS = auto()  # as it stands, from the left
    DOUBTFUL = auto()  # as it stands, for want of a better way; another one is possible
    REALIGNED = auto()
    SHIFTED = auto()  # values stand in the wrong columns, and there is no telling where they belong


@dataclass(frozen=True, slots=True)
class Realignment:
    verdict: Verdict
    cells: Cells = ()


def realign(record: Record, kinds: Sequence[ColumnKind], delimiter: str) -> Realignment:
    """What becomes of a record that has not the width of the table."""
    width = len(kinds)
    if width > _MAX_COLUMNS:
        return Realignment(Verdict.FITS)
    texts = [fold_cell(cell) for cell in record]
    fits = _fits(texts[:width], kinds) and not any(texts[width:])
    if fits and len(record) < width:
        return Realignment(Verdict.FITS)
    unsettled = Verdict.FITS if fits else Verdict.SHIFTED if _is_misplaced(texts, kinds) else Verdict.DOUBTFUL
    if abs(len(record) - width) != 1:
        return Realignment(unsettled)
    ways = set(_ways_to_shorten(record, texts, kinds, delimiter) if len(record) > width else _ways_to_lengthen(record, texts, kinds))
    if fits and (not ways or all(texts[:width]) or tuple(record[:width]) in ways):
        return Realignment(Verdict.DOUBTFUL if any(way is None or way[:width] != tuple(record[:width]) for way in ways) else Verdict.FITS)
    if len(ways) == 1:
        (cells,) = ways
        if cells is not None and _is_proven(record, cells, kinds):
            return Realignment(Verdict.REALIGNED, cells)
    return Realignment(unsettled)


def find_shifted(cells: Sequence[Record], kinds: Sequence[ColumnKind]) -> list[int]:
    """The records to put right in whose most telling column another kind of value stands. Every record of a file passes here."""
    column = next((index for index, kind in enumerate(kinds) if kind.kind is Kind.EMAIL), None)
    if column is None:
        return []
    if isinstance(cells, Columns):
        has_address = pl.col(f"c{column}").str.contains("@", literal=True)
        return cells.find(~has_address, further=_may_be_shifted(column))
    odd = [index for index, text in enumerate(map(itemgetter(column), cells)) if text is None or "@" not in text]
    return [index for index in odd if cells[index][column] or any(cell and "@" in cell for cell in cells[index])]


@lru_cache(maxsize=64)
def _may_be_shifted(column: int) -> pl.Expr:
    """What holds for the records without an address in the column that `realign_shifted` may put right."""
    # Where all cells are filled, it would find none that an added separator made.
    has_blank = ~pl.all_horizontal(is_surely_filled(pl.all()))
    return has_blank & ((pl.col(f"c{column}") != "") | pl.any_horizontal(pl.all().str.contains("@", literal=True)))


def realign_shifted(record: Record, kinds: Sequence[ColumnKind]) -> Cells | None:
    """The record of full width in which one separator was added and another one lost, put right; None: that is not proven."""
    width = len(kinds)
    texts = [fold_cell(cell) for cell in record]
    if all(texts):
        return None  # No cell is blank that an added separator could have made.
    misplaced = [index for index, text in enumerate(texts) if not kinds[index].admits(text)]
    has_email = any(is_of(Kind.EMAIL, texts[index]) for index in misplaced)
    if width > _MAX_COLUMNS or not (has_email or (len(misplaced) > 1 and any(kinds[index].is_strict for index in misplaced))):
        return None
    ways = set()
    for taken in range(width):
        if not texts[taken]:
            rest, rest_texts = [*record[:taken], *record[taken + 1 :]], [*texts[:taken], *texts[taken + 1 :]]
            ways |= set(_ways_to_lengthen(rest, rest_texts, kinds))
    if len(ways) != 1:
        return None
    (cells,) = ways
    return cells if cells is not None and _is_proven(record, cells, kinds) else None


def _is_proven(record: Record, cells: Cells, kinds: Sequence[ColumnKind]) -> bool:
    """Whether a value known by its form comes to stand in its column, one of another form leaves such a column, or a gap is filled."""
    for index, (cell, kind) in enumerate(zip(cells, kinds, strict=True)):
        before, after = fold_cell(record[index]) if index < len(record) else "", fold_cell(cell)
        if kind.is_strict and before != after and (after or not kind.admits(before)):
            return True
        if after and not before and not kind.can_be_blank:
            return True
    return False


def _fits(texts: Sequence[str], kinds: Sequence[ColumnKind]) -> bool:
    return all(kind.admits(text) for text, kind in zip(texts, kinds, strict=False))


def _is_misplaced(texts: Sequence[str], kinds: Sequence[ColumnKind]) -> bool:
    """Whether a value stands in a column where it cannot belong, and would be right in a neighbouring one."""
    width = len(kinds)
    for index, text in enumerate(texts[:width]):
        if text and not kinds[index].admits(text):
            neighbours = [other for other in (index - 1, index + 1) if 0 <= other < width]
            if any(kinds[other].is_strict and kinds[other].admits(text) for other in neighbours):
                return True
    return False


def _borders(texts: Sequence[str], kinds: Sequence[ColumnKind], shift: int) -> tuple[int, int]:
    """How many cells fit from the left as they stand, and from which one on all fit `shift` columns further."""
    left = 0
    while left < min(len(texts), len(kinds)) and kinds[left].admits(texts[left]):
        left += 1
    right = len(texts)
    while right > 0 and 0 <= right - 1 + shift < len(kinds) and kinds[right - 1 + shift].admits(texts[right - 1]):
        right -= 1
    return left, right


def _ways_to_lengthen(record: Record, texts: Sequence[str], kinds: Sequence[ColumnKind]) -> Iterator[Cells | None]:
    """The records with a cell more that fit; None: one that fits, but whose cells nobody can tell."""
    left, right = _borders(texts, kinds, 1)
    for index in range(right, left + 1):
        cells = (*record[:index], None, *record[index:])
        if _keeps_filled(cells, kinds, but=index):
            yield cells
    for index in range(max(right - 1, 0), min(left + 1, len(texts))):
        if _may_be_two(texts[index], kinds[index], kinds[index + 1]):
            yield None


def _may_be_two(text: str, first: ColumnKind, second: ColumnKind) -> bool:
    """Whether the text may be a value of each column run together."""
    if len(text) > _MAX_SPLIT_CHARACTERS:
        return True
    return any(
        first.admits(head) and second.admits(tail)
        for position in range(1, len(text))
        if (head := fold_cell(text[:position])) and (tail := fold_cell(text[position:]))
    )


def _ways_to_shorten(record: Record, texts: Sequence[str], kinds: Sequence[ColumnKind], delimiter: str) -> Iterator[Cells | None]:
    """The records with a cell less that fit; None: one that fits, but whose cells nobody can tell."""
    left, right = _borders(texts, kinds, -1)
    for index in range(max(right - 1, 0), min(left + 1, len(texts))):
        if not texts[index] and is_blank(record[index : index + 1]):
            cells = (*record[:index], *record[index + 1 :])
            if _keeps_filled(cells, kinds):
                yield cells
    for index in range(max(right - 2, 0), min(left + 1, len(texts) - 1)):
        if not (texts[index] and texts[index + 1]):
            continue
        joined = _join(record[index] or "", record[index + 1] or "", kinds[index], delimiter)
        for cell in joined:
            cells = (*record[:index], cell, *record[index + 2 :])
            # Something stands in the cell that was cut in two, even where nobody can tell what.
            if _keeps_filled(cells, kinds, but=index):
                yield cells if cell is not None else None


def _join(head: str, tail: str, kind: ColumnKind, delimiter: str) -> list[str | None]:
    """The values that may have been cut in two; None: some value that may have stood there."""
    whole = {head + tail, head + delimiter + tail}
    if kind.kind in (Kind.EMAIL, Kind.URL, Kind.DATE, Kind.PHONE, Kind.COUNTRY, Kind.CHOICE, Kind.BOOLEAN):
        return [cell for cell in sorted(whole) if kind.admits(fold_cell(cell))]
    # In text a separator may have been added, or have lost its quotes: the two cannot be told apart.
    may_be = kind.kind in (Kind.TEXT, Kind.WORDS) or any(kind.admits(fold_cell(cell)) for cell in whole)
    return [None] if may_be and find_loud_kind(fold_cell(head)) is None and find_loud_kind(fold_cell(tail)) is None else []


def _keeps_filled(cells: Sequence[str | None], kinds: Sequence[ColumnKind], but: int | None = None) -> bool:
    """Whether no column is left blank that never is, besides the one that is made so."""
    return all(kind.can_be_blank or index == but or fold_cell(cell) for index, (cell, kind) in enumerate(zip(cells, kinds, strict=True)))
