"""Applying: one batch of the plan in one transaction, or on SQLite a few in one, and each at most once."""

from uuid import UUID

from sqlalchemy.exc import IntegrityError

from models.database import writing
from models.load import Load
from models.queries.batches import ask_finalize, begin_batch, guard_batch, join_batches, part_batches, release_next, return_batches
from models.queries.contact_writes import writing_contacts
from models.queries.events import tell_at_once
from models.queries.places import is_beside_small
from models.queries.sending import FollowUp
from models.queries.writer import is_turn_of
from models.tables import ImportBatch, ImportJob
from models.vocabulary import Stage
from workers.stages.careful_writing import write_carefully
from workers.stages.deps import Deps
from workers.stages.directory import find_respelled, write_entries
from workers.stages.drift import find_unsubscribed
from workers.stages.frames import contact_columns, load_options
from workers.stages.turns import NotOurTurn, require_turn_still, wait_for_turn
from workers.stages.writes import Outdated, Writes, join_writes, load_batch, require_wanted, write_contacts


def apply_batch(deps: Deps, batch_id: UUID) -> list[FollowUp]:
    """Write what the plan says a batch comes to, and send the next; a batch that was settled before writes nothing.

    Where one writes at a time (SQLite) some of the next batches are written along with it, unless a small import would wait for that: the
    more rows go in at once, the fewer pages of an index are written for each.
    """
    with writing(deps.database) as tx:
        begun = begin_batch(tx, batch_id, deps.settings.heartbeat_seconds)
        if begun is None:
            return []
        batch, job = begun
        is_ours = is_turn_of(tx, job.tenant_id, job.id)
        is_beside = is_beside_small(tx, job)
        others = deps.settings.batches_at_once - 1 if is_ours and not is_beside else 0
        joined = join_batches(tx, batch, others, deps.settings.heartbeat_seconds)
    if not is_ours:
        # What is made ready now would be made ready in vain, as for the first batch of every import.
        return wait_for_turn(deps, job, batch)
    writes = {part.id: load_batch(deps, part) for part in (batch, *joined)}
    try:
        follow_ups = _write_hopefully(deps, job, [batch, *joined], writes, is_beside)
    except NotOurTurn:
        if joined:
            with writing(deps.database) as tx:
                return_batches(tx, [part.id for part in joined])
        return wait_for_turn(deps, job, batch)
    if follow_ups:
        # Another batch waits, so this was not the last; that one will ask.
        return follow_ups
    with writing(deps.database) as tx:
        return ask_finalize(tx, job.id)


def _part(deps: Deps, joined: list[ImportBatch]) -> list[FollowUp]:
    """Let batches that were taken up along with another go on their own."""
    if not joined:
        return []
    with writing(deps.database) as tx:
        part_batches(tx, [batch.id for batch in joined])
    return [FollowUp(Stage.APPLY_BATCH, batch.id) for batch in joined]


def _write_hopefully(
    deps: Deps, job: ImportJob, batches: list[ImportBatch], writes: dict[UUID, Writes], is_beside_small: bool
) -> list[FollowUp]:
    """Write without asking whether keys are still free and contacts as they were; ask, and write again, only if one is not."""
    together = join_writes(writes.values())
    load = Load(job.id, together.row_count, is_beside_small)
    try:
        with writing_contacts(deps.database, load, contact_columns(together.creates)) as (tx, contacts):
            guarded = [batch.id for batch in batches if guard_batch(tx, batch)]
            if not guarded:
                return []
            if len(guarded) < len(batches):
                together = join_writes(writes[batch_id] for batch_id in guarded)
                contacts = contact_columns(together.creates)
            require_turn_still(tx, job)
            # The batches have the planned counts already.
            options = load_options(job)
            if find_unsubscribed(tx, job.tenant_id, together.creates, options):
                raise Outdated
            if find_respelled(tx, job, options, together.creates, together.updates):
                raise Outdated
            write_entries(tx, job, options, together.creates, together.updates)
            write_contacts(tx, job, batches[0], together, contacts)
            follow_ups = release_next(tx, job.id, batches[0].epoch, 1)
            tell_at_once(tx, job.id)
            require_wanted(tx, batches[0])
            return follow_ups
    except (IntegrityError, Outdated):
        first, *joined = batches
        return _part(deps, joined) + write_carefully(deps, job, first, writes[first.id])
