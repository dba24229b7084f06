"""Rows that find a contact of their own, settled column by column: what each changes under the policies of its fields."""

from dataclasses import replace

import polars as pl

from models.vocabulary import CUSTOM_PREFIX, NAME_FIELDS, TEXT_FIELDS, Consent, DuplicateStrategy, FieldPolicy, RowOutcome
from workers.engine.folding.drafts import read_draft
from workers.engine.folding.holding import HELD_SCHEMA, by_contact, tell_withheld, withhold
from workers.engine.folding.rules import (
    adds_lines_column,
    consent_column_after,
    custom_after,
    custom_changes,
    format_custom,
    format_json,
    is_full_column,
    is_same_name_column,
    missing_lists,
    missing_tags,
    parse_custom,
    policy_of,
    tags_after,
    tags_only_in,
    text_column_after,
)
from workers.engine.folding.shapes import (
    ASSIGNED_OWNER,
    Said,
    clean_candidates,
    join_members,
    make_consent_issues,
    make_notes_issue,
    make_outcomes,
    make_text_lists,
    nothing_settled,
    require_needed,
)
from workers.engine.frames import IN_ONE_CASE, UPDATE_SCHEMA, EngineOptions, Settled, make_issue_frame
from workers.engine.matching import KINDS, claimable, text_or_null

_NOW = "now."
_CHANGED = "changed."
_NO_TEXTS = pl.lit([], pl.List(pl.String))


def settle_found(rows: pl.DataFrame, said: Said, candidates: pl.DataFrame, options: EngineOptions, held: pl.DataFrame) -> Settled:
    """Settle rows that find a contact each. `rows` are judged rows with HIT_SCHEMA; `candidates` are at least their contacts; `held`
    (HELD_SCHEMA) is what these rows leave alone.
    """
    if rows.is_empty():
        return nothing_settled()
    if options.duplicate_strategy is DuplicateStrategy.SKIP:
        outcomes = make_outcomes(rows, pl.lit(RowOutcome.SKIPPED.value), pl.col("contact_id"), pl.lit(True))
        return replace(nothing_settled(), outcomes=outcomes)
    require_needed(candidates, options)
    needed = clean_candidates(candidates.join(rows.select(id="contact_id"), on="id", how="semi"))
    found = withhold(rows, held).join(
        needed.select(pl.all().name.prefix(_NOW)), left_on="contact_id", right_on=f"{_NOW}id", maintain_order="left"
    )
    if found.height != rows.height:
        raise ValueError("A contact that was matched is not among the candidates.")
    after = _with_lists(_with_custom(_with_texts(found, said, options), said, options), said, options)
    texts_changes = _texts_changes(after, said)
    changes = join_members([*texts_changes, *_removal_changes(options)])
    all_changes = join_members([*texts_changes, *_list_changes(said, options)])
    any_change = pl.any_horizontal(pl.col(f"^{_CHANGED.replace('.', '[.]')}.*$"))
    settled = after.with_columns(is_changed=any_change if any(c.startswith(_CHANGED) for c in after.columns) else pl.lit(False))
    updated = settled.filter("is_changed").with_columns(changes=changes, all_changes=all_changes)
    lines = settled.select("row", "contact_id", "is_changed").join(
        updated.select("row", "all_changes"), on="row", how="left", maintain_order="left"
    )
    outcome = pl.when("is_changed").then(pl.lit(RowOutcome.UPDATED.value)).otherwise(pl.lit(RowOutcome.UNCHANGED.value))
    outcomes = make_outcomes(lines, outcome, pl.col("contact_id"), pl.lit(True), pl.col("all_changes"))
    issues = pl.concat(
        [_consent_issues(found, said, options), _notes_issues(found, said, options), _withheld_issues(rows, needed, held, options)]
    ).sort("row", maintain_order=True)
    return replace(nothing_settled(), outcomes=outcomes, updates=_updates(updated), issues=issues)


