"""Makes one row of a JSON object: nested objects and lists become keys with dots, and every value becomes text.

Numbers stay as they are written, because an identifier of twenty digits or a price of 1.50 is not what a float makes of it.
"""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal

LIST_SEPARATOR = "; "

# Contacts are nested two or three levels deep. What is deeper than this is no contact, and would exhaust the stack.
MAX_DEPTH = 64
# Beyond this a number stays as JSON has it: 1e400000000 would fill the memory with zeros.
_MAX_PLAIN_EXPONENT = 40


class NestedTooDeep(Exception):
    """An object within an object, and so on, more than `MAX_DEPTH` times."""


class Number(str):
    """A number as it is written; a text in all respects but within a list that is kept as JSON."""

    __slots__ = ()


def make_number(text: str) -> Number:
    """A number with a fraction or an exponent; a usual exponent is written out, which changes nothing of its value."""
    if "e" not in text and "E" not in text:
        return Number(text)
    number = Decimal(text)
    return Number(format(number, "f") if abs(number.adjusted()) <= _MAX_PLAIN_EXPONENT else text)


def make_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """The object; a key that occurs again in it is "key (2)", so that no value is lost."""
    item = dict(pairs)
    if len(item) == len(pairs):
        return item
    item = {}
    counts: dict[str, int] = {}
    for key, value in pairs:
        item[find_free_key(key, item, counts)] = value
    return item


def find_free_key(key: str, taken: Mapping[str, object], counts: dict[str, int]) -> str:
    """The key, or "key (2)" where it is taken, and so on; `counts` remembers how far, so that a million of one key take no longer."""
    if key not in taken:
        return key
    count = counts.get(key, 2)
    while (numbered := f"{key} ({count})") in taken:
        count += 1
    counts[key] = count + 1
    return numbered


def flatten(item: dict[str, object]) -> dict[str, str]:
    """The cells of an object by their keys: null is "", and a list of plain values is one cell. Raises NestedTooDeep."""
    # Most objects are flat and hold nothing but text: these are rows as they stand.
    if set(map(type, item.values())) == {str}:
        return item  # type: ignore[return-value]  # the line above is the proof
    cells: dict[str, str] = {}
    counts: dict[str, int] = {}
    for key, value in item.items():
        if isinstance(value, dict | list):
            _add(cells, counts, key, value, 1)
        else:
            cells[find_free_key(key, cells, counts)] = _text_of(value)
    return cells


def clean_keys(cells: dict[str, str]) -> dict[str, str]:
    """The cells by keys that can be shown and kept everywhere: with a blank for a NUL, and U+FFFD for half a surrogate pair."""
    keys = "".join(cells)
    if "\0" not in keys and make_encodable(keys) == keys:
        return cells
    cleaned: dict[str, str] = {}
    counts: dict[str, int] = {}
    for key, cell in cells.items():
        cleaned[find_free_key(clean_key(key), cleaned, counts)] = cell
    return cleaned


def clean_key(key: str) -> str:
    """One such key."""
    return make_encodable(key).replace("\0", " ")


def make_encodable(text: str) -> str:
    """The text with U+FFFD for half a surrogate pair, which JSON can spell but which is no character; the chunks report it."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _add(cells: dict[str, str], counts: dict[str, int], key: str, value: object, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise NestedTooDeep
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            _add(cells, counts, f"{key}.{name}", inner, depth + 1)
    elif isinstance(value, list) and any(isinstance(inner, dict | list) for inner in value):
        for index, inner in enumerate(value):
            _add(cells, counts, f"{key}.{index}", inner, depth + 1)
    else:
        text = _join(value) if isinstance(value, list) else "" if isinstance(value, dict) else _text_of(value)
        cells[find_free_key(key, cells, counts)] = text


def _join(values: Sequence[object]) -> str:
    texts = [_text_of(value) for value in values if value is not None]
    if any(";" in text for text in texts):
        return f"[{','.join(map(_json_of, values))}]"
    return LIST_SEPARATOR.join(texts)


def _text_of(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _json_of(value: object) -> str:
    if isinstance(value, Number):
        return str(value)
    return json.dumps(value, ensure_ascii=False)
