"""Who a row is about: which contact it finds by its keys, and which rows of a file can be settled alone.

A row that shares a key or a contact with a row unlike it, or that reaches a contact which it does not simply find, is contested: it is left
to `folding.simulation`, together with all rows it is tied to. docs/semantics.md has the rules.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from models.vocabulary import Consent, DuplicateStrategy, MatchField, MatchMode
from workers.engine.frames import EngineOptions
from workers.engine.ties import TIE_SCHEMA, find_knots, group_rows, likeness, merge_knots, tie_to_leaders, tie_values

# The match keys; a claim on one is stored in the contact's column `<kind>_key`.
KINDS: tuple[str, ...] = tuple(kind.value for kind in MatchField)

# A key is null where the row cannot reach a contact through it.
KEY_SCHEMA: dict[str, pl.DataType] = {"row": pl.Int64(), "failed": pl.Boolean(), **{kind: pl.String() for kind in KINDS}}

# The columns of judged rows of which keys are made; those that no column of the file is mapped to are not there.
KEY_COLUMNS: tuple[str, ...] = ("row", "failed", "external_id", "email", "phone", "mobile_phone")

# What planning needs to know of a candidate, whatever else the frame holds; under CREATE also its consent.
CLAIM_COLUMNS: tuple[str, ...] = ("id", "external_id", "email", "phone", "mobile_phone", *(f"{kind}_key" for kind in KINDS))

# What the contacts in sight tell of a row by itself. `contact_id` is whom it finds and, unless it is `special`, changes or leaves;
# `<kind>_taken`: a contact claims the row's key; `unsubscribed`: one that does has unsubscribed (told under CREATE alone). A row of which
# there is nothing to tell has no line.
HIT_SCHEMA: dict[str, pl.DataType] = {
    "row": pl.Int64(),
    "special": pl.Boolean(),
    "contact_id": pl.String(),
    "duplicate": pl.Boolean(),
    **{f"{kind}_taken": pl.Boolean() for kind in KINDS},
    "unsubscribed": pl.Boolean(),
}


@dataclass(frozen=True, slots=True)
class Hits:
    """Which contacts some rows reach: HIT_SCHEMA, and the ties that this makes (TIE_SCHEMA)."""

    frame: pl.DataFrame
    ties: pl.DataFrame

    @property
    def special(self) -> pl.Series:
        """The rows that must be settled one by one, whether or not others are tied to them."""
        return self.frame.filter("special")["row"]


@dataclass(frozen=True, slots=True)
class Matches:
    """Which rows of a file cannot be settled alone.

    Both in row order. `contested`: those that must be settled together, by groups that have nothing to do with each other (GROUP_SCHEMA).
    `followers`: those that are passed over because a row above says who they are (FOLLOWER_SCHEMA); neither they nor those whom they
    follow are contested.
    """

    contested: pl.DataFrame
    followers: pl.DataFrame

    def of(self, first_row: int, last_row: int) -> "Matches":
        """The same of the rows between two, both included."""
        return Matches(between(self.contested, first_row, last_row), between(self.followers, first_row, last_row))


def claim_columns(options: EngineOptions) -> tuple[str, ...]:
    """The columns of a contact that tell whom a row finds, where it will not change it."""
    return (*CLAIM_COLUMNS, "consent") if options.duplicate_strategy is DuplicateStrategy.CREATE else CLAIM_COLUMNS


def between(lines: pl.DataFrame, first_row: int, last_row: int) -> pl.DataFrame:
    """Those of some lines in row order whose rows lie between two, both included; found by halving."""
    start, end = lines["row"].search_sorted(first_row, side="left"), lines["row"].search_sorted(last_row, side="right")
    return lines.slice(start, end - start)


def text_or_null(name: str, columns: list[str]) -> pl.Expr:
    """The column's text, null where it is blank, and null in every line where there is no such column."""
    if name not in columns:
        return pl.lit(None, pl.String()).alias(name)
    return pl.when(pl.col(name) != "").then(pl.col(name)).alias(name)


