"""Waiting for one's turn to write a tenant's contacts."""

from uuid import UUID

from models.database import Writing, writing
from models.queries.batches import give_back_try, wake_batches
from models.queries.sending import BATCH_STAGES, FollowUp, postpone
from models.queries.writer import ask_for_turn, give_up_turn, has_turn, still_has_turn, turn_of
from models.tables import ImportBatch, ImportJob
from models.vocabulary import RunKind
from workers.stages.deps import Deps

SECONDS_BETWEEN_ASKING = 0.5


class NotOurTurn(Exception):
    """Another import of the tenant writes just now; raised to leave the transaction with nothing written."""


def require_turn(tx: Writing, job: ImportJob) -> None:
    """Raises NotOurTurn unless it is the import's turn, which then stays until the commit."""
    if not has_turn(tx, job.tenant_id, job.id):
        raise NotOurTurn


def require_turn_still(tx: Writing, job: ImportJob) -> None:
    """The same for a batch that was begun in its import's turn."""
    if not still_has_turn(tx, job.tenant_id, job.id):
        raise NotOurTurn


def wait_for_turn(deps: Deps, job: ImportJob, batch: ImportBatch) -> list[FollowUp]:
    """Ask for the turn: the batch goes at once where it is given, else after a pause, and what waits of the import that has it goes now."""
    follow_up = FollowUp(BATCH_STAGES[RunKind(batch.kind)], batch.id)
    with writing(deps.database) as tx:
        # The batch is locked before the turn, as where it is written: whoever has a batch may wait for the turn, and nobody the other way.
        give_back_try(tx, batch.id)
        postpone(tx, follow_up, SECONDS_BETWEEN_ASKING)
        if not ask_for_turn(tx, job.tenant_id, job.id):
            return _wake(tx, turn_of(tx, job.tenant_id))
        postpone(tx, follow_up, 0.0)
        return [follow_up]


def pass_turn(tx: Writing, job: ImportJob) -> list[FollowUp]:
    """An import that writes no more lets go; what waits of the next one goes now."""
    return _wake(tx, give_up_turn(tx, job.tenant_id, job.id))


def _wake(tx: Writing, import_id: UUID | None) -> list[FollowUp]:
    return [] if import_id is None else wake_batches(tx, import_id, SECONDS_BETWEEN_ASKING)
