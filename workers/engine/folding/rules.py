"""What a row may do to a contact, one value at a time.

The rules for texts stand twice, side by side: for one value, and for a column of values. The property test holds them together.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar, cast

import polars as pl

from models.vocabulary import CUSTOM_PREFIX, MAX_LENGTH, Consent, ContactField, DuplicateStrategy, EmptyCellPolicy, FieldPolicy
from workers.engine.frames import EngineOptions

Custom = dict[str, object]
# Field -> {"before": …, "after": …}.
Changes = dict[str, dict[str, object]]
Value = TypeVar("Value")
_DOTTED = "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}"

_AS_GIVEN = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)
_SORTED = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, sort_keys=True)


def policy_of(field: str, options: EngineOptions) -> FieldPolicy:
    """What a row does to this field of a contact that it found: as chosen for the field, else as the strategy says."""
    chosen = options.field_policies.get(field)
    if chosen is not None:
        return chosen
    if field == ContactField.TAGS:
        return FieldPolicy.APPEND
    return FieldPolicy.FILL_BLANK if options.duplicate_strategy is DuplicateStrategy.MERGE else FieldPolicy.OVERWRITE


def text_after(before: Value | None, said: str | None, policy: FieldPolicy, empty_cells: EmptyCellPolicy) -> Value | str | None:
    """A field after a row said `said` of it: null says nothing, "" is a blank cell."""
    if said is None or policy is FieldPolicy.KEEP:
        return before
    is_blank = before is None or before == ""
    if said == "":
        clears = policy is FieldPolicy.OVERWRITE and empty_cells is EmptyCellPolicy.CLEAR and not is_blank
        return None if clears else before
    if is_blank or policy is FieldPolicy.OVERWRITE:
        return said
    if policy is FieldPolicy.APPEND and adds_lines(before, said) and not is_full(before, said):
        return f"{before}\n{said}"
    return before


def is_same_name(before: object, said: str | None) -> bool:
    """Whether two spellings of a name differ in case alone."""
    return isinstance(before, str) and said is not None and _in_capitals(before) == _in_capitals(said)


def is_same_name_column(before: pl.Expr, said: pl.Expr) -> pl.Expr:
    """`is_same_name` for columns."""
    return (_column_in_capitals(before) == _column_in_capitals(said)).fill_null(False)


def _in_capitals(name: str) -> str:
    # Of the capitals ß and the dotless i have no others than SS and I, and in most languages i has none with a dot.
    return name.upper().replace(_DOTTED, "I")


def _column_in_capitals(name: pl.Expr) -> pl.Expr:
    return name.str.to_uppercase().str.replace_all(_DOTTED, "I", literal=True)


def text_column_after(before: pl.Expr, said: pl.Expr, policy: FieldPolicy, empty_cells: EmptyCellPolicy) -> pl.Expr:
    """`text_after` for columns; a blank `before` is null."""
    if policy is FieldPolicy.KEEP:
        return before
    spoken = pl.when(said != "").then(said)
    if policy is FieldPolicy.FILL_BLANK:
        return pl.coalesce(before, spoken)
    if policy is FieldPolicy.APPEND:
        grows = adds_lines_column(before, said) & ~is_full_column(before, said)
        return pl.when(grows).then(pl.concat_str(before, said, separator="\n")).otherwise(pl.coalesce(before, spoken))
    if empty_cells is EmptyCellPolicy.CLEAR:
        return pl.when(said == "").then(None).otherwise(pl.coalesce(spoken, before))
    return pl.coalesce(spoken, before)


def adds_lines(before: object, said: str | None) -> bool:
    """Whether a text to append is not there yet, as whole lines one after the other."""
    return bool(before) and bool(said) and f"\n{said}\n" not in f"\n{before}\n"


def adds_lines_column(before: pl.Expr, said: pl.Expr) -> pl.Expr:
    """`adds_lines` for columns; a blank `before` is null."""
    stands = _as_lines(before).str.contains(_as_lines(said), literal=True)
    return ((said != "") & ~stands).fill_null(False)


def is_full(before: object, said: str | None) -> bool:
    """Whether there is no room in the notes for one more text."""
    return len(f"{before}\n{said}") > MAX_LENGTH[ContactField.NOTES]


def is_full_column(before: pl.Expr, said: pl.Expr) -> pl.Expr:
    """`is_full` for columns."""
    return (before.str.len_chars() + said.str.len_chars() + 1 > MAX_LENGTH[ContactField.NOTES]).fill_null(False)


def _as_lines(text: pl.Expr) -> pl.Expr:
    return pl.concat_str(pl.lit("\n"), text, pl.lit("\n"))


def consent_after(before: str, said: str | None, policy: FieldPolicy) -> str:
    """An import changes nothing for who has unsubscribed; what fills blanks decides only what is unknown."""
    if not said or before == Consent.UNSUBSCRIBED or policy is FieldPolicy.KEEP:
        return before
    if policy is FieldPolicy.FILL_BLANK and before != Consent.UNKNOWN:
        return before
    return said


def consent_column_after(before: pl.Expr, said: pl.Expr, policy: FieldPolicy) -> pl.Expr:
    """`consent_after` for columns."""
    if policy is FieldPolicy.KEEP:
        return before
    fills = policy is FieldPolicy.FILL_BLANK
    may_change = before == Consent.UNKNOWN.value if fills else before != Consent.UNSUBSCRIBED.value
    return pl.when(may_change & (said != "")).then(said).otherwise(before)


def is_consent_kept(before: str, said: str | None, policy: FieldPolicy) -> bool:
    """Whether a row asked to change what an import must not change."""
    return policy is not FieldPolicy.KEEP and before == Consent.UNSUBSCRIBED and bool(said) and said != before


def tags_after(
    now: Sequence[str], said: Sequence[str] | None, policy: FieldPolicy, options: EngineOptions, original: Sequence[str]
) -> Sequence[str]:
    """The tags after a row said `said` of them: null says nothing, none at all is a blank cell.

    What was among the `original` tags, those before the file, keeps its place and spelling, also where an earlier row took it away: so
    the tags are always some of these in their order, and behind them what was added.
    """
    if policy is FieldPolicy.KEEP or (policy is FieldPolicy.FILL_BLANK and now):
        return now
    replaces = bool(said) or (said is not None and options.empty_cells is EmptyCellPolicy.CLEAR)
    if policy is not FieldPolicy.OVERWRITE or not replaces:
        return (*now, *missing_tags(now, said, options.tags))
    wanted = {tag.casefold() for tag in (*(said or ()), *options.tags)}
    known = (*original, *missing_tags(original, now))
    staying = [tag for tag in known if tag.casefold() in wanted]
    return (*staying, *missing_tags(staying, said, options.tags))


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


def tags_only_in(tags: Iterable[str], others: Sequence[str]) -> list[str]:
    """Those that are not among the others, in their order."""
    return [tag for tag in tags if tag not in others]


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


def custom_after(
    custom: Custom, said: Mapping[str, str | None], policies: Mapping[str, FieldPolicy], empty_cells: EmptyCellPolicy
) -> Custom:
    """The custom fields after a row: each key is a value like any other, with a policy of its own, and is gone when it is cleared."""
    if not said:
        return custom
    after = dict(custom)
    for key, value in said.items():
        new = text_after(custom.get(key), value, policies[key], empty_cells)
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