def claimable(external_id: pl.Expr, email: pl.Expr, phone: pl.Expr, mobile_phone: pl.Expr) -> dict[str, pl.Expr]:
    """The value of each kind that a contact or row with these fields would claim; a blank field is null."""
    only_phone = external_id.is_null() & email.is_null()
    return {
        "external_id": external_id,
        "email": email,
        "phone": pl.when(only_phone).then(pl.coalesce(phone, mobile_phone)),
    }


def extract_keys(rows: pl.DataFrame, options: EngineOptions) -> pl.DataFrame:
    """The keys of some judged rows, by which the database is asked for candidates and the file is planned: KEY_SCHEMA."""
    names = ("external_id", "email", "phone", "mobile_phone")
    texts = rows.select("row", "failed", *(text_or_null(name, rows.columns) for name in names))
    keys = claimable(*(pl.col(name) for name in names))
    if options.match_mode is MatchMode.ANY:
        keys["phone"] = pl.coalesce("phone", "mobile_phone")
    return texts.select("row", "failed", *(key.alias(kind) for kind, key in keys.items())).cast(pl.Schema(KEY_SCHEMA))


def tie_keys(keys: pl.DataFrame, options: EngineOptions) -> pl.DataFrame:
    """The ties of standing rows by their own keys: TIE_SCHEMA."""
    alike = _with_likeness(keys, options)
    return pl.concat([tie_values(alike, kind, kind) for kind in KINDS])


def _with_likeness(keys: pl.DataFrame, options: EngineOptions) -> pl.DataFrame:
    # A row finds what a row like it has made if that claims a match key: a phone is claimed by who has nothing else.
    claims = claimable(pl.col("external_id"), pl.col("email"), pl.col("phone"), pl.lit(None, pl.String()))
    finds = pl.any_horizontal(claim.is_not_null() for kind, claim in claims.items() if kind in options.match_fields)
    return keys.filter(~pl.col("failed")).with_columns(likeness(KINDS, finds))


def find_hits(keys: pl.DataFrame, candidates: pl.DataFrame, options: EngineOptions) -> Hits:
    """Look for the contacts that some rows reach. `candidates` are at least the live contacts that claim any of their keys, whatever
    `match_fields` says, each once; `claim_columns` are enough.
    """
    if candidates.is_empty():
        return Hits(pl.DataFrame(schema=HIT_SCHEMA), pl.DataFrame(schema=TIE_SCHEMA))
    reaching = _find_holders(_with_likeness(keys, options), candidates)
    touched = _list_touched(reaching)
    found = _found(options)
    if options.duplicate_strategy is DuplicateStrategy.CREATE:
        is_special = pl.lit(False)
        contact = pl.lit(None, pl.String())
    else:
        # A key that belongs to a contact which the row does not find, or an e-mail that finds a contact of another external id.
        is_special = found.is_null() | _identity_conflict(options).fill_null(False)
        contact = found
    several = touched.filter(pl.col("row").is_duplicated())["row"].unique()
    frame = reaching.select(
        "row",
        special=is_special | pl.col("row").is_in(several.implode()),
        contact_id=contact,
        duplicate=found.is_not_null(),
        **{f"{kind}_taken": pl.col(f"{kind}_holder").is_not_null() for kind in KINDS},
        unsubscribed=_is_any_unsubscribed(candidates, options),
    )
    return Hits(frame.cast(pl.Schema(HIT_SCHEMA)), _tie_touched(touched, candidates))


def plan_matches(ties: Iterable[pl.DataFrame], special: pl.Series, options: EngineOptions) -> Matches:
    """Tell the rows of a file that can be settled alone from those that cannot.

    `ties` are all ties of the rows, in pieces with all ties of a value in one; `special` the rows that are so by their hits.
    """
    knots = merge_knots(map(find_knots, ties))
    # Unless rows are passed over, whoever comes later changes the contact, or makes another.
    is_skipping = options.duplicate_strategy is DuplicateStrategy.SKIP
    knots = tie_to_leaders(knots, special.to_frame("row") if is_skipping else knots.followers)
    tied = group_rows(knots.tied)
    alone = special.to_frame("row").join(tied, on="row", how="anti").select("row", group="row")
    return Matches(pl.concat([tied, alone]).sort("row"), knots.followers)


