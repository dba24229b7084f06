"""Rows that share nothing with another row, settled column by column: each creates a contact of its own or changes one of its own."""

from collections.abc import Sequence

import polars as pl

from models.vocabulary import (
    CUSTOM_PREFIX,
    ISSUE_MESSAGES,
    TEXT_FIELDS,
    Consent,
    DuplicateStrategy,
    FieldPolicy,
    IssueCode,
    IssueSeverity,
    RowOutcome,
)
from workers.engine.folding.rules import (
    adds_lines_column,
    consent_column_after,
    custom_after,
    custom_changes,
    format_custom,
    format_json,
    is_full_column,
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
    make_issue,
    make_notes_issue,
    make_text_lists,
    merge_settled,
)
from workers.engine.frames import CREATE_SCHEMA, ISSUE_SCHEMA, OUTCOME_SCHEMA, UPDATE_SCHEMA, EngineOptions, Settled, make_issue_frame
from workers.engine.identity import MakeIds
from workers.engine.matching import KINDS, Matches, claimable, text_or_null

_NOW = "now."
_CHANGED = "changed."
_NO_TEXTS = pl.lit([], pl.List(pl.String))


def settle_chunk(
    rows: pl.DataFrame, hits: pl.DataFrame, matches: Matches, candidates: pl.DataFrame, options: EngineOptions, *, make_ids: MakeIds
) -> Settled:
    """Settle the uncontested rows of a judged chunk.

    `hits` (HIT_SCHEMA) and `matches` are at least those of these rows; `candidates` are at least the contacts that the hits name, or
    none where SKIP passes over whom it finds.
    """
    mine = matches.of(rows["row"])
    said = Said.of(rows.columns)
    # Whose turn a row has is told by narrow frames; the wide one is cut only once.
    known = rows.select("row", "failed").join(hits, on="row", how="left", maintain_order="left")
    known = known.with_columns(pl.col("duplicate", *(f"{kind}_taken" for kind in KINDS)).fill_null(False)).drop("special")
    is_contested = pl.col("row").is_in(mine.contested["row"].implode())
    is_following = pl.col("row").is_in(mine.followers["row"].implode())
    is_matched = pl.col("contact_id").is_not_null()
    turns = known.select(
        failed=~is_contested & pl.col("failed"),
        new=~(is_contested | pl.col("failed") | is_following | is_matched),
        found=~(is_contested | pl.col("failed") | is_following) & is_matched,
        following=~is_contested & is_following,
    )

    def of(turn: str) -> pl.DataFrame:
        return pl.concat([rows.drop("row", "failed"), known], how="horizontal").filter(turns[turn])

    return merge_settled(
        [
            _settle_failed(known.filter(turns["failed"])),
            _settle_new(of("new"), said, options, make_ids),
            _settle_found(of("found"), said, candidates, options),
            _pass_over(known.filter(turns["following"]).join(mine.followers, on="row"), make_ids),
        ]
    )


def _settle_failed(rows: pl.DataFrame) -> Settled:
    outcome = pl.lit(RowOutcome.FAILED.value)
    return _plan(_outcomes(rows, outcome, pl.lit(None, pl.String()), pl.lit(False)))


def _pass_over(rows: pl.DataFrame, make_ids: MakeIds) -> Settled:
    """Rows that SKIP leaves to the row above that they are like: its contact is theirs, found or created."""
    if rows.is_empty():
        return _plan(pl.DataFrame(schema=OUTCOME_SCHEMA))
    theirs = pl.coalesce(pl.col("contact_id"), pl.lit(make_ids(rows["leader_row"])))
    outcomes = _outcomes(rows, pl.lit(RowOutcome.SKIPPED.value), theirs, pl.lit(True)).with_columns(
        owner_row=rows["leader_row"], anchor_row=rows["leader_row"]
    )
    return _plan(outcomes, issues=_duplicate_issues(rows))


