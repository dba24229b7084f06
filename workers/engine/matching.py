"""Who a row is about, for a whole file at once: which rows can be settled alone, and which contact those find.

Rows that share a key or a contact with another row are contested; they are left to `folding.simulation`. docs/semantics.md has the rules.
"""

from dataclasses import dataclass

import polars as pl

from models.vocabulary import DuplicateStrategy, MatchField, MatchMode
from workers.engine.frames import CANDIDATE_SCHEMA, EngineOptions

# The match keys; a claim on one is stored in the contact's column `<kind>_key`.
KINDS: tuple[str, ...] = tuple(kind.value for kind in MatchField)

# What is held of every row of the file. A key is null where the row cannot reach a contact through it.
KEY_SCHEMA: dict[str, pl.DataType] = {"row": pl.Int64(), "failed": pl.Boolean(), **{kind: pl.String() for kind in KINDS}}

# What planning needs to know of a candidate, whatever else the frame holds.
CLAIM_COLUMNS: tuple[str, ...] = ("id", "external_id", "email", "phone", "mobile_phone", *(f"{kind}_key" for kind in KINDS))

# One line per row. `contact_id` is the contact that an uncontested row changes or leaves; `<kind>_taken`: a contact claims the row's key.
MATCH_SCHEMA: dict[str, pl.DataType] = {
    "row": pl.Int64(),
    "contested": pl.Boolean(),
    "contact_id": pl.String(),
    "duplicate": pl.Boolean(),
    **{f"{kind}_taken": pl.Boolean() for kind in KINDS},
}


@dataclass(frozen=True, slots=True)
class Matches:
    """What the keys of a file tell before any of its rows is settled: MATCH_SCHEMA, in row order."""

    frame: pl.DataFrame

    def of(self, rows: pl.Series) -> pl.DataFrame:
        """The lines of some rows, which lie near one another in the file."""
        if rows.is_empty():
            return self.frame.clear()
        near = self.frame.filter(pl.col("row").is_between(rows.min(), rows.max()))
        return near.join(rows.to_frame("row"), on="row", how="semi", maintain_order="left")

    def contested(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Those of some judged rows that must be settled together, in row order."""
        contested = self.of(rows["row"]).filter("contested")
        return rows.join(contested.select("row"), on="row", how="semi", maintain_order="left")


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


def plan_matches(keys: pl.DataFrame, candidates: pl.DataFrame, options: EngineOptions) -> Matches:
    """Tell the rows of a whole file that can be settled alone from those that cannot, and find the contacts of the former.

    `keys` are those of all rows in row order; `candidates` are all live contacts that claim any of them, whatever `match_fields`
    says, each once; CLAIM_COLUMNS are enough.
    """
    hits = _find_holders(keys, candidates)
    found = _found(options)
    is_crowded = pl.col("row").is_in(_crowded_rows(hits, candidates).implode())
    if options.duplicate_strategy is DuplicateStrategy.CREATE:
        is_special = pl.lit(False)
        contact = pl.lit(None, pl.String())
    else:
        # A key that belongs to a contact which the row does not find, or an e-mail that finds a contact of another external id.
        is_hit = pl.any_horizontal(pl.col(f"{kind}_holder").is_not_null() for kind in KINDS)
        is_special = (is_hit & found.is_null()) | _identity_conflict(options)
        contact = found
    shared = pl.any_horizontal(_shared(kind) for kind in KINDS)
    stands = ~pl.col("failed")
    frame = hits.select(
        "row",
        contested=stands & (shared | is_crowded | is_special.fill_null(False)),
        contact_id=contact,
        duplicate=found.is_not_null(),
        **{f"{kind}_taken": pl.col(f"{kind}_holder").is_not_null() for kind in KINDS},
    )
    return Matches(frame.cast(pl.Schema(MATCH_SCHEMA)))


def _find_holders(keys: pl.DataFrame, candidates: pl.DataFrame) -> pl.DataFrame:
    """The keys, without those of failed rows, with the contact that claims each."""
    hits = keys.with_columns(pl.when(~pl.col("failed")).then(pl.col(kind)).alias(kind) for kind in KINDS)
    for kind in KINDS:
        holders = candidates.select(pl.col(f"{kind}_key").alias(kind), pl.col("id").alias(f"{kind}_holder")).drop_nulls(kind)
        hits = hits.join(holders, on=kind, how="left", maintain_order="left")
    external_ids = candidates.select(
        pl.col("id").alias("email_holder"), text_or_null("external_id", candidates.columns).alias("email_holder_external_id")
    )
    return hits.join(external_ids, on="email_holder", how="left", maintain_order="left")


def _found(options: EngineOptions) -> pl.Expr:
    """The contact that an uncontested row finds. At most one contact is in sight of such a row, so that ANY needs no other rule."""
    # Under IDENTITY a phone is a key only of rows without the other two: extract_keys saw to it.
    return pl.coalesce(*(pl.col(f"{kind}_holder") for kind in KINDS if kind in options.match_fields), pl.lit(None, pl.String()))


def _identity_conflict(options: EngineOptions) -> pl.Expr:
    decides = {MatchField.EXTERNAL_ID, MatchField.EMAIL} <= set(options.match_fields)
    if options.match_mode is not MatchMode.IDENTITY or not decides:
        return pl.lit(False)
    return pl.col("external_id_holder").is_null() & (pl.col("external_id") != pl.col("email_holder_external_id"))


def _shared(kind: str) -> pl.Expr:
    return pl.col(kind).is_not_null() & pl.col(kind).is_duplicated()


def _crowded_rows(hits: pl.DataFrame, candidates: pl.DataFrame) -> pl.Series:
    """Rows that touch two contacts, or a contact that another row touches, or one of several contacts that hold the same value.

    Contacts that hold the same value are twins, of which one claims it: should the claim be given up, both writes must lie together.
    """
    holders = [f"{kind}_holder" for kind in KINDS]
    touched = hits.filter(pl.any_horizontal(pl.col(holder).is_not_null() for holder in holders))
    touches = (
        touched.unpivot(on=holders, index="row", value_name="contact")
        .drop_nulls("contact")
        .select("row", "contact")
        .unique(["row", "contact"])
    )
    names = ("external_id", "email", "phone", "mobile_phone")
    values = claimable(*(text_or_null(name, candidates.columns) for name in names))
    held = candidates.select("id", *(value.alias(kind) for kind, value in values.items()))
    twins = held.filter(pl.any_horizontal(_shared(kind) for kind in KINDS))["id"]
    is_crowded = pl.col("contact").is_duplicated() | pl.col("row").is_duplicated() | pl.col("contact").is_in(twins.implode())
    return touches.filter(is_crowded)["row"].unique()


def pick_candidates(candidates: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    """Those candidates that claim one of these keys."""
    reached = pl.lit(False)
    for kind in KINDS:
        reached = reached | pl.col(f"{kind}_key").is_in(keys[kind].drop_nulls().unique().implode()).fill_null(False)
    return candidates.filter(reached)


def empty_candidates() -> pl.DataFrame:
    """No contact at all: what a new tenant has."""
    return pl.DataFrame(schema=CANDIDATE_SCHEMA)
