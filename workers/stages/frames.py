"""Between the database and the object store on one side and the engine's frames on the other."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from uuid import UUID

import polars as pl

from models.database import Reading
from models.queries.candidates import find_claims, find_contacts, find_memberships
from models.storage import ObjectStore
from models.tables import ImportJob
from models.vocabulary import CUSTOM_PREFIX, TEXT_FIELDS, ContactField, FileFormat
from workers.engine.folding import needed_columns
from workers.engine.frames import CREATE_SCHEMA, UPDATE_SCHEMA, Dialect, EngineOptions
from workers.engine.matching import CLAIM_COLUMNS, KINDS
from workers.engine.options import parse_options
from workers.engine.plans import read_columns, read_filled, read_frame

_NOTHING = pl.lit([], pl.List(pl.String()))


def load_frame(storage: ObjectStore, key: str) -> pl.DataFrame:
    """A stored frame."""
    return read_frame(storage.get(key))


def load_writes(storage: ObjectStore, creates_key: str, updates_key: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What a batch is to create (CREATE_SCHEMA) and to update (UPDATE_SCHEMA)."""
    return read_filled(storage.get(creates_key), CREATE_SCHEMA), read_filled(storage.get(updates_key), UPDATE_SCHEMA)


def load_dialect(job: ImportJob) -> Dialect:
    """How the import's source is read, as its inspection left it."""
    assert job.dialect is not None
    # What an import of an earlier version of ours does not say is as it was then: the default.
    stored = {field.name: job.dialect[field.name] for field in fields(Dialect) if field.name in job.dialect}
    archive = stored.get("archive")
    read = {"format": FileFormat(stored["format"]), "archive": None if archive is None else FileFormat(archive)}
    return Dialect(**stored | read | {name: tuple(stored.get(name, ())) for name in ("sheets", "members", "keys")})


def load_options(job: ImportJob, date_orders: dict[str, str | None] | None = None) -> EngineOptions:
    """The engine's options. Its today is the day on which the import was made, so that a retry judges as the first run did."""
    headers = [column["header"] for column in job.columns]
    return parse_options(job.options, job.mapping, job.created_at.date(), date_orders, head=job.head, headers=headers)


def load_columns(storage: ObjectStore, key: str, names: Collection[str]) -> pl.DataFrame:
    """Those of these columns that a stored frame has."""
    return read_columns(storage.get(key), names)


def load_claims(tx: Reading, tenant_id: UUID, keys: pl.DataFrame, columns: Sequence[str] = CLAIM_COLUMNS) -> pl.DataFrame:
    """The contacts that the keys of standing rows find, each once; as a rule what they claim, which is enough to match against."""
    wanted = {f"{kind}_key": values for kind, values in list_keys(keys).items()}
    claims = find_claims(tx, tenant_id, wanted, columns)
    return claims.unique("id", keep="first", maintain_order=True) if sum(values.len() > 0 for values in wanted.values()) > 1 else claims


def list_keys(keys: pl.DataFrame, *, in_order: bool = True) -> dict[str, pl.Series]:
    """The keys of each kind of standing rows, each once; in order, unless they are put in order later."""
    standing = keys.filter(~pl.col("failed"))
    distinct = {kind: standing[kind].drop_nulls().unique() for kind in KINDS}
    return {kind: values.sort() for kind, values in distinct.items()} if in_order else distinct


def load_candidates(tx: Reading, tenant_id: UUID, ids: pl.Series, options: EngineOptions) -> pl.DataFrame:
    """Live contacts by their ids, with what the rows of the import need of them: of CANDIDATE_SCHEMA."""
    found = find_contacts(tx, tenant_id, ids.unique().sort(), candidate_columns(options))
    return make_candidates(tx, tenant_id, found, options)


def candidate_columns(options: EngineOptions) -> list[str]:
    """The columns of a contact of which candidates are made."""
    return [name for name in needed_columns(options) if name != "lists"]


