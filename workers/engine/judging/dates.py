"""Birthdays as YYYY-MM-DD. What cannot be told (3/4/1984) is not guessed: the whole column's evidence decides, or nobody does.

Understood: year first; day.month.year, whose points say day first (DIN 5008 and most of Europe) unless only the other order is a date;
numbers parted by / or -, in the column's order; months by name in English and French. A year of two digits is the latest
that does not put the birthday in the future.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial

import polars as pl

from models.vocabulary import ContactField, IssueCode
from workers.engine.judging.text import PLACEHOLDERS, blank
from workers.engine.judging.verdict import Opinion, ask_rest, make_verdict

DAY_FIRST = "day_first"
MONTH_FIRST = "month_first"

# "1er septembre 1984" with a time and its zone is shorter; patterns need not look at a whole essay.
_LONGEST_TEXT = 60

# Nobody alive was born before; such a year is a typing error or a spreadsheet's zero.
EARLIEST = date(1850, 1, 1)

_TIME = r"(?:[T ]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?: ?[AaPp][Mm]|Z|[+-][0-9]{2}:?[0-9]{2})?)?"
_YEAR_FIRST = re.compile(rf"([0-9]{{4}})([-/. ])([0-9]{{1,2}})\2([0-9]{{1,2}}){_TIME}")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_NUMBERS = re.compile(rf"([0-9]{{1,2}})(?:([/-])|(\.) ?)([0-9]{{1,2}})(?:\2|\3) ?([0-9]{{4}}|[0-9]{{2}}){_TIME}")
_DAY_MONTH_NAME = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th|er|\.)?[ -]?(?:of |de )?([^\W\d_]+)\.?,?[ -]([0-9]{4}|[0-9]{2})")
_MONTH_NAME_DAY = re.compile(r"([^\W\d_]+)\.?[ -]([0-9]{1,2})(?:st|nd|rd|th)?,?[ -]([0-9]{4}|[0-9]{2})")
_ZEROES = r"^0{1,4}[-/.]0{1,2}[-/.]0{1,4}"

_MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "january jan janvier janv",
            "february feb février fevrier fév fev févr fevr",
            "march mar mars",
            "april apr avril avr",
            "may mai",
            "june jun juin",
            "july jul juillet juil",
            "august aug août aout aoû",
            "september sep sept septembre",
            "october oct octobre",
            "november nov novembre",
            "december dec décembre decembre déc",
        ),
        start=1,
    )
    for name in names.split()
}

# Two numbers of which only one can be the day: evidence of the order in which the column was written.
_EVIDENCE = r"^\s*([0-9]{1,2})[/-]([0-9]{1,2})[/-](?:[0-9]{4}|[0-9]{2})(?:[T\s]|$)"


class DateEvidence:
    """What the date columns of a source tell about their order, gathered frame by frame while it is read."""

    def __init__(self, headers: Sequence[str], mapping: Mapping[str, str]) -> None:
        self._columns = {header: f"c{index}" for index, header in enumerate(headers) if mapping.get(header) == ContactField.BIRTHDAY}
        self._orders: dict[str, set[str]] = {header: set() for header in self._columns}

    def add(self, frame: pl.DataFrame) -> None:
        """Take in the values of a chunk's frame."""
        for header, name in self._columns.items():
            first = frame[name].str.extract(_EVIDENCE, 1).cast(pl.Int16)
            second = frame[name].str.extract(_EVIDENCE, 2).cast(pl.Int16)
            if (first.is_between(13, 31) & second.is_between(1, 12)).any():
                self._orders[header].add(DAY_FIRST)
            if (second.is_between(13, 31) & first.is_between(1, 12)).any():
                self._orders[header].add(MONTH_FIRST)

    def decide(self) -> dict[str, str | None]:
        """The order of each date column: the one that is proven, None where none is or both are."""
        return {header: next(iter(orders)) if len(orders) == 1 else None for header, orders in self._orders.items()}


def decide_date_orders(frames: Iterable[pl.DataFrame], headers: Sequence[str], mapping: Mapping[str, str]) -> dict[str, str | None]:
    """The order of each date column, by the evidence of all its values."""
    evidence = DateEvidence(headers, mapping)
    for frame in frames:
        evidence.add(frame)
    return evidence.decide()


def judge_dates(texts: pl.Series, order: str | None, today: date) -> pl.DataFrame:
    """The verdict on cleaned texts."""
    given = blank(texts, PLACEHOLDERS)
    given = given.set(given.str.contains(_ZEROES).fill_null(False), "")
    day = given.str.to_date("%Y-%m-%d", strict=False)
    is_common = given.str.contains(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$") & day.is_between(EARLIEST, today).fill_null(False)
    is_decided = (is_common | (given == "")).fill_null(True)
    return ask_rest(given, make_verdict(given), is_decided, partial(parse_date, order=order, today=today))


def parse_date(text: str, order: str | None, today: date) -> Opinion:
    """The reference: the date that one text can only mean, given the order of its column."""
    if len(text) > _LONGEST_TEXT:
        return Opinion(code=IssueCode.INVALID_DATE)
    found = _YEAR_FIRST.fullmatch(text)
    if found:
        return _make_opinion(int(found[1]), int(found[3]), int(found[4]), today)
    found = _COMPACT.fullmatch(text)
    if found:
        return _make_opinion(int(found[1]), int(found[2]), int(found[3]), today)
    found = _NUMBERS.fullmatch(text)
    if found:
        return _read_numbers(int(found[1]), int(found[4]), found[5], DAY_FIRST if found[3] else order, today)
    found = _DAY_MONTH_NAME.fullmatch(text)
    if found and found[2].lower() in _MONTHS:
        return _read_year(found[3], _MONTHS[found[2].lower()], int(found[1]), today)
    found = _MONTH_NAME_DAY.fullmatch(text)
    if found and found[1].lower() in _MONTHS:
        return _read_year(found[3], _MONTHS[found[1].lower()], int(found[2]), today)
    return Opinion(code=IssueCode.INVALID_DATE)


def _read_numbers(first: int, second: int, year: str, order: str | None, today: date) -> Opinion:
    if first > 12 or first == second:
        return _read_year(year, second, first, today)
    if second > 12 or order == MONTH_FIRST:
        return _read_year(year, first, second, today)
    if order == DAY_FIRST:
        return _read_year(year, second, first, today)
    return Opinion(code=IssueCode.AMBIGUOUS_DATE)


def _read_year(year: str, month: int, day: int, today: date) -> Opinion:
    if len(year) == 4:
        return _make_opinion(int(year), month, day, today)
    century = today.year // 100 * 100
    this_century = _make_opinion(century + int(year), month, day, today)
    return this_century if this_century.value else _make_opinion(century - 100 + int(year), month, day, today)


def _make_opinion(year: int, month: int, day: int, today: date) -> Opinion:
    try:
        parsed = date(year, month, day)
    except ValueError:
        return Opinion(code=IssueCode.INVALID_DATE)
    if not EARLIEST <= parsed <= today:
        return Opinion(code=IssueCode.INVALID_DATE)
    return Opinion(value=parsed.isoformat())
