"""Guesses the delimiter and the quote of a text from its beginning, by how regular the records come out."""

import csv
import re
from collections import Counter
from dataclasses import dataclass

from workers.engine.readers.delimited import allow_large_cells

DELIMITERS = (",", ";", "\t", "|")
# Excel states and understands the separator in a first line of this form.
_STATED = re.compile(r"sep=([,;|\t])[,;|\t]*", re.IGNORECASE)
_MAX_RECORDS = 200
_HEADER_BONUS = 0.2
_MIN_REGULARITY = 0.5


@dataclass(frozen=True, slots=True)
class Separators:
    delimiter: str
    quote: str


def detect_separators(sample: str, *, delimiter: str | None = None, is_cut: bool = False) -> Separators:
    """The most regular combination; a given `delimiter` stands. `is_cut`: the sample ends anywhere, not at a record's end."""
    allow_large_cells()
    lines = sample.splitlines(keepends=True)
    if is_cut and len(lines) > 1:
        lines = lines[:-1]
    if delimiter is None and lines and (stated := _STATED.fullmatch(lines[0].rstrip("\r\n"))):
        delimiter = stated[1]
    quote = _detect_quote(lines, delimiter)
    if delimiter is not None:
        return Separators(delimiter, quote)
    scores = {candidate: _score(lines, candidate, quote) for candidate in DELIMITERS}
    best = max(scores, key=lambda candidate: scores[candidate])
    return Separators(best if scores[best] > _MIN_REGULARITY else ",", quote)


def _detect_quote(lines: list[str], delimiter: str | None) -> str:
    """The apostrophe only where it encloses many cells and the double quote none; else the double quote."""
    if any('"' in line for line in lines):
        return '"'
    candidates = DELIMITERS if delimiter is None else (delimiter,)
    enclosed = max(
        sum(len(cell) > 1 and cell[0] == cell[-1] == "'" for line in lines[:_MAX_RECORDS] for cell in line.rstrip("\r\n").split(candidate))
        for candidate in candidates
    )
    return "'" if enclosed >= max(2, min(len(lines), _MAX_RECORDS)) else '"'


def _score(lines: list[str], delimiter: str, quote: str) -> float:
    """The share of records that have the most usual number of cells; more if the first is one of them; 0 if that number is one."""
    widths = []
    try:
        for record in csv.reader(lines, delimiter=delimiter, quotechar=quote):
            if any(cell.strip() for cell in record):
                widths.append(len(record))
            if len(widths) == _MAX_RECORDS:
                break
    except csv.Error:
        return 0.0
    if not widths:
        return 0.0
    usual, count = max(Counter(widths).items(), key=lambda item: (item[1], item[0]))
    if usual == 1:
        return 0.0
    # Of two that are equally regular, the one with more cells explains more of the text.
    return count / len(widths) + (_HEADER_BONUS if widths[0] == usual else 0.0) + 0.01 * min(usual, 20)
