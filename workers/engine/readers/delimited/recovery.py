"""Reads a damaged line in the one way that makes sense of it: in another dialect, or with a quote put back or taken out.

A way counts if it gives the table's width and cells of the kinds that the columns hold; where two different ways count, none is taken.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from models.vocabulary import IssueCode
from workers.engine.readers.delimited.cell_kinds import ColumnKinds, Kind, find_kind
from workers.engine.readers.delimited.oddities import is_enclosed
from workers.engine.readers.delimited.separators import DEFAULT_QUOTE, Separators, split_strictly

_DELIMITERS = (",", ";", "\t", "|", "^", "~", ":")
_QUOTES = ('"', "'")
_ESCAPE = "\\"
_PROOFS = (Kind.EMAIL, Kind.LINK, Kind.DATE, Kind.PHONE)
_MAX_LINE = 20_000
_MAX_PLACES = 120
_MAX_LEARNT = 400
_MIN_LEARNT = 2
# The characters that may be split in vain: some for every file, and as many as it holds, so that the whole stays linear.
_ALLOWANCE = 4_000_000
_ALLOWANCE_SHARE = 1
# What a way costs to try, however short the line is, in characters.
_WAY_COST = 60


@dataclass(frozen=True, slots=True)
class Recovered:
    cells: list[str]
    code: IssueCode


class Recovery:
    """What is known of the table's sound records, and what may still be spent on the damaged ones."""

    def __init__(self, separators: Separators, width: int) -> None:
        self._separators = separators
        self._width = width
        self._kinds = ColumnKinds(width)
        self._allowance = _ALLOWANCE
        self._plain = replace(separators, comment=None)
        self._others = tuple(_other_dialects(self._plain))

    def learn(self, records: Sequence[Sequence[str | None]], size: int) -> None:
        """Take the sound ones of the records into account, and the size of the text that they were."""
        self._allowance += _ALLOWANCE_SHARE * size
        quote = self._separators.quote
        for record in records:
            if self.has_learnt:
                return
            if len(record) == self._width and not (quote and any(cell and quote in cell for cell in record)):
                self._kinds.learn(record)

    @property
    def has_learnt(self) -> bool:
        """Whether further records would tell nothing."""
        return self._kinds.record_count >= _MAX_LEARNT

    @property
    def is_ready(self) -> bool:
        """Whether enough is known to tell what fits."""
        return self._kinds.record_count >= _MIN_LEARNT

    def recover(self, line: str, current: Sequence[str]) -> Recovered | None:
        """The cells of the line, which splits into `current` as it stands; None: no way makes sense of it, or several do."""
        line = line.rstrip("\r\n")
        if len(line) > _MAX_LINE or not self.is_ready or self._allowance <= 0:
            return None
        if self._width == 1:
            return self._unwrap(line)
        return self._read_otherwise(line, current) or self._mend_quotes(line, current)

    def is_row(self, cells: Sequence[str]) -> bool:
        """Whether the cells, quotes aside, are surely a row: they fit, and one is an address, date or phone as its column holds."""
        bare = [cell.replace(self._separators.quote, "") for cell in cells]
        return self._is_right(bare) and any(self._is_proof(index, cell) for index, cell in enumerate(bare))

    def _is_proof(self, index: int, cell: str) -> bool:
        kind = find_kind(cell)
        return kind in _PROOFS and kind is self._kinds.find_main(index) and self._kinds.is_strict(index)

    def _unwrap(self, line: str) -> Recovered | None:
        """The cell of a line in another quote than the file's, or with one quote too many, in a column of addresses or the like."""
        main = self._kinds.find_main(0)
        if main in (Kind.BLANK, Kind.TEXT):
            return None
        text = line.strip(" ")
        if _is_enclosed(line) and find_kind(text[1:-1]) is main:
            return Recovered([text[1:-1]], IssueCode.OTHER_DIALECT)
        bare = text.strip(self._separators.quote)
        if len(bare) == len(text) - 1 and find_kind(bare) is main:
            return Recovered([bare], IssueCode.QUOTE_REPAIRED)
        return None

    def _read_otherwise(self, line: str, current: Sequence[str]) -> Recovered | None:
        may_be_quoted = not self._is_right(current) or _is_wholly_enclosed(current)
        ways: dict[tuple[str, ...], Separators] = {}
        for other in self._others:
            if line.count(other.delimiter) < self._width - 1 or (other.escape and other.escape not in line):
                continue
            if other.quote != self._separators.quote and not (may_be_quoted and _encloses(line, other)):
                continue
            cells = self._split(line, other)
            if cells is not None and self._is_right(cells) and not any(_is_enclosed(cell) for cell in cells):
                ways[tuple(cells)] = other
        # Nothing is said where it makes no difference.
        if len(ways) != 1 or tuple(current) in ways:
            return None
        return Recovered(list(next(iter(ways))), IssueCode.OTHER_DIALECT)

    def _mend_quotes(self, line: str, current: Sequence[str]) -> Recovered | None:
        quote = self._separators.quote
        if not quote or quote not in line:
            return None
        if line.count(quote) % 2 == 1:
            mended = self._find_only(_iter_mended(line, self._plain), may_hold_quotes=True)
            if mended is not None and not self._may_be_inches(mended, current):
                return Recovered(mended, IssueCode.QUOTE_REPAIRED)
        elif len(current) == self._width - 1:
            parted = self._find_only(_iter_parted(line, self._plain), may_hold_quotes=False)
            if parted is not None:
                return Recovered(parted, IssueCode.CELLS_REALIGNED)
        return None

    def _find_only(self, lines: Iterator[str], *, may_hold_quotes: bool) -> list[str] | None:
        """The cells that the lines agree upon, among those that fit; those without quotes are preferred to those that hold some."""
        ways: dict[tuple[str, ...], int] = {}
        for line in lines:
            cells = self._split(line, self._plain)
            if cells is not None and self._is_right(cells):
                ways[tuple(cells)] = sum(self._separators.quote in cell for cell in cells)
        least = min(ways.values(), default=0)
        if least and not may_hold_quotes:
            return None
        best = [cells for cells, held in ways.items() if held == least]
        return list(best[0]) if len(best) == 1 else None

    def _may_be_inches(self, mended: Sequence[str], current: Sequence[str]) -> bool:
        """Whether the quote that would go stands behind a digit in free text, where it has a meaning of its own."""
        if len(current) != self._width:
            return False
        quote = self._separators.quote
        return any(
            mended[index] != cell and not self._kinds.is_strict(index) and cell.find(quote) > 0 and cell[cell.find(quote) - 1].isdigit()
            for index, cell in enumerate(current)
        )

    def _split(self, line: str, separators: Separators) -> list[str] | None:
        self._allowance -= len(line) + _WAY_COST
        return split_strictly(line, separators)

    def _is_right(self, cells: Sequence[str]) -> bool:
        return len(cells) == self._width and self._kinds.fit(cells)


