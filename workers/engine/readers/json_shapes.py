"""The shapes in which JSON holds rows besides lists of objects: objects by their keys, columns by index, arrays under one with names."""

from collections.abc import Sequence
from typing import Any

from models.errors import UnreadableFile
from workers.engine.readers.flattening import clean_key, find_free_key, make_object
from workers.engine.readers.item_batches import Damaged, Item

EACH = "*"
COLUMNS = "*columns*"
KEY = "key"


class PathNames:
    """Names for lists: their paths, and "path (2)" for one that occurs again."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def name(self, parts: Sequence[str]) -> str:
        """The name of the next list with this path."""
        path = ".".join(parts)
        # Such a name is taken: it is that of an object's own items.
        is_taken = parts[-1] in (EACH, COLUMNS)
        count = self._counts[path] = self._counts.get(path, int(is_taken)) + 1
        return path if count == 1 else f"{path} ({count})"


def name_each(path: Sequence[str]) -> str:
    """The name of the items that the object under this path holds under their keys."""
    return ".".join((*path, EACH))


def make_names(values: object) -> list[str] | None:
    """The columns that the first array of an array of arrays names; None: it names none."""
    if not isinstance(values, list) or len(values) < 2 or not all(type(value) is str for value in values):
        return None
    names = [clean_key(value) for value in values]
    is_named = all(any(map(str.isalpha, name)) and "@" not in name for name in names)
    return names if is_named and len(set(names)) == len(names) else None


def make_keyed(key: str, item: Item) -> Item:
    """The item with its key in the first column."""
    if isinstance(item, Damaged):
        return item
    cells = {KEY: key}
    counts: dict[str, int] = {}
    for name, cell in item.items():
        cells[find_free_key(name, cells, counts)] = cell
    return cells


def name_values(value: object, names: Sequence[str]) -> object:
    """The array as an object; values beyond the names have columns of their own."""
    if not isinstance(value, list):
        return value
    every = [*names, *(f"Column {number}" for number in range(len(names) + 1, len(value) + 1))]
    return make_object(list(zip(every, value, strict=False)))


def transpose(columns: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of columns by index. Raises UnreadableFile where something else stands beside the columns."""
    rows: dict[str, dict[str, Any]] = {}
    for name, values in columns.items():
        if not isinstance(values, dict):
            raise UnreadableFile(
                f"“{clean_key(name[:100])}” is no object of values by index, as the other columns are.", code="invalid_json"
            )
        for index, value in values.items():
            rows.setdefault(index, {})[name] = value
    return list(rows.values())
