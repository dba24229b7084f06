"""Drafts and lines as the frames of a plan."""

from collections.abc import Mapping

import polars as pl

from models.vocabulary import TEXT_FIELDS
from workers.engine.folding.drafts import Draft, Line, Values, list_changes
from workers.engine.folding.rules import Changes, format_custom, format_json, tags_only_in
from workers.engine.folding.shapes import make_text_lists
from workers.engine.frames import CREATE_SCHEMA, OUTCOME_SCHEMA, UPDATE_SCHEMA
from workers.engine.matching import KINDS


def outcome_frame(lines: list[Line], anchors: Mapping[str, int]) -> pl.DataFrame:
    """What became of the rows: OUTCOME_SCHEMA."""
    owners = [line.contact.owner_row if line.contact else line.row for line in lines]
    return pl.DataFrame(
        {
            "row": [line.row for line in lines],
            "outcome": [line.outcome.value for line in lines],
            "owner_row": owners,
            "anchor_row": [
                anchors.get(line.contact.id, owner) if line.contact else owner for line, owner in zip(lines, owners, strict=True)
            ],
            "contact_id": [line.contact.id if line.contact else None for line in lines],
            "duplicate": [line.is_duplicate for line in lines],
            "changes": [line.changes for line in lines],
        },
        schema=OUTCOME_SCHEMA,
    )


def _contact_columns(drafts: list[Draft], anchors: Mapping[str, int]) -> dict[str, list[object] | pl.Series]:
    return {
        "row": [draft.owner_row for draft in drafts],
        "anchor_row": [anchors[draft.id] for draft in drafts],
        "id": [draft.id for draft in drafts],
        **{name: [draft.now.texts[name] for draft in drafts] for name in TEXT_FIELDS},
        "consent": [draft.now.consent for draft in drafts],
        "tags": make_text_lists("tags", [draft.now.tags for draft in drafts]),
        "custom": [_custom_of(draft) for draft in drafts],
        **{f"{kind}_key": [draft.now.keys[kind] for draft in drafts] for kind in KINDS},
    }


def _custom_of(draft: Draft) -> str:
    """The stored text where nothing changed, else canonical JSON."""
    if draft.before is not None and draft.before.custom == draft.now.custom:
        return draft.custom_text
    return format_custom(draft.now.custom)


def create_frame(drafts: list[Draft], anchors: Mapping[str, int]) -> pl.DataFrame:
    """Contacts that the rows create: CREATE_SCHEMA."""
    return pl.DataFrame(_contact_columns(drafts, anchors), schema=CREATE_SCHEMA).sort("row")


def update_frame(drafts: list[Draft], anchors: Mapping[str, int]) -> pl.DataFrame:
    """Contacts that the rows change: UPDATE_SCHEMA."""
    net = [(draft.before, draft.now) for draft in drafts if draft.before is not None]
    return pl.DataFrame(
        {
            **_contact_columns(drafts, anchors),
            "version": [draft.version for draft in drafts],
            "changes": [format_json(_net_changes(before, now)) for before, now in net],
            "tags_added": make_text_lists("tags_added", [tags_only_in(now.tags, before.tags) for before, now in net]),
            "tags_removed": make_text_lists("tags_removed", [tags_only_in(before.tags, now.tags) for before, now in net]),
            "lists_added": make_text_lists("lists_added", [draft.lists_added for draft in drafts]),
        },
        schema=UPDATE_SCHEMA,
    ).sort("row")


def _net_changes(before: Values, now: Values) -> Changes:
    changes = list_changes(before, now)
    if tags_only_in(before.tags, now.tags):
        changes["tags"] = {"before": before.tags, "after": now.tags}
    return changes
