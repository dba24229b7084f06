"""What a cell looks like, and which kind of cells each column holds: the evidence for where a cell belongs.

Kinds are strict: a column has one only if hardly any of its values is of another form.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

import polars as pl

from workers.engine.judging.countries import parse_country
from workers.engine.records import BLANK_CHARACTERS

Record = Sequence[str | None]

# From fewer values nothing is concluded about a column.
_MIN_VALUES = 3
_MAX_ODD_SHARE = 0.03
_ROWS_WITH_ONE_ODD = 8
# Values of a small set are told from free text by their repetition.
_MAX_CHOICES = 8
_MIN_REPETITION = 4
# A column that was never blank in so many rows is not left blank by a guess.
_NEVER_BLANK_ROWS = 8
_MAX_CHARACTERS = 300

_LEFTOVERS = frozenset({"-", "--", "n/a", "na", "none", "null", "?", "\N{EM DASH}", "\N{EN DASH}", "#n/a", "unknown"})
_BOOLEANS = frozenset({"yes", "no", "true", "false", "y", "n", "oui", "non", "ja", "nein", "si", "sí"})
_EMAIL = re.compile(r"(?:mailto:)?[^@\s<>,;|\"]+@[^@\s<>,;|\"]+\.[^@\s<>.,;|\"]{2,24}")
_URL = re.compile(r"(?:https?://|www\.)[^\s,;|]+", re.IGNORECASE)
_DATE = re.compile(
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2}))"
    r"(?:[T ]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?: ?[AP]M|Z|[+-]\d\d:?\d\d)?)?",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?:tel:)?\+?(?:[\s().\-/\u00a0\u202f]*\d){7,15}[\s)]*(?:\s*(?:x|ext\.?|poste)\s*\d{1,6})?", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?[$€£]?\s?\d+(?:[.,\u00a0\u202f]\d+)*\s?[%€]?")
_DIGIT = re.compile(r"\d")
# One of these stands in every value that is known by itself.
_LOUD_SIGNS = re.compile(r"[@\d]|://|www\.", re.IGNORECASE)
_POSTAL = re.compile(r"(?=.*\d)[A-Z0-9][A-Z0-9 -]{2,9}", re.IGNORECASE)


class Kind(Enum):
    """The form of a value, from the most telling to the least."""

    EMAIL = auto()
    URL = auto()
    DATE = auto()
    BOOLEAN = auto()
    NUMBER = auto()
    PHONE = auto()
    POSTAL_CODE = auto()
    COUNTRY = auto()
    CHOICE = auto()
    WORDS = auto()
    TEXT = auto()

    # Looked up for every cell in doubt; that of Enum is written in Python and hashes the name.
    __hash__ = object.__hash__


# Of these a value is known by itself, whatever the column.
LOUD_KINDS = (Kind.EMAIL, Kind.URL, Kind.DATE, Kind.PHONE)


def fold_cell(cell: str | None) -> str:
    """The cell without white space around it, "" for one that only stands for nothing."""
    text = (cell or "").strip(BLANK_CHARACTERS)
    return "" if text.lower() in _LEFTOVERS else text


def is_surely_filled(cells: pl.Expr) -> pl.Expr:
    """What holds for cells of which `fold_cell` leaves something, though not for all of them."""
    # Letters that are in none of the leftovers.
    return cells.str.contains("[0-9BCDFGHIJMPQRSTVXYZbcdfghijmpqrstvxyz]")


def is_surely_loud(cells: pl.Expr) -> pl.Expr:
    """What holds for cells that show their kind by themselves (`find_loud_kind`), though not for all of them."""
    return cells.str.contains(r"^\+?(?:[ ().\-/]{0,3}[0-9]){7,15}$|^[0-9A-Za-z._+\-]{1,64}@[0-9A-Za-z.\-]{1,120}\.[A-Za-z]{2,24}$")


@lru_cache(maxsize=4096)
def _is_country(text: str) -> bool:
    return bool(parse_country(text).value)


_TESTS: dict[Kind, Callable[[str], object]] = {
    Kind.EMAIL: _EMAIL.fullmatch,
    Kind.URL: _URL.fullmatch,
    Kind.DATE: _DATE.fullmatch,
    Kind.BOOLEAN: lambda text: text.lower() in _BOOLEANS,
    Kind.NUMBER: _NUMBER.fullmatch,
    Kind.PHONE: lambda text: _PHONE.fullmatch(text) and not _DATE.fullmatch(text),
    Kind.POSTAL_CODE: _POSTAL.fullmatch,
    Kind.COUNTRY: lambda text: len(text) <= 60 and text[:1].isupper() and _is_country(text),
}


def is_of(kind: Kind, text: str) -> bool:
    """Whether a text (folded, not blank) has the form of the kind."""
    return len(text) <= _MAX_CHARACTERS and bool(_TESTS[kind](text))


def find_loud_kind(text: str) -> Kind | None:
    """The kind that the text shows by itself; None: it may be anything."""
    if _LOUD_SIGNS.search(text) is None:
        return None
    return next((kind for kind in LOUD_KINDS if is_of(kind, text)), None)


@dataclass(frozen=True, slots=True)
class ColumnKind:
    """What the values of a column look like. `max_length` bounds numbers and codes, whose forms say little."""

    kind: Kind
    max_length: int = 0
    choices: frozenset[str] = frozenset()
    loud: frozenset[Kind] = frozenset()
    can_be_blank: bool = True

    @property
    def is_strict(self) -> bool:
        """Whether a value of another form is out of place for certain."""
        return self.kind not in (Kind.WORDS, Kind.TEXT)

    def admits(self, text: str) -> bool:
        """Whether the text (folded) can stand in the column. A blank always can."""
        if not text:
            return True
        if self.kind in (Kind.TEXT, Kind.WORDS):
            loud = find_loud_kind(text)
            if loud is not None:
                return self.kind is Kind.TEXT and loud in self.loud
            return self.kind is Kind.TEXT or not _DIGIT.search(text)
        if self.kind is Kind.CHOICE:
            return text.lower() in self.choices
        if self.kind in (Kind.NUMBER, Kind.POSTAL_CODE) and len(text) > self.max_length:
            return False
        return is_of(self.kind, text)


def learn_kinds(records: Sequence[Record], width: int) -> tuple[ColumnKind, ...]:
    """The kinds of the columns, from records of the full width only."""
    sound = [record for record in records if len(record) == width]
    return tuple(_learn([fold_cell(record[index]) for record in sound]) for index in range(width))


def _learn(cells: Sequence[str]) -> ColumnKind:
    values = [cell for cell in cells if cell]
    can_be_blank = len(values) < len(cells) or len(cells) < _NEVER_BLANK_ROWS
    if len(values) < _MIN_VALUES:
        return ColumnKind(Kind.TEXT, loud=frozenset(LOUD_KINDS), can_be_blank=can_be_blank)
    length = max(map(len, values))
    # One damaged row must not blind a small table.
    most_odd = max(_MAX_ODD_SHARE * len(values), len(values) >= _ROWS_WITH_ONE_ODD)
    for kind in _TESTS:
        if sum(not is_of(kind, value) for value in values) <= most_odd:
            return ColumnKind(kind, max_length=length + 2 + length // 4, can_be_blank=can_be_blank)
    counts = Counter(map(str.lower, values))
    if len(counts) <= _MAX_CHOICES and min(counts.values()) >= _MIN_REPETITION and len(values) >= _MIN_REPETITION * len(counts) + 20:
        return ColumnKind(Kind.CHOICE, choices=frozenset(counts), can_be_blank=can_be_blank)
    telling = Counter(kind for kind in map(find_loud_kind, values) if kind is not None)
    # What stands there once may be the very value that has slipped.
    loud = frozenset(kind for kind, count in telling.items() if count > most_odd)
    has_digits = bool(telling) or any(map(_DIGIT.search, values))
    return ColumnKind(Kind.TEXT if has_digits else Kind.WORDS, loud=loud, can_be_blank=can_be_blank)