def _with_texts(found: pl.DataFrame, said: Said, options: EngineOptions) -> pl.DataFrame:
    """The texts and the consent as they will be, under their own names, with a column that tells whether they change."""
    after: dict[str, pl.Expr] = {}
    has_some = IN_ONE_CASE in found.columns and (found[IN_ONE_CASE] != "").any()
    for field in said.texts:
        spoken = pl.col(field) if field in found.columns else pl.lit(None, pl.String())
        if has_some and field in NAME_FIELDS:
            # Somebody wrote LeBron, or van Gogh; LEBRON and VAN GOGH say nothing against it.
            says_no_case = pl.col(IN_ONE_CASE).str.contains(field, literal=True).fill_null(False)
            spoken = pl.when(~(says_no_case & is_same_name_column(pl.col(_NOW + field), spoken))).then(spoken)
        after[field] = text_column_after(pl.col(_NOW + field), spoken, policy_of(field, options), options.empty_cells)
    if said.assigns and policy_of("owner", options) is not FieldPolicy.KEEP:
        after["owner"] = pl.coalesce(after["owner"], text_or_null(ASSIGNED_OWNER, found.columns))
    if said.has_consent:
        after["consent"] = consent_column_after(pl.col(f"{_NOW}consent"), pl.col("consent"), policy_of("consent", options))
    untouched = [field for field in (*TEXT_FIELDS, "consent") if field not in after]
    folded = found.with_columns(
        *(value.alias(field) for field, value in after.items()),
        *(pl.col(_NOW + field).alias(field) for field in untouched),
    )
    return folded.with_columns(pl.col(field).ne_missing(pl.col(_NOW + field)).alias(_CHANGED + field) for field in after)


def _with_custom(found: pl.DataFrame, said: Said, options: EngineOptions) -> pl.DataFrame:
    """The custom object as it will be, and the changes of its keys as a piece of JSON."""
    if not said.custom:
        return found.with_columns(custom=pl.col(f"{_NOW}custom"))
    keys = [name.removeprefix(CUSTOM_PREFIX) for name in said.custom]
    policies = {key: policy_of(name, options) for key, name in zip(keys, said.custom, strict=True)}
    texts: list[str] = []
    pieces: list[str | None] = []
    for stored, *cells in found.select(f"{_NOW}custom", *said.custom).iter_rows():
        before = {} if stored == "{}" else parse_custom(stored)
        after = custom_after(before, dict(zip(keys, cells, strict=True)), policies, options.empty_cells)
        changes = custom_changes(before, after)
        texts.append(format_custom(after) if changes else stored)
        pieces.append(format_json(changes)[1:-1] if changes else None)
    return found.with_columns(
        pl.Series("custom", texts, pl.String()),
        pl.Series("custom_changes", pieces, pl.String()),
    ).with_columns(pl.col("custom_changes").is_not_null().alias(f"{_CHANGED}custom"))


def _with_lists(found: pl.DataFrame, said: Said, options: EngineOptions) -> pl.DataFrame:
    """The tags and lists that the row adds and removes, and the tags as they will be."""
    result = _with_tags(found, said, options)
    lists = [missing_lists(now, options) for now in found[f"{_NOW}lists"].to_list()] if options.list_ids else []
    result = result.with_columns(make_text_lists("lists_added", lists) if lists else _NO_TEXTS.alias("lists_added"))
    return result.with_columns(
        ((pl.col("tags_added").list.len() > 0) | (pl.col("tags_removed").list.len() > 0)).alias(f"{_CHANGED}tags"),
        (pl.col("lists_added").list.len() > 0).alias(f"{_CHANGED}lists"),
    )


def _with_tags(found: pl.DataFrame, said: Said, options: EngineOptions) -> pl.DataFrame:
    policy = policy_of("tags", options)
    nothing = found.with_columns(pl.col(f"{_NOW}tags").alias("tags"), _NO_TEXTS.alias("tags_added"), _NO_TEXTS.alias("tags_removed"))
    if policy is FieldPolicy.KEEP or not (said.has_tags or options.tags):
        return nothing
    now = found[f"{_NOW}tags"].to_list()
    more = found["tags"].to_list() if said.has_tags else [None] * found.height
    if policy is FieldPolicy.APPEND:
        added = [missing_tags(tags, own, options.tags) for tags, own in zip(now, more, strict=True)]
        return nothing.with_columns(make_text_lists("tags_added", added)).with_columns(
            pl.concat_list(f"{_NOW}tags", "tags_added").alias("tags")
        )
    after = [tags_after(tags, own, policy, options, tags) for tags, own in zip(now, more, strict=True)]
    return nothing.with_columns(
        make_text_lists("tags", after),
        make_text_lists("tags_added", [tags_only_in(then, tags) for tags, then in zip(now, after, strict=True)]),
        make_text_lists("tags_removed", [tags_only_in(tags, then) for tags, then in zip(now, after, strict=True)]),
    )


