"""Finds which list of a JSON file holds the contacts: the file itself, one within an object, or none where an object is the only item."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from models.errors import InvalidRequest
from models.vocabulary import FileFormat
from workers.engine.detection.header import make_headers
from workers.engine.detection.tables import make_columns
from workers.engine.frames import Decision, ReaderLimits
from workers.engine.mapping import choose_mapping
from workers.engine.readers.item_batches import Damaged, Item
from workers.engine.readers.items import make_item_records
from workers.engine.readers.json_items import PathNames, iter_list, iter_lists
from workers.engine.readers.json_text import JsonText

_EXAMINED_ITEMS = 50
_MAX_LISTS = 100
_SURE = 0.95
_LIKELY = 0.75
_UNSURE = 0.4


@dataclass(frozen=True, slots=True)
class FoundList:
    """`path` None: the file is the list, or the object in it is the only item."""

    format: FileFormat
    path: str | None = None
    paths: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A list, and how many fields of a contact its items seem to have."""

    path: str
    likeness: int


def find_list(blocks: Iterator[str], wanted: str | None, limits: ReaderLimits) -> FoundList:
    """Where the items are, as wanted or as found. Raises InvalidRequest for a list that is not there."""
    text = JsonText(blocks, limits)
    if text.peek() != "{":
        if wanted is not None:
            raise _refuse(wanted, ())
        return FoundList(FileFormat.JSON)
    own: dict[str, str] = {}
    candidates: list[_Candidate] = []
    names = PathNames()
    for path, value in iter_lists(text):
        if value is not None:
            own[path] = value if isinstance(value, str) else ""
            continue
        if len(candidates) < _MAX_LISTS:
            items = iter_list(text)
            candidates.append(_Candidate(names.name(path), _count_fields(list(islice(items, _EXAMINED_ITEMS)))))
            for _ in items:
                pass
    if text.peek() in ("{", ","):
        return FoundList(FileFormat.JSON_LINES)
    return _choose(candidates, _count_fields([own]), wanted)


def _choose(candidates: Sequence[_Candidate], own_likeness: int, wanted: str | None) -> FoundList:
    paths = tuple(candidate.path for candidate in candidates)
    if wanted is not None:
        if wanted not in paths:
            raise _refuse(wanted, paths)
        return FoundList(FileFormat.JSON, wanted, paths, (Decision("sheet", wanted, 1.0, "It was chosen."),))
    if not candidates:
        return FoundList(FileFormat.JSON)
    ranked = sorted(candidates, key=lambda candidate: -candidate.likeness)
    best, others = ranked[0], tuple(candidate.path for candidate in ranked[1:])
    if own_likeness > best.likeness:
        reason = "The object in the file has more fields of a contact itself than the lists within it: it is read as one contact."
        return FoundList(FileFormat.JSON, None, paths, (Decision("sheet", None, _LIKELY, reason, paths),))
    if len(ranked) == 1:
        reason = f"The file holds an object, and the only list of objects in it is “{best.path}”."
        confidence = _SURE if best.likeness else _LIKELY
    elif best.likeness > ranked[1].likeness:
        reason = f"Of {len(ranked)} lists in the file, the objects of “{best.path}” look most like contacts."
        confidence = _LIKELY
    else:
        reason = f"There are {len(ranked)} lists in the file, and it cannot be told which holds the contacts; “{best.path}” is the first."
        confidence = _UNSURE
    return FoundList(FileFormat.JSON, best.path, paths, (Decision("sheet", best.path, confidence, reason, others),))


def _count_fields(items: Sequence[Item]) -> int:
    sound = [item for item in items if not isinstance(item, Damaged)]
    keys = list(dict.fromkeys(key for item in sound for key in item))[:_MAX_LISTS]
    cells = make_item_records(sound, keys, 1, 0).cells
    return len(choose_mapping(make_columns(make_headers(keys, len(keys)), list(enumerate(cells, start=1)))))


def _refuse(wanted: str, paths: Sequence[str]) -> InvalidRequest:
    known = f"They are: {', '.join(paths[:10])}." if paths else "The file itself is the list."
    return InvalidRequest(f"There is no list “{wanted}” in the file. {known}", code="sheet_not_found")
