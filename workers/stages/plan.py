"""Planning: what every row would do, before any contact is touched.

The keys of the whole file are held at once; all else goes chunk by chunk through the object store.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from models.database import reading, writing
from models.errors import LimitExceeded, UnreadableFile
from models.queries.imports import move
from models.queries.plans import (
    ISSUE_COLUMNS,
    BatchRecord,
    EarlierRun,
    PlannedChunkRecord,
    PlanRecord,
    find_earlier_run,
    record_chunks,
    record_plan,
)
from models.queries.sending import FollowUp
from models.queries.transitions import start_or_queue
from models.tables import ImportJob
from models.vocabulary import ContactField, ErrorPolicy, ImportStatus, RowOutcome
from workers.engine.folding import leave_unprocessed, limit_by_error_rate, merge_settled, settle_chunk, settle_contested
from workers.engine.frames import ISSUE_SCHEMA, EngineOptions, Settled
from workers.engine.identity import make_contact_ids
from workers.engine.judging import DateEvidence, judge
from workers.engine.matching import Matches, extract_keys, pick_candidates, plan_matches
from workers.engine.plans import BatchRange, PlanHash, count_outcomes, cut_batches, number_batches, write_frame
from workers.stages.carrying import Carried, carry
from workers.stages.deps import Deps
from workers.stages.frames import load_candidates, load_frame, load_options
from workers.stages.position import Position
from workers.stages.reading import Source, load_chunk, load_source


@dataclass(frozen=True, slots=True)
class JudgedChunk:
    """A chunk whose rows were judged: where they lie, their issues so far, and what an earlier run settled of it."""

    number: int
    first_row: int
    last_row: int
    row_count: int
    judged_key: str
    issues: pl.DataFrame
    carried: Carried | None


@dataclass(frozen=True, slots=True)
class Matched:
    """The rows of a run matched against each other and against the tenant's contacts."""

    matches: Matches
    candidates: pl.DataFrame
    contested: Settled


def plan(deps: Deps, job: ImportJob) -> list[FollowUp]:
    """Plan the rows that no earlier run settled; record the plan, and apply it if nobody wants to see it first.

    Raises UnreadableFile, InvalidRequest and LimitExceeded for a source that cannot be planned.
    """
    prefix = f"imports/{job.id}/{job.epoch}-{job.attempt}"
    position = Position(deps, job)
    source = load_source(deps, job, prefix, position)
    if not source.row_count:
        raise UnreadableFile("The file has a header but no rows below it.", code="no_data_rows")
    with reading(deps.database) as tx:
        earlier = find_earlier_run(tx, job)
    options = load_options(job, _decide_dates(deps, job, source))
    chunks = list(_judge(deps, job, source, options, earlier, prefix, position))
    keys = pl.concat([extract_keys(load_frame(deps.storage, chunk.judged_key), options) for chunk in chunks])
    _check_limits(deps, job, keys.height)
    record = _settle(deps, job, options, chunks, keys, prefix)
    with writing(deps.database) as tx:
        if source.is_new:
            record_chunks(tx, job, source.chunks)
        move(tx, job, ImportStatus.PLANNED, plan_epoch=job.epoch, total=source.row_count, position=source.row_count)
        record_plan(tx, job, record)
        if not job.auto_start:
            return []
        settings = deps.settings
        return start_or_queue(
            tx, job, concurrent_imports=settings.concurrent_imports, in_flight=settings.batches_in_flight, actor=job.created_by
        )


def _decide_dates(deps: Deps, job: ImportJob, source: Source) -> dict[str, str | None]:
    """Day or month first, for each date column, from all of its values."""
    if ContactField.BIRTHDAY not in job.mapping.values():
        return {}
    evidence = DateEvidence([column["header"] for column in job.columns], job.mapping)
    for record in source.chunks:
        evidence.add(load_frame(deps.storage, record.object_key))
    return evidence.decide()


def _judge(
    deps: Deps, job: ImportJob, source: Source, options: EngineOptions, earlier: EarlierRun | None, prefix: str, position: Position
) -> Iterator[JudgedChunk]:
    headers = [column["header"] for column in job.columns]
    done = 0
    for record in source.chunks:
        chunk = load_chunk(deps.storage, record)
        carried = carry(deps.storage, earlier, record.number)
        judged = judge(chunk, headers, options)
        rows, issues = judged.rows, judged.issues
        if carried is not None:
            settled = carried.outcomes.select("row")
            rows = rows.join(settled, on="row", how="anti", maintain_order="left")
            issues = issues.join(settled, on="row", how="anti", maintain_order="left")
        key = f"{prefix}/judged-{record.number:05}.arrow"
        deps.storage.put(key, write_frame(rows))
        done += record.row_count
        position.note(done, source.row_count)
        yield JudgedChunk(record.number, record.first_row, record.last_row, record.row_count, key, issues, carried)


