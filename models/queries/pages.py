"""Keyset pages: what follows a cursor, and whether there is more."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, literal, tuple_

from models.errors import InvalidRequest

Item = TypeVar("Item")
# The values of the last item's sort columns.
Position = tuple[Any, ...]

DEFAULT_FIRST = 20
MAX_FIRST = 100
MAX_INTEGER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items in order, each with its cursor."""

    items: tuple[Item, ...]
    cursors: tuple[str, ...]
    has_next_page: bool
    has_previous_page: bool


def require_first(first: int | None) -> int:
    """How many items were asked for. Raises InvalidRequest below 1 and above 100."""
    if first is None:
        return DEFAULT_FIRST
    if not 1 <= first <= MAX_FIRST:
        raise InvalidRequest(f"`first` must be from 1 to {MAX_FIRST}.")
    return first


def make_page(found: Sequence[Item], first: int, after: str | None, position: Callable[[Item], Position]) -> Page[Item]:
    """A page of what was found; it was asked for one more than fits, to know whether there is more."""
    items = tuple(found[:first])
    return Page(items, tuple(encode_cursor(position(item)) for item in items), len(found) > first, after is not None)


def encode_cursor(position: Position) -> str:
    """A position as an opaque text."""
    text = json.dumps(position, default=str, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None, *parsers: Callable[[Any], Any]) -> Position | None:
    """The position of a cursor, one parser for each of its values. Raises InvalidRequest for one that is not ours."""
    if cursor is None:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return tuple(_require_storable(parse(value)) for parse, value in zip(parsers, values, strict=True))
    except (binascii.Error, ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise InvalidRequest("`after` is not a cursor of this list.") from error


def _require_storable(value: Any) -> Any:
    """The value, if a database can compare with it. Raises ValueError or OverflowError."""
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        raise ValueError(value)
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError(value)
        value.encode()
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def follows(columns: Sequence[ColumnElement[Any]], position: Position, *, descending: bool) -> ColumnElement[bool]:
    """Whether a row comes after a position, by all columns in the same direction: one comparison, with which an index is entered."""
    here: Any = tuple_(*columns)
    there = tuple_(*(literal(value, column.type) for column, value in zip(columns, position, strict=True)))
    comparison: ColumnElement[bool] = here < there if descending else here > there
    return comparison
