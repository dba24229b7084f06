"""Finds what of a JSON file holds the contacts: the file itself, a list or an object within it, or an object that is the only item."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from models.errors import InvalidRequest, UnreadableFile
from models.vocabulary import FileFormat
from workers.engine.detection.header import make_headers
from workers.engine.detection.json_objects import ObjectSurvey
from workers.engine.detection.tables import make_columns
from workers.engine.frames import Decision, ReaderLimits
from workers.engine.mapping import choose_mapping
from workers.engine.readers.flattening import NestedTooDeep
from workers.engine.readers.item_batches import Damaged, Item
from workers.engine.readers.items import make_item_records
from workers.engine.readers.json_items import Place, iter_list, iter_lists
from workers.engine.readers.json_shapes import PathNames, make_names
from workers.engine.readers.json_text import JsonText, NotJson

_EXAMINED_ITEMS = 50
_MAX_LISTS = 100
_SURE = 0.95
_LIKELY = 0.75
_UNSURE = 0.4
# What can say who somebody is; an address or the labels of phones cannot.
_IDENTIFYING = frozenset({"email", "phone", "mobile_phone", "external_id"})
_LEAST_FIELDS = 2
_COLUMNS_KIND = "object of columns"


@dataclass(frozen=True, slots=True)
class FoundList:
    """`path` None: the file is the list, or the object in it is the only item."""

    format: FileFormat
    path: str | None = None
    paths: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A list, and how many fields of a contact its items seem to have. `are_contacts`: not what belongs to one."""

    path: str
    likeness: int
    count: int = 0
    are_contacts: bool = False
    kind: str = "list of objects"


def find_list(blocks: Iterator[str], wanted: str | None, limits: ReaderLimits) -> FoundList:
    """Where the items are, as wanted or as found. Raises InvalidRequest for a list that is not there."""
    text = JsonText(blocks, limits)
    if text.peek() != "{":
        if wanted is not None:
            raise _refuse(wanted, ())
        return FoundList(FileFormat.JSON, decisions=_decide_of_table(text))
    own: dict[str, str] = {}
    lists: list[tuple[tuple[str, ...], _Candidate]] = []
    objects = ObjectSurvey()
    names = PathNames()
    for path, value in iter_lists(text):
        if value is Place.OBJECT:
            continue
        if value is not Place.LIST:
            objects.note_value(path, value)
            if len(own) < _MAX_LISTS:
                own[".".join(path)] = value if isinstance(value, str) else ""
            continue
        objects.note_list(path)
        name = names.name(path)
        if len(lists) < _MAX_LISTS:
            items = iter_list(text)
            lists.append((path, _examine(name, list(islice(items, _EXAMINED_ITEMS)))))
            for _ in items:
                pass
    if text.peek() in ("{", ","):
        return FoundList(FileFormat.JSON_LINES)
    rows = [(row, _examine(row.name, row.items, _COLUMNS_KIND if row.is_columns else "object of objects")) for row in objects.find_rows()]
    # The two addresses of one contact are such an object too.
    rows = [(row, candidate) for row, candidate in rows if candidate.are_contacts or not row.path]
    # What lies within such a row is a part of it.
    candidates = [each for path, each in lists if not any(path[: len(row.path)] == row.path for row, _ in rows)]
    candidates += [candidate for _, candidate in rows]
    is_whole = any(not row.path for row, _ in rows)
    return _choose(candidates, len(_find_fields([own])), wanted, is_whole=is_whole)


def _decide_of_table(text: JsonText) -> tuple[Decision, ...]:
    """What is to be said of an array; one of arrays is a table, if its first names columns that are known. Else it is refused."""
    text.at += text.peek() == "["
    if text.peek() != "[":
        return ()
    try:
        names = make_names(text.decode())
    except (NotJson, NestedTooDeep):
        return ()  # The reader says where.
    if names is None or not choose_mapping(make_columns(make_headers(names, len(names)), [])):
        raise UnreadableFile(
            "The file is a list of arrays, and the first does not name their columns. Put the names first, or export a list of objects.",
            code="invalid_json",
        )
    return (Decision("keys", ", ".join(names), _LIKELY, "The file is a list of arrays, of which the first names the columns."),)


