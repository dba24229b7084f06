"""Keys that no database of ours could keep, or nobody could see, are cleaned; what stands under them stays."""

import json
from typing import Any

import pytest

from models.vocabulary import FileFormat
from tests.engine.reading import Reading, read_source
from workers.engine.frames import DialectOverrides, ReaderLimits

CARD = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann\r\nEMAIL:a@example.com\r\nEMAIL;TYPE=x\0y:b@example.com\r\nEND:VCARD\r\n"


def read(text: str, format: FileFormat) -> Reading:
    return read_source(text.encode(), format=format, overrides=DialectOverrides(), limits=ReaderLimits())


def texts_of(value: Any) -> list[str]:
    """Every text in it."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple):
        return [text for inner in value for text in texts_of(inner)]
    return []


@pytest.mark.parametrize(
    ("text", "format", "headers", "cells"),
    [
        ('[{"a\\u0000b": "x\\u0000y", "c": {"d\\u0000": 1}}]', FileFormat.JSON, ("a b", "c.d"), ("x\0y", "1")),
        ('{"a\0b": "x", "c": "y"}\n{"c": "z", "a\\u0000b": "w"}\n', FileFormat.JSON_LINES, ("a b", "c"), ("x", "y")),
        ('[{"a\\u0000b": 1, "a b": 2}]', FileFormat.JSON, ("a b", "a b (2)"), ("1", "2")),
        ('[["E-mail\\u0000", "Phone"], ["x", "y"]]', FileFormat.JSON, ("E-mail", "Phone"), ("x", "y")),
        ('{"l\\u0000": [{"email": "a@b.org", "p\\ud800": "x"}]}', FileFormat.JSON, ("email", "p\ufffd"), ("a@b.org", "x")),
        (CARD, FileFormat.VCARD, ("Full name", "Email", "Email (x y)"), ("Ann", "a@example.com", "b@example.com")),
    ],
    ids=["nested", "lines", "two alike", "arrays", "list", "vcard"],
)
def test_a_key_is_cleaned_and_its_value_is_not(text: str, format: FileFormat, headers: tuple[str, ...], cells: tuple[str, ...]) -> None:
    reading = read(text, format)
    assert reading.headers == headers
    assert cells in reading.cells
    dialect = reading.inspection.dialect
    told = [(each.value, each.reason, each.alternatives) for each in reading.inspection.decisions]
    stored = texts_of((dialect.keys, dialect.sheet, dialect.sheets, tuple(told)))
    assert not any("\0" in each or each.encode(errors="replace") != each.encode(errors="surrogatepass") for each in stored)
    assert json.dumps(stored)
