"""Storing what a plan comes to, chunk by chunk, dealt into batches."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from models.queries.plans import ISSUE_COLUMNS, BatchRecord, ChunkRecord, PlannedChunkRecord, PlanRecord
from models.settings import Settings
from models.storage import ObjectStore
from workers.engine.folding import merge_settled
from workers.engine.frames import Settled
from workers.engine.plans import BatchRange, PlanHash, count_outcomes, cut_batches, number_batches, write_frame
from workers.stages.carrying import Carried


@dataclass(frozen=True, slots=True)
class JudgedChunk:
    """A chunk whose rows were judged: where they lie, their keys and issues, and what an earlier run settled of it.

    `names`: the companies and owners that all rows of the source chunk name, those of settled rows too.
    """

    source: ChunkRecord
    judged_key: str
    keys: pl.DataFrame
    issues: pl.DataFrame
    carried: Carried | None
    names: pl.DataFrame


class PlanWriter:
    """Takes the plans of chunks in order. A batch lies in one chunk, so that its writes can be stored as soon as that chunk is through.

    A write whose anchor lies in another chunk goes into a batch of that chunk; only contested rows have such, and these are known first.
    """

    def __init__(self, storage: ObjectStore, settings: Settings, prefix: str, chunks: list[JudgedChunk], *, is_one_batch: bool) -> None:
        self._storage = storage
        self._most_issues = settings.stored_issues_per_kind
        self._prefix = prefix
        rows = [chunk.keys["row"] for chunk in chunks]
        self._row_count = sum(some.len() for some in rows)
        self._ranges = cut_batches(rows, settings.batch_rows)
        self._held: list[Settled] | None = [] if is_one_batch else None
        self._contested = merge_settled([])
        self._chunks: list[PlannedChunkRecord] = []
        self._batches: list[BatchRecord] = []
        self._planned: dict[str, int] = {}
        self._issues: list[pl.DataFrame] = []
        self._kinds: list[pl.DataFrame] = []
        self._hash = PlanHash()
        if is_one_batch:
            everything = [row for some in rows for row in some]
            whole = [BatchRange(1, everything[0], everything[-1])] if everything else []
            self._ranges = [whole for _ in chunks]

    def set_contested(self, contested: Settled) -> None:
        """The plan of the rows that were settled together."""
        self._contested = contested

    def add(self, chunk: JudgedChunk, settled: Settled) -> None:
        """Take in the plan of the next chunk."""
        for frame in (settled.outcomes, settled.creates, settled.updates):
            self._hash.add(frame)
        self._store_chunk(chunk, settled)
        rows = chunk.keys["row"]
        if self._held is not None:
            self._held.append(settled)
        elif rows.len():
            self._store_batches(self._anchored(settled, int(rows[0]), int(rows[-1])), self._ranges[len(self._chunks) - 1])

    def finish(self) -> PlanRecord:
        """What is to be recorded of the plan."""
        if self._held:
            self._store_batches(merge_settled(self._held), self._ranges[0])
        kinds = pl.concat(self._kinds).group_by("code", "field", "severity").agg(pl.col("count").sum()).sort("code", "field", "severity")
        return PlanRecord(
            rows=self._row_count,
            plan_hash=self._hash.hexdigest(),
            planned=self._planned,
            chunks=self._chunks,
            batches=self._batches,
            issues=self._first_issues(pl.concat(self._issues)).select(ISSUE_COLUMNS).iter_rows(),
            issue_kinds=list(kinds.iter_rows()),
        )

    def _store_chunk(self, chunk: JudgedChunk, settled: Settled) -> None:
        outcomes = self._with_batch(settled.outcomes)
        issues = pl.concat([chunk.issues, settled.issues]).sort("row", maintain_order=True)
        issues = issues.join(outcomes.select("row", "batch"), on="row", how="left", maintain_order="left")
        for name, count in count_outcomes(outcomes).items():
            self._planned[name] = self._planned.get(name, 0) + count
        if chunk.carried is not None:
            outcomes = pl.concat([outcomes, chunk.carried.outcomes.select(outcomes.columns)]).sort("row")
            issues = pl.concat([issues, chunk.carried.issues.select(issues.columns)]).sort("row", maintain_order=True)
        self._kinds.append(issues.group_by("code", pl.col("field").fill_null(""), "severity").agg(pl.len().cast(pl.Int64).alias("count")))
        self._issues.append(self._first_issues(issues))
        source = chunk.source
        keys = (f"{self._prefix}/outcomes-{source.number:05}.arrow", f"{self._prefix}/issues-{source.number:05}.arrow")
        self._storage.put(keys[0], write_frame(outcomes))
        self._storage.put(keys[1], write_frame(issues))
        self._chunks.append(PlannedChunkRecord(source.number, source.first_row, source.last_row, source.row_count, chunk.judged_key, *keys))

    def _first_issues(self, issues: pl.DataFrame) -> pl.DataFrame:
        place = pl.int_range(pl.len()).over("code", "field")
        return issues.filter(place < self._most_issues)

    def _anchored(self, settled: Settled, first_row: int, last_row: int) -> Settled:
        """What has its anchor in a chunk: of the chunk's own rows, and of contested rows elsewhere."""
        is_here = pl.col("anchor_row").is_between(first_row, last_row)
        is_elsewhere = ~pl.col("row").is_between(first_row, last_row)
        mine = Settled(settled.outcomes.filter(is_here), settled.creates.filter(is_here), settled.updates.filter(is_here), settled.issues)
        contested = self._contested
        others = Settled(
            contested.outcomes.filter(is_here & is_elsewhere),
            contested.creates.filter(is_here & is_elsewhere),
            contested.updates.filter(is_here & is_elsewhere),
            contested.issues.clear(),
        )
        return merge_settled([mine, others])

    def _store_batches(self, settled: Settled, ranges: list[BatchRange]) -> None:
        outcomes, creates, updates = (
            self._with_batch(frame).partition_by("batch", as_dict=True) for frame in (settled.outcomes, settled.creates, settled.updates)
        )
        for batch in ranges:
            number = (batch.number,)
            if number not in outcomes:
                continue
            keys = (f"{self._prefix}/creates-{batch.number:05}.arrow", f"{self._prefix}/updates-{batch.number:05}.arrow")
            self._storage.put(keys[0], write_frame(creates.get(number, self._with_batch(settled.creates.clear()))))
            self._storage.put(keys[1], write_frame(updates.get(number, self._with_batch(settled.updates.clear()))))
            rows = outcomes[number]
            self._batches.append(BatchRecord(batch.number, batch.first_row, batch.last_row, rows.height, count_outcomes(rows), *keys))

    def _with_batch(self, frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(batch=number_batches(frame["anchor_row"], self._all_ranges()))

    def _all_ranges(self) -> Iterator[BatchRange]:
        seen = 0
        for ranges in self._ranges:
            for batch in ranges:
                if batch.number > seen:
                    seen = batch.number
                    yield batch