def _other_dialects(own: Separators) -> Iterator[Separators]:
    for delimiter in dict.fromkeys((own.delimiter, *_DELIMITERS)):
        for quote in dict.fromkeys((own.quote or DEFAULT_QUOTE, *_QUOTES)):
            for escape in (None, _ESCAPE):
                for skip_space in (False, True):
                    other = Separators(delimiter, quote, escape, None, skip_space)
                    if other != own and not (skip_space and escape):
                        yield other


def _encloses(line: str, separators: Separators) -> bool:
    quote, delimiter = separators.quote, separators.delimiter
    return line.startswith(quote) or delimiter + quote in line or (separators.skip_space and f"{delimiter} {quote}" in line)


def _is_enclosed(cell: str) -> bool:
    return any(is_enclosed(cell, quote) for quote in _QUOTES)


def _is_wholly_enclosed(cells: Sequence[str]) -> bool:
    """Whether quotes are left around all of the cells: around one of them they may be its own."""
    filled = [cell for cell in cells if cell]
    return len(filled) > 1 and all(map(_is_enclosed, filled))


def _iter_mended(line: str, separators: Separators) -> Iterator[str]:
    """The line with one quote less, or with one more where a cell begins or ends."""
    quote, delimiter = separators.quote, separators.delimiter
    quotes = _places(line, quote)
    borders = _places(line, delimiter)
    if len(quotes) + 2 * len(borders) > _MAX_PLACES:
        return
    for place in quotes:
        yield line[:place] + line[place + 1 :]
    for place in sorted({0, len(line), *borders, *(border + len(delimiter) for border in borders)}):
        yield line[:place] + quote + line[place:]


def _iter_parted(line: str, separators: Separators) -> Iterator[str]:
    """The line with one delimiter more, beside a quote."""
    quotes = _places(line, separators.quote)
    if len(quotes) > _MAX_PLACES:
        return
    for place in sorted({*quotes, *(place + 1 for place in quotes)} - {0, len(line)}):
        yield line[:place] + separators.delimiter + line[place:]


def _places(line: str, part: str) -> list[int]:
    places: list[int] = []
    place = line.find(part)
    while place >= 0 and len(places) <= _MAX_PLACES:
        places.append(place)
        place = line.find(part, place + len(part))
    return places
