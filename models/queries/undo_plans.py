"""What undoing an import means for one contact, told from its journal alone.

The journal is of items: a field, one tag whatever its case, one list. An item is what the last write made of it that was not undone; where
all were undone, what it was before the first. So imports may be undone in any order and come to the same. What the import did to an
item is undone if nothing later touched that item; else it is kept, and reported.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

FIELDS, TAGS, LISTS = "fields", "tags", "lists"
# Stands for what was edited where the journal was deleted after its time.
UNKNOWN = "unknown"
# What kind, and which: the name of a field, a tag in lower case, or the id of a list.
Item = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the journal of one contact. `changes` goes from field to {"before": …, "after": …}."""

    import_id: UUID | None
    undoes_import_id: UUID | None
    row: int | None
    changes: dict[str, Any]
    tags_added: Sequence[str] = ()
    tags_removed: Sequence[str] = ()
    lists_added: Sequence[str] = ()
    lists_removed: Sequence[str] = ()
    raised: int = 1  # by how much it raised the contact's version


@dataclass(frozen=True, slots=True)
class PlacedTag:
    """A tag that an import removed, and the tags among which it stood."""

    tag: str
    among: tuple[str, ...]


@dataclass(slots=True)
class Undo:
    """What undoing an import does to a contact: whether it goes, or its fields with their former values, what stays as it is, which tags
    and lists go, and which come back.
    """

    removes: bool = False
    restored: dict[str, Any] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    tags_removed: list[str] = field(default_factory=list)
    tags_restored: list[PlacedTag] = field(default_factory=list)
    lists_removed: list[str] = field(default_factory=list)

    @property
    def changes_something(self) -> bool:
        return bool(self.restored or self.tags_removed or self.tags_restored or self.lists_removed)


def plan_undo(history: Sequence[Entry], import_id: UUID, created_by: UUID | None, version: int) -> Undo:
    """What undoing the import does to a live contact at this version with this history, oldest first, that an import created, or nobody's.

    A created contact goes with the last that stood beside its creation; one that stays, stays as its import left it. So does one of which
    the journal does not tell everything any more: somebody may have edited it.
    """
    undone = {entry.undoes_import_id for entry in history if entry.undoes_import_id is not None}
    items = _items_of(history)
    others = {
        _name(item)
        for item, entries in items.items()
        if any(entry.import_id not in undone and entry.import_id not in (import_id, created_by) for entry in entries)
    }
    if 1 + sum(entry.raised for entry in history) < version:
        others.add(UNKNOWN)
    if created_by == import_id or (created_by in undone and created_by is not None):
        if not others:
            return Undo(removes=True)
        if created_by == import_id:
            return Undo(kept=sorted(others))
    undo = Undo()
    kept = set()
    was, will = undone - {created_by}, (undone | {import_id}) - {created_by}
    for item, entries in items.items():
        own = [at for at, entry in enumerate(entries) if entry.import_id == import_id]
        if not own:
            continue
        standing = _last_standing(entries, will)
        if standing > own[-1]:
            kept.add(_name(item))
        elif standing != (now := _last_standing(entries, was)):
            _take_back(undo, item, entries, standing, now)
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


def _last_standing(entries: Sequence[Entry], undone: Collection[UUID | None]) -> int:
    """The place of the last entry that was not undone; -1: there is none."""
    return next((at for at in range(len(entries) - 1, -1, -1) if entries[at].import_id not in undone), -1)


def _take_back(undo: Undo, item: Item, entries: Sequence[Entry], to: int, now: int) -> None:
    """Plan to bring an item from what the entry at `now` made of it to what the one at `to` did, or to what was before them all."""
    kind, name = item
    if kind == FIELDS:
        before, after = (entries[at].changes[name]["after"] if at >= 0 else entries[0].changes[name]["before"] for at in (to, now))
        if before != after:
            undo.restored[name] = before
    elif kind == LISTS:
        if name in entries[now].lists_added and (to < 0 or name not in entries[to].lists_added):
            undo.lists_removed.append(name)
    else:
        before, after = (_tags_of(name, entries, at) for at in (to, now))
        undo.tags_removed += [tag for tag in after if tag not in before]
        # The entry behind the one that stands found the tag where it is to stand again.
        among = tuple(entries[to + 1].changes.get(TAGS, {}).get("before", ()))
        undo.tags_restored += [PlacedTag(tag, among or (tag,)) for tag in before if tag not in after]


def _tags_of(name: str, entries: Sequence[Entry], at: int) -> list[str]:
    """How a tag is written behind the entry at a place, or before them all."""
    return [tag for tag in (entries[at].tags_added if at >= 0 else entries[0].tags_removed) if tag.casefold() == name]


def _items_of(history: Sequence[Entry]) -> dict[Item, list[Entry]]:
    """For each item what was written to it, oldest first, without what undoing wrote."""
    items: dict[Item, list[Entry]] = {}
    for entry in history:
        if entry.undoes_import_id is None:
            for item in _items(entry):
                items.setdefault(item, []).append(entry)
    return items


def _items(entry: Entry) -> Iterator[Item]:
    """What a change touched, each once."""
    yield from ((FIELDS, name) for name in entry.changes if name != TAGS)
    yield from dict.fromkeys((TAGS, tag.casefold()) for tag in (*entry.tags_added, *entry.tags_removed))
    yield from dict.fromkeys((LISTS, each) for each in (*entry.lists_added, *entry.lists_removed))


def _name(item: Item) -> str:
    kind, name = item
    return name if kind == FIELDS else kind
