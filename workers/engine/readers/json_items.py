"""Reads the items of a JSON text, one after another: those of an array, of a list within an object, or of JSON Lines.

Rules: RFC 8259 for the values, the newline-delimited form for lines. Blank lines, commas between lines and several values in a line
are read too; what is not JSON costs its own line in JSON Lines, and the file in an array, where nobody can say what belongs to what.
"""

from collections.abc import Iterator
from typing import Any

from models.errors import UnreadableFile
from workers.engine.readers.flattening import MAX_DEPTH, NestedTooDeep, flatten, make_encodable
from workers.engine.readers.item_batches import Damaged, Item, ItemBatch, batch_items
from workers.engine.readers.json_text import JsonText, NotJson


def iter_line_batches(text: JsonText) -> Iterator[ItemBatch]:
    """The items of JSON Lines."""
    return batch_items(_iter_lines(text), lambda: text.offset)


def iter_array_batches(text: JsonText, path: str | None) -> Iterator[ItemBatch]:
    """The items of an array, or of the list under `path` within an object; without a path an object is the only item."""
    return batch_items(_iter_array(text, path), lambda: text.offset)


def iter_list(text: JsonText) -> Iterator[Item]:
    """The items from behind the list's [ to behind its ]. Where the text ends before, the last item is a damaged one."""
    while (character := text.peek()) != "]":
        if not character:
            yield Damaged("")
            return
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
        yield item
        if text.peek() == ",":
            text.at += 1
        elif text.peek() not in ("]", ""):
            raise text.refuse(NotJson("a comma or ] is expected", text.at, is_cut=False))
    text.at += 1


def iter_lists(text: JsonText) -> Iterator[tuple[str, Any]]:
    """What lies in the object that begins at `at`, by paths: each plain value, and None for each list of objects.

    At such a list the text stands behind its [, and whoever asked may read the list to its end; else it is passed over.
    """
    path: list[str] = []
    text.at += 1
    while (character := text.peek(",")) != "}" or path:
        if not character:
            return
        if character == "}":
            text.at += 1
            path.pop()
            continue
        key = _decode_key(text)
        inner = ".".join((*path, key))
        match text.peek():
            case "{":
                text.at += 1
                path.append(key)
                if len(path) > MAX_DEPTH:
                    raise _refuse_depth(text)
            case "[":
                text.at += 1
                if text.peek() == "{":
                    start = text.offset
                    yield inner, None
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
    if character == "{" and path is not None:
        paths = PathNames()
        for found, value in iter_lists(text):
            if value is None and paths.name(found) == path:
                yield from iter_list(text)
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
        yield from iter_list(text)
        character = text.peek()
    if character:
        raise text.refuse(NotJson("there is more behind the end", text.at, is_cut=False))


class PathNames:
    """Names for lists: their paths, and "path (2)" for one that occurs again."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def name(self, path: str) -> str:
        """The name of the next list with this path."""
        count = self._counts[path] = self._counts.get(path, 0) + 1
        return path if count == 1 else f"{path} ({count})"


def _make_item(text: JsonText, value: Any, beginning: str, start: int) -> Item:
    if type(value) is not dict:
        return Damaged(beginning[: text.offset - start])
    cells = flatten(value)
    if text.has_surrogate_escapes:
        cells = {make_encodable(key): make_encodable(cell) for key, cell in cells.items()}
    return cells


def _decode_key(text: JsonText) -> str:
    if text.peek() != '"':
        raise text.refuse(NotJson("a key in quotes is expected", text.at, is_cut=False))
    key = _decode(text)
    if text.peek() != ":":
        raise text.refuse(NotJson("a colon is expected", text.at, is_cut=False))
    text.at += 1
    return make_encodable(str(key))


def _decode(text: JsonText) -> Any:
    try:
        return text.decode()
    except NotJson as error:
        raise text.refuse(error) from error


def _refuse_depth(text: JsonText) -> UnreadableFile:
    return UnreadableFile(
        f"At {text.locate(text.at)} begins an item with more than {MAX_DEPTH} levels one within the other. Export it flatter.",
        code="nested_too_deep",
    )
