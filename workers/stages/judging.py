"""The first pass of planning: every row is judged by itself, several chunks at a time and while the source is still being read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import polars as pl

from models.queries.plans import ChunkRecord, PlannedRun
from models.tables import ImportJob
from workers.engine.ahead import map_ahead
from workers.engine.directory import collect_names
from workers.engine.edits import Edits, edit_chunk, tell_excluded
from workers.engine.frames import EngineOptions
from workers.engine.judging import judge
from workers.engine.matching import extract_keys, tie_keys
from workers.engine.plans import write_frame
from workers.stages.carrying import carry
from workers.stages.deps import Deps
from workers.stages.reading import Piece, keep_piece

# Chunks at a time, beside the reading of the next. More would wait for the interpreter, which the steps between calls of polars need.
THREADS = 2


@dataclass(frozen=True, slots=True)
class JudgedChunk:
    """A chunk whose rows were judged: where it and they lie. `rows` are the numbers of those that are to be planned, an earlier run
    having settled the others; `failed` those of them that cannot go in, `excluded` those that somebody left out, which are not judged.
    `names` are the companies and owners of all of its rows.
    """

    source: ChunkRecord
    judged_key: str
    rows: pl.Series
    failed: pl.Series
    excluded: pl.Series
    ties: pl.DataFrame
    issues: pl.DataFrame
    names: pl.DataFrame


def judge_pieces(
    deps: Deps, job: ImportJob, pieces: Iterable[Piece], options: EngineOptions, edits: Edits, earlier: PlannedRun | None, prefix: str
) -> Iterator[JudgedChunk]:
    """Judge and store the pieces as they were edited; those that came from the source are stored along."""
    headers = [column["header"] for column in job.columns]

    def judge_piece(piece: Piece) -> JudgedChunk:
        record = piece.record
        chunk, excluded = edit_chunk(keep_piece(deps.storage, piece), headers, edits)
        judged = judge(chunk, headers, options)
        rows, names = judged.rows, collect_names(judged.rows, options)
        issues = (
            judged.issues if excluded.is_empty() else pl.concat([judged.issues, tell_excluded(excluded)]).sort("row", maintain_order=True)
        )
        carried = carry(deps.storage, earlier, record.number)
        if carried is not None:
            settled = carried.outcomes.select("row")
            rows = rows.join(settled, on="row", how="anti", maintain_order="left")
            issues = issues.join(settled, on="row", how="anti", maintain_order="left")
            excluded = excluded.filter(~excluded.is_in(settled["row"].implode()))
        key = f"{prefix}/judged-{record.number:05}.arrow"
        deps.storage.put(key, write_frame(rows))
        ties = tie_keys(extract_keys(rows, options), options)
        planned = rows["row"] if excluded.is_empty() else pl.concat([rows["row"], excluded]).sort()
        return JudgedChunk(record, key, planned, rows.filter("failed")["row"], excluded, ties, issues, names)

    yield from map_ahead(judge_piece, pieces, THREADS)