def _find_holders(keys: pl.DataFrame, candidates: pl.DataFrame) -> pl.DataFrame:
    """The rows of which a contact claims a key, with the contact that claims each."""
    hits = keys
    for kind in KINDS:
        holders = candidates.select(pl.col(f"{kind}_key").alias(kind), pl.col("id").alias(f"{kind}_holder")).drop_nulls(kind)
        hits = hits.join(holders, on=kind, how="left", maintain_order="left")
    hits = hits.filter(pl.any_horizontal(pl.col(f"{kind}_holder").is_not_null() for kind in KINDS))
    external_ids = candidates.select(
        pl.col("id").alias("email_holder"), text_or_null("external_id", candidates.columns).alias("email_holder_external_id")
    )
    return hits.join(external_ids, on="email_holder", how="left", maintain_order="left")


def _found(options: EngineOptions) -> pl.Expr:
    """The contact that an uncontested row finds. At most one contact is in sight of such a row, so that ANY needs no other rule."""
    # Under IDENTITY a phone is a key only of rows without the other two: extract_keys saw to it.
    return pl.coalesce(*(pl.col(f"{kind}_holder") for kind in KINDS if kind in options.match_fields), pl.lit(None, pl.String()))


def _is_any_unsubscribed(candidates: pl.DataFrame, options: EngineOptions) -> pl.Expr:
    """Whether a contact that claims one of the row's keys has unsubscribed, where the row makes another one beside it."""
    if options.duplicate_strategy is not DuplicateStrategy.CREATE:
        return pl.lit(False)
    unsubscribed = candidates.filter(pl.col("consent") == Consent.UNSUBSCRIBED.value)["id"]
    return pl.any_horizontal(pl.col(f"{kind}_holder").is_in(unsubscribed.implode()).fill_null(False) for kind in KINDS)


def _identity_conflict(options: EngineOptions) -> pl.Expr:
    decides = {MatchField.EXTERNAL_ID, MatchField.EMAIL} <= set(options.match_fields)
    if options.match_mode is not MatchMode.IDENTITY or not decides:
        return pl.lit(False)
    return pl.col("external_id_holder").is_null() & (pl.col("external_id") != pl.col("email_holder_external_id"))


def _list_touched(reaching: pl.DataFrame) -> pl.DataFrame:
    """Each contact that a row reaches, once: `row`, `likeness`, `contact`."""
    holders = [f"{kind}_holder" for kind in KINDS]
    lines = reaching.unpivot(on=holders, index=["row", "likeness"], value_name="contact").drop_nulls("contact")
    return lines.select("row", "likeness", "contact").unique(["row", "contact"])


def _tie_touched(touched: pl.DataFrame, candidates: pl.DataFrame) -> pl.DataFrame:
    """The ties of rows by the contacts that they reach, and by the values that these hold.

    Contacts that hold the same value are twins, of which one claims it: should the claim be given up, both writes must lie together.
    """
    names = ("external_id", "email", "phone", "mobile_phone")
    values = claimable(*(text_or_null(name, candidates.columns) for name in names))
    held = candidates.select(pl.col("id").alias("contact"), *(value.alias(kind) for kind, value in values.items()))
    holding = touched.join(held, on="contact")
    return pl.concat([tie_values(touched, "contact", "contact"), *(tie_values(holding, kind, kind) for kind in KINDS)])


def pick_candidates(candidates: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    """Those candidates that claim one of these keys."""
    reached = pl.lit(False)
    for kind in KINDS:
        reached = reached | pl.col(f"{kind}_key").is_in(keys[kind].drop_nulls().unique().implode()).fill_null(False)
    return candidates.filter(reached)
