"""The whole of settling for rows that fit into memory: what a stage does chunk by chunk, in one call."""

from collections.abc import Callable, Iterable

import polars as pl

from workers.engine.folding.columns import settle_chunk
from workers.engine.folding.shapes import merge_settled
from workers.engine.folding.simulation import settle_contested
from workers.engine.frames import EngineOptions, Settled
from workers.engine.matching import extract_keys, pick_candidates, plan_matches


def settle(chunks: Iterable[pl.DataFrame], candidates: pl.DataFrame, options: EngineOptions, *, make_id: Callable[[int], str]) -> Settled:
    """Settle judged chunks of one file, in row order; how the rows are cut into chunks does not matter.

    `candidates` are all live contacts that claim one of the rows' keys, each once.
    """
    pieces = list(chunks)
    if not pieces:
        return merge_settled([])
    keys = pl.concat([extract_keys(piece, options) for piece in pieces])
    matches = plan_matches(keys, candidates, options)
    rows = pl.concat([matches.contested(piece) for piece in pieces])
    contested = settle_contested(rows, pick_candidates(candidates, extract_keys(rows, options)), options, make_id=make_id)
    return merge_settled(settle_chunk(piece, matches, candidates, options, make_id=make_id, contested=contested) for piece in pieces)
