"""Reads the stored options of an import into what the engine takes."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from models.vocabulary import (
    AssignmentMode,
    DirectoryPolicy,
    DuplicateStrategy,
    EmptyCellPolicy,
    FieldPolicy,
    InvalidValuePolicy,
    MatchField,
    MatchMode,
)
from workers.engine.frames import Assignment, DialectOverrides, EngineOptions


def parse_options(
    stored: Mapping[str, Any],
    mapping: Mapping[str, str],
    today: date,
    date_orders: Mapping[str, str | None] | None = None,
    *,
    head: Sequence[Sequence[Any]] = (),
    headers: Sequence[str] = (),
) -> EngineOptions:
    """The engine's options. `mapping` goes from header to field; headers without a field are left out of it, and the others come in the
    order of `headers`: PostgreSQL keeps a mapping in one of its own, and of two columns of one field the first in the file is named.

    `head` holds the file's first rows as they were inspected, each beginning with its number.
    """
    assignment = stored["assignment"]
    places = {header: place for place, header in enumerate(headers)}
    return EngineOptions(
        mapping={header: mapping[header] for header in sorted(mapping, key=lambda each: places.get(each, len(places))) if mapping[header]},
        today=today,
        duplicate_strategy=DuplicateStrategy(stored["duplicate_strategy"]),
        match_fields=tuple(MatchField(name) for name in stored["match_fields"]),
        match_mode=MatchMode(stored["match_mode"]),
        invalid_values=InvalidValuePolicy(stored["invalid_values"]),
        empty_cells=EmptyCellPolicy(stored["empty_cells"]),
        # Imports of an earlier version of ours have none.
        field_policies={each["field"]: FieldPolicy(each["policy"]) for each in stored.get("field_policies", ())},
        default_country=stored["default_country"],
        # An import of an earlier version of ours, which does not say, leaves names as they are.
        split_names=stored.get("split_names", False),
        recase_names=stored.get("recase_names", False),
        assignment=Assignment(AssignmentMode(assignment["mode"]), tuple(assignment["owners"]), assignment["column"]),
        # An import of an earlier version of ours does not say; it keeps what is written.
        company_policy=DirectoryPolicy(stored.get("company_policy", DirectoryPolicy.AS_WRITTEN)),
        owner_policy=DirectoryPolicy(stored.get("owner_policy", DirectoryPolicy.AS_WRITTEN)),
        tags=tuple(stored["tags"]),
        list_ids=tuple(stored["list_ids"]),
        date_orders=date_orders or {},
        first_row=head[0][0] if head else 1,
    )


def parse_overrides(stored: Mapping[str, Any]) -> DialectOverrides:
    """What a person overruled of the detected dialect."""
    return DialectOverrides(**{field.name: stored.get(field.name) for field in fields(DialectOverrides)})
