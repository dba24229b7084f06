"""Rolling back: one range of rows in one transaction, and at most once."""

from uuid import UUID

from sqlalchemy.exc import IntegrityError

from models.database import writing, writing_load
from models.errors import DatabaseBusy
from models.load import Load
from models.queries.batches import ask_finalize, begin_batch, guard_batch, record_result, release_next
from models.queries.events import tell_at_once
from models.queries.places import is_beside_small
from models.queries.sending import FollowUp
from models.queries.undo import undo_rows
from models.queries.undo_sets import RowRange
from workers.engine.identity import contact_id_range
from workers.stages.deps import Deps
from workers.stages.turns import NotOurTurn, require_turn, wait_for_turn


def roll_back_batch(deps: Deps, batch_id: UUID) -> list[FollowUp]:
    """Undo what the rows of a batch did, and send the next; a batch that was undone before does nothing."""
    with writing(deps.database) as tx:
        begun = begin_batch(tx, batch_id, deps.settings.heartbeat_seconds)
        if begun is None:
            return []
        batch, job = begun
        load = Load(job.id, batch.row_count, is_beside_small(tx, job))
    rows = RowRange(batch.first_row, batch.last_row, contact_id_range(job.id, batch.first_row, batch.last_row))
    try:
        with writing_load(deps.database, load) as tx:
            if not guard_batch(tx, batch):
                return []
            require_turn(tx, job)
            result = undo_rows(tx, job, rows, job.rollback_by)
            record_result(tx, batch.id, result)
            follow_ups = release_next(tx, job.id, batch.epoch, 1)
            tell_at_once(tx, job.id)
    except NotOurTurn:
        return wait_for_turn(deps, job, batch)
    except IntegrityError as error:
        # Somebody took a key that was free a moment ago; trying again will see it.
        raise DatabaseBusy("Contacts are being edited just now.") from error
    with writing(deps.database) as tx:
        return follow_ups + ask_finalize(tx, job.id)