def _choose(candidates: Sequence[_Candidate], own_likeness: int, wanted: str | None, *, is_whole: bool) -> FoundList:
    """`is_whole`: the file's own object is the candidate, so that there is nothing beside it."""
    paths = tuple(candidate.path for candidate in candidates)
    if wanted is not None:
        if wanted not in paths:
            raise _refuse(wanted, paths)
        return FoundList(FileFormat.JSON, wanted, paths, (Decision("sheet", wanted, 1.0, "It was chosen."),))
    if not candidates:
        return FoundList(FileFormat.JSON)
    ranked = sorted(candidates, key=lambda candidate: -candidate.likeness)
    best, others = ranked[0], tuple(candidate.path for candidate in ranked[1:])
    if is_whole:
        reason = (
            f"The file is an {best.kind}: each is a row." if best.kind != _COLUMNS_KIND else "The file holds columns of values by index."
        )
        return FoundList(FileFormat.JSON, best.path, paths, (Decision("sheet", best.path, _LIKELY, reason, others),))
    if own_likeness > best.likeness:
        return _choose_beside(best, own_likeness, paths, others)
    if len(ranked) == 1:
        reason = f"The file holds an object, and the only {best.kind} in it is “{best.path}”."
        confidence = _SURE if best.likeness else _LIKELY
    elif best.likeness > ranked[1].likeness:
        reason = f"Of {len(ranked)} lists in the file, the objects of “{best.path}” look most like contacts."
        confidence = _LIKELY
    else:
        reason = f"There are {len(ranked)} lists in the file, and it cannot be told which holds the contacts; “{best.path}” is the first."
        confidence = _UNSURE
    return FoundList(FileFormat.JSON, best.path, paths, (Decision("sheet", best.path, confidence, reason, others),))


def _choose_beside(best: _Candidate, own_likeness: int, paths: tuple[str, ...], others: tuple[str, ...]) -> FoundList:
    """What an object that has fields of a contact itself holds: a list of contacts, or what belongs to the one contact that it is."""
    if not best.are_contacts:
        reason = "The object in the file has more fields of a contact itself than the lists within it: it is read as one contact."
        return FoundList(FileFormat.JSON, None, paths, (Decision("sheet", None, _LIKELY, reason, paths),))
    reason = f"The object in the file has {own_likeness} fields of a contact itself, but the items of “{best.path}” are contacts"
    if best.count > 1:
        return FoundList(FileFormat.JSON, best.path, paths, (Decision("sheet", best.path, _LIKELY, f"{reason}, and several.", others),))
    return FoundList(FileFormat.JSON, best.path, paths, (Decision("sheet", best.path, _UNSURE, f"{reason} too.", others),))


def _examine(name: str, items: Sequence[Item], kind: str = "list of objects") -> _Candidate:
    fields = _find_fields(items)
    are_contacts = len(fields) >= _LEAST_FIELDS and not _IDENTIFYING.isdisjoint(fields)
    return _Candidate(name, len(fields), len(items), are_contacts, kind)


def _find_fields(items: Sequence[Item]) -> set[str]:
    sound = [item for item in items if not isinstance(item, Damaged)]
    keys = list(dict.fromkeys(key for item in sound for key in item))[:_MAX_LISTS]
    cells = make_item_records(sound, keys, 1, 0).cells
    return set(choose_mapping(make_columns(make_headers(keys, len(keys)), list(enumerate(cells, start=1)))).values())


def _refuse(wanted: str, paths: Sequence[str]) -> InvalidRequest:
    known = f"They are: {', '.join(paths[:10])}." if paths else "The file itself is the list."
    return InvalidRequest(f"There is no list “{wanted}” in the file. {known}", code="sheet_not_found")
