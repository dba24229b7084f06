"""Numbers, times and sizes as a person reads them."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dashboard import strings

_KEYS = ("email", "external_id", "phone", "mobile_phone")


def number(value: float | int | None) -> str:
    """12,345; a dash where there is none."""
    return strings.NONE if value is None else f"{value:,.0f}"


def percent(rate: float | None) -> str:
    """0.973 -> 97.3%; whole percentages without a decimal."""
    if rate is None:
        return strings.NONE
    shown = f"{rate * 100:.1f}"
    return f"{shown.removesuffix('.0')}%"


def duration(seconds: float | None) -> str:
    """The two largest units: 850 ms, 12 s, 3 min 5 s, 2 h 10 min."""
    if seconds is None:
        return strings.NONE
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def size(size_bytes: int | None) -> str:
    """Bytes in the largest unit that leaves a number of at least one."""
    if size_bytes is None:
        return strings.NONE
    amount = float(size_bytes)
    for unit in ("B", "KiB", "MiB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if amount >= 10 or unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} GiB"


def moment(at: datetime | None, *, seconds: bool = False) -> str:
    """21 Nov 2026, 09:30 (or 09:30:05), in the time zone that it is given in."""
    if at is None:
        return strings.NONE
    return f"{at.day} {at:%b %Y, %H:%M}{f':{at:%S}' if seconds else ''}"


def value(found: Any) -> str:
    """A contact field's value, whatever its JSON type."""
    if found is None or found == "" or found == []:
        return strings.NONE
    if isinstance(found, str):
        return found
    if isinstance(found, list):
        return ", ".join(value(item) for item in found)
    return json.dumps(found, ensure_ascii=False)


def name_in(values: Mapping[str, Any] | None, columns: Mapping[str, str]) -> str | None:
    """The name that a row's cells have for its person, or else what tells who it is; `columns` are headers by field."""

    def said(field: str) -> str:
        return str((values or {}).get(columns.get(field, ""), None) or "").strip()

    names = (said("full_name"), " ".join(filter(None, (said("first_name"), said("last_name")))))
    return next(filter(None, (*names, *map(said, _KEYS))), None)


def field_label(field: str | None) -> str:
    """first_name -> First name; custom.shoe_size -> Shoe size (custom)."""
    if not field:
        return strings.NONE
    if field.startswith("custom."):
        return strings.CUSTOM_FIELD.format(name=field.removeprefix("custom.").replace("_", " ").capitalize())
    return strings.FIELDS.get(field, field.replace("_", " ").capitalize())


def issue_label(code: str) -> str:
    """INVALID_PHONE -> Invalid phone."""
    return strings.ISSUES.get(code, code.replace("_", " ").capitalize())
