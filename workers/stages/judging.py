"""The first pass of planning: every row is judged by itself, several chunks at a time and while the source is still being read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import polars as pl

from models.queries.plans import ChunkRecord, PlannedRun
from models.tables import ImportJob
from workers.engine.ahead import map_ahead
from workers.engine.directory import collect_names
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
    having settled the others; `failed` those of them that cannot go in. `names` are the companies and owners of all of its rows.
    """

    source: ChunkRecord
    judged_key: str
    rows: pl.Series
    failed: pl.Series
    ties: pl.DataFrame
    issues: pl.DataFrame
    names: pl.DataFrame


def judge_pieces(
    deps: Deps, job: ImportJob, pieces: Iterable[Piece], options: EngineOptions, earlier: PlannedRun | None, prefix: str
) -> Iterator[JudgedChunk]:
    """Judge and store the pieces; those that came from the source are stored along."""
    headers = [column["header"] for column in job.columns]

    def judge_piece(piece: Piece) -> JudgedChunk:
        record = piece.record
        judged = judge(keep_piece(deps.storage, piece), headers, options)
        rows, issues, names = judged.rows, judged.issues, collect_names(judged.rows, options)
        carried = carry(deps.storage, earlier, record.number)
        if carried is not None:
            settled = carried.outcomes.select("row")
            rows = rows.join(settled, on="row", how="anti", maintain_order="left")
            issues = issues.join(settled, on="row", how="anti", maintain_order="left")
        key = f"{prefix}/judged-{record.number:05}.arrow"
        deps.storage.put(key, write_frame(rows))
        ties = tie_keys(extract_keys(rows, options), options)
        return JudgedChunk(record, key, rows["row"], rows.filter("failed")["row"], ties, issues, names)

    yield from map_ahead(judge_piece, pieces, THREADS)
