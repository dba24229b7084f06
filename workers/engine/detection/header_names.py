"""Gives every column a name of its own."""

import re
from collections.abc import Sequence

from models.vocabulary import ContactField
from workers.engine.mapping.names import FIELD_BY_ALIAS, fold_name
from workers.engine.readers.kinds import Kind, Record, fold_cell, is_of
from workers.engine.readers.repair import repair_text
from workers.engine.records import BLANK_CHARACTERS, is_blank

_MAX_NAME = 200
_MIN_NUMBERED = 2
_EXAMINED_ROWS = 100
_MOST = 0.8
_FEW = 0.2
_FORMS: dict[str | None, Kind] = {ContactField.EMAIL: Kind.EMAIL, ContactField.PHONE: Kind.PHONE, ContactField.MOBILE_PHONE: Kind.PHONE}
_COUNTED_FIELDS = frozenset({ContactField.EXTERNAL_ID, ContactField.PHONE, ContactField.MOBILE_PHONE, ContactField.POSTAL_CODE})
_SPACES = re.compile(r"[\s\x00-\x1f\x7f]+")
_INVISIBLE = re.compile(r"[\u00ad\u200b\u2060\ufeff]+")


def make_headers(record: Record, width: int) -> tuple[str, ...]:
    """As many names as `width`: those that stand there, "Column 3" for a blank one, "Email (2)" for one that was there before."""
    names = [_tidy(cell or "") for cell in record[:width]] + [""] * (width - len(record))
    taken = {name for name in names if name}
    used: set[str] = set()
    headers = []
    for position, name in enumerate(names, start=1):
        stem = name or f"Column {position}"
        header = stem
        count = 2
        while header in used or (header != name and header in taken):
            header = f"{stem} ({count})"
            count += 1
        used.add(header)
        headers.append(header)
    return tuple(headers)


def join_names(records: Sequence[Record]) -> list[str]:
    """One name a column from a header over several rows: "Name" above "First" and "Last" makes "Name First" and "Name Last"."""
    width = max(map(len, records), default=0)
    names = [""] * width
    for level, record in enumerate(records):
        texts = [_tidy(record[index] or "") if index < len(record) else "" for index in range(width)]
        if level < len(records) - 1:
            texts = _spread(texts, records[level + 1])
        names = [f"{name} {text}" if name and text and name != text else name or text for name, text in zip(names, texts, strict=True)]
    return names


def shift_names(names: Sequence[str], data: Sequence[Record]) -> list[str]:
    """The names, one column to the right where they were written without one for the names of the rows, as R does.

    Every row then has one cell more, and values of a known form stand right of the name that asks for them; or the first cells count the
    rows, under a name of something else.
    """
    data = data[:_EXAMINED_ROWS]
    rows = [record for record in data if len(record) == len(names) + 1]
    if not names or len(rows) < _MIN_NUMBERED or len(rows) < _MOST * len(data) or is_blank([record[-1] for record in rows]):
        return list(names)
    counted = [fold_cell(record[0]) for record in rows] == [str(number) for number in range(1, len(rows) + 1)]
    fields = [FIELD_BY_ALIAS.get(fold_name(name)) for name in names]
    asked = [(index, _FORMS[field]) for index, field in enumerate(fields) if field in _FORMS]
    is_proven = any(_share(rows, index, kind) < _FEW and _share(rows, index + 1, kind) > _MOST for index, kind in asked)
    has_other_name = fields[0] is not None and fields[0] not in _COUNTED_FIELDS
    return ["", *names] if is_proven or (counted and has_other_name) else list(names)


def _share(rows: Sequence[Record], index: int, kind: Kind) -> float:
    """Which share of the values in a column has the form."""
    values = [text for record in rows if (text := fold_cell(record[index]))]
    return sum(is_of(kind, text) for text in values) / len(values) if values else 0.0


def _spread(texts: Sequence[str], below: Record) -> list[str]:
    """The texts of a row of groups over all columns of each group: those to its right that have a name below and none here."""
    spread = []
    group = ""
    for index, text in enumerate(texts):
        is_named_below = index < len(below) and bool(_tidy(below[index] or ""))
        group = text or (group if is_named_below else "")
        spread.append(group)
    return spread


def _tidy(cell: str) -> str:
    text = _INVISIBLE.sub("", _SPACES.sub(" ", cell[:_MAX_NAME])).strip(BLANK_CHARACTERS)
    return text if text.isascii() else repair_text(text) or text