def _settle_new(rows: pl.DataFrame, said: Said, options: EngineOptions, make_ids: MakeIds) -> Settled:
    if rows.is_empty():
        return _plan(pl.DataFrame(schema=OUTCOME_SCHEMA))
    texts = {field: text_or_null(field, rows.columns) for field in TEXT_FIELDS}
    texts["owner"] = pl.coalesce(texts["owner"], text_or_null(ASSIGNED_OWNER, rows.columns)).alias("owner")
    keys = claimable(*(texts[field] for field in ("external_id", "email", "phone", "mobile_phone")))
    contacts = rows.select(
        "row",
        pl.col("row").alias("anchor_row"),
        make_ids(rows["row"]).alias("id"),
        *texts.values(),
        text_or_null("consent", rows.columns).fill_null(Consent.UNKNOWN.value).alias("consent"),
        _new_tags(rows, said, options),
        _new_custom(said).alias("custom"),
        # Under CREATE a key may be taken: its value is kept and claims nothing. Otherwise such a row is contested.
        *(pl.when(~pl.col(f"{kind}_taken")).then(keys[kind]).alias(f"{kind}_key") for kind in KINDS),
    )
    creates = contacts.select(*CREATE_SCHEMA).cast(pl.Schema(CREATE_SCHEMA))
    outcomes = _outcomes(rows, pl.lit(RowOutcome.CREATED.value), creates["id"], pl.col("duplicate"))
    return _plan(outcomes, creates=creates)


def _settle_found(rows: pl.DataFrame, said: Said, candidates: pl.DataFrame, options: EngineOptions) -> Settled:
    if rows.is_empty():
        return _plan(pl.DataFrame(schema=OUTCOME_SCHEMA))
    if options.duplicate_strategy is DuplicateStrategy.SKIP:
        return _plan(_outcomes(rows, pl.lit(RowOutcome.SKIPPED.value), pl.col("contact_id"), pl.lit(True)))
    needed = candidates.join(rows.select(id="contact_id"), on="id", how="semi")
    found = rows.join(
        clean_candidates(needed).select(pl.all().name.prefix(_NOW)), left_on="contact_id", right_on=f"{_NOW}id", maintain_order="left"
    )
    if found.height != rows.height:
        raise ValueError("A contact that was matched is not among the candidates.")
    after = _with_lists(_with_custom(_with_texts(found, said, options), said, options), said, options)
    changes = _changes_json([*_texts_changes(said), *_removal_changes(options)])
    all_changes = _changes_json([*_texts_changes(said), *_list_changes(said, options)])
    any_change = pl.any_horizontal(pl.col(f"^{_CHANGED.replace('.', '[.]')}.*$"))
    settled = after.with_columns(is_changed=any_change if any(c.startswith(_CHANGED) for c in after.columns) else pl.lit(False))
    updated = settled.filter("is_changed").with_columns(changes=changes, all_changes=all_changes)
    lines = settled.select("row", "contact_id", "is_changed").join(
        updated.select("row", "all_changes"), on="row", how="left", maintain_order="left"
    )
    outcome = pl.when("is_changed").then(pl.lit(RowOutcome.UPDATED.value)).otherwise(pl.lit(RowOutcome.UNCHANGED.value))
    outcomes = _outcomes(lines, outcome, pl.col("contact_id"), pl.lit(True), pl.col("all_changes"))
    issues = pl.concat([_consent_issues(found, said, options), _notes_issues(found, said, options)])
    return _plan(outcomes, updates=_updates(updated), issues=issues)


def _with_texts(found: pl.DataFrame, said: Said, options: EngineOptions) -> pl.DataFrame:
    """The texts and the consent as they will be, under their own names, with a column that tells whether they change."""
    after: dict[str, pl.Expr] = {}
    for field in said.texts:
        spoken = pl.col(field) if field in found.columns else pl.lit(None, pl.String())
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


def _texts_changes(said: Said) -> list[pl.Expr]:
    fields = [*said.texts, *(["consent"] if said.has_consent else [])]
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


