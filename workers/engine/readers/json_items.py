"""Reads the items of a JSON text, one after another: those of an array, of a list within an object, or of JSON Lines.

Rules: RFC 8259 for the values, the newline-delimited form for lines. Blank lines, commas between lines and several values in a line
are read too; what is not JSON costs its own line in JSON Lines, and the file in an array, where nobody can say what belongs to what.
An object may hold the items under their keys (`path.*`), or the columns, each an object of values by index (`path` is COLUMNS).
"""

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any

from models.errors import UnreadableFile
from workers.engine.readers.flattening import MAX_DEPTH, NestedTooDeep, clean_key, clean_keys, flatten, make_encodable
from workers.engine.readers.item_batches import Damaged, Item, ItemBatch, batch_items
from workers.engine.readers.json_shapes import COLUMNS, PathNames, make_keyed, make_names, name_each, name_values, transpose
from workers.engine.readers.json_text import JsonText, NotJson


class Place(Enum):
    """What `iter_lists` has come to, if it is no plain value: the beginning of a list of objects, or of an object."""

    LIST = 1
    OBJECT = 2


def iter_line_batches(text: JsonText) -> Iterator[ItemBatch]:
    """The items of JSON Lines."""
    return batch_items(_iter_lines(text), lambda: text.offset)


def iter_array_batches(text: JsonText, path: str | None) -> Iterator[ItemBatch]:
    """The items of an array, or of the list under `path` within an object; without a path an object is the only item."""
    return batch_items(_iter_array(text, path), lambda: text.offset)


def iter_list(text: JsonText, names: Sequence[str] | None = None) -> Iterator[Item]:
    """The items from behind the list's [ to behind its ]. Where the text ends before, the last item is a damaged one.

    With `names` of columns an array is an item too.
    """
    while (character := text.peek()) != "]":
        if not character:
            yield Damaged("")
            return
        beginning = text.show()
        start = text.offset
        try:
            value = text.decode()
            item = _make_item(text, value if names is None else name_values(value, names), beginning, start)
        except NotJson as error:
            if not error.is_cut:
                raise text.refuse(error) from error
            text.at = len(text.window)
            yield Damaged(beginning)
            return
        except NestedTooDeep as error:
            raise _refuse_depth(text) from error
        yield item
        if text.peek() == ",":
            text.at += 1
        elif text.peek() not in ("]", ""):
            raise text.refuse(NotJson("a comma or ] is expected", text.at, is_cut=False))
    text.at += 1


def iter_lists(text: JsonText) -> Iterator[tuple[tuple[str, ...], Any]]:
    """What lies in the object that begins at `at`, by paths: each plain value, and a Place for each list of objects and each object.

    At such a place the text stands behind the [ or {. Whoever asked may read a list to its end, else it is passed over.
    """
    path: list[str] = []
    text.at += 1
    yield (), Place.OBJECT
    while (character := text.peek(",")) != "}" or path:
        if not character:
            return
        if character == "}":
            text.at += 1
            path.pop()
            continue
        key = _decode_key(text)
        inner = (*path, key)
        match text.peek():
            case "{":
                text.at += 1
                path.append(key)
                if len(path) > MAX_DEPTH:
                    raise _refuse_depth(text)
                yield inner, Place.OBJECT
            case "[":
                text.at += 1
                if text.peek() == "{":
                    start = text.offset
                    yield inner, Place.LIST
                    if text.offset != start:
                        continue
                for _ in iter_list(text):
                    pass
            case _:
                value = _decode(text)
                yield inner, "" if value is None else value
    text.at += 1


def _iter_lines(text: JsonText) -> Iterator[Item]:
    while text.peek(","):
        beginning = text.show()
        start = text.offset
        try:
            item = _make_item(text, text.decode(), beginning, start)
        except (NotJson, NestedTooDeep):
            item = Damaged(beginning)
            if text.offset == start:
                text.pass_line()
        yield item


def _iter_array(text: JsonText, path: str | None) -> Iterator[Item]:
    character = text.peek()
    if character == "{" and path == COLUMNS:
        yield from _iter_columns(text)
        return
    if character == "{" and path is not None:
        paths = PathNames()
        for found, value in iter_lists(text):
            if value is Place.LIST and paths.name(found) == path:
                yield from iter_list(text)
                return
            if value is Place.OBJECT and name_each(found) == path:
                yield from _iter_each(text)
                return
        raise UnreadableFile(f"There is no list “{path}” in the file.", code="sheet_not_found")
    if character == "{":
        try:
            yield _make_item(text, _decode(text), "", 0)
        except NestedTooDeep as error:
            raise _refuse_depth(text) from error
        character = text.peek()
    # Programs that page through an interface write one array behind the other.
    while character == "[":
        text.at += 1
        yield from _iter_table(text) if text.peek() == "[" else iter_list(text)
        character = text.peek()
    if character:
        raise text.refuse(NotJson("there is more behind the end", text.at, is_cut=False))


def _iter_each(text: JsonText) -> Iterator[Item]:
    """The items from behind an object's { to its end. Where the text ends before, the last item is a damaged one."""
    while (character := text.peek(",")) != "}":
        if not character:
            yield Damaged("")
            return
        key = _decode_key(text)
        text.peek()
        beginning = text.show()
        start = text.offset
        try:
            item = _make_item(text, text.decode(), beginning, start)
        except NotJson as error:
            if not error.is_cut:
                raise text.refuse(error) from error
            text.at = len(text.window)
            yield Damaged(beginning)
            return
        except NestedTooDeep as error:
            raise _refuse_depth(text) from error
        yield make_keyed(key, item)
    text.at += 1


def _iter_columns(text: JsonText) -> Iterator[Item]:
    """The rows of an object that holds columns; it is held whole, for the last column has a value of the first row."""
    value = _decode(text)
    if text.peek():
        raise text.refuse(NotJson("there is more behind the end", text.at, is_cut=False))
    for item in transpose(value):
        yield _make_item(text, item, "", text.offset)


def _iter_table(text: JsonText) -> Iterator[Item]:
    """The items of an array of arrays, of which the first names the columns; it is a row without values itself."""
    start = text.offset
    beginning = text.show()
    value = _decode(text)
    names = make_names(value)
    yield {} if names else Damaged(beginning[: text.offset - start])
    if text.peek() == ",":
        text.at += 1
    yield from iter_list(text, names)


def _make_item(text: JsonText, value: Any, beginning: str, start: int) -> Item:
    if type(value) is not dict:
        return Damaged(beginning[: text.offset - start])
    cells = flatten(value)
    if text.has_surrogate_escapes:
        cells = {key: make_encodable(cell) for key, cell in cells.items()}
    return clean_keys(cells) if text.has_surrogate_escapes or text.has_nuls else cells


def _decode_key(text: JsonText) -> str:
    if text.peek() != '"':
        raise text.refuse(NotJson("a key in quotes is expected", text.at, is_cut=False))
    key = _decode(text)
    if text.peek() != ":":
        raise text.refuse(NotJson("a colon is expected", text.at, is_cut=False))
    text.at += 1
    return clean_key(str(key))


def _decode(text: JsonText) -> Any:
    try:
        return text.decode()
    except NotJson as error:
        raise text.refuse(error) from error
    except NestedTooDeep as error:
        raise _refuse_depth(text) from error


def _refuse_depth(text: JsonText) -> UnreadableFile:
    return UnreadableFile(
        f"At {text.locate(text.at)} begins an item with more than {MAX_DEPTH} levels one within the other. Export it flatter.",
        code="nested_too_deep",
    )
