"""What every reader yields before it becomes columns: records with their row numbers, and marks on the odd ones."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.vocabulary import ISSUE_MESSAGES, IssueCode, IssueSeverity
from workers.engine.frames import Issue

# Trimmed with the same characters in Python and in polars, whose ideas of white space differ.
BLANK_CHARACTERS = " \t\n\v\f\r\u00a0\u2007\u202f\u3000\u200b\ufeff"

MAX_SHOWN_CHARACTERS = 200

_SEVERITIES = {
    IssueCode.UNCLOSED_QUOTE: IssueSeverity.ERROR,
    IssueCode.TOO_MANY_CELLS: IssueSeverity.ERROR,
}


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
    cells: list[Sequence[str | None]]
    marks: tuple[Mark, ...] = ()
    size: int = 0


def is_blank(cells: Sequence[str | None]) -> bool:
    """Whether nothing but white space stands in the record."""
    return not any(cell and cell.strip(BLANK_CHARACTERS) for cell in cells)


def make_showable(text: str, length: int) -> str:
    """The beginning of the text, without NUL characters: these can be neither shown nor kept in every database."""
    return text[:length].replace("\0", "\ufffd")


def make_issue(
    row: int, code: IssueCode, *, column: str | None = None, value: str | None = None, limit: int = 0, severity: IssueSeverity | None = None
) -> Issue:
    """The issue with its sentence, the value cut to what can be shown."""
    return Issue(
        row=row,
        code=code,
        severity=severity or _SEVERITIES.get(code, IssueSeverity.WARNING),
        message=ISSUE_MESSAGES[code].format(limit=f"{limit:,}"),
        column=column,
        value=None if value is None else make_showable(value, MAX_SHOWN_CHARACTERS),
    )
