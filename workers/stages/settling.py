"""The second pass of planning: the judged chunks are settled against each other and against the tenant's contacts, under the import's
error policy. All of it sees one state of the database.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from models.database import Reading
from models.queries.candidates import has_contacts
from models.queries.plans import PlannedRun
from models.storage import ObjectStore
from models.tables import ImportJob
from models.vocabulary import ErrorPolicy, RowOutcome
from workers.engine.ahead import map_ahead
from workers.engine.edits import settle_excluded
from workers.engine.folding import NOTHING_HELD, limit_by_error_rate, merge_settled, refuse, settle_chunk, settle_contested
from workers.engine.frames import OUTCOME_SCHEMA, EngineOptions, Settled
from workers.engine.identity import MakeIds, make_contact_ids
from workers.engine.matching import HIT_SCHEMA, Matches, between, extract_keys, plan_matches
from workers.stages.contested import ContestedPlan, plan_contested
from workers.stages.frames import candidate_columns, load_claims, load_frame, make_candidates
from workers.stages.gathering import Gathered, GatheredChunk
from workers.stages.holding import load_held
from workers.stages.judging import THREADS
from workers.stages.looking import NO_CANDIDATES, Search
from workers.stages.plan_writer import PlanWriter, StoredChunk

NO_HITS = pl.DataFrame(schema=HIT_SCHEMA)


@dataclass(frozen=True, slots=True)
class _Course:
    """What settling takes besides the chunks. Rows after `last_row` are left out; `is_refused`: nothing of the plan is to be done."""

    matches: Matches
    contested: ContestedPlan
    last_row: int | None = None
    is_refused: bool = False


@dataclass(frozen=True, slots=True)
class _Portion:
    """A chunk with what the database has to say of its rows: the contacts that they reach, and those whole."""

    chunk: GatheredChunk
    hits: pl.DataFrame
    candidates: pl.DataFrame


class Settlement:
    """Settles the gathered chunks of one import."""

    def __init__(
        self,
        tx: Reading,
        storage: ObjectStore,
        job: ImportJob,
        options: EngineOptions,
        gathered: Gathered,
        runs: Sequence[PlannedRun],
        taken_row_count: int,
        note: Callable[[int], None],
    ) -> None:
        """`runs` are those whose rows a retry leaves alone; `taken_row_count` rows of the file nobody left out, whatever became of them
        before; `note` is called now and then with the number of rows whose contacts were looked for, and raises where the import has moved
        on.
        """
        self._tx = tx
        self._storage = storage
        self._job = job
        self._options = options
        self._gathered = gathered
        self._runs = runs
        self._taken_row_count = taken_row_count
        self._note = note
        self._search = Search(tx, storage, job.tenant_id, options, gathered)
        self._looked_up = 0
        self._make_ids: MakeIds = make_contact_ids(job.id)
        self._special = [pl.Series("row", [], pl.Int64)]
        self._reached = [pl.Series("id", [], pl.String)]
        self._held = NOTHING_HELD

    def settle(self, writer: PlanWriter) -> Iterator[StoredChunk]:
        """Settle and store the chunks, in order."""
        self._look_for_contacts()
        course = self._decide()
        yield from map_ahead(lambda portion: writer.store(portion.chunk, self._settle(portion, course)), self._portions(course), THREADS)

    def _look_for_contacts(self) -> None:
        """Keep which contacts the rows reach, and what this ties together."""
        if not has_contacts(self._tx, self._job.tenant_id):
            return
        for found in self._search.find(self._go_on):
            self._gathered.scratch.add(_hits_of(found.chunk), found.hits.frame)
            self._gathered.ties.add(found.hits.ties)
            self._special.append(found.hits.special)
            if self._runs:
                self._reached.append(found.contact_ids)
        if self._runs:
            self._held = load_held(self._storage, self._runs, pl.concat(self._reached), self._options, self._go_on)

    def _go_on(self, looked_up: int | None = None) -> None:
        """Note that the stage is alive, and for how many rows contacts were looked for; None: for as many as before."""
        self._looked_up = self._looked_up if looked_up is None else looked_up
        self._note(self._looked_up)

    def _decide(self) -> _Course:
        """Who can be settled alone, and how far the error policy lets the import go."""
        course = self._match("all", None)
        policy = ErrorPolicy(self._job.options["error_policy"])
        failed = pl.concat([self._gathered.failed, course.contested.failed])
        if policy is ErrorPolicy.ALL_OR_NOTHING and failed.len():
            return _Course(course.matches, course.contested, is_refused=True)
        if policy is ErrorPolicy.STOP_AT_ERROR_RATE:
            last_row = limit_by_error_rate(failed, self._taken_row_count, self._job.options["max_error_rate"])
            if last_row is not None:
                return self._match("taken", last_row)
        return course

    def _match(self, name: str, last_row: int | None) -> _Course:
        is_taken = pl.lit(True) if last_row is None else pl.col("row") <= last_row
        ties = (piece.filter(is_taken) for piece in self._gathered.ties.pieces())
        special = pl.concat(self._special).to_frame().filter(is_taken)["row"]
        matches = plan_matches(ties, special, self._options)
        contested = plan_contested(self._gathered, self._storage, matches, self._settle_together, name)
        return _Course(matches, contested, last_row)

    def _settle_together(self, rows: pl.DataFrame) -> Settled:
        self._go_on()
        found = load_claims(self._tx, self._job.tenant_id, extract_keys(rows, self._options), candidate_columns(self._options))
        reached = make_candidates(self._tx, self._job.tenant_id, found, self._options)
        return settle_contested(rows, reached, self._options, make_ids=self._make_ids, held=self._held)

    def _portions(self, course: _Course) -> Iterator[_Portion]:
        for chunk in self._gathered.chunks:
            hits = self._gathered.scratch.read(_hits_of(chunk))
            if hits is None:
                yield _Portion(chunk, NO_HITS, NO_CANDIDATES)
                continue
            contested = between(course.matches.contested, chunk.source.first_row, chunk.source.last_row)
            ids = hits.join(contested, on="row", how="anti")["contact_id"].drop_nulls().unique()
            yield _Portion(chunk, hits, self._search.load_candidates(chunk, ids))

    def _settle(self, portion: _Portion, course: _Course) -> Settled:
        """The plan of a chunk's rows, with those that somebody left out."""
        settled = self._settle_taken(portion, course)
        excluded = portion.chunk.excluded
        if excluded.is_empty():
            return settled
        outcomes = pl.concat([settled.outcomes, settle_excluded(excluded)]).sort("row")
        return Settled(outcomes, settled.creates, settled.updates, settled.issues)

    def _settle_taken(self, portion: _Portion, course: _Course) -> Settled:
        """The plan of the other rows; those after the last one that is taken stay unprocessed."""
        rows = load_frame(self._storage, portion.chunk.judged_key)
        taken = rows if course.last_row is None else rows.filter(pl.col("row") <= course.last_row)
        alone = settle_chunk(
            taken, portion.hits, course.matches, portion.candidates, self._options, make_ids=self._make_ids, held=self._held
        )
        settled = merge_settled([alone, course.contested.of(portion.chunk)])
        if course.is_refused:
            return refuse(settled)
        if taken.height < rows.height:
            left = _left_unprocessed(rows["row"].tail(rows.height - taken.height))
            return Settled(pl.concat([settled.outcomes, left]), settled.creates, settled.updates, settled.issues)
        return settled


def _hits_of(chunk: GatheredChunk) -> str:
    return f"hits-{chunk.source.number}"


def _left_unprocessed(rows: pl.Series) -> pl.DataFrame:
    """The outcomes of rows that are not taken."""
    unprocessed = {"outcome": RowOutcome.UNPROCESSED.value, "duplicate": False}
    return rows.to_frame("row").select(
        pl.lit(unprocessed.get(name), kind).alias(name) if name not in ("row", "owner_row", "anchor_row") else pl.col("row").alias(name)
        for name, kind in OUTCOME_SCHEMA.items()
    )
