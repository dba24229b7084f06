"""Birthdays as YYYY-MM-DD. What cannot be told (3/4/1984) is not guessed: the whole column's evidence decides, or a person.

Understood: year first; day.month.year, whose points say day first (DIN 5008 and most of Europe) unless only the other order is a date;
numbers parted by / or -, in the column's order; months by name; the day numbers by which spreadsheets count. A year of two digits is the
latest that does not put the birthday in the future.
"""

import re
from datetime import date, timedelta
from functools import partial

import polars as pl

from models.vocabulary import DateOrder, IssueCode
from workers.engine.judging.month_names import MONTHS, WEEKDAYS, fold_month
from workers.engine.judging.text import PLACEHOLDERS, blank
from workers.engine.judging.verdict import Opinion, ask_rest, make_verdict

# "1er septembre 1984" with a time and its zone is shorter; patterns need not look at a whole essay.
_LONGEST_TEXT = 60

# Nobody alive was born before; such a year is a typing error or a spreadsheet's zero.
EARLIEST = date(1850, 1, 1)

_TIME = r"(?:[T ]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?: ?[AaPp]\.?[Mm]\.?|Z| ?UTC| ?GMT| ?[+-][0-9]{2}:?[0-9]{2})?)?"
_YEAR = r"([0-9]{4}|'?[0-9]{2})"
# With points also as in Korean and Hungarian: "1984. 3. 12."
_YEAR_FIRST = re.compile(rf"([0-9]{{4}})(?:([-/ ])|(\.) ?)([0-9]{{1,2}})(?:\2|\3) ?([0-9]{{1,2}})\.?{_TIME}")
# Chinese and Japanese, Korean.
_YEAR_MONTH_DAY_MARKED = re.compile(r"([0-9]{4})[年년] ?([0-9]{1,2})[月월] ?([0-9]{1,2})[日일]")
_COMPACT = re.compile(rf"([0-9]{{4}})([0-9]{{2}})([0-9]{{2}})(?:T[0-9]{{4,6}}Z?|{_TIME})")
_NUMBERS = re.compile(rf"([0-9]{{1,2}})(?:([/-])|(\.) ?)([0-9]{{1,2}})(?:\2|\3) ?{_YEAR}{_TIME}")
_OF = r"(?:of |de |d')?"
_DAY_MONTH_NAME = re.compile(
    rf"(?:the )?([0-9]{{1,2}})(?:st|nd|rd|th|er|[ºª°.])?[ /-]?{_OF}([^\W\d_]+)(?:\.?,?[ /-]{_OF}|\.|(?=[0-9]{{4}})){_YEAR}{_TIME}"
)
_MONTH_NAME_DAY = re.compile(rf"([^\W\d_]+)\.?[ -]([0-9]{{1,2}})(?:st|nd|rd|th)?,?[ -]{_YEAR}{_TIME}")
_YEAR_MONTH_NAME = re.compile(rf"([0-9]{{4}})[.,]?[ /-]([^\W\d_]+)\.?[ /-]([0-9]{{1,2}})\.?{_TIME}")
_WEEKDAY = re.compile(r"([^\W\d_]+)\.?,? +(.+)")
_ZEROES = r"^0{1,4}[-/.]0{1,2}[-/.]0{1,4}"

# Days since the end of 1899, with the time of day as a fraction, as spreadsheets store dates (ECMA-376, 18.17.4.1). Five digits, so that
# no year is taken for one: from 1927 on.
_SERIAL = re.compile(r"([1-9][0-9]{4})(?:[.,][0-9]+)?")
_SERIAL_EPOCH = date(1899, 12, 30)

