"""What a cell looks like (an e-mail, a date, a number, a text), and what the columns of a table were seen to hold.

It decides between several ways to split a line. Nothing is judged here: a misfit only means that another way explains the line better.
"""

import re
from collections import Counter
from collections.abc import Sequence
from enum import IntEnum

from workers.engine.records import BLANK_CHARACTERS

_MAX_EXAMINED = 200
_MIN_SEEN = 3
_RARE_SHARE = 0.02
_FREE_SHARE = 0.2


class Kind(IntEnum):
    BLANK = 0
    TEXT = 1
    EMAIL = 2
    LINK = 3
    DATE = 4
    NUMBER = 5
    PHONE = 6


_KINDS = re.compile(
    r"""(?P<EMAIL>[^@\s<>"',;|]+@[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,})
    |(?P<LINK>(?:https?://|www\.)[^\s"|;]+)
    |(?P<DATE>(?:\d{4}([-/.])\d\d?\4\d\d?|\d\d?([-/.])\d\d?\5\d{2,4})
       (?:[T ]\d\d?:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?(?:\ ?[AP]M)?)?)
    |(?P<NUMBER>-?\d+(?:[.,]\d+)?\ ?%?)
    |(?P<PHONE>\+?[\d(][\d\s().\-/]{3,23}(?:\s*(?:x|ext\.?)\s*\d+)?)""",
    re.VERBOSE | re.IGNORECASE,
)


def find_kind(cell: str | None) -> Kind:
    """What the cell looks like."""
    text = (cell or "").strip(BLANK_CHARACTERS)
    if not text:
        return Kind.BLANK
    found = _KINDS.fullmatch(text[:_MAX_EXAMINED])
    if found is None:
        return Kind.TEXT
    return Kind[found.lastgroup] if found.lastgroup else Kind.TEXT


class ColumnKinds:
    """What each column held in the sound records so far."""

    def __init__(self, width: int) -> None:
        self._seen: list[Counter[Kind]] = [Counter() for _ in range(width)]
        self.record_count = 0

    def learn(self, record: Sequence[str | None]) -> None:
        """Take the cells of a sound record into account."""
        self.record_count += 1
        for seen, cell in zip(self._seen, record, strict=True):
            seen[find_kind(cell)] += 1

    def learn_sound(self, records: Sequence[Sequence[str | None]]) -> None:
        """Take those of the records into account that have the table's width."""
        for record in records:
            if len(record) == len(self._seen):
                self.learn(record)

    def find_main(self, index: int) -> Kind:
        """The kind that the column holds most often."""
        return max(self._seen[index], key=self._seen[index].__getitem__, default=Kind.BLANK)

    def is_strict(self, index: int) -> bool:
        """Whether the column holds one kind of value that is not free text."""
        seen = self._seen[index]
        filled = seen.total() - seen[Kind.BLANK]
        return filled >= _MIN_SEEN and seen[Kind.TEXT] <= _RARE_SHARE * filled

    def fit(self, record: Sequence[str | None]) -> bool:
        """Whether every cell is of a kind that its column was seen to hold."""
        return all(self.fits(index, cell) for index, cell in enumerate(record))

    def fits(self, index: int, cell: str | None) -> bool:
        """Whether the cell is of a kind that the column was seen to hold, or nothing is known against it."""
        kind = find_kind(cell)
        seen = self._seen[index]
        filled = seen.total() - seen[Kind.BLANK]
        if kind is Kind.BLANK or filled < _MIN_SEEN or seen[kind] > _RARE_SHARE * filled:
            return True
        # In free text a number or a date may stand for the first time, an address hardly.
        return kind in (Kind.TEXT, Kind.DATE, Kind.NUMBER, Kind.PHONE) and seen[Kind.TEXT] >= _FREE_SHARE * filled
