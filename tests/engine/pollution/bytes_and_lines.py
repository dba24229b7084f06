"""Corruptions of line ends and of encodings."""

import codecs
from itertools import pairwise
from random import Random

from tests.engine.pollution.document import Document, DoesNotApply, Record

_ENDS = ("\n", "\r\n", "\r")


def end_a_row_otherwise(document: Document, rng: Random) -> None:
    """Another line end after one row."""
    for record in document.pick(rng, lambda record: record.end == document.style.line_end):
        record.end = rng.choice([end for end in _ENDS if end != document.style.line_end])
    _keep_apart(document)


def end_lines_otherwise(document: Document, rng: Random) -> None:
    """LF instead of CRLF in the whole file, or the other way round."""
    _end_lines(document, ["\n" if document.style.line_end == "\r\n" else "\r\n"], rng)


def end_lines_with_cr(document: Document, rng: Random) -> None:
    """CR alone."""
    _end_lines(document, ["\r"], rng)


def mix_line_ends(document: Document, rng: Random) -> None:
    """Any line end after any row."""
    _end_lines(document, list(_ENDS), rng)


def drop_last_line_end(document: Document, rng: Random) -> None:
    """No line end after the last record."""
    document.records[-1].end = ""


def sign_utf_8(document: Document, rng: Random) -> None:
    """A byte order mark before UTF-8."""
    document.signature = codecs.BOM_UTF8


def encode_as_utf_16(document: Document, rng: Random) -> None:
    """UTF-16 with its byte order mark."""
    document.encoding, document.signature = rng.choice((("utf-16-le", codecs.BOM_UTF16_LE), ("utf-16-be", codecs.BOM_UTF16_BE)))


def encode_as_utf_16_unsigned(document: Document, rng: Random) -> None:
    """UTF-16 without a byte order mark."""
    document.encoding = "utf-16-le"


def encode_as_windows_1252(document: Document, rng: Random) -> None:
    """Windows-1252."""
    if all(record.line.isascii() for record in document.records):
        raise DoesNotApply
    document.encoding = "windows-1252"


def encode_rows_otherwise(document: Document, rng: Random) -> None:
    """A row in Windows-1252 amid UTF-8."""
    for record in document.pick(rng, lambda record: not record.line.isascii()):
        record.encoding = "windows-1252"


def encode_rows_twice(document: Document, rng: Random) -> None:
    """A row whose UTF-8 was taken for Windows-1252 and encoded again."""
    for record in document.pick(rng, lambda record: not record.line.isascii() and _encode_twice(record) is not None):
        record.text = _encode_twice(record)


def _encode_twice(record: Record) -> str | None:
    try:
        return record.line.encode().decode("windows-1252")
    except UnicodeDecodeError:
        return None


def _end_lines(document: Document, ends: list[str], rng: Random) -> None:
    # A file cut off ends as it was cut.
    for record in document.records:
        record.end = record.end and rng.choice(ends)
    if not any(record.end for record in document.records):
        raise DoesNotApply
    _keep_apart(document)


def _keep_apart(document: Document) -> None:
    """CR, a blank record and LF would be one line end and no blank record; CR, CR and LF are what a program makes of one line end."""
    for above, below in pairwise(document.records):
        if above.end == "\r" and "\n" in below.end and not below.line:
            below.end = "\r"
