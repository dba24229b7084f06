"""Which objects of a JSON file hold rows themselves: objects of one kind under their keys, or columns of values by index.

A few entries of each object are kept while the file is read, whatever its size.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from workers.engine.readers.flattening import flatten
from workers.engine.readers.item_batches import Item
from workers.engine.readers.json_shapes import COLUMNS, make_keyed, name_each, transpose

_KEPT_ENTRIES = 50
_KEPT_VALUES = 100
_KEPT_OBJECTS = 500
_LEAST_ENTRIES = 2
_LEAST_SHARED = 0.5

Path = tuple[str, ...]


@dataclass(slots=True)
class _Entries:
    """The first entries of an object that are objects, by key and then by the path within; `is_mixed`: it has other values or lists too."""

    by_key: dict[str, dict[Path, Any]] = field(default_factory=dict)
    is_mixed: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """An object that holds rows, and the first of them; `is_columns`: by its columns."""

    name: str
    path: Path
    items: list[Item]
    is_columns: bool = False


class ObjectSurvey:
    """Takes note of the values of a file one after another."""

    def __init__(self) -> None:
        self._objects: dict[Path, _Entries] = {}

    def note_value(self, path: Path, value: Any) -> None:
        """A plain value."""
        for depth in range(len(path)):
            entries = self._find(path[:depth])
            if entries is None:
                return
            rest = path[depth + 1 :]
            if not rest:
                entries.is_mixed = True
            elif (entry := self._find_entry(entries, path[depth])) is not None and len(entry) < _KEPT_VALUES:
                entry[rest] = value

    def note_list(self, path: Path) -> None:
        """A list of objects."""
        if (entries := self._find(path[:-1])) is not None:
            entries.is_mixed = True

    def find_rows(self) -> Iterator[Rows]:
        """The outermost objects that hold rows."""
        found: list[Path] = []
        for path, entries in self._objects.items():
            if entries.is_mixed or len(entries.by_key) < _LEAST_ENTRIES or not _are_alike(list(entries.by_key.values())):
                continue
            if any(path[: len(outer)] == outer for outer in found):
                continue
            found.append(path)
            if not path and _are_columns(entries.by_key):
                columns = {name: {rest[0]: value for rest, value in entry.items()} for name, entry in entries.by_key.items()}
                yield Rows(COLUMNS, path, [flatten(row) for row in transpose(columns)], is_columns=True)
            else:
                yield Rows(name_each(path), path, [_make_item(key, entry) for key, entry in entries.by_key.items()])

    def _find(self, path: Path) -> _Entries | None:
        if (entries := self._objects.get(path)) is None and len(self._objects) < _KEPT_OBJECTS:
            entries = self._objects[path] = _Entries()
        return entries

    def _find_entry(self, entries: _Entries, key: str) -> dict[Path, Any] | None:
        if (entry := entries.by_key.get(key)) is None and len(entries.by_key) < _KEPT_ENTRIES:
            entry = entries.by_key[key] = {}
        return entry


def _make_item(key: str, entry: dict[Path, Any]) -> Item:
    return make_keyed(key, flatten({".".join(rest): value for rest, value in entry.items()}))


def _are_alike(entries: Sequence[dict[Path, Any]]) -> bool:
    """Whether the entries share keys: of those of each entry, on average half occur in half of the entries."""
    counts = Counter(name for entry in entries for name in {rest[0] for rest in entry})
    least = max(_LEAST_ENTRIES, len(entries) / 2)
    shares = []
    for entry in entries:
        names = {rest[0] for rest in entry}
        shares.append(sum(counts[name] >= least for name in names) / len(names))
    return sum(shares) >= _LEAST_SHARED * len(shares)


def _are_columns(by_key: dict[str, dict[Path, Any]]) -> bool:
    """Whether all entries have the same indexes, which are numbers, and the keys are none."""
    first, *others = (list(entry) for entry in by_key.values())
    is_by_index = all(len(rest) == 1 and rest[0].isdecimal() for rest in first)
    return is_by_index and all(other == first for other in others) and not all(map(str.isdecimal, by_key))