def _check_limits(deps: Deps, job: ImportJob, rows: int) -> None:
    most = deps.settings.all_or_nothing_max_rows
    if job.options["error_policy"] == ErrorPolicy.ALL_OR_NOTHING and rows > most:
        raise LimitExceeded(
            f"ALL_OR_NOTHING applies at most {most:,} rows in its one transaction (ROLODOCK_ALL_OR_NOTHING_MAX_ROWS); "
            f"this import has {rows:,}.",
            code="too_many_rows",
        )


def _settle(deps: Deps, job: ImportJob, options: EngineOptions, chunks: list[JudgedChunk], keys: pl.DataFrame, prefix: str) -> PlanRecord:
    matched = _match(deps, job, options, chunks, keys)
    policy = ErrorPolicy(job.options["error_policy"])
    last_row: int | None = None
    is_refused = False
    if policy is not ErrorPolicy.KEEP_GOOD_ROWS:
        failed = _failed_rows(deps, job, options, chunks, matched)
        is_refused = policy is ErrorPolicy.ALL_OR_NOTHING and not failed.is_empty()
        if policy is ErrorPolicy.STOP_AT_ERROR_RATE:
            last_row = limit_by_error_rate(failed, keys.height, job.options["max_error_rate"])
        if last_row is not None:
            matched = _match(deps, job, options, chunks, keys.filter(pl.col("row") <= last_row))
    writer = _PlanWriter(deps, job, prefix, keys["row"], is_one_batch=policy is ErrorPolicy.ALL_OR_NOTHING)
    for chunk in chunks:
        settled = _settle_judged(deps, job, options, chunk, matched, last_row)
        if is_refused:
            settled = Settled(leave_unprocessed(settled.outcomes), settled.creates.clear(), settled.updates.clear(), settled.issues)
        writer.add(chunk, settled)
    return writer.finish()


def _match(deps: Deps, job: ImportJob, options: EngineOptions, chunks: list[JudgedChunk], keys: pl.DataFrame) -> Matched:
    with reading(deps.database) as tx:
        candidates = load_candidates(tx, job.tenant_id, keys, options)
    matches = plan_matches(keys, candidates, options)
    parts = [matches.contested(_up_to(load_frame(deps.storage, chunk.judged_key), keys)) for chunk in chunks]
    rows = pl.concat(parts)
    reached = pick_candidates(candidates, extract_keys(rows, options))
    return Matched(matches, candidates, settle_contested(rows, reached, options, make_id=make_contact_ids(job.id)))


