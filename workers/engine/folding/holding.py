"""What a retried row may not write: the fields of a contact that a higher row of the same import, settled by an earlier run, has set."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import polars as pl

from models.vocabulary import (
    CUSTOM_PREFIX,
    Consent,
    ContactField,
    EmptyCellPolicy,
    FieldPolicy,
    IssueCode,
    IssueSeverity,
    RowOutcome,
)
from workers.engine.folding.drafts import Values, text_of, texts_of
from workers.engine.folding.rules import consent_after, is_same_name, policy_of, tags_after, text_after
from workers.engine.folding.shapes import ASSIGNED_OWNER, MAX_SHOWN_CHARACTERS, Said, make_issue
from workers.engine.frames import IN_ONE_CASE, EngineOptions, Issue

# A field of a contact, and the highest settled row that set it.
HELD_SCHEMA: dict[str, pl.DataType] = {"contact_id": pl.String(), "field": pl.String(), "held_by": pl.Int64()}
NOTHING_HELD = pl.DataFrame(schema=HELD_SCHEMA)
# What rows come to that set fields of a contact, or would have, had these not been so already.
SETTING = (RowOutcome.CREATED.value, RowOutcome.UPDATED.value, RowOutcome.UNCHANGED.value)
# Adding takes nothing away, and what is kept is written by nobody.
_HOLDING = (FieldPolicy.OVERWRITE, FieldPolicy.FILL_BLANK)


def list_held(rows: pl.DataFrame, outcomes: pl.DataFrame, options: EngineOptions) -> pl.DataFrame:
    """The fields that settled rows hold, as they were judged and as they came out (of SETTING): HELD_SCHEMA, one line a row and field."""
    said = Said.of(rows.columns)
    fields = [*said.texts, *said.custom]
    fields += [ContactField.CONSENT.value] if said.has_consent else []
    fields += [ContactField.TAGS.value] if said.has_tags or options.tags else []
    came = outcomes.select("row", "contact_id", "outcome", "changes").join(rows, on="row", maintain_order="left")
    held = [
        came.filter(_sets(field, came.columns, options)).select("contact_id", pl.lit(field).alias("field"), held_by="row")
        for field in fields
        if policy_of(field, options) in _HOLDING
    ]
    return pl.concat([NOTHING_HELD, *held])


def merge_held(frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Each field of a contact once, with the highest row that holds it."""
    return pl.concat([NOTHING_HELD, *frames]).group_by("contact_id", "field").agg(pl.col("held_by").max())


def _sets(field: str, columns: list[str], options: EngineOptions) -> pl.Expr:
    """Whether a row sets the field, also to what it was before: the file says so, whatever the contact was like."""
    changed = pl.col("changes").str.contains(f'{json.dumps(field, ensure_ascii=False)}:{{"before":', literal=True).fill_null(False)
    # A created contact has all values of its row. What a row changed that had drifted is not known, so that it counts as all.
    gave_all = (pl.col("outcome") != RowOutcome.UNCHANGED.value) & pl.col("changes").is_null()
    if field == ContactField.OWNER and ASSIGNED_OWNER in columns:
        changed = changed | (gave_all & (pl.col(ASSIGNED_OWNER) != "").fill_null(False))
    if field not in columns:
        return changed
    has_value = (pl.col(field).list.len() > 0) if field == ContactField.TAGS else pl.col(field) != ""
    if policy_of(field, options) is FieldPolicy.FILL_BLANK:
        return changed | (gave_all & has_value.fill_null(False))
    if options.empty_cells is EmptyCellPolicy.CLEAR and field != ContactField.CONSENT:
        return changed | pl.col(field).is_not_null()
    return changed | has_value.fill_null(False)


def withhold(rows: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """Rows that found their `contact_id`, saying nothing of the fields that a higher row holds."""
    if held.is_empty():
        return rows
    kept = rows.select("row", "contact_id").join(held, on="contact_id").filter(pl.col("held_by") > pl.col("row"))
    for (field,), lines in kept.group_by("field"):
        names = [name for name in _columns_of(str(field)) if name in rows.columns]
        is_held = pl.col("row").is_in(lines["row"].implode())
        if field == ContactField.CONSENT:
            is_held = is_held & (pl.col("consent") != Consent.UNSUBSCRIBED.value).fill_null(True)
        rows = rows.with_columns(pl.when(~is_held).then(pl.col(name)).alias(name) for name in names)
    return rows


def withhold_from(record: Mapping[str, object], row: int, held: Mapping[str, int]) -> Mapping[str, object]:
    """`withhold` for one row and what is held of the contact that it found, by field."""
    names = {name for field in _fields_held(record, row, held) for name in _columns_of(field)}
    return {name: None if name in names else value for name, value in record.items()}


def tell_withheld(
    record: Mapping[str, object], row: int, held: Mapping[str, int], now: Values, original_tags: Sequence[str], options: EngineOptions
) -> list[Issue]:
    """A note on each field of the contact, as it is `now`, that the row would have changed, were it not held."""
    told = []
    for field in _fields_held(record, row, held):
        value = _find_change(field, record, now, original_tags, options)
        if value is not None:
            issue = make_issue(row, IssueCode.SET_BY_HIGHER_ROW, IssueSeverity.NOTE, options, field, value[:MAX_SHOWN_CHARACTERS] or None)
            told.append(replace(issue, message=issue.message.format(row=held[field])))
    return told


def _fields_held(record: Mapping[str, object], row: int, held: Mapping[str, int]) -> list[str]:
    fields = {field for field, held_by in held.items() if held_by > row}
    # Nobody whom the import unsubscribes is subscribed by another of its rows, in whatever order they go in.
    if record.get(ContactField.CONSENT) == Consent.UNSUBSCRIBED:
        fields.discard(ContactField.CONSENT)
    return sorted(fields)


def _find_change(field: str, record: Mapping[str, object], now: Values, original_tags: Sequence[str], options: EngineOptions) -> str | None:
    """What the row would make of the field, "" where it would clear it; None: it would leave it as it is."""
    policy, said = policy_of(field, options), text_of(record.get(field))
    if field == ContactField.TAGS:
        tags = record.get(field)
        after = tags_after(now.tags, tags if isinstance(tags, list) else None, policy, options, original_tags)
        return None if list(after) == list(tags_after(now.tags, None, policy, options, original_tags)) else ", ".join(texts_of(tags))
    if field == ContactField.CONSENT:
        consent = consent_after(now.consent, said, policy)
        return None if consent == now.consent else consent
    if field.startswith(CUSTOM_PREFIX):
        before: object = now.custom.get(field.removeprefix(CUSTOM_PREFIX))
    else:
        before = now.texts[field]
    if field in (text_of(record.get(IN_ONE_CASE)) or "") and is_same_name(before, said):
        return None
    text = text_after(before, said, policy, options.empty_cells)
    if field == ContactField.OWNER and not text and policy is not FieldPolicy.KEEP:
        text = text_of(record.get(ASSIGNED_OWNER)) or None
    return None if text == before else str(text or "")


def by_contact(held: pl.DataFrame) -> dict[str, dict[str, int]]:
    """What is held of each contact, by field."""
    found: dict[str, dict[str, int]] = {}
    for contact_id, field, held_by in held.select(*HELD_SCHEMA).iter_rows():
        found.setdefault(contact_id, {})[field] = held_by
    return found


def _columns_of(field: str) -> tuple[str, ...]:
    return (field, ASSIGNED_OWNER) if field == ContactField.OWNER else (field,)