def _changes_json(pieces: Sequence[pl.Expr]) -> pl.Expr:
    if not pieces:
        return pl.lit("{}")
    return pl.concat_str(pl.lit("{"), pl.concat_str(pieces, separator=",", ignore_nulls=True), pl.lit("}"))


def _new_tags(rows: pl.DataFrame, said: Said, options: EngineOptions) -> pl.Series:
    if not said.has_tags and not options.tags:
        return pl.repeat([], rows.height, dtype=pl.List(pl.String), eager=True).alias("tags")
    more = rows["tags"].to_list() if said.has_tags else [None] * rows.height
    return make_text_lists("tags", [missing_tags((), own, options.tags) for own in more])


def _new_custom(said: Said) -> pl.Expr:
    """Canonical JSON of the custom fields that are not blank."""
    pieces = []
    for name in said.custom:
        member = pl.struct(pl.col(name).alias(name.removeprefix(CUSTOM_PREFIX))).struct.json_encode()
        pieces.append(pl.when(pl.col(name) != "").then(member.str.strip_prefix("{").str.head(-1)))
    return _changes_json(pieces)


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
        return pl.DataFrame(schema=ISSUE_SCHEMA)
    is_kept = (
        (pl.col(f"{_NOW}consent") == Consent.UNSUBSCRIBED.value)
        & (pl.col("consent") != "")
        & (pl.col("consent") != pl.col(f"{_NOW}consent"))
    )
    kept = found.filter(is_kept).select("row", "consent")
    return make_issue_frame(
        [make_issue(row, IssueCode.CONSENT_KEPT, IssueSeverity.NOTE, options, "consent", value) for row, value in kept.iter_rows()]
    )


def _notes_issues(found: pl.DataFrame, said: Said, options: EngineOptions) -> pl.DataFrame:
    if "notes" not in said.texts or policy_of("notes", options) is not FieldPolicy.APPEND:
        return pl.DataFrame(schema=ISSUE_SCHEMA)
    now, more = pl.col(f"{_NOW}notes"), pl.col("notes")
    full = found.filter(adds_lines_column(now, more) & is_full_column(now, more)).select("row", "notes")
    return make_issue_frame([make_notes_issue(row, value, options) for row, value in full.iter_rows()])


def _duplicate_issues(rows: pl.DataFrame) -> pl.DataFrame:
    before, after = ISSUE_MESSAGES[IssueCode.DUPLICATE_ROW].split("{row}")
    nothing = pl.lit(None, pl.String())
    return rows.select(
        "row",
        column=nothing,
        field=nothing,
        value=nothing,
        code=pl.lit(IssueCode.DUPLICATE_ROW.value),
        severity=pl.lit(IssueSeverity.NOTE.value),
        message=pl.concat_str(pl.lit(before), pl.col("leader_row"), pl.lit(after)),
        suggestion=nothing,
    )


def _outcomes(
    rows: pl.DataFrame, outcome: pl.Expr, contact_id: pl.Expr | pl.Series, duplicate: pl.Expr, changes: pl.Expr | None = None
) -> pl.DataFrame:
    frame = rows.select(
        "row",
        outcome=outcome,
        owner_row=pl.col("row"),
        anchor_row=pl.col("row"),
        contact_id=contact_id,
        duplicate=duplicate,
        changes=pl.lit(None, pl.String()) if changes is None else changes,
    )
    return frame.cast(pl.Schema(OUTCOME_SCHEMA))


def _plan(
    outcomes: pl.DataFrame,
    creates: pl.DataFrame | None = None,
    updates: pl.DataFrame | None = None,
    issues: pl.DataFrame | None = None,
) -> Settled:
    return Settled(
        outcomes,
        pl.DataFrame(schema=CREATE_SCHEMA) if creates is None else creates,
        pl.DataFrame(schema=UPDATE_SCHEMA) if updates is None else updates,
        pl.DataFrame(schema=ISSUE_SCHEMA) if issues is None else issues,
    )
