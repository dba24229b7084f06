"""Rows that share nothing with another row, settled column by column: each creates a contact of its own or changes one of its own."""

from dataclasses import replace

import polars as pl

from models.vocabulary import CUSTOM_PREFIX, ISSUE_MESSAGES, TEXT_FIELDS, Consent, IssueCode, IssueSeverity, RowOutcome
from workers.engine.folding.found import settle_found
from workers.engine.folding.holding import NOTHING_HELD
from workers.engine.folding.rules import missing_tags
from workers.engine.folding.shapes import (
    ASSIGNED_OWNER,
    Said,
    join_members,
    make_consent_issue,
    make_outcomes,
    make_text_lists,
    merge_settled,
    nothing_settled,
)
from workers.engine.frames import CREATE_SCHEMA, EngineOptions, Settled, make_issue_frame
from workers.engine.identity import MakeIds
from workers.engine.matching import KINDS, Matches, claimable, text_or_null


def settle_chunk(
    rows: pl.DataFrame,
    hits: pl.DataFrame,
    matches: Matches,
    candidates: pl.DataFrame,
    options: EngineOptions,
    *,
    make_ids: MakeIds,
    held: pl.DataFrame = NOTHING_HELD,
) -> Settled:
    """Settle the uncontested rows of a judged chunk.

    `hits` (HIT_SCHEMA) and `matches` are at least those of these rows; `candidates` are at least the contacts that the hits name, or
    none where SKIP passes over whom it finds; `held` (HELD_SCHEMA) is what higher rows that an earlier run settled set of them.
    """
    if rows.is_empty():
        return nothing_settled()
    mine = matches.of(int(rows["row"][0]), int(rows["row"][-1]))
    said = Said.of(rows.columns)
    # Whose turn a row has is told by narrow frames; the wide one is cut only once.
    known = rows.select("row", "failed").join(hits, on="row", how="left", maintain_order="left")
    known = known.with_columns(pl.col("duplicate", "unsubscribed", *(f"{kind}_taken" for kind in KINDS)).fill_null(False)).drop("special")
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
            settle_found(of("found"), said, candidates, options, held),
            _pass_over(known.filter(turns["following"]).join(mine.followers, on="row", maintain_order="left"), make_ids),
        ]
    )


def _settle_failed(rows: pl.DataFrame) -> Settled:
    outcome = pl.lit(RowOutcome.FAILED.value)
    return replace(nothing_settled(), outcomes=make_outcomes(rows, outcome, pl.lit(None, pl.String()), pl.lit(False)))


def _pass_over(rows: pl.DataFrame, make_ids: MakeIds) -> Settled:
    """Rows that SKIP leaves to the row above that they are like: its contact is theirs, found or created."""
    if rows.is_empty():
        return nothing_settled()
    theirs = pl.coalesce(pl.col("contact_id"), pl.lit(make_ids(rows["leader_row"])))
    outcomes = make_outcomes(rows, pl.lit(RowOutcome.SKIPPED.value), theirs, pl.lit(True)).with_columns(
        owner_row=rows["leader_row"], anchor_row=rows["leader_row"]
    )
    return replace(nothing_settled(), outcomes=outcomes, issues=_duplicate_issues(rows))


def _settle_new(rows: pl.DataFrame, said: Said, options: EngineOptions, make_ids: MakeIds) -> Settled:
    if rows.is_empty():
        return nothing_settled()
    texts = {field: text_or_null(field, rows.columns) for field in TEXT_FIELDS}
    texts["owner"] = pl.coalesce(texts["owner"], text_or_null(ASSIGNED_OWNER, rows.columns)).alias("owner")
    keys = claimable(*(texts[field] for field in ("external_id", "email", "phone", "mobile_phone")))
    contacts = rows.select(
        "row",
        pl.col("row").alias("anchor_row"),
        make_ids(rows["row"]).alias("id"),
        *texts.values(),
        _new_consent(rows).alias("consent"),
        _new_tags(rows, said, options),
        _new_custom(said).alias("custom"),
        # Under CREATE a key may be taken: its value is kept and claims nothing. Otherwise such a row is contested.
        *(pl.when(~pl.col(f"{kind}_taken")).then(keys[kind]).alias(f"{kind}_key") for kind in KINDS),
    )
    creates = contacts.select(*CREATE_SCHEMA).cast(pl.Schema(CREATE_SCHEMA))
    outcomes = make_outcomes(rows, pl.lit(RowOutcome.CREATED.value), creates["id"], pl.col("duplicate"))
    return replace(nothing_settled(), outcomes=outcomes, creates=creates, issues=_consent_issues(rows, options))


def _new_consent(rows: pl.DataFrame) -> pl.Expr:
    """What the row says, but for who stands beside a contact that has unsubscribed."""
    said = text_or_null("consent", rows.columns).fill_null(Consent.UNKNOWN.value)
    return pl.when("unsubscribed").then(pl.lit(Consent.UNSUBSCRIBED.value)).otherwise(said)


def _consent_issues(rows: pl.DataFrame, options: EngineOptions) -> pl.DataFrame:
    """A note on each row of which the contact comes out unsubscribed without its saying so."""
    said = rows.filter("unsubscribed").select("row", consent=text_or_null("consent", rows.columns))
    others = said.filter(pl.col("consent").ne_missing(Consent.UNSUBSCRIBED.value))
    return make_issue_frame([make_consent_issue(row, value, options) for row, value in others.iter_rows()])


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
    return join_members(pieces)


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