def _texts_changes(after: pl.DataFrame, said: Said) -> list[pl.Expr]:
    fields = [*said.texts, *(["consent"] if said.has_consent else [])]
    # Making JSON costs much, and most fields of most files change nowhere.
    changed = after.select(pl.col(_CHANGED + field).any().alias(field) for field in fields).row(0) if fields else ()
    fields = [field for field, is_changed in zip(fields, changed, strict=True) if is_changed]
    pieces = [_piece(field, pl.col(_NOW + field), pl.col(field)) for field in fields]
    return [*pieces, pl.col("custom_changes")] if said.custom else pieces


def _removal_changes(options: EngineOptions) -> list[pl.Expr]:
    """The tags before and after where some are removed: an undo puts them back in their places."""
    if policy_of("tags", options) is not FieldPolicy.OVERWRITE:
        return []
    return [pl.when(pl.col("tags_removed").list.len() > 0).then(_piece("tags", pl.col(f"{_NOW}tags"), pl.col("tags")))]


def _list_changes(said: Said, options: EngineOptions) -> list[pl.Expr]:
    pieces = []
    if said.has_tags or options.tags:
        pieces.append(_piece("tags", pl.col(f"{_NOW}tags"), pl.col("tags")))
    if options.list_ids:
        pieces.append(_piece("lists", pl.col(f"{_NOW}lists"), pl.concat_list(f"{_NOW}lists", "lists_added")))
    return pieces


def _piece(field: str, before: pl.Expr, after: pl.Expr) -> pl.Expr:
    """One member of a JSON object, without the braces; null where nothing changes."""
    change = pl.struct(before.alias("before"), after.alias("after")).alias(field)
    text = pl.struct(change).struct.json_encode()
    return pl.when(_CHANGED + field).then(text.str.strip_prefix("{").str.head(-1))


def _updates(updated: pl.DataFrame) -> pl.DataFrame:
    now = claimable(*(pl.col(_NOW + field) for field in ("external_id", "email", "phone", "mobile_phone")))
    after = claimable(*(pl.col(field) for field in ("external_id", "email", "phone", "mobile_phone")))
    # A value that the contact had keeps its claim or its lack of one; a new one is free, or the row were contested.
    keys = [
        pl.when(after[kind].eq_missing(now[kind])).then(pl.col(f"{_NOW}{kind}_key")).otherwise(after[kind]).alias(f"{kind}_key")
        for kind in KINDS
    ]
    named = updated.with_columns(
        *keys, pl.col("row").alias("anchor_row"), pl.col("contact_id").alias("id"), pl.col(f"{_NOW}version").alias("version")
    )
    return named.select(*UPDATE_SCHEMA).cast(pl.Schema(UPDATE_SCHEMA))


def _consent_issues(found: pl.DataFrame, said: Said, options: EngineOptions) -> pl.DataFrame:
    if not said.has_consent or policy_of("consent", options) is FieldPolicy.KEEP:
        return nothing_settled().issues
    return make_consent_issues(found.filter(pl.col(f"{_NOW}consent") == Consent.UNSUBSCRIBED.value), options)


def _notes_issues(found: pl.DataFrame, said: Said, options: EngineOptions) -> pl.DataFrame:
    if "notes" not in said.texts or policy_of("notes", options) is not FieldPolicy.APPEND:
        return nothing_settled().issues
    now, more = pl.col(f"{_NOW}notes"), pl.col("notes")
    full = found.filter(adds_lines_column(now, more) & is_full_column(now, more)).select("row", "notes")
    return make_issue_frame([make_notes_issue(row, value, options) for row, value in full.iter_rows()])


def _withheld_issues(rows: pl.DataFrame, contacts: pl.DataFrame, held: pl.DataFrame, options: EngineOptions) -> pl.DataFrame:
    """Row by row: only a retried row comes to a contact that a higher row of its import has set."""
    mine = held.join(rows.select("contact_id", "row"), on="contact_id").filter(pl.col("held_by") > pl.col("row"))
    if mine.is_empty():
        return nothing_settled().issues
    fields = by_contact(mine.select(*HELD_SCHEMA).unique())
    drafts = {draft.id: draft for draft in map(read_draft, contacts.filter(pl.col("id").is_in([*fields])).iter_rows(named=True))}
    told = []
    for record in rows.join(mine.select("row").unique(), on="row", how="semi", maintain_order="left").iter_rows(named=True):
        now = drafts[record["contact_id"]].now
        told += tell_withheld(record, record["row"], fields[record["contact_id"]], now, now.tags, options)
    return make_issue_frame(told)