def make_candidates(tx: Reading, tenant_id: UUID, found: pl.DataFrame, options: EngineOptions) -> pl.DataFrame:
    """Contacts as the engine takes them (of CANDIDATE_SCHEMA) from what was found of them, each once."""
    names = needed_columns(options)
    if "tags" in names:
        found = found.with_columns(_text_lists(found["tags"]).fill_null(_NOTHING))
    if "lists" in names:
        lists = find_memberships(tx, tenant_id, found["id"].sort(), options.list_ids).group_by("contact_id").agg(lists="list_id")
        found = found.join(lists, left_on="id", right_on="contact_id", how="left", maintain_order="left")
        found = found.with_columns(pl.col("lists").fill_null(_NOTHING))
    return found


def contact_columns(creates: pl.DataFrame) -> pl.DataFrame:
    """Contacts to create, in the database's columns and in the order of their keys. Where all are as they are by default, a column is
    left out.

    In key order an index is filled from one end to the other: a fifth less work for PostgreSQL than in the order of a file. And whoever
    waits for a key of another batch waits in the same order as that one.
    """
    usual = {"consent": "unknown", "custom": "{}"}
    names = [name for name in CREATE_SCHEMA if name not in ("row", "anchor_row", "tags", *usual)]
    unusual = [name for name, value in usual.items() if not (creates[name].fill_null(value) == value).all()]
    tags = [_json_list("tags")] if _has_any(creates, "tags") else []
    return _in_key_order(creates).select(
        pl.col("row").alias("import_row"), *names, *(pl.col(name).fill_null(usual[name]) for name in unusual), *tags
    )


def changed_columns(updates: pl.DataFrame) -> list[str]:
    """The columns of a contact that any of these updates changes, besides its claims."""
    names = [*TEXT_FIELDS, ContactField.CONSENT.value]
    marks = [f'"{name}":' for name in names] + [f'"{CUSTOM_PREFIX}']
    # A quote within a value is escaped, so nothing but the name of a field looks so.
    told = set(updates["changes"].str.extract_many(marks).explode().unique())
    changed = [name for name, mark in zip([*names, "custom"], marks, strict=True) if mark in told]
    return [*changed, "tags"] if _has_any(updates, "tags_added") or _has_any(updates, "tags_removed") else changed


def update_columns(updates: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Contacts to update, with these columns as the database takes them, in the order of their keys as in `contact_columns`."""
    ready = {"tags": _json_list("tags"), "custom": pl.col("custom").fill_null("{}"), "consent": pl.col("consent").fill_null("unknown")}
    return _in_key_order(updates).select("id", "version", *(ready.get(name, pl.col(name)) for name in columns))


def change_columns(updates: pl.DataFrame) -> pl.DataFrame:
    """Updates as the journal takes them."""
    lists = [_json_list(name) for name in ("tags_added", "tags_removed", "lists_added") if _has_any(updates, name)]
    return updates.select("row", "changes", pl.col("id").alias("contact_id"), pl.col("version").alias("version_before"), *lists)


def _in_key_order(writes: pl.DataFrame) -> pl.DataFrame:
    return writes.sort(*(f"{kind}_key" for kind in ("email", "external_id", "phone")))


def _has_any(frame: pl.DataFrame, name: str) -> bool:
    """Whether a column of lists holds anything."""
    return name in frame.columns and bool((frame[name].list.len() > 0).any())


def _text_lists(column: pl.Series) -> pl.Series:
    """JSON arrays of texts as lists, null for an empty one: most contacts have no tags."""
    is_empty = column == "[]"
    if is_empty.all():
        return pl.Series(column.name, [None], pl.List(pl.String())).new_from_index(0, column.len())
    return column.str.json_decode(pl.List(pl.String()))


def _json_list(name: str) -> pl.Expr:
    """A list of texts as a JSON array. Only a struct can be encoded, so the braces and the name of one are cut off."""
    filled = pl.col(name).fill_null(pl.lit([], pl.List(pl.String))).alias("x")
    return pl.struct(filled).struct.json_encode().str.slice(len('{"x":')).str.strip_suffix("}").alias(name)
