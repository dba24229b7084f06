"""What the rows that earlier runs of an import settled hold of the contacts that a retry comes to."""

from collections.abc import Callable, Iterator, Sequence

import polars as pl

from models.queries.plans import PlannedRun
from models.storage import ObjectStore
from models.vocabulary import DuplicateStrategy
from workers.engine.folding import NOTHING_HELD, SETTING, list_held, merge_held
from workers.engine.frames import EngineOptions
from workers.engine.plans import make_drifted_frame, real_outcomes
from workers.stages.frames import load_frame

# The other strategies change no contact that is found.
CHANGING = (DuplicateStrategy.UPDATE, DuplicateStrategy.MERGE)


def load_held(
    storage: ObjectStore,
    runs: Sequence[PlannedRun],
    contact_ids: pl.Series,
    options: EngineOptions,
    go_on: Callable[[], None] = lambda: None,
) -> pl.DataFrame:
    """The fields that rows of these runs have set of these contacts: HELD_SCHEMA. `go_on` is called now and then.

    It goes by what each row was judged to say and by whom it came to, not by the journal: that knows the lowest row of a write alone,
    and nothing of a row that said what the contact had already.
    """
    if options.duplicate_strategy not in CHANGING or contact_ids.is_empty():
        return NOTHING_HELD
    wanted = contact_ids.unique().implode()
    return merge_held(frame for run in runs for frame in _list_held_of_run(storage, run, wanted, options, go_on))


def _list_held_of_run(
    storage: ObjectStore, run: PlannedRun, wanted: pl.Series, options: EngineOptions, go_on: Callable[[], None]
) -> Iterator[pl.DataFrame]:
    drifted = make_drifted_frame(run.drifted)
    # Rows without a batch were carried over from the run before, which is asked itself.
    is_settled = pl.col("batch").is_not_null() & pl.col("outcome").is_in(SETTING) & pl.col("contact_id").is_in(wanted)
    for chunk in run.chunks:
        go_on()
        settled = real_outcomes(load_frame(storage, chunk.outcomes_key), run.done, drifted).filter(is_settled)
        if settled.height:
            rows = load_frame(storage, chunk.judged_key).join(settled.select("row"), on="row", how="semi")
            yield list_held(rows, settled, options)
