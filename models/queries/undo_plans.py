"""What undoing an import means for one contact, told from its journal alone.

The journal is of items: a field, one tag whatever its case, one list. What the import did to an item is undone if nothing later touched
that item; else it is kept, and reported.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from models.tables import ContactChange

FIELDS, TAGS, LISTS = "fields", "tags", "lists"
# What kind, and which: the name of a field, a tag in lower case, or the id of a list.
Item = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PlacedTag:
    """A tag that an import removed, and the tags among which it stood."""

    tag: str
    among: tuple[str, ...]


@dataclass(slots=True)
class Undo:
    """What undoing an import does to a contact: fields with their former values, what stays as it is, what goes, and what comes back."""

    restored: dict[str, Any] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    tags_removed: list[str] = field(default_factory=list)
    tags_restored: list[PlacedTag] = field(default_factory=list)
    lists_removed: list[str] = field(default_factory=list)

    @property
    def changes_something(self) -> bool:
        return bool(self.restored or self.tags_removed or self.tags_restored or self.lists_removed)


def list_touched(changes: Sequence[ContactChange], import_id: UUID) -> list[str]:
    """The fields that somebody else than the import changed, and that still stand; "tags" and "lists" stand for theirs."""
    return sorted({_name(item) for item, entries in _standing(changes).items() if any(each.import_id != import_id for each in entries)})


def plan_undo(changes: Sequence[ContactChange], import_id: UUID) -> Undo:
    """What undoing the import would do to a contact with this history, oldest first."""
    undo = Undo()
    kept = set()
    for item, entries in _standing(changes).items():
        if all(entry.import_id != import_id for entry in entries):
            continue
        if entries[-1].import_id != import_id:
            kept.add(_name(item))
            continue
        first = len(entries) - 1
        while first > 0 and entries[first - 1].import_id == import_id:
            first -= 1
        _take_back(undo, item, entries[first:])
    undo.kept = sorted(kept)
    return undo


def tags_after_undo(tags: Sequence[str], undo: Undo) -> list[str]:
    """The tags without what goes, and with what comes back, each behind the tag that it followed."""
    after = [tag for tag in tags if tag not in undo.tags_removed]
    back = {placed.tag for placed in undo.tags_restored}
    for among in dict.fromkeys(placed.among for placed in undo.tags_restored):
        at = 0
        for tag in among:
            if tag in after:
                at = after.index(tag) + 1
            elif tag in back:
                after.insert(at, tag)
                at += 1
    return after


def _take_back(undo: Undo, item: Item, entries: Sequence[ContactChange]) -> None:
    """Plan to undo all that these entries, the latest and the import's own, did to an item."""
    kind, name = item
    if kind == FIELDS:
        undo.restored[name] = entries[0].changes[name]["before"]
    elif kind == LISTS:
        undo.lists_removed += dict.fromkeys(each for entry in entries for each in entry.lists_added if each == name)
    else:
        undo.tags_removed += dict.fromkeys(tag for entry in entries for tag in entry.tags_added if tag.casefold() == name)
        former = [tag for tag in entries[0].tags_removed if tag.casefold() == name]
        if former:
            among = tuple(entries[0].changes[TAGS]["before"])
            undo.tags_restored += (PlacedTag(tag, among) for tag in former)


def _standing(changes: Sequence[ContactChange]) -> dict[Item, list[ContactChange]]:
    """For each item the changes that still stand, oldest first: an undo takes away those that it undid."""
    standing: dict[Item, list[ContactChange]] = {}
    for change in changes:
        for item in _items(change):
            entries = standing.setdefault(item, [])
            if change.undoes_import_id is None:
                entries.append(change)
            else:
                while entries and entries[-1].import_id == change.undoes_import_id:
                    entries.pop()
    return {item: entries for item, entries in standing.items() if entries}


def _items(change: ContactChange) -> Iterator[Item]:
    """What a change touched, each once."""
    yield from ((FIELDS, name) for name in change.changes if name != TAGS)
    yield from dict.fromkeys((TAGS, tag.casefold()) for tag in (*change.tags_added, *change.tags_removed))
    yield from dict.fromkeys((LISTS, each) for each in (*change.lists_added, *change.lists_removed))


def _name(item: Item) -> str:
    kind, name = item
    return name if kind == FIELDS else kind