def _up_to(rows: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    """The rows that the keys speak of; only rows at the end can be missing from them."""
    last = keys["row"].max()
    return rows.clear() if last is None else rows.filter(pl.col("row") <= last)


def _settle_judged(
    deps: Deps, job: ImportJob, options: EngineOptions, chunk: JudgedChunk, matched: Matched, last_row: int | None
) -> Settled:
    """The plan of a chunk; rows after the last one that is taken stay unprocessed."""
    rows = load_frame(deps.storage, chunk.judged_key)
    taken = rows if last_row is None else rows.filter(pl.col("row") <= last_row)
    settled = settle_chunk(
        taken, matched.matches, matched.candidates, options, make_id=make_contact_ids(job.id), contested=matched.contested
    )
    if taken.height == rows.height:
        return settled
    left = rows.filter(pl.col("row") > last_row).select("row", outcome=pl.lit(RowOutcome.UNPROCESSED.value))
    none = leave_unprocessed(left.join(settled.outcomes.clear().drop("outcome"), on="row", how="left"))
    return merge_settled(
        [settled, Settled(none.select(settled.outcomes.columns), settled.creates.clear(), settled.updates.clear(), settled.issues.clear())]
    )


def _failed_rows(deps: Deps, job: ImportJob, options: EngineOptions, chunks: list[JudgedChunk], matched: Matched) -> pl.Series:
    failed = [pl.Series("row", [], pl.Int64)]
    for chunk in chunks:
        outcomes = _settle_judged(deps, job, options, chunk, matched, None).outcomes
        failed.append(outcomes.filter(pl.col("outcome") == RowOutcome.FAILED.value)["row"])
    return pl.concat(failed)


class _PlanWriter:
    """Stores what the chunks of a plan come to, dealt into batches."""

    def __init__(self, deps: Deps, job: ImportJob, prefix: str, rows: pl.Series, *, is_one_batch: bool) -> None:
        self._deps = deps
        self._job = job
        self._prefix = prefix
        self._row_count = rows.len()
        size = max(self._row_count, 1) if is_one_batch else deps.settings.batch_rows
        self._ranges = [BatchRange(1, int(rows[0]), int(rows[-1]))] if is_one_batch and self._row_count else list(cut_batches(rows, size))
        self._chunks: list[PlannedChunkRecord] = []
        self._creates: list[pl.DataFrame] = []
        self._updates: list[pl.DataFrame] = []
        self._counts: list[pl.DataFrame] = []
        self._issues: list[pl.DataFrame] = []
        self._hash = PlanHash()

    def add(self, chunk: JudgedChunk, settled: Settled) -> None:
        """Take in the plan of a chunk."""
        outcomes = self._with_batch(settled.outcomes)
        self._counts.append(outcomes.select("row", "batch", "outcome", "duplicate"))
        self._hash.add(settled.outcomes)
        self._hash.add(settled.creates)
        self._hash.add(settled.updates)
        self._creates.append(self._with_batch(settled.creates))
        self._updates.append(self._with_batch(settled.updates))
        batches = outcomes.select("row", "batch")
        issues = (
            pl.concat([chunk.issues, settled.issues])
            .sort("row", maintain_order=True)
            .join(batches, on="row", how="left", maintain_order="left")
        )
        if chunk.carried is not None:
            outcomes = pl.concat([outcomes, chunk.carried.outcomes.select(outcomes.columns)]).sort("row")
            carried_issues = chunk.carried.issues.select(issues.columns)
            issues = pl.concat([issues, carried_issues]).sort("row", maintain_order=True)
        self._issues.append(issues)
        keys = (f"{self._prefix}/outcomes-{chunk.number:05}.arrow", f"{self._prefix}/issues-{chunk.number:05}.arrow")
        self._deps.storage.put(keys[0], write_frame(outcomes))
        self._deps.storage.put(keys[1], write_frame(issues))
        self._chunks.append(PlannedChunkRecord(chunk.number, chunk.first_row, chunk.last_row, chunk.row_count, chunk.judged_key, *keys))

    def finish(self) -> PlanRecord:
        """What is to be recorded of the plan."""
        counts = pl.concat(self._counts)
        issues = pl.concat(self._issues) if self._issues else pl.DataFrame(schema=ISSUE_SCHEMA)
        kinds = issues.group_by("code", pl.col("field").fill_null(""), "severity").len().sort("code", "field", "severity")
        return PlanRecord(
            rows=self._row_count,
            plan_hash=self._hash.hexdigest(),
            planned=count_outcomes(counts),
            chunks=self._chunks,
            batches=list(self._store_batches(counts)),
            issues=self._stored_issues(issues).select(ISSUE_COLUMNS).iter_rows(),
            issue_kinds=[(code, field, severity, count) for code, field, severity, count in kinds.iter_rows()],
        )

    def _stored_issues(self, issues: pl.DataFrame) -> pl.DataFrame:
        place = pl.int_range(pl.len()).over("code", "field")
        return issues.filter(place < self._deps.settings.stored_issues_per_kind)

    def _store_batches(self, counts: pl.DataFrame) -> Iterator[BatchRecord]:
        creates = pl.concat(self._creates).partition_by("batch", as_dict=True)
        updates = pl.concat(self._updates).partition_by("batch", as_dict=True)
        rows = counts.partition_by("batch", as_dict=True)
        for batch in self._ranges:
            number = (batch.number,)
            if number not in rows:
                continue
            summary = count_outcomes(rows[number])
            keys = (f"{self._prefix}/creates-{batch.number:05}.arrow", f"{self._prefix}/updates-{batch.number:05}.arrow")
            for key, frames in zip(keys, (creates, updates), strict=True):
                frame = frames.get(number)
                if frame is None:
                    frame = self._creates[0].clear() if frames is creates else self._updates[0].clear()
                self._deps.storage.put(key, write_frame(frame))
            yield BatchRecord(batch.number, batch.first_row, batch.last_row, rows[number].height, summary, *keys)

    def _with_batch(self, frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(batch=number_batches(frame["anchor_row"], self._ranges).cast(pl.Int32))
