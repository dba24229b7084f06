"""Decides what separates cells and records: each way is tried on samples of the text, and judged by the table that comes of it.

A good table has records of one width, cells that look like something, and names that are known. (The idea of weighing the pattern of the
records together with the kinds of their cells is that of van den Burg, Nazábal and Sutton, "Wrangling messy CSV files", 2019.)
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from models.errors import UnreadableFile
from workers.engine.detection.candidates import QUOTES, STANDARD, find_candidates, find_delimiters
from workers.engine.detection.comments import SAMPLE_BOUND, find_comment, leave_out_likely_comments
from workers.engine.frames import Decision, DialectOverrides
from workers.engine.mapping.usual_names import is_usual_name
from workers.engine.readers.delimited.cell_kinds import Kind, find_kind
from workers.engine.readers.delimited.separators import Separators, allow_large_cells
from workers.engine.readers.delimited.splitting import Splitter
from workers.engine.records import BLANK_CHARACTERS, is_blank

# Excel states and understands the separator in a first line of this form.
_STATED = re.compile(r'"?sep=([^\w\s"\']|\t| )\1*"?[,;|\t]*', re.IGNORECASE)
_MIN_REGULARITY = 0.5
_MIN_NAMES = 0.5
_MAX_LINES = 400
_MAX_LINES_OF_EACH = 150
_NAMED_ROWS = 60
_MAX_CELL = 300
# Of two ways whose scores are so near to each other, neither is certain.
_NEAR = 0.93
_RIVAL = 0.8
_DOUBTFUL = 0.4
_ODD = re.compile(r'[;|\t,~^"`]|^[\'#:=]|[\'#:=]$|\\$')
# Words are parted by blanks anywhere: so blanks part cells only if some of these are among three or more.
_LEAST_WORDS = 3
_PROOFS = (Kind.EMAIL, Kind.LINK, Kind.DATE)
_NAMES = {"\t": "tab", " ": "space", ",": "comma", ";": "semicolon", "|": "vertical bar", ":": "colon"}


@dataclass(frozen=True, slots=True)
class _Trial:
    """What came of one way: `regularity` is the share of records that have the usual `width`, `names` that of known names in one.

    `content`: how many delimiters stand in those records, which tells a table from many lines of prose with one sign each. `is_proven`
    is False where the delimiter is a blank and may as well be part of names, streets and phones.
    """

    separators: Separators
    score: float
    width: int
    regularity: float
    record_count: int
    content: int = 0
    names: float = 0.0
    is_proven: bool = True

    @property
    def is_usable(self) -> bool:
        """Whether it makes a table: of most of the records, or of some under names that are known."""
        return self.width > 1 and self.is_proven and (self.regularity > _MIN_REGULARITY or self.names >= _MIN_NAMES)


def detect_separators(sample: Sequence[list[str]], overrides: DialectOverrides | None = None) -> tuple[Separators, tuple[Decision, ...]]:
    """The separators, those overruled as they are wanted, and a decision for each aspect."""
    allow_large_cells()
    overrides = overrides or DialectOverrides()
    first = sample[0] if sample else []
    stated = _STATED.fullmatch(first[0].rstrip("\r\n")) if first else None
    if stated is not None:
        sample = (first[1:], *sample[1:])
    # The beginning, where a preamble may stand, counts no more than each later place.
    most = _MAX_LINES if len(sample) == 1 else _MAX_LINES_OF_EACH
    parts = [leave_out_likely_comments(lines)[:most] for lines in sample]
    given = overrides.delimiter or (stated[1] if stated is not None else None)
    trials = sorted(
        (
            _try(parts, separators)
            for delimiter in find_delimiters(parts, given)
            for separators in find_candidates(parts, delimiter, overrides)
        ),
        key=lambda trial: -trial.score,
    )
    # Where a known name stands alone in the first line, there is one column, unless more names stand together below.
    top = parts[0][0].strip(BLANK_CHARACTERS) if parts and parts[0] else ""
    is_name = is_usual_name(top) and not any(sign in top for sign in (given or "", *STANDARD) if sign)
    usable = [trial for trial in trials if trial.is_usable and (not is_name or (trial.names and trial.separators.delimiter != " "))]
    best = (usable or _prefer_unseen(trials, parts) or trials)[0]
    separators, comment = find_comment(sample, best.separators, best.width)
    decisions = (
        _decide_delimiter(best, trials, usable, overrides.delimiter is not None, stated is not None),
        _decide_quote(best, usable, overrides.quote is not None),
        _decide_escape(best, usable, overrides.escape is not None),
    )
    return separators, (*decisions, comment) if comment is not None else decisions


def _prefer_unseen(trials: Sequence[_Trial], parts: Sequence[list[str]]) -> list[_Trial]:
    """For one column: the trials with a delimiter that the text does not hold, or with a comma."""
    unseen = [sign for sign in STANDARD if not any(sign in line for lines in parts for line in lines)]
    return [trial for trial in trials if trial.separators.delimiter == next(iter(unseen), STANDARD[0])]


def _try(parts: Sequence[list[str]], separators: Separators) -> _Trial:
    records: list[Sequence[str | None]] = []
    mark_count = 0
    for lines in parts:
        try:
            split = Splitter(separators, None, SAMPLE_BOUND).split(lines, 1, is_last=True)
        except UnreadableFile:  # nearly every line opens a quote that is never closed
            return _Trial(separators, 0.0, 0, 0.0, 0)
        records += [record for record in split.records.cells if not is_blank(record)]
        mark_count += len(split.records.marks)
    widths = Counter(map(len, records))
    width = max(widths, key=lambda width: (widths[width] * (1 - 0.3 / width) if width > 1 else 0, width), default=0)
    if width < 2:
        return _Trial(separators, 0.0, width, 0.0, len(records))
    table = [record for record in records if len(record) == width]
    regularity = len(table) / len(records)
    score = regularity * (1 - 0.3 / width) * _rate_cells(table, width) * (1 - 0.5 * min(1.0, mark_count / len(records)))
    score *= _rate_delimiter(separators.delimiter)
    # What is usual is preferred where it makes no difference.
    score -= 0.003 * (separators.escape is not None) + 0.01 * QUOTES.index(separators.quote if separators.quote in QUOTES else "")
    names = _find_names(table[:_NAMED_ROWS])
    is_proven = separators.delimiter != " " or names > 0 or _parts_cells(table, parts, separators.quote)
    return _Trial(separators, score + names / 2, width, regularity, len(records), (width - 1) * len(table), names, is_proven)


def _parts_cells(table: Sequence[Sequence[str | None]], parts: Sequence[list[str]], quote: str) -> bool:
    """Whether blanks are rather delimiters than parts of a text: they stand between quoted cells, or beside addresses and dates."""
    if quote and any(f"{quote} {quote}" in line for lines in parts for line in lines):
        return True
    if len(table[0]) < _LEAST_WORDS:
        return False
    columns = [Counter(find_kind(cell) for cell in column) for column in zip(*table, strict=True)]
    return any(sum(kinds[kind] for kind in _PROOFS) > _MIN_REGULARITY * len(table) for kinds in columns)


def _rate_delimiter(delimiter: str) -> float:
    """How likely the delimiter is before anything is read: blanks on both sides of it wherever it stands are part of it."""
    if delimiter in STANDARD:
        return 1.0
    if len(delimiter) > 1:
        return 1.02 if delimiter[0] == delimiter[-1] == " " else 0.97
    return 0.6 if delimiter == " " else 0.9


def _rate_cells(table: Sequence[Sequence[str | None]], width: int) -> float:
    """How much the cells look like values, from 0 to 1. A column in which nothing ever stands is no column."""
    total = 0.0
    for index in range(width):
        filled = [cell for record in table if (cell := (record[index] or "").strip(BLANK_CHARACTERS))]
        if filled:
            total += sum(map(_rate_cell, filled)) / len(filled)
    return total / width


def _rate_cell(cell: str) -> float:
    if find_kind(cell) is not Kind.TEXT:
        return 1.0
    return 0.3 if _ODD.search(cell[:_MAX_CELL]) else 0.8


def _find_names(records: Sequence[Sequence[str | None]]) -> float:
    """The largest share of usual names of columns in one record, if there are two."""
    most = 0.0
    for record in records:
        known = sum(is_usual_name(cell or "") for cell in record)
        if known > 1:
            most = max(most, known / len(record))
    return most


def _decide_delimiter(best: _Trial, trials: Sequence[_Trial], usable: Sequence[_Trial], is_chosen: bool, is_stated: bool) -> Decision:
    value = best.separators.delimiter
    same = (value, value.strip(" "))
    rivals = {trial.separators.delimiter: trial for trial in reversed(usable) if trial.separators.delimiter not in same}
    # Many lines of prose with one sign each may hide a small table.
    tables = {trial.separators.delimiter: trial for trial in trials if value not in STANDARD and _may_be_table(trial, best)}
    rivals |= tables
    alternatives = tuple(sorted(rivals, key=lambda delimiter: -rivals[delimiter].score))[:4]
    if is_chosen:
        return Decision("delimiter", value, 1.0, "It was chosen.", alternatives)
    if is_stated:
        return Decision("delimiter", value, 1.0, "The first line of the file states it.", alternatives)
    if not usable:
        return Decision("delimiter", value, 0.8, "No delimiter divides most of the lines alike, so there is one column.")
    share = "All" if best.regularity == 1 else f"{best.regularity:.0%}"
    reason = f"{share} of the {best.record_count:,} records looked at have {best.width} cells."
    near = max((trial.score for trial in rivals.values() if trial.regularity >= _RIVAL), default=0.0) / best.score
    if tables or near > _NEAR:
        other = _NAMES.get(alternatives[0], alternatives[0])
        return Decision("delimiter", value, _DOUBTFUL, f"{reason} With {other} the file makes nearly as good a table.", alternatives)
    return Decision("delimiter", value, round(min(1.0, 0.6 + 0.4 * best.regularity) - 0.3 * max(0.0, near - 0.5), 2), reason, alternatives)


def _may_be_table(trial: _Trial, best: _Trial) -> bool:
    delimiter = trial.separators.delimiter
    return delimiter in STANDARD and delimiter not in best.separators.delimiter and trial.width > 1 and trial.content >= best.content


def _decide_quote(best: _Trial, usable: Sequence[_Trial], is_chosen: bool) -> Decision:
    value = best.separators.quote
    if is_chosen:
        return Decision("quote", value, 1.0, "It was chosen.")
    others = tuple(
        dict.fromkeys(
            trial.separators.quote
            for trial in usable
            if trial.separators.delimiter == best.separators.delimiter and trial.separators.quote != value
        )
    )
    reason = "Cells are enclosed in it, or none is enclosed in anything." if value else "Quotes open cells and are never closed."
    return Decision("quote", value, 0.9 if others else 1.0, reason, others)


def _decide_escape(best: _Trial, usable: Sequence[_Trial], is_chosen: bool) -> Decision:
    value = best.separators.escape
    if is_chosen:
        return Decision("escape", value, 1.0, "It was chosen.")
    rivals = [trial for trial in usable if replace(trial.separators, escape=value) == best.separators and trial is not best]
    if not rivals:
        return Decision("escape", value, 1.0, "A quote within quotes is doubled." if value is None else "It stands before quotes.")
    reason = "With it, more records have the same number of cells." if value else "Without one, more records have the same number of cells."
    return Decision("escape", value, 0.9, reason, tuple(trial.separators.escape or "" for trial in rivals))
