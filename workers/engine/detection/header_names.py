"""Gives every column a name of its own."""

import re
from collections.abc import Sequence

from workers.engine.readers.kinds import Record
from workers.engine.readers.repair import repair_text
from workers.engine.records import BLANK_CHARACTERS

_MAX_NAME = 200
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
