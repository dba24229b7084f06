"""What can be wrong in how a row of a text file is written, and the lines that are no rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from models.vocabulary import IssueCode
from tests.engine.detection_quality.people import HEADERS, Person, make_plain_person
from tests.engine.detection_quality.wrong_cells import Label

_PLACE = {header: place for place, header in enumerate(HEADERS)}


@dataclass(frozen=True, slots=True)
class Record:
    """The bytes of one record of the file, without its line end, and the issues that it must raise."""

    data: bytes
    labels: tuple[Label, ...] = ()


def quote(cell: str, delimiter: str) -> str:
    """The cell as RFC 4180 writes it, in quotes only where it needs them."""
    needs = any(mark in cell for mark in (delimiter, '"', "\n", "\r"))
    return '"' + cell.replace('"', '""') + '"' if needs else cell


def write_row(cells: Sequence[str], delimiter: str) -> str:
    """A row as a right file has it."""
    return delimiter.join(quote(cell, delimiter) for cell in cells)


def _cells(person: Person) -> list[str]:
    return [person[header] for header in HEADERS]


def _shorten(rng: Random, delimiter: str) -> Record:
    cells = _cells(make_plain_person(rng))[: -rng.randint(1, 2)]
    return Record(write_row(cells, delimiter).encode(), ((None, IssueCode.TOO_FEW_CELLS),))


def _lengthen(rng: Random, delimiter: str) -> Record:
    cells = [*_cells(make_plain_person(rng)), "something", "more"]
    return Record(write_row(cells, delimiter).encode(), ((None, IssueCode.TOO_MANY_CELLS),))


def _shift(rng: Random, delimiter: str) -> Record:
    cells = _cells(make_plain_person(rng))
    cells.insert(_PLACE["email"], "")
    return Record(write_row(cells, delimiter).encode(), ((None, IssueCode.CELLS_REALIGNED),))


def _leave_quote_inside(rng: Random, delimiter: str) -> Record:
    cells = _cells(make_plain_person(rng))
    written = [quote(cell, delimiter) for cell in cells]
    written[_PLACE["notes"]] = rng.choice(('the "big" one', 'said "yes"', 'Ada "the first" Lovelace'))
    return Record(delimiter.join(written).encode(), ((None, IssueCode.STRAY_QUOTE),))


def _lose_closing_quote(rng: Random, delimiter: str) -> Record:
    written = [quote(cell, delimiter) for cell in _cells(make_plain_person(rng))]
    written[_PLACE["company"]] = f'"Best{delimiter} Co'
    return Record(delimiter.join(written).encode(), ((None, IssueCode.QUOTE_REPAIRED),))


def _leave_quote_open(rng: Random, delimiter: str) -> Record:
    written = [quote(cell, delimiter) for cell in _cells(make_plain_person(rng))]
    written[_PLACE[rng.choice(("notes", "company"))]] = rng.choice(('"the "big" one', '"said "yes" twice'))
    return Record(delimiter.join(written).encode(), ((None, IssueCode.UNCLOSED_QUOTE),))


def _use_other_delimiter(rng: Random, delimiter: str) -> Record:
    other = ";" if delimiter != ";" else "|"
    return Record(write_row(_cells(make_plain_person(rng)), other).encode(), ((None, IssueCode.OTHER_DIALECT),))


def _encode_otherwise(rng: Random, delimiter: str) -> Record:
    cells = make_plain_person(rng) | {"city": rng.choice(("Köln", "Besançon", "Málaga")), "last_name": "Müller"}
    return Record(write_row(_cells(cells), delimiter).encode("cp1252"), (("last_name", IssueCode.MIXED_ENCODING),))


def _encode_twice(rng: Random, delimiter: str) -> Record:
    city = rng.choice(("Köln", "Besançon", "Málaga"))
    cells = _cells(make_plain_person(rng) | {"city": city.encode().decode("cp1252")})
    return Record(write_row(cells, delimiter).encode(), (("city", IssueCode.TEXT_REPAIRED),))


def _break_bytes(rng: Random, delimiter: str) -> Record:
    good = {"last_name": "Łuczak-Öztürk", "company": "Größe und Übung, Äpfel, Öl", "notes": "naïve café, crème brûlée, façade"}
    data = write_row(_cells(make_plain_person(rng) | good | {"city": "Pa*ris"}), delimiter).encode()
    return Record(data.replace(b"Pa*ris", b"Pa\xffris"), (("city", IssueCode.UNDECODABLE_TEXT),))


def _write_error(rng: Random, delimiter: str) -> Record:
    field = rng.choice(("company", "city"))
    cells = _cells(make_plain_person(rng) | {field: rng.choice(("#REF!", "#VALUE!", "#NAME?", "#DIV/0!"))})
    return Record(write_row(cells, delimiter).encode(), ((field, IssueCode.CELL_ERROR),))


def _round_number(rng: Random, delimiter: str) -> Record:
    cells = _cells(make_plain_person(rng) | {"external_id": f"{rng.uniform(1, 9):.5f}E+{rng.randint(12, 15)}"})
    return Record(write_row(cells, delimiter).encode(), (("external_id", IssueCode.NUMBER_ROUNDED),))


def _write_huge(rng: Random, delimiter: str) -> Record:
    cells = _cells(make_plain_person(rng) | {"notes": "x" * 40_000})
    return Record(write_row(cells, delimiter).encode(), (("notes", IssueCode.CELL_TOO_LARGE),))


def _repeat_header(rng: Random, delimiter: str) -> Record:
    return Record(write_row(HEADERS, delimiter).encode(), ((None, IssueCode.REPEATED_HEADER),))


WriteWrong = Callable[[Random, str], Record]

WRONG_RECORDS: dict[str, WriteWrong] = {
    "cells missing": _shorten,
    "cells too many": _lengthen,
    "quote inside": _leave_quote_inside,
    "closing quote lost": _lose_closing_quote,
    "quote left open": _leave_quote_open,
    "other delimiter": _use_other_delimiter,
    "other encoding": _encode_otherwise,
    "encoded twice": _encode_twice,
    "undecodable bytes": _break_bytes,
    "spreadsheet error": _write_error,
    "huge cell": _write_huge,
    "header again": _repeat_header,
}
# What can be told only beside rows that have each column in one form.
WRONG_AMONG_ORDERLY: dict[str, WriteWrong] = {"cell moved": _shift, "rounded number": _round_number}
