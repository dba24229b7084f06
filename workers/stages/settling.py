"""Settling the judged chunks of a run against each other and against the tenant's contacts, under the import's error policy.

The keys of the whole file are held at once; rows and contacts go chunk by chunk. All of it sees one state of the database.
"""

from dataclasses import dataclass

import polars as pl

from models.database import Reading
from models.storage import ObjectStore
from models.tables import ImportJob
from models.vocabulary import DuplicateStrategy, ErrorPolicy, RowOutcome
from workers.engine.folding import leave_unprocessed, limit_by_error_rate, merge_settled, settle_chunk, settle_contested
from workers.engine.frames import OUTCOME_SCHEMA, EngineOptions, Settled
from workers.engine.identity import make_contact_ids
from workers.engine.matching import Matches, extract_keys, pick_candidates, plan_matches
from workers.stages.frames import load_candidates, load_claims, load_frame
from workers.stages.plan_writer import JudgedChunk, PlanWriter

NOTHING_CONTESTED = merge_settled([])


@dataclass(frozen=True, slots=True)
class _Run:
    """What settling a chunk takes besides the chunk. Rows after `last_row` are left out."""

    tx: Reading
    storage: ObjectStore
    job: ImportJob
    options: EngineOptions
    matches: Matches
    contested: Settled
    last_row: int | None


def settle_chunks(
    tx: Reading, storage: ObjectStore, job: ImportJob, options: EngineOptions, chunks: list[JudgedChunk], writer: PlanWriter
) -> None:
    """Hand the plan of each chunk to the writer, in order."""
    keys = pl.concat([chunk.keys for chunk in chunks])
    run = _match(tx, storage, job, options, chunks, keys, None)
    policy = ErrorPolicy(job.options["error_policy"])
    is_refused = False
    if policy is not ErrorPolicy.KEEP_GOOD_ROWS:
        failed = _failed_rows(run, chunks)
        is_refused = policy is ErrorPolicy.ALL_OR_NOTHING and not failed.is_empty()
        if policy is ErrorPolicy.STOP_AT_ERROR_RATE:
            last_row = limit_by_error_rate(failed, keys.height, job.options["max_error_rate"])
            if last_row is not None:
                run = _match(tx, storage, job, options, chunks, keys.filter(pl.col("row") <= last_row), last_row)
    writer.set_contested(NOTHING_CONTESTED if is_refused else run.contested)
    for chunk in chunks:
        settled = _settle(run, chunk)
        if is_refused:
            settled = Settled(leave_unprocessed(settled.outcomes), settled.creates.clear(), settled.updates.clear(), settled.issues)
        writer.add(chunk, settled)


def _match(
    tx: Reading,
    storage: ObjectStore,
    job: ImportJob,
    options: EngineOptions,
    chunks: list[JudgedChunk],
    keys: pl.DataFrame,
    last_row: int | None,
) -> _Run:
    claims = load_claims(tx, job.tenant_id, keys)
    matches = plan_matches(keys, claims, options)
    rows = pl.concat([matches.contested(_up_to(load_frame(storage, chunk.judged_key), last_row)) for chunk in chunks])
    reached = pick_candidates(claims, extract_keys(rows, options))["id"]
    candidates = load_candidates(tx, job.tenant_id, reached, options)
    contested = settle_contested(rows, candidates, options, make_id=make_contact_ids(job.id))
    return _Run(tx, storage, job, options, matches, contested, last_row)


def _up_to(rows: pl.DataFrame, last_row: int | None) -> pl.DataFrame:
    return rows if last_row is None else rows.filter(pl.col("row") <= last_row)


def _settle(run: _Run, chunk: JudgedChunk) -> Settled:
    """The plan of a chunk; rows after the last one that is taken stay unprocessed."""
    rows = load_frame(run.storage, chunk.judged_key)
    taken = _up_to(rows, run.last_row)
    found = run.matches.of(taken["row"])["contact_id"].drop_nulls().unique()
    # What is only passed over need not be loaded.
    ids = [] if run.options.duplicate_strategy is DuplicateStrategy.SKIP else found.to_list()
    candidates = load_candidates(run.tx, run.job.tenant_id, ids, run.options)
    settled = settle_chunk(taken, run.matches, candidates, run.options, make_id=make_contact_ids(run.job.id), contested=run.contested)
    if taken.height == rows.height:
        return settled
    left = pl.DataFrame({"row": rows["row"].tail(rows.height - taken.height)}).with_columns(
        pl.lit(RowOutcome.UNPROCESSED.value).alias("outcome"),
        *(pl.lit(None, kind).alias(name) for name, kind in OUTCOME_SCHEMA.items() if name not in ("row", "outcome")),
    )
    nothing = NOTHING_CONTESTED
    return merge_settled([settled, Settled(leave_unprocessed(left), nothing.creates, nothing.updates, nothing.issues)])


def _failed_rows(run: _Run, chunks: list[JudgedChunk]) -> pl.Series:
    failed = [pl.Series("row", [], pl.Int64)]
    for chunk in chunks:
        failed.append(_settle(run, chunk).outcomes.filter(pl.col("outcome") == RowOutcome.FAILED.value)["row"])
    return pl.concat(failed)
