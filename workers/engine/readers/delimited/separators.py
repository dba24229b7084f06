"""What separates cells and records in one file, and single lines split by it."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import _csv

DEFAULT_DELIMITER = ","
DEFAULT_QUOTE = '"'

_USUAL_QUOTES = "\"'`"
_FIELD_SIZE_LIMIT = 2**31 - 1
# Any code point will do that the text does not have; these mean nothing to anyone.
_PRIVATE = (*range(0xE000, 0xF900), *range(0xF0000, 0xFFFFE), *range(0x100000, 0x10FFFE))


@dataclass(frozen=True, slots=True)
class Separators:
    """`quote` "": nothing is quoted. `escape` None: a quote within quotes is doubled. `comment`: what a comment line begins with.

    `skip_space`: blanks behind a delimiter are not part of the cell.
    """

    delimiter: str = DEFAULT_DELIMITER
    quote: str = DEFAULT_QUOTE
    escape: str | None = None
    comment: str | None = None
    skip_space: bool = False


class RecordReader:
    """Reads lines into records by csv.reader in its strict mode, whatever the separators.

    Several passes over the lines of one `begin` may be made.
    """

    def __init__(self, separators: Separators) -> None:
        self._separators = separators
        self._comment = separators.comment
        self._signs = ("", "")
        self._is_between_records = True
        self._last_comment = ""
        # csv.reader knows delimiters of one character and no comments, forgets an escape before a character that needs none, and
        # takes no blanks behind a closing quote.
        self.is_plain = len(separators.delimiter) == 1 and not (separators.comment or separators.escape or separators.skip_space)

    def read(self, lines: Sequence[str]) -> "_csv.Reader":
        """The records, for separators that are plain."""
        return self._read(lines, self._separators.delimiter)

    def begin(self, lines: Sequence[str]) -> None:
        """Choose what stands for delimiters and comments in these lines, before any of them are iterated over."""
        if not self.is_plain:
            self._signs = _free_characters(lines)

    def iterate(self, lines: Iterable[str]) -> Iterator[tuple[list[str], str | None]]:
        """Each record, and the comment that it is, if it is one; no line is taken before it is needed. Raises csv.Error."""
        if self.is_plain:
            for record in self._read(lines, self._separators.delimiter):
                yield record, None
            return
        delimiter, sign = self._signs
        self._is_between_records = True
        for record in self._read(self._iter_translated(lines), delimiter):
            if len(record) == 1 and record[0] == sign:
                yield [], self._last_comment
            else:
                for index, cell in enumerate(record):
                    if delimiter in cell:
                        record[index] = cell.replace(delimiter, self._separators.delimiter)
                yield record, None
            self._is_between_records = True

    def _read(self, lines: Iterable[str], delimiter: str) -> "_csv.Reader":
        separators = self._separators
        if not separators.quote:
            return csv.reader(
                lines,
                delimiter=delimiter,
                quoting=csv.QUOTE_NONE,
                escapechar=separators.escape,
                skipinitialspace=separators.skip_space,
                strict=True,
            )
        return csv.reader(
            lines,
            delimiter=delimiter,
            quotechar=separators.quote,
            escapechar=separators.escape,
            skipinitialspace=separators.skip_space,
            strict=True,
        )

    def _iter_translated(self, lines: Iterable[str]) -> Iterator[str]:
        """The lines with one character for the delimiter, and one for a whole comment."""
        delimiter, sign = self._signs
        escape = self._separators.escape
        double_needless = _needless_escapes(escape, delimiter, self._separators.quote) if escape else None
        for line in lines:
            # csv.reader takes a line when it needs one: within a record what looks like a comment is the rest of a cell.
            is_first = self._is_between_records
            self._is_between_records = False
            if is_first and self._comment and line.startswith(self._comment):
                self._last_comment = line.rstrip("\r\n")
                yield sign + line[len(self._last_comment) :]
                continue
            text = self._without_blanks(line, is_first=is_first) if self._has_blanks(line) else line
            text = text.replace(self._separators.delimiter, delimiter)
            yield double_needless(text) if double_needless is not None else text

    def _has_blanks(self, line: str) -> bool:
        """Whether there may be blanks around a quote, which csv.reader does not take for what they are."""
        return self._separators.skip_space and bool(self._separators.quote) and self._separators.quote in line

    def _without_blanks(self, line: str, *, is_first: bool) -> str:
        """The line with every cell enclosed and no blanks around the quotes; as it is, if its quotes make no sense.

        The line may begin (if it is not a record's first) and end within a quoted cell.
        """
        text = line.rstrip("\r\n")
        quote = self._separators.quote
        escape = self._separators.escape or ""
        opened = "" if is_first else quote
        for closed in ("", quote):
            cells = split_strictly(opened + text + closed, self._separators)
            if cells is None:
                continue
            if escape:
                cells = [cell.replace(escape, escape * 2) for cell in cells]
            whole = self._separators.delimiter.join(f"{quote}{cell.replace(quote, quote * 2)}{quote}" for cell in cells)
            return whole[len(opened) : len(whole) - len(closed)] + line[len(text) :]
        return line


def split_strictly(line: str, separators: Separators) -> list[str] | None:
    """The cells of one line in which every quote, and every escape, does what it is for; None: it is not such a line."""
    pattern = _cell_pattern(separators)
    cells: list[str] = []
    position = 0
    while True:
        found = pattern.match(line, position)
        if found is None:
            return None
        enclosed, bare = found.group(1, 2)
        cells.append(_unescape(bare if enclosed is None else enclosed, separators, is_enclosed=enclosed is not None))
        position = found.end()
        if position == len(line):
            return cells
        if not line.startswith(separators.delimiter, position):
            return None
        position += len(separators.delimiter)


def allow_large_cells() -> None:
    """Lift the bound of the csv module, which is one for the whole process; the bounds that hold are those of the reader."""
    csv.field_size_limit(_FIELD_SIZE_LIMIT)


def _free_characters(lines: Sequence[str]) -> tuple[str, str]:
    used = set().union(*lines)
    free = (character for character in map(chr, _PRIVATE) if character not in used)
    return next(free), next(free)


def _needless_escapes(escape: str, delimiter: str, quote: str) -> Callable[[str], str]:
    """Doubles the escapes that stand before a character which needs none: such as the one in C:\\data, which is part of the text."""
    # Where nothing is quoted, writers escape quotes all the same.
    pattern = re.compile(f"{re.escape(escape)}([{re.escape(escape + delimiter + (quote or _USUAL_QUOTES))}\r\n])?")
    return lambda text: pattern.sub(lambda found: found[0] if found[1] else escape * 2, text)


@lru_cache(maxsize=256)
def _cell_pattern(separators: Separators) -> re.Pattern[str]:
    """A cell: the first group is what stands within quotes, the second what stands bare. No way back is worth trying in it."""
    delimiter, quote, escape = re.escape(separators.delimiter), re.escape(separators.quote), re.escape(separators.escape or "")
    blank = " *" if separators.skip_space else ""
    # A double quote may stand nowhere in a bare cell, an apostrophe anywhere but at its beginning.
    excluded = "\r\n" + escape + (quote if separators.quote == DEFAULT_QUOTE else "")
    plain = f"[^{delimiter}{excluded}]*" if len(separators.delimiter) == 1 else f"(?:(?!{delimiter})[^{excluded}])*"
    bare = f"({f'(?!{quote})' if quote else ''}{plain}{f'(?:{escape}.{plain})*' if escape else ''})"
    if not quote:
        return re.compile(f"(?:(\\Z.)|{blank}{bare})")
    pair = f"(?:{quote}{quote}|{escape}.)" if escape else f"{quote}{quote}"
    enclosed = f"([^{quote}{escape}]*(?:{pair}[^{quote}{escape}]*)*)"
    return re.compile(f"{blank}(?:{quote}{enclosed}{quote}{blank}(?={delimiter}|\\Z)|{bare})")


def _unescape(cell: str, separators: Separators, *, is_enclosed: bool) -> str:
    if separators.escape and separators.escape in cell:
        targets = re.escape(separators.escape + separators.quote + separators.delimiter[0])
        cell = re.sub(f"{re.escape(separators.escape)}([{targets}])", r"\1", cell)
    elif is_enclosed and separators.quote in cell:
        cell = cell.replace(separators.quote * 2, separators.quote)
    return cell
