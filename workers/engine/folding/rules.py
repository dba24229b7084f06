"""What a row may do to a contact, one value at a time.

The rules for texts stand twice, side by side: for one value, and for a column of values. The property test holds them together.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar, cast

import polars as pl

from models.vocabulary import CUSTOM_PREFIX, Consent, DuplicateStrategy, EmptyCellPolicy
from workers.engine.frames import EngineOptions

Custom = dict[str, object]
# Field -> {"before": …, "after": …}.
Changes = dict[str, dict[str, object]]
Value = TypeVar("Value")

_AS_GIVEN = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)
_SORTED = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, sort_keys=True)


def text_after(before: Value | None, said: str | None, options: EngineOptions) -> Value | str | None:
    """A field after a row said `said` of it: null says nothing, "" is a blank cell."""
    if said is None:
        return before
    is_blank = before is None or before == ""
    if options.duplicate_strategy is DuplicateStrategy.MERGE:
        return said if is_blank and said else before
    if said == "":
        return None if options.empty_cells is EmptyCellPolicy.CLEAR and not is_blank else before
    return said


def text_column_after(before: pl.Expr, said: pl.Expr, options: EngineOptions) -> pl.Expr:
    """`text_after` for columns; a blank `before` is null."""
    spoken = pl.when(said != "").then(said)
    if options.duplicate_strategy is DuplicateStrategy.MERGE:
        return pl.coalesce(before, spoken)
    if options.empty_cells is EmptyCellPolicy.CLEAR:
        return pl.when(said == "").then(None).otherwise(pl.coalesce(spoken, before))
    return pl.coalesce(spoken, before)


def consent_after(before: str, said: str | None, options: EngineOptions) -> str:
    """An import changes nothing for who has unsubscribed; MERGE decides only what is unknown."""
    if not said or before == Consent.UNSUBSCRIBED:
        return before
    if options.duplicate_strategy is DuplicateStrategy.MERGE and before != Consent.UNKNOWN:
        return before
    return said


def consent_column_after(before: pl.Expr, said: pl.Expr, options: EngineOptions) -> pl.Expr:
    """`consent_after` for columns."""
    if options.duplicate_strategy is DuplicateStrategy.MERGE:
        may_change = before == Consent.UNKNOWN.value
    else:
        may_change = before != Consent.UNSUBSCRIBED.value
    return pl.when(may_change & (said != "")).then(said).otherwise(before)


def is_consent_kept(before: str, said: str | None) -> bool:
    """Whether a row asked to change what an import must not change."""
    return before == Consent.UNSUBSCRIBED and bool(said) and said != before


def missing_tags(existing: Iterable[str], *more: Iterable[str] | None) -> list[str]:
    """Those of `more` that are not there yet, each once, whatever their case, in their order."""
    if not any(more):
        return []
    seen = {tag.casefold() for tag in existing}
    added = []
    for tags in more:
        for tag in tags or ():
            if (folded := tag.casefold()) not in seen:
                seen.add(folded)
                added.append(tag)
    return added


def missing_lists(existing: Sequence[str], options: EngineOptions) -> list[str]:
    """The import's lists that a contact is not in yet."""
    if not options.list_ids:
        return []
    return [list_id for list_id in dict.fromkeys(options.list_ids) if list_id not in existing]


def parse_custom(text: str) -> Custom:
    """The custom fields of a contact by key."""
    return cast(Custom, json.loads(text))


def format_json(value: Mapping[str, object]) -> str:
    """Compact JSON, byte for byte what polars writes."""
    return _AS_GIVEN.encode(value)


def format_custom(custom: Custom) -> str:
    """Custom fields as they are stored: canonical, so that equal objects are equal texts."""
    return _SORTED.encode(custom) if custom else "{}"


def custom_after(custom: Custom, said: Mapping[str, str | None], options: EngineOptions) -> Custom:
    """The custom fields after a row: each key is a value like any other, and is gone when it is cleared."""
    if not said:
        return custom
    after = dict(custom)
    for key, value in said.items():
        new = text_after(custom.get(key), value, options)
        if new is None:
            after.pop(key, None)
        else:
            after[key] = new
    return after


def custom_changes(before: Custom, after: Custom) -> Changes:
    """What differs in the custom fields, by key."""
    if before == after:
        return {}
    return {
        CUSTOM_PREFIX + key: {"before": before.get(key), "after": after.get(key)}
        for key in sorted({*before, *after})
        if before.get(key) != after.get(key)
    }
