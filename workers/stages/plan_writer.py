"""Storing what a plan comes to, chunk by chunk, dealt into batches."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from models.queries.plans import BatchRecord, PlannedChunkRecord, PlannedRun, PlanRecord
from models.settings import Settings
from models.storage import ObjectStore
from models.vocabulary import RowOutcome
from workers.engine.folding import merge_settled, nothing_settled
from workers.engine.frames import Settled
from workers.engine.plans import BatchRange, PlanHash, count_tallies, number_batches, tally_outcomes, write_filled, write_frame
from workers.stages.carrying import carry
from workers.stages.gathering import Gathered, GatheredChunk
from workers.stages.kept_issues import KeptIssues


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """A chunk whose plan was stored, and what is to be known of it.

    `batches` are those that lie in it. `tallies`: its rows by batch and outcome; `kinds`: how many issues it has by
    code, field and severity; `held`: its writes, where they wait for those of other chunks.
    """

    record: PlannedChunkRecord
    batches: list[BatchRange]
    tallies: pl.DataFrame
    kinds: Mapping[tuple[str, str, str], int]
    issues: pl.DataFrame
    hash: PlanHash
    held: Settled | None


class PlanWriter:
    """Stores the plans of chunks, in several threads at a time, and gathers in order what is to be recorded of them.

    A batch lies in one chunk, so that its writes can be stored as soon as that chunk is through; under `is_one_batch` all
    chunks are one, and its writes wait to the end.
    """

    def __init__(
        self,
        storage: ObjectStore,
        settings: Settings,
        prefix: str,
        gathered: Gathered,
        earlier: PlannedRun | None,
        found: pl.DataFrame,
        *,
        is_one_batch: bool,
    ) -> None:
        """`found`: what was found of the rows of the earlier run, past what it had planned (FOUND_SCHEMA)."""
        self._storage = storage
        self._prefix = prefix
        self._gathered = gathered
        self._earlier = earlier
        self._found = found
        self._is_one_batch = is_one_batch
        batches = gathered.batches
        self._ranges = [BatchRange(1, batches[0].first_row, batches[-1].last_row)] if is_one_batch and batches else batches
        self._records: list[PlannedChunkRecord] = []
        self._batches: list[BatchRange] = []
        self._tallies: list[pl.DataFrame] = []
        self._kinds: Counter[tuple[str, str, str]] = Counter()
        self._issues = KeptIssues(gathered.scratch, settings.stored_issues_per_kind)
        self._held: list[Settled] = []
        self._hash = PlanHash()

    def store(self, chunk: GatheredChunk, settled: Settled) -> StoredChunk:
        """Store the plan of a chunk: the outcomes and issues of its rows, and what is written by the batches that lie in it."""
        source = chunk.source
        plan_hash = PlanHash()
        for frame in (settled.outcomes, settled.creates, settled.updates):
            plan_hash.add(frame)
        outcomes = self._with_batch(settled.outcomes)
        tallies = tally_outcomes(outcomes)
        judged = self._gathered.issues(chunk)
        issues = settled.issues if judged is None else pl.concat([judged, settled.issues]).sort("row", maintain_order=True)
        issues = issues.join(outcomes.select("row", "batch"), on="row", how="left", maintain_order="left")
        carried = carry(self._storage, self._earlier, source.number, self._found)
        if carried is not None:
            outcomes = pl.concat([outcomes, carried.outcomes.select(outcomes.columns)]).sort("row")
            issues = pl.concat([issues, carried.issues.select(issues.columns)]).sort("row", maintain_order=True)
        keys = (f"{self._prefix}/outcomes-{source.number:05}.arrow", f"{self._prefix}/issues-{source.number:05}.arrow")
        self._storage.put(keys[0], write_frame(outcomes))
        self._storage.put(keys[1], write_frame(issues))
        batches = [] if self._is_one_batch else self._store_batches(settled, chunk.batches)
        return StoredChunk(
            record=PlannedChunkRecord(source.number, source.first_row, source.last_row, source.row_count, chunk.judged_key, *keys),
            batches=batches,
            tallies=tallies,
            kinds=_count_kinds(issues),
            issues=issues,
            hash=plan_hash,
            held=settled if self._is_one_batch else None,
        )

    def add(self, stored: StoredChunk) -> None:
        """Gather what is to be recorded of the next chunk."""
        self._records.append(stored.record)
        self._batches += stored.batches
        self._tallies.append(stored.tallies)
        self._kinds.update(stored.kinds)
        self._issues.add(stored.issues)
        if stored.held is not None:
            self._held.append(stored.held)
        self._hash.merge(stored.hash)

    def finish(self) -> PlanRecord:
        """What is to be recorded of the plan, for as long as its scratch is open."""
        if self._held:
            self._batches += self._store_batches(merge_settled(self._held), self._ranges)
        tallies = pl.concat(self._tallies)
        by_batch = {number: count_tallies(lines) for (number,), lines in tallies.group_by("batch")}
        return PlanRecord(
            rows=self._gathered.row_count,
            plan_hash=self._hash.hexdigest(),
            planned=count_tallies(tallies),
            chunks=self._records,
            batches=self._list_records(by_batch),
            issues=self._issues.pieces,
            issue_kinds=[(*kind, count) for kind, count in sorted(self._kinds.items())],
        )

    def _list_records(self, by_batch: dict[int, dict[str, int]]) -> list[BatchRecord]:
        """The batches that own rows. All rows lie from the first one's first to the last one's last, also those that another batch owns."""
        records = [self._record(batch, by_batch[batch.number]) for batch in self._batches if batch.number in by_batch]
        if records:
            records[-1] = replace(records[-1], last_row=self._batches[-1].last_row)
        return records

    def _record(self, batch: BatchRange, counts: dict[str, int]) -> BatchRecord:
        rows = sum(counts[outcome.value] for outcome in RowOutcome)
        return BatchRecord(batch.number, batch.first_row, batch.last_row, rows, counts, *self._keys(batch))

    def _keys(self, batch: BatchRange) -> tuple[str, str]:
        """Where the creates and the updates of a batch lie."""
        return (f"{self._prefix}/creates-{batch.number:05}.arrow", f"{self._prefix}/updates-{batch.number:05}.arrow")

    def _store_batches(self, settled: Settled, batches: list[BatchRange]) -> list[BatchRange]:
        # Most chunks are one batch, whose frames need not be taken apart.
        dealt = [{batches[0].number: frame} if len(batches) == 1 else self._deal(frame) for frame in (settled.creates, settled.updates)]
        nothing = nothing_settled()
        for batch in batches:
            for key, frames, none in zip(self._keys(batch), dealt, (nothing.creates, nothing.updates), strict=True):
                self._storage.put(key, write_filled(frames.get(batch.number, none)))
        return batches

    def _deal(self, frame: pl.DataFrame) -> dict[int, pl.DataFrame]:
        """The writes of each batch."""
        parts = self._with_batch(frame).partition_by("batch", as_dict=True, include_key=False)
        return {number: part for (number,), part in parts.items()}

    def _with_batch(self, frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(batch=number_batches(frame["anchor_row"], self._ranges))


def _count_kinds(issues: pl.DataFrame) -> dict[tuple[str, str, str], int]:
    """How many issues there are by code, field and severity. As plain values: a frame of them, however small, would hold on to the texts of
    all of the chunk's issues.
    """
    counts = issues.group_by("code", pl.col("field").fill_null(""), "severity").len()
    return {(code, field, severity): count for code, field, severity, count in counts.iter_rows()}
