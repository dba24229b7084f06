"""The text of a spreadsheet's value, the same whichever library read it."""

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite

from workers.engine.workbooks.sheets import RowFacts, SheetCells

# Spreadsheets keep 15 digits of a number; from here on the last digits are zeros or noise.
FIRST_ROUNDED = 1e15
# The day after 9999-12-31, the last that Excel's formats can show.
_FIRST_IMPOSSIBLE_DAY = 2_958_466
_FIRST_IMPOSSIBLE_DURATION = 999_999_999
_DAYS_TO_1904 = 1_462
_MILLISECONDS_A_DAY = 86_400_000
_XML_SPACE = " \t\r\n"
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def text_of_float(value: float) -> str:
    """The number in plain digits."""
    if not isfinite(value):
        return ""
    if value.is_integer():
        return str(int(value)) if abs(value) < FIRST_ROUNDED else format(Decimal(repr(value)), "f").removesuffix(".0")
    # More than 15 digits are noise of the binary form.
    return format(Decimal(format(value, ".15g")), "f")


def text_of_datetime(value: datetime) -> str:
    """Date and time in ISO form, the date alone at midnight."""
    return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="seconds")


def text_of_duration(value: timedelta) -> str:
    """Hours, minutes and seconds, the hours as many as there are."""
    seconds = int(abs(value).total_seconds())
    return f"{'-' if value < timedelta() else ''}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def text_of_serial(serial: float, *, has_1904_dates: bool, is_duration: bool) -> str | None:
    """The date, time or duration that a serial number stands for; None where it is too early or too late to be one.

    Day 60 of the 1900 system is 1900-02-29, which never was; it and what comes before are counted from a day later.
    """
    if not isfinite(serial):
        return None
    if is_duration:
        is_possible = abs(serial) < _FIRST_IMPOSSIBLE_DURATION
        return text_of_duration(timedelta(milliseconds=round(serial * _MILLISECONDS_A_DAY))) if is_possible else None
    days = serial + _DAYS_TO_1904 if has_1904_dates else serial
    if not serial >= 0 or not days < _FIRST_IMPOSSIBLE_DAY:
        return None
    if serial < 1:
        milliseconds = min(round(serial * _MILLISECONDS_A_DAY), _MILLISECONDS_A_DAY - 1)
        return text_of_time((datetime.min + timedelta(milliseconds=milliseconds)).time())
    start = datetime(1899, 12, 31) if days < 60 else datetime(1899, 12, 30)
    return text_of_datetime(start + timedelta(milliseconds=round(days * _MILLISECONDS_A_DAY)))


def text_of_time(value: time) -> str:
    """The time of a day to the second."""
    return value.isoformat(timespec="seconds")


def text_of_iso(text: str) -> str:
    """The text of a date that the file itself holds in ISO form."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        return text
    return text_of_datetime(value)


def trim(text: str, space: str | None) -> str:
    """The text without the white space at its ends, unless the file says that it counts (xml:space)."""
    return text if space == "preserve" else text.strip(_XML_SPACE)


def decode_escapes(text: str) -> str:
    """The text with its `_xHHHH_` escapes resolved (ECMA-376, part 1, 22.9.2.19: ST_Xstring)."""
    if "_x" not in text:
        return text
    return _ESCAPE.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return match[0] if 0xD800 <= code < 0xE000 else chr(code)


def make_cells(values: list[object], facts: RowFacts | None) -> tuple[SheetCells, RowFacts | None]:
    """The values of a row as texts; numbers that were rounded join the facts."""
    cells: SheetCells = []
    for index, value in enumerate(values):
        if type(value) is str:
            cells.append(value)
        elif type(value) is float:
            cells.append(text_of_float(value))
            if not abs(value) < FIRST_ROUNDED and not (facts and index in facts.texts):
                facts = replace(facts or RowFacts(), rounded=[*(facts.rounded if facts else ()), index])
        else:
            cells.append(_text_of_other(value))
    return cells, facts


def _text_of_other(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case datetime():
            return text_of_datetime(value)
        case date() | time():
            return text_of_time(value) if isinstance(value, time) else value.isoformat()
        case timedelta():
            return text_of_duration(value)
        case _:
            return str(value)
