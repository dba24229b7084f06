"""Turns the API's camelCase JSON into frozen dataclasses, by their type hints."""

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

Record = TypeVar("Record")


def decode(kind: type[Record], data: Mapping[str, Any]) -> Record:
    """Build `kind` from an object of the API's answer; what the answer leaves out takes the field's default."""
    values: dict[str, Any] = {}
    # As Any, because mypy does not take a class for hashable.
    shape: Any = kind
    for name, hint, has_default in _shape(shape):
        key = camel(name)
        if key in data:
            values[name] = _value(hint, data[key])
        elif not has_default:
            raise KeyError(f"The answer has no {key} for {kind.__name__}.")
    return kind(**values)


def camel(name: str) -> str:
    """first_name -> firstName, as GraphQL spells it."""
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)


@cache
def _shape(kind: type[Any]) -> tuple[tuple[str, Any, bool], ...]:
    hints = get_type_hints(kind)
    return tuple((f.name, hints[f.name], f.default is not MISSING or f.default_factory is not MISSING) for f in fields(kind))


def _value(hint: Any, value: Any) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        if value is None:
            return None
        hint = next(part for part in get_args(hint) if part is not type(None))
    if get_origin(hint) is tuple:
        return tuple(_value(get_args(hint)[0], item) for item in value)
    if is_dataclass(hint):
        return decode(cast(type[Any], hint), value)
    if hint is datetime:
        return datetime.fromisoformat(value)
    # BigInt may come as a number or as text, so that no client loses digits.
    if hint is int:
        return int(value)
    if hint is float:
        return float(value)
    return value
