"""Between the database and the object store on one side and the engine's frames on the other."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any
from uuid import UUID

import polars as pl

from models.database import Reading
from models.queries.candidates import CLAIM_COLUMNS, CONTACT_COLUMNS, find_memberships, iter_claimants, iter_contacts
from models.storage import ObjectStore
from models.tables import ImportJob
from models.vocabulary import FileFormat
from workers.engine.frames import CANDIDATE_SCHEMA, CREATE_SCHEMA, UPDATE_SCHEMA, Dialect, EngineOptions
from workers.engine.matching import KINDS
from workers.engine.options import parse_options
from workers.engine.plans import read_frame


def load_frame(storage: ObjectStore, key: str) -> pl.DataFrame:
    """A stored frame."""
    return read_frame(storage.get(key))


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
    return parse_options(job.options, job.mapping, job.created_at.date(), date_orders)


def load_claims(tx: Reading, tenant_id: UUID, keys: pl.DataFrame) -> pl.DataFrame:
    """What the contacts claim that the keys of standing rows find, each contact once: enough to match against."""
    standing = keys.filter(~pl.col("failed"))
    wanted = {f"{kind}_key": standing[kind].drop_nulls().unique().to_list() for kind in KINDS}
    schema = dict.fromkeys(CLAIM_COLUMNS, pl.String())
    frames = [pl.DataFrame(schema=schema)]
    for rows in iter_claimants(tx, tenant_id, wanted):
        frames.append(pl.DataFrame([(str(contact_id), *values) for contact_id, *values in rows], schema=schema, orient="row"))
    return pl.concat(frames).unique("id", keep="first", maintain_order=True)


def load_candidates(tx: Reading, tenant_id: UUID, ids: Iterable[str], options: EngineOptions) -> pl.DataFrame:
    """Live contacts, whole, by their ids: CANDIDATE_SCHEMA."""
    wanted = {UUID(contact_id) for contact_id in ids}
    lists = find_memberships(tx, tenant_id, wanted, [UUID(list_id) for list_id in options.list_ids])
    frames = [pl.DataFrame(schema=CANDIDATE_SCHEMA)]
    names = {name: index for index, name in enumerate(CONTACT_COLUMNS)}
    for rows in iter_contacts(tx, tenant_id, wanted):
        columns: dict[str, list[Any]] = {name: [row[index] for row in rows] for name, index in names.items()}
        columns["lists"] = [lists.get(contact_id, []) for contact_id in columns["id"]]
        columns["id"] = [str(contact_id) for contact_id in columns["id"]]
        columns["custom"] = [json.dumps(custom) for custom in columns["custom"]]
        frames.append(pl.DataFrame(columns, schema=CANDIDATE_SCHEMA))
    return pl.concat(frames)


def create_rows(creates: pl.DataFrame) -> Iterable[Sequence[Any]]:
    """Contacts to create, as the values that the database takes."""
    names = [name for name in CREATE_SCHEMA if name != "anchor_row"]
    ready = creates.select(names).with_columns(
        pl.col("id").str.replace_all("-", "", literal=True),
        _json_list("tags"),
        pl.col("custom").fill_null("{}"),
        pl.col("consent").fill_null("unknown"),
    )
    return ready.iter_rows()


def update_records(updates: pl.DataFrame) -> list[dict[str, Any]]:
    """Contacts to update, by column name: tags and custom as values, what the journal takes as JSON text."""
    ready = updates.select(list(UPDATE_SCHEMA)).with_columns(
        pl.col("tags").fill_null(pl.lit([], pl.List(pl.String))),
        *(_json_list(name) for name in ("tags_added", "tags_removed", "lists_added")),
    )
    return [{**record, "custom": json.loads(record["custom"] or "{}")} for record in ready.iter_rows(named=True)]


def _json_list(name: str) -> pl.Expr:
    """A list of texts as a JSON array. Only a struct can be encoded, so the braces and the name of one are cut off."""
    filled = pl.col(name).fill_null(pl.lit([], pl.List(pl.String))).alias("x")
    return pl.struct(filled).struct.json_encode().str.slice(len('{"x":')).str.strip_suffix("}").alias(name)
