"""Companies and owners of rows against the tenant's directories: resolved when a plan is made, held to when a batch is written."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import polars as pl

from models.database import Reading, Writing, reading
from models.errors import DatabaseBusy
from models.queries.directory import NeededEntry, ensure_entries, find_created_names, find_names, list_names
from models.tables import ImportJob
from models.vocabulary import DirectoryKind, DirectoryPolicy
from workers.engine.directory import (
    MOST_CHOICES,
    NAME_SCHEMA,
    NAMING,
    UNKNOWN,
    apply_names,
    collect_names,
    directory_kinds,
    list_written_names,
    make_entries,
    merge_names,
    resolve_names,
)
from workers.engine.frames import ISSUE_SCHEMA, EngineOptions, Judged
from workers.engine.matching import extract_keys, tie_keys
from workers.engine.plans import write_frame
from workers.stages.deps import Deps
from workers.stages.frames import load_frame
from workers.stages.judging import JudgedRows


def resolve_chunks(deps: Deps, job: ImportJob, options: EngineOptions, chunks: Iterable[JudgedRows], prefix: str) -> Iterator[JudgedRows]:
    """The judged chunks of the whole file, with the names of companies and owners as the directories have them, or will have them."""
    if not directory_kinds(options):
        yield from chunks
        return
    found, judged = [], []
    for chunk in chunks:
        found.append(chunk.names)
        # Ties are made anew once the names are known.
        judged.append(replace(chunk, ties=chunk.ties.clear(), names=chunk.names.clear()))
    names = merge_names(found)
    with reading(deps.database) as tx:
        resolved = _resolve(tx, job, names, options)
    for chunk in judged:
        yield _resolve_chunk(deps, chunk, resolved, options, prefix)


def _resolve_chunk(deps: Deps, chunk: JudgedRows, resolved: pl.DataFrame, options: EngineOptions, prefix: str) -> JudgedRows:
    judged = apply_names(Judged(load_frame(deps.storage, chunk.judged_key), chunk.issues), resolved, options)
    key = f"{prefix}/named-{chunk.source.number:05}.arrow"
    deps.storage.put(key, write_frame(judged.rows))
    ties = tie_keys(extract_keys(judged.rows, options), options)
    return replace(chunk, judged_key=key, failed=judged.rows.filter("failed")["row"], ties=ties, issues=judged.issues)


def resolve_again(tx: Reading, job: ImportJob, rows: pl.DataFrame, options: EngineOptions) -> tuple[Judged, pl.Series]:
    """Planned rows with their names as the directories have them now, what is to be told of that, and the rows it makes others."""
    nothing_told = pl.DataFrame(schema=ISSUE_SCHEMA)
    if not directory_kinds(options):
        return Judged(rows, nothing_told), rows["row"].clear()
    resolved = _resolve(tx, job, collect_names(rows, options), options)
    judged = apply_names(Judged(rows, nothing_told), resolved, options)
    told = judged.issues.filter(pl.col("code").is_in([code.value for code in UNKNOWN.values()]))
    naming = [column for column, _ in NAMING if column in rows.columns]
    is_other = pl.any_horizontal(pl.lit(False), *(pl.col(name).ne_missing(judged.rows[name]) for name in naming))
    return Judged(judged.rows, told), rows.filter(is_other)["row"]


def _resolve(tx: Reading, job: ImportJob, names: pl.DataFrame, options: EngineOptions) -> pl.DataFrame:
    known, own, choices = {}, {}, {}
    for kind, policy in directory_kinds(options).items():
        keys = _of_kind(names, kind)["key"]
        known[kind] = find_names(tx, job.tenant_id, kind, keys).items()
        if policy is DirectoryPolicy.CREATE:
            own[kind] = find_created_names(tx, job, kind, keys).items()
        if policy is DirectoryPolicy.MATCH:
            some = list_names(tx, job.tenant_id, kind, MOST_CHOICES + 1)
            choices[kind] = some if len(some) <= MOST_CHOICES else []
    return resolve_names(names, make_entries(known), make_entries(choices), options, make_entries(own))


def find_respelled(tx: Writing, job: ImportJob, options: EngineOptions, creates: pl.DataFrame, updates: pl.DataFrame) -> set[int]:
    """The owner rows of writes whose company or owner is spelled otherwise by now, or gone where none may be created."""
    written = list_written_names(creates, updates, options)
    respelled: set[int] = set()
    for kind, policy in directory_kinds(options).items():
        mine = _of_kind(written, kind)
        now = make_entries({kind: find_names(tx, job.tenant_id, kind, mine["key"]).items()}).select("key", known="name")
        is_missing = pl.lit(policy is DirectoryPolicy.MATCH) & pl.col("known").is_null()
        both = mine.join(now, on="key", how="left")
        respelled.update(both.filter(is_missing | (pl.col("known") != pl.col("name")))["row"])
    return respelled


def write_entries(tx: Writing, job: ImportJob, options: EngineOptions, creates: pl.DataFrame, updates: pl.DataFrame) -> None:
    """Create the companies and owners that these writes give to contacts. Raises DatabaseBusy where one was spelled otherwise just now."""
    written = list_written_names(creates, updates, options)
    for kind, policy in directory_kinds(options).items():
        if policy is DirectoryPolicy.CREATE and not ensure_entries(tx, job, kind, _needed(_of_kind(written, kind))):
            raise DatabaseBusy("The directory is being edited just now.", code="database_busy")


def _needed(written: pl.DataFrame) -> Sequence[NeededEntry]:
    lowest = merge_names([written.select(*NAME_SCHEMA)])
    return [NeededEntry(key, name, row) for key, name, row in lowest.select("key", "name", "row").iter_rows()]


def _of_kind(names: pl.DataFrame, kind: DirectoryKind) -> pl.DataFrame:
    return names.filter(pl.col("kind") == kind.value)
