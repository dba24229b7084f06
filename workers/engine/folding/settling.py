"""The whole of settling for rows that fit into memory: what a stage does chunk by chunk, in one call."""

from collections.abc import Iterable

import polars as pl

from workers.engine.folding.columns import settle_chunk
from workers.engine.folding.holding import NOTHING_HELD
from workers.engine.folding.shapes import merge_settled
from workers.engine.folding.simulation import settle_contested
from workers.engine.frames import EngineOptions, Settled
from workers.engine.identity import MakeIds
from workers.engine.matching import extract_keys, find_hits, pick_candidates, plan_matches, tie_keys


def settle(
    chunks: Iterable[pl.DataFrame],
    candidates: pl.DataFrame,
    options: EngineOptions,
    *,
    make_ids: MakeIds,
    held: pl.DataFrame = NOTHING_HELD,
) -> Settled:
    """Settle judged chunks of one file, in row order; how the rows are cut into chunks does not matter.

    `candidates` are all live contacts that claim one of the rows' keys, each once; `held` (HELD_SCHEMA) is what higher rows that an earlier
    run settled set of them.
    """
    pieces = list(chunks)
    if not pieces:
        return merge_settled([])
    keys = pl.concat([extract_keys(piece, options) for piece in pieces])
    hits = find_hits(keys, candidates, options)
    matches = plan_matches([pl.concat([tie_keys(keys, options), hits.ties])], hits.special, options)
    rows = pl.concat([piece.join(matches.contested, on="row", how="semi", maintain_order="left") for piece in pieces])
    contested = settle_contested(rows, pick_candidates(candidates, extract_keys(rows, options)), options, make_ids=make_ids, held=held)
    alone = (settle_chunk(piece, hits.frame, matches, candidates, options, make_ids=make_ids, held=held) for piece in pieces)
    return merge_settled([contested, *alone])
