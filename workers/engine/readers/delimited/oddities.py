"""Finds the records that csv.reader takes without complaint and that are still to be looked at again. One pass over cells and text."""

import re
from collections.abc import Callable, Sequence

from workers.engine.readers.delimited.separators import DEFAULT_QUOTE, Separators, split_strictly
from workers.engine.records import is_blank

APOSTROPHE = "'"

Record = Sequence[str | None]
_join: Callable[[Record], str] = "".join  # type: ignore[assignment]  # csv.reader gives no None


class OddityFinder:
    """Knows records of another width than the table, with quotes left in them, or quoted otherwise."""

    def __init__(self, separators: Separators, width: int | None) -> None:
        self._quote = separators.quote
        self._width = width
        self._separators = separators
        self.other = DEFAULT_QUOTE if separators.quote == APOSTROPHE else APOSTROPHE
        # Such a quote before the end of a cell: without one, no cell of a text is quoted so.
        self._other_end = re.compile(f"{self.other} *(?:{re.escape(separators.delimiter)}|[\r\n]|\\Z)")

    def find(self, cells: Sequence[Record], lines: Sequence[str], text: str) -> list[int]:
        """The indices of such records; `lines`: those of the records, if each is one; `text`: all of it."""
        return self.find_all(cells, lines, text, has_other=self.other in text and self._other_end.search(text) is not None)

    def find_all(self, cells: Sequence[Record], lines: Sequence[str], text: str, *, has_other: bool) -> list[int]:
        """The same; `has_other`: the other quote stands before the end of some cell, of these records or of those around them."""
        odd: set[int] = set()
        width, other = self._width, self.other
        if width is not None and set(map(len, cells)) != {width}:
            odd.update(index for index, record in enumerate(cells) if len(record) != width and not is_blank(record))
        if width is not None and has_other:
            for index, record in enumerate(cells):
                if any(is_enclosed(cell, other) for cell in record if cell):
                    odd.add(index)
        if self._quote and self._quote in text:
            odd.update(self._find_stray(cells, lines, text))
        return sorted(odd)

    def _find_stray(self, cells: Sequence[Record], lines: Sequence[str], text: str) -> list[int]:
        quote = self._quote
        if lines:
            held = [
                index for index, (record, line) in enumerate(zip(cells, lines, strict=True)) if quote in line and self._holds_quote(record)
            ]
            return [index for index in held if self.is_stray(cells[index], lines[index])]
        # One is enough: the lines are then read carefully.
        held = [index for index, record in enumerate(cells) if self._holds_quote(record)]
        if self._separators.escape:
            return held[:1]
        return held[:1] if self.is_stray([cell for index in held for cell in cells[index]], text) else []

    def _holds_quote(self, record: Record) -> bool:
        if self._quote == APOSTROPHE:
            return self.is_wrapped(record)
        return self._quote in _join(record)

    def is_wrapped(self, record: Record) -> bool:
        """Whether a cell is still enclosed in quotes, which is odd even for apostrophes."""
        return any(is_enclosed(cell, self._quote) for cell in record if cell)

    def is_stray(self, record: Record, text: str) -> bool:
        """Whether a cell holds a quote that was not written as one within quotes is. The cells stand in the text in their order."""
        quote = self._quote
        position = 0
        for cell in record:
            if not cell or quote not in cell or self._has_meaning(cell):
                continue
            if self._separators.escape:
                return split_strictly(text.rstrip("\r\n"), self._separators) is None
            position = text.find(f"{quote}{cell.replace(quote, quote * 2)}{quote}", position)
            if position < 0:
                return True
        return False

    def _has_meaning(self, cell: str) -> bool:
        """Whether it is ="00123", a text protected from a spreadsheet, or inches (5" nail), which nothing needs to say."""
        quote = self._quote
        if cell.startswith("=" + quote) and cell.endswith(quote):
            return True
        place = cell.find(quote)
        return 0 < place < len(cell) - 1 and cell[place - 1].isdigit() and cell[place + 1] == " " and cell.count(quote) == 1


def is_enclosed(cell: str, quote: str) -> bool:
    """Whether the quote stands at both ends of the cell, blanks around it left out."""
    text = cell.strip(" ")
    return len(text) > 1 and text[0] == text[-1] == quote
