"""What tells a header from the rows below it: names that we know; without them values of other forms, or values that recur."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from workers.engine.mapping.usual_names import is_usual_name
from workers.engine.readers.footers import filled_cells
from workers.engine.readers.kinds import Kind, Record, find_loud_kind, fold_cell, is_of
from workers.engine.readers.other_tables import extent

_MIN_ALIKE = 3
_MIN_REPEATING = 8
_YEARS = re.compile(r"(?:19|20)\d\d\s?[-/]\s?(?:19|20)?\d\d")
_HAS_DIGIT = re.compile(r"\d")
_HAS_WORDS = re.compile(r"\w\s+\w")


def count_contrasts(record: Record, below: Sequence[Record]) -> int:
    """In how many columns most values show what they are, where the record has a word."""
    count = 0
    for index, cell in enumerate(record):
        values = [text for other in below if index < len(other) and (text := fold_cell(other[index]))]
        telling = sum(find_loud_kind(text) is not None or is_of(Kind.NUMBER, text) for text in values)
        count += bool(fold_cell(cell)) and bool(values) and 2 * telling > len(values)
    return count


def differs_in_form(record: Record, below: Sequence[Record]) -> bool:
    """Whether all values of some column have a form that the record has not: yes or no, a digit in each, several words each."""
    for index, cell in enumerate(map(fold_cell, record)):
        values = [text for other in below if index < len(other) and (text := fold_cell(other[index]))]
        if not cell or len(values) < 2:
            continue
        if all(is_of(Kind.BOOLEAN, text) for text in values) and not is_of(Kind.BOOLEAN, cell):
            return True
        if len(values) < _MIN_ALIKE:
            continue
        if any(all(map(form, values)) and not form(cell) for form in (_HAS_DIGIT.search, _HAS_WORDS.search)):
            return True
    return False


def is_alone(record: Record, below: Sequence[Record]) -> bool:
    """Whether the values of some column stand there several times each, and the one of the record only once."""
    for index, cell in enumerate(map(fold_cell, record)):
        counts = Counter(fold_cell(other[index]) for other in below if index < len(other))
        if cell and "" not in counts and counts.total() >= _MIN_REPEATING and min(counts.values()) > 1 and cell not in counts:
            return True
    return False


def has_blank_over_values(record: Record, below: Sequence[Record]) -> bool:
    """Whether the record is blank where those below have e-mails, numbers or dates."""
    padded = [*record, *("",) * max(0, max(map(extent, below), default=0) - len(record))]
    for index, cell in enumerate(padded):
        values = [text for other in below if index < len(other) and (text := fold_cell(other[index]))]
        telling = sum(find_loud_kind(text) is not None or is_of(Kind.NUMBER, text) for text in values)
        if index < len(record) and not fold_cell(cell) and len(values) >= 2 and 2 * telling > len(values):
            return True
    return False


def recurs(record: Record, below: Sequence[Record]) -> bool:
    return any(
        cell and any(index < len(other) and fold_cell(other[index]) == cell for other in below)
        for index, cell in enumerate(map(fold_cell, record))
    )


def differs_in_case(cells: Iterable[str], below: Sequence[Record]) -> bool:
    """Whether all names are in capitals or in small letters, and hardly any value is."""
    values = [text for record in below for text in filled_cells(record)]
    return any(all(map(is_so, cells)) and 10 * sum(map(is_so, values)) < len(values) for is_so in (str.isupper, str.islower))


def count_names(record: Record) -> int:
    """How many different cells are names that we know."""
    return len({cell.casefold() for cell in filled_cells(record) if is_usual_name(cell)})


def is_of_person(cell: str) -> bool:
    """Whether the cell can be somebody's address or number, which heads no column."""
    return not _YEARS.fullmatch(cell) and find_loud_kind(cell) in (Kind.EMAIL, Kind.PHONE)
