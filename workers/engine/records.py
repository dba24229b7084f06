"""What every reader yields before it becomes columns: records with their row numbers, and marks on the odd ones.

Imports nothing heavy: the child process that parses workbooks starts with this module and little else.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from models.vocabulary import IssueCode

# Trimmed with the same characters in Python and in polars, whose ideas of white space differ. DOS ends a text with U+001A.
BLANK_CHARACTERS = " \t\n\v\f\r\x1a\x85\u00a0\u00ad\u2007\u200b\u200c\u200d\u200e\u200f\u202f\u2060\u3000\ufeff"

MAX_SHOWN_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Mark:
    """An oddity seen while a record was read. `cell` is the index of the cell, None for the record as a whole."""

    row: int
    code: IssueCode
    cell: int | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Records:
    """Consecutive records: the first has number `first_row`, blank ones are there as they stand. `size` is in characters, roughly."""

    first_row: int
    cells: Sequence[Sequence[str | None]]
    marks: tuple[Mark, ...] = ()
    size: int = 0


def is_blank(cells: Sequence[str | None]) -> bool:
    """Whether nothing but white space stands in the record."""
    return not any(cell and cell.strip(BLANK_CHARACTERS) for cell in cells)


def make_showable(text: str, length: int) -> str:
    """The beginning of the text, without NUL characters: these can be neither shown nor kept in every database."""
    return text[:length].replace("\0", "\ufffd")