_ISO = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_COMMON_NUMBERS = r"^(?<first>[0-9]{1,2})(?<mark>[/.-])(?<second>[0-9]{1,2})(?<again>[/.-])(?<year>[0-9]{4})$"
_TWO_DIGITS = pl.Series([f"{number:02}" for number in range(100)])
_MONTH_LENGTHS = pl.Series([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=pl.Int32)


def judge_dates(texts: pl.Series, order: str | None, today: date) -> pl.DataFrame:
    """The verdict on cleaned texts."""
    given = blank(texts, PLACEHOLDERS)
    given = given.set(given.str.contains(_ZEROES).fill_null(False), "")
    is_iso = given.str.contains(_ISO).fill_null(False)
    days = pl.select(pl.when(is_iso).then(given)).to_series().str.to_date("%Y-%m-%d", strict=False)
    values = pl.select(pl.when(days.is_between(EARLIEST, today) | (given == "")).then(given)).to_series()
    others = (~is_iso & (given != "")).fill_null(False).arg_true()
    if len(others):
        values = values.scatter(others, _read_common_numbers(given.gather(others), order, today))
    is_decided = values.is_not_null() | given.is_null()
    return ask_rest(given, make_verdict(values), is_decided, partial(parse_date, order=order, today=today))


def _read_common_numbers(texts: pl.Series, order: str | None, today: date) -> pl.Series:
    """The dates of two numbers and a year of four digits that can mean one day only; null for any other text."""
    parts = texts.str.extract_groups(_COMMON_NUMBERS).struct.unnest()
    first, second, year = (parts[name].cast(pl.Int32) for name in ("first", "second", "year"))
    has_day_first = (first > 12) | (first == second) | ((second <= 12) & ((parts["mark"] == ".") | (order == DateOrder.DAY_FIRST)))
    has_month_first = ~has_day_first & ((second > 12) | (order == DateOrder.MONTH_FIRST))
    table = pl.DataFrame({"first": first, "second": second, "year": year, "is_day": has_day_first, "is_month": has_month_first})
    read = table.select(
        pl.when(pl.col("is_day")).then("first").when(pl.col("is_month")).then("second").alias("day"),
        pl.when(pl.col("is_day")).then("second").when(pl.col("is_month")).then("first").alias("month"),
        "year",
    )
    # A number that is no month has no length either.
    read = read.with_columns(pl.when(pl.col("month") <= 12).then("month").fill_null(0))
    is_leap = ((read["year"] % 4 == 0) & (read["year"] % 100 != 0)) | (read["year"] % 400 == 0)
    length = _MONTH_LENGTHS.gather(read["month"]) + (is_leap & (read["month"] == 2)).cast(pl.Int32)
    number = read["year"] * 10_000 + read["month"] * 100 + read["day"]
    is_date = (read["day"] >= 1) & (read["day"] <= length) & number.is_between(_number(EARLIEST), _number(today))
    is_date = (is_date & (parts["mark"] == parts["again"])).fill_null(False)
    iso = year.cast(pl.String) + "-" + _TWO_DIGITS.gather(read["month"]) + "-" + _TWO_DIGITS.gather(read["day"])
    return pl.select(pl.when(is_date).then(iso)).to_series()


def _number(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


def parse_date(text: str, order: str | None, today: date) -> Opinion:
    """The reference: the date that one text can only mean, given the order of its column."""
    if len(text) > _LONGEST_TEXT:
        return Opinion(code=IssueCode.INVALID_DATE)
    found = _YEAR_FIRST.fullmatch(text)
    if found:
        return _make_opinion(int(found[1]), int(found[4]), int(found[5]), today)
    found = _COMPACT.fullmatch(text) or _YEAR_MONTH_DAY_MARKED.fullmatch(text)
    if found:
        return _make_opinion(int(found[1]), int(found[2]), int(found[3]), today)
    found = _NUMBERS.fullmatch(text)
    if found:
        return _read_numbers(int(found[1]), int(found[4]), found[5], DateOrder.DAY_FIRST if found[3] else order, today)
    found = _DAY_MONTH_NAME.fullmatch(text)
    if found and (month := MONTHS.get(fold_month(found[2]))):
        return _read_year(found[3], month, int(found[1]), today)
    found = _MONTH_NAME_DAY.fullmatch(text)
    if found and (month := MONTHS.get(fold_month(found[1]))):
        return _read_year(found[3], month, int(found[2]), today)
    found = _YEAR_MONTH_NAME.fullmatch(text)
    if found and (month := MONTHS.get(fold_month(found[2]))):
        return _make_opinion(int(found[1]), month, int(found[3]), today)
    found = _SERIAL.fullmatch(text)
    if found and (day := _SERIAL_EPOCH + timedelta(days=int(found[1]))) <= today:
        return Opinion(value=day.isoformat(), code=IssueCode.DATE_FROM_SERIAL)
    found = _WEEKDAY.fullmatch(text)
    if found and fold_month(found[1]) in WEEKDAYS and found[2][0].isalnum():
        return parse_date(found[2], order, today)
    return Opinion(code=IssueCode.INVALID_DATE)


def _read_numbers(first: int, second: int, year: str, order: str | None, today: date) -> Opinion:
    if first > 31 and len(year) == 2:
        # As 84/03/12: no day is that high.
        return _read_year(f"{first:02}", second, int(year), today)
    if first > 12 or first == second:
        return _read_year(year, second, first, today)
    if second > 12 or order == DateOrder.MONTH_FIRST:
        return _read_year(year, first, second, today)
    if order == DateOrder.DAY_FIRST:
        return _read_year(year, second, first, today)
    return Opinion(code=IssueCode.AMBIGUOUS_DATE)


def _read_year(year: str, month: int, day: int, today: date) -> Opinion:
    year = year.removeprefix("'")
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
