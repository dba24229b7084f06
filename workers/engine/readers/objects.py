"""Reads a JSON array of flat objects into records; the columns are the keys in the order in which they first appear."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import BinaryIO

from models.errors import InvalidRequest, UnreadableFile
from workers.engine.records import Records

# Beyond this a number is written as JSON has it: 1e400000000 would fill the memory with zeros.
_MAX_PLAIN_EXPONENT = 40


@dataclass(frozen=True, slots=True)
class Objects:
    """The keys and the records; a cell is None where the object lacks the key, and "" where it says null."""

    keys: tuple[str, ...]
    records: Records


def read_objects(stream: BinaryIO) -> Objects:
    """The whole array. It was counted and bounded when it was sent, so that it may be held in memory."""
    stream.seek(0)
    try:
        items = json.loads(stream.read(), parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile("The rows are not valid JSON.", code="invalid_json") from error
    if not isinstance(items, list):
        raise InvalidRequest("The rows must be a list of objects.", code="invalid_row")
    keys: dict[str, None] = {}
    for index, item in enumerate(items):
        if not isinstance(item, dict):
            raise InvalidRequest(f"Item {index} of the rows is not an object.", code="invalid_row", path=("rows", str(index)))
        keys.update(dict.fromkeys(item))
    cells: list[Sequence[str | None]] = [[_text_of(item[key]) if key in item else None for key in keys] for item in items]
    return Objects(tuple(map(_make_encodable, keys)), Records(1, cells))


def _text_of(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return _make_encodable(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f") if abs(value.adjusted()) <= _MAX_PLAIN_EXPONENT else str(value)
    return _make_encodable(json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=float))


def _make_encodable(text: str) -> str:
    # JSON can spell half a surrogate pair, which is no character.
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
