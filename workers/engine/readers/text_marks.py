"""Carries through any parser which lines of a text were in another encoding than the file, and makes marks of it on the records.

The sign is a code point that Unicode keeps for use within a program (U+FDD0, a noncharacter: no character in any text that is exchanged).
It stands behind a letter, inside a cell, where it disturbs neither quotes nor delimiters.
"""

from collections.abc import Sequence
from dataclasses import replace

from models.vocabulary import IssueCode
from workers.engine.records import Mark, Records

ODD_MARK = "\ufdd0"


def mark_line(line: str) -> str:
    """The line with the mark behind its first letter beyond ASCII, else behind its first such character."""
    beyond = [index for index, character in enumerate(line) if not character.isascii()]
    if not beyond:
        return line
    place = next((index for index in beyond if line[index].isalpha()), beyond[0]) + 1
    return line[:place] + ODD_MARK + line[place:]


def settle_marks(records: Records) -> Records:
    """The records without marks in their cells, each marked record reported once."""
    cells: list[Sequence[str | None]] = list(records.cells)
    marks: list[Mark] = []
    for index, record in enumerate(cells):
        marked = next((number for number, cell in enumerate(record) if cell and ODD_MARK in cell), None)
        if marked is None:
            continue
        clean = [cell.replace(ODD_MARK, "") if cell else cell for cell in record]
        cells[index] = clean
        marks.append(Mark(records.first_row + index, IssueCode.MIXED_ENCODING, cell=marked, value=clean[marked]))
    if not marks:
        return records
    others = (replace(mark, value=mark.value and mark.value.replace(ODD_MARK, "")) for mark in records.marks)
    return replace(records, cells=cells, marks=tuple(sorted((*others, *marks), key=lambda mark: mark.row)))
