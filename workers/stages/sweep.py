"""Sweeping: sending what is due but was not sent, or was lost. Runs in every worker, by the database's clock."""

from models.database import reading, writing
from models.queries.batches import ask_finalize, list_stalled, release_next
from models.queries.sending import FollowUp, list_due
from workers.stages.deps import Deps

# So that a round is short, whatever has piled up; the next round goes on.
MOST_A_ROUND = 50


def sweep(deps: Deps) -> list[FollowUp]:
    """What is due, and the next batches and the ends that nobody asked for because a worker died in between."""
    with reading(deps.database) as tx:
        due = list_due(tx, MOST_A_ROUND)
        stalled = list_stalled(tx, MOST_A_ROUND)
    for import_id, epoch in stalled:
        with writing(deps.database) as tx:
            due += release_next(tx, import_id, epoch, deps.settings.batches_in_flight) or ask_finalize(tx, import_id)
    return due
