"""Any items written as JSON, JSON Lines or vCard by a writer of another hand are read back, cell for cell."""

import json
import quopri
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from models.vocabulary import FileFormat
from tests.engine.reading import Reading, read_source
from workers.engine.frames import ReaderLimits

# Any of ASCII, and letters of other writings that do not look like text encoded twice, which the chunks would repair.
texts = st.text(st.one_of(st.characters(codec="ascii"), st.sampled_from("é中😀ж\u200b\u2028")), max_size=8)
keys = st.one_of(st.sampled_from(["a", "b", "a.b", "c", "é"]), st.text("abc.", min_size=1, max_size=4))
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.decimals(allow_nan=False, allow_infinity=False).map(float), texts)
values = st.recursive(scalars, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)), max_leaves=8)
items = st.lists(st.dictionaries(keys, values, max_size=5), min_size=1, max_size=8)


def spell(value: Any) -> str:
    """A plain value as its cell has it, by the rules of docs/readers.md."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    written = json.dumps(value)
    if isinstance(value, float) and "e" in written and abs(Decimal(written).adjusted()) <= 40:
        return f"{Decimal(written):f}"
    return written


def flatten(value: Any, path: str) -> list[tuple[str, str]]:
    """The keys and cells of a value, nothing of them unique yet."""
    if isinstance(value, dict) and value:
        return [pair for key, inner in value.items() for pair in flatten(inner, f"{path}.{key}")]
    if isinstance(value, list) and any(isinstance(inner, list | dict) for inner in value):
        return [pair for index, inner in enumerate(value) for pair in flatten(inner, f"{path}.{index}")]
    if isinstance(value, list):
        parts = [spell(inner) for inner in value if inner is not None]
        if not any(";" in part for part in parts):
            return [(path, "; ".join(parts))]
        numbers = [inner if not isinstance(inner, float) else _Verbatim(spell(inner)) for inner in value]
        return [(path, "[" + ",".join(str(n) if isinstance(n, _Verbatim) else json.dumps(n, ensure_ascii=False) for n in numbers) + "]")]
    return [(path, "" if isinstance(value, dict) else spell(value))]


class _Verbatim(str):
    """A number that is written as it stands."""


def expect(items: Sequence[dict[str, Any]]) -> list[tuple[int, dict[str, str]]]:
    """The rows: item n is row n; what is blank is none."""
    rows = []
    for row, item in enumerate(items, start=1):
        cells: dict[str, str] = {}
        for key, text in (pair for name, value in item.items() for pair in flatten(value, name)):
            count, free = 1, key
            while free in cells:
                count += 1
                free = f"{key} ({count})"
            cells[free] = text
        rows.append((row, cells))
    return rows


def tell(reading: Reading) -> list[tuple[int, dict[str, str]]]:
    names = reading.inspection.dialect.keys
    return [(row, {name: cell for name, cell in zip(names, cells, strict=True) if cell is not None}) for row, cells in reading.rows]


def is_filled(row: tuple[int, dict[str, str]]) -> bool:
    return any(cell.strip(" \t\n\v\f\r\u00a0\u2007\u202f\u3000\u200b\ufeff") for cell in row[1].values())


@settings(max_examples=50)
@given(items=items, indent=st.sampled_from([None, 2]), is_ascii=st.booleans(), is_wrapped=st.booleans())
def test_any_array_is_read_back(items: list[dict[str, Any]], indent: int | None, is_ascii: bool, is_wrapped: bool) -> None:
    assume(is_wrapped or any(items))  # Items without any field are refused.
    # So wrapped, the list beats the object by having fields of a contact, whatever else is in it.
    whole: Any = {"total": 1, "data": [{"email": "x", "phone": "y"}, *items]} if is_wrapped else items
    reading = read_source(json.dumps(whole, indent=indent, ensure_ascii=is_ascii).encode(), format=FileFormat.JSON)
    expected = expect(whole["data"] if is_wrapped else items)
    assert tell(reading) == list(filter(is_filled, expected))


@settings(max_examples=50)
@given(items=items, end=st.sampled_from(["\n", "\r\n", "\n\n", "", " ", ",\n"]), is_ascii=st.booleans(), chunk_rows=st.integers(1, 5))
def test_any_lines_are_read_back(items: list[dict[str, Any]], end: str, is_ascii: bool, chunk_rows: int) -> None:
    assume(any(items))
    text = end.join(json.dumps(item, ensure_ascii=is_ascii) for item in items)
    reading = read_source(text.encode(), format=FileFormat.JSON_LINES, limits=ReaderLimits(chunk_rows=chunk_rows))
    assert tell(reading) == list(filter(is_filled, expect(items)))


# What a person would type, with what has a meaning in vCards. A text that ends in blanks is not told from a blank at a fold.
card_texts = st.text(st.sampled_from("abzéßж中😀 ,;:=\\\"'-_\n0123"), min_size=1, max_size=30).map(str.strip).filter(bool)
contacts = st.fixed_dictionaries(
    {"Full name": card_texts},
    optional=dict.fromkeys(("Job title", "Notes", "Last name", "First name", "Company", "Email", "X-OTHER"), card_texts),
)


def write_card(contact: dict[str, str], version: str, fold: int) -> str:
    def simple(name: str, column: str) -> list[str]:
        return [spell_property(name, [contact[column]], version, fold)] if column in contact else []

    lines = [f"VERSION:{version}", *simple("FN", "Full name"), *simple("TITLE", "Job title"), *simple("NOTE", "Notes")]
    lines += [*simple("EMAIL", "Email"), *simple("X-OTHER", "X-OTHER"), *simple("ORG", "Company")]
    if "Last name" in contact or "First name" in contact:
        parts = [contact.get("Last name", ""), contact.get("First name", ""), "", "", ""]
        lines.append(spell_property("N", parts, version, fold))
    return "\r\n".join(("BEGIN:VCARD", *lines, "END:VCARD", ""))


def spell_property(name: str, parts: list[str], version: str, fold: int) -> str:
    if version == "2.1":
        encoded = [
            quopri.encodestring(part.replace("\n", "\r\n").encode(), quotetabs=False)
            .decode()
            .replace("=\n", "")
            .replace("\r\n", "=0D=0A")
            .replace(";", "=3B")
            .replace("\n", "=0A")
            for part in parts
        ]
        return f"{name};CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:" + fold_softly(";".join(encoded), fold)
    escaped = [part.replace("\\", "\\\\").replace("\n", "\\n").replace(";", "\\;").replace(",", "\\,") for part in parts]
    line = f"{name}:{';'.join(escaped)}"
    return "\r\n ".join(line[start : start + fold] for start in range(0, len(line), fold))


def fold_softly(text: str, fold: int) -> str:
    """The text over several lines, none of which cuts an encoded byte."""
    lines = []
    while len(text) > fold:
        cut = fold - next((back for back in (1, 2) if text[fold - back] == "="), 0)
        lines.append(text[:cut] + "=")
        text = text[cut:]
    return "\r\n".join((*lines, text))


@given(
    contacts=st.lists(st.tuples(contacts, st.sampled_from(["2.1", "3.0", "4.0"]), st.integers(20, 80)), min_size=1, max_size=5),
    chunk_rows=st.integers(1, 5),
)
def test_any_contacts_written_as_vcards_are_read_back(contacts: list[tuple[dict[str, str], str, int]], chunk_rows: int) -> None:
    # vCard 2.1 has no way to say that a backslash before a semicolon, of the text or between two parts, is one.
    contacts = [
        (
            {name: re.sub(r"\\+;", ";", text + ";").removesuffix(";").strip() or "-" for name, text in contact.items()}
            if version == "2.1"
            else contact,
            version,
            fold,
        )
        for contact, version, fold in contacts
    ]
    data = "".join(write_card(*written) for written in contacts).encode()
    reading = read_source(data, format=FileFormat.VCARD, limits=ReaderLimits(chunk_rows=chunk_rows))
    assert reading.issues == []
    assert tell(reading) == [(row, contact) for row, (contact, _, _) in enumerate(contacts, start=1)]
