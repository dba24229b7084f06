"""Splits one line by itself, whatever its quotes are worth. Each character is looked at a bounded number of times."""

import re
from functools import lru_cache

from workers.engine.readers.delimited.separators import Separators
from workers.engine.records import BLANK_CHARACTERS


def split_line(line: str, separators: Separators) -> tuple[list[str], int | None]:
    """The cells of the line, its quotes kept where they make no sense, and the index of the first that opens one and does not close it.

    A quoted cell ends at a quote before a delimiter or the line's end, blanks between them left out.
    """
    line = line.rstrip("\r\n")
    quote, delimiter = separators.quote, separators.delimiter
    if not quote or quote not in line:
        return line.split(delimiter), None
    quoted, at_once = _patterns(quote, delimiter)
    # Where one cell finds no quote that ends it, no later cell does, but for one that stands in the same run of quotes as its own.
    pattern = quoted
    cells: list[str] = []
    opened: int | None = None
    position = 0
    while position <= len(line):
        found = pattern.match(line, position) if line.startswith(quote, position) else None
        if found is not None:
            cells.append(found[1].replace(quote * 2, quote))
            end = found.end()
        else:
            end = line.find(delimiter, position)
            end = len(line) if end < 0 else end
            cell = line[position:end]
            if cell.startswith(quote):
                pattern = at_once
                if opened is None and _opens_quote(cell, quote):
                    opened = len(cells)
            cells.append(cell)
        position = end + len(delimiter)
    return cells, opened


@lru_cache(maxsize=64)
def _patterns(quote: str, delimiter: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    sign = re.escape(quote)
    # As few blanks as will do: the delimiter may be one.
    end = rf"[ \t]*?(?={re.escape(delimiter)}|\Z)"
    # What was looked ahead at is taken as it was found: possessive groups, which say the same, are broken in early versions of Python 3.11.
    piece = rf"(?=([^{sign}]+|{sign}{sign}|{sign}(?!{end})))\2"
    return re.compile(rf"{sign}((?:{piece})*){sign}{end}", re.DOTALL), re.compile(rf"{sign}((?:{sign}{sign})*){sign}{end}")


def _opens_quote(cell: str, quote: str) -> bool:
    return not cell.strip(BLANK_CHARACTERS).endswith(quote) and cell.count(quote) % 2 == 1
