"""Judging a chunk: every row by itself. What comes of it lies in two objects, and says all that settling needs to know of the chunk."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from models.queries.edits import KeptEdits
from models.queries.judged_chunks import WayOfJudging
from models.queries.plans import ChunkRecord, PlannedRun
from models.storage import ObjectStore
from models.tables import ImportJob
from workers.engine.ahead import map_ahead
from workers.engine.directory import collect_names
from workers.engine.edits import edit_chunk, tell_excluded
from workers.engine.frames import Chunk, EngineOptions
from workers.engine.judging import JUDGE_VERSION, judge
from workers.engine.matching import extract_keys, tie_keys
from workers.engine.plans import read_frames, write_frame, write_frames
from workers.stages.carrying import carry
from workers.stages.deps import Deps
from workers.stages.reading import Piece, keep_piece

# Chunks at a time. More would wait for the interpreter, which the steps between calls of polars need.
THREADS = 2


@dataclass(frozen=True, slots=True)
class JudgedRows:
    """The rows of a chunk, judged: where they lie and what is known of them. `rows` are the numbers of those that are to be planned, an
    earlier run having settled the others; `failed` those of them that cannot go in, `excluded` those that somebody left out, which are not
    judged. `names` are the companies and owners of all rows that are.
    """

    source: ChunkRecord
    judged_key: str
    rows: pl.Series
    failed: pl.Series
    excluded: pl.Series
    ties: pl.DataFrame
    issues: pl.DataFrame
    names: pl.DataFrame


def find_way_of_judging(
    job: ImportJob, date_orders: Mapping[str, str | None], earlier: PlannedRun | None, edits: KeptEdits
) -> WayOfJudging:
    """How the rows of a run are judged. An earlier run takes part: the rows that it settled are left out."""
    headers = [column["header"] for column in job.columns]
    settled_by = earlier.chunks[0].epoch if earlier and earlier.chunks else None
    told = json.dumps([JUDGE_VERSION, headers, job.mapping, job.options, dict(date_orders), settled_by], sort_keys=True)
    return WayOfJudging(date_orders, hashlib.sha256(told.encode()).hexdigest(), edits)


def judge_rows(
    storage: ObjectStore,
    job: ImportJob,
    source: ChunkRecord,
    chunk: Chunk,
    options: EngineOptions,
    edits: KeptEdits,
    earlier: PlannedRun | None,
    key: str,
) -> JudgedRows:
    """Judge a chunk as it was edited; what comes of it is stored under the key."""
    headers = [column["header"] for column in job.columns]
    edited, excluded = edit_chunk(chunk, headers, edits)
    judged = judge(edited, headers, options)
    rows, names = judged.rows, collect_names(judged.rows, options)
    issues = judged.issues if excluded.is_empty() else pl.concat([judged.issues, tell_excluded(excluded)]).sort("row", maintain_order=True)
    carried = carry(storage, earlier, source.number)
    if carried is not None:
        settled = carried.outcomes.select("row")
        rows = rows.join(settled, on="row", how="anti", maintain_order="left")
        issues = issues.join(settled, on="row", how="anti", maintain_order="left")
        excluded = excluded.filter(~excluded.is_in(settled["row"].implode()))
    ties = tie_keys(extract_keys(rows, options), options)
    findings = [rows.select("row", "failed"), excluded.to_frame("row"), ties, issues, names]
    storage.put(key, write_frame(rows))
    storage.put(_findings_key(key), write_frames(findings))
    return _make_judged(source, key, *findings)


def load_judged(storage: ObjectStore, source: ChunkRecord, key: str) -> JudgedRows:
    """What was stored under the key."""
    return _make_judged(source, key, *read_frames(storage.get(_findings_key(key))))


def _make_judged(
    source: ChunkRecord, key: str, rows: pl.DataFrame, excluded: pl.DataFrame, ties: pl.DataFrame, issues: pl.DataFrame, names: pl.DataFrame
) -> JudgedRows:
    planned = rows["row"] if excluded.is_empty() else pl.concat([rows["row"], excluded["row"]]).sort()
    return JudgedRows(source, key, planned, rows.filter("failed")["row"], excluded["row"], ties, issues, names)


def judge_pieces(
    deps: Deps, job: ImportJob, pieces: Iterable[Piece], options: EngineOptions, edits: KeptEdits, earlier: PlannedRun | None, prefix: str
) -> Iterator[JudgedRows]:
    """Judge a few pieces here and now; those that came from the source are stored along."""

    def judge_piece(piece: Piece) -> JudgedRows:
        key = f"{prefix}/judged-{piece.record.number:05}.arrow"
        return judge_rows(deps.storage, job, piece.record, keep_piece(deps.storage, piece), options, edits, earlier, key)

    yield from map_ahead(judge_piece, pieces, THREADS)


def keys_of_judged(key: str) -> tuple[str, str]:
    """Where the rows of a judged chunk lie, and what is known of them."""
    return key, _findings_key(key)


def _findings_key(key: str) -> str:
    return key.removesuffix(".arrow") + ".findings"
