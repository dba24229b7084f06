"""A batch of which a key was taken or a contact edited since its plan: what drifted is judged again and written in one transaction."""

import polars as pl
from sqlalchemy.exc import IntegrityError

from models.database import Writing, writing_load
from models.errors import DatabaseBusy, Terminal
from models.load import Load
from models.queries.batches import BatchResult, guard_batch, record_result, release_next
from models.queries.contact_writes import lock_versions
from models.queries.plans import change_issues, record_drifted
from models.queries.sending import FollowUp
from models.storage import ObjectStore
from models.tables import ImportBatch, ImportJob
from models.vocabulary import ErrorPolicy, IssueCode, RowOutcome
from workers.engine.plans import count_outcomes
from workers.stages.deps import Deps
from workers.stages.directory import find_respelled, write_entries
from workers.stages.drift import (
    Drift,
    Planned,
    find_beside_refused,
    find_met,
    find_outdated,
    find_taken,
    find_unsubscribed,
    judge_drift,
    keep_refused,
    link,
    load_planned,
)
from workers.stages.frames import contact_columns, load_options
from workers.stages.turns import require_turn_still
from workers.stages.writes import Outdated, Writes, require_wanted, write_contacts


def write_carefully(deps: Deps, job: ImportJob, batch: ImportBatch, writes: Writes) -> list[FollowUp]:
    """Ask whether keys are still free and contacts as they were, and write. Raises DatabaseBusy where one changes in between."""
    planned = load_planned(deps, job, batch)
    try:
        with writing_load(deps.database, Load(job.id, writes.row_count)) as tx:
            if not guard_batch(tx, batch):
                return []
            require_turn_still(tx, job)
            held = lock_versions(tx, job.tenant_id, writes.updates["id"].to_list())
            options = load_options(job)
            drifted = find_outdated(writes.updates, held)
            drifted |= find_taken(tx, job.tenant_id, writes.creates, writes.updates, drifted)
            drifted |= find_unsubscribed(tx, job.tenant_id, writes.creates, options)
            drifted |= find_respelled(tx, job, options, writes.creates, writes.updates)
            if drifted:
                writes = _plan_again(tx, deps.storage, job, batch, planned, writes, drifted)
            write_entries(tx, job, options, writes.creates, writes.updates)
            write_contacts(tx, job, batch, writes, contact_columns(writes.creates))
            follow_ups = release_next(tx, job.id, batch.epoch, 1)
            require_wanted(tx, batch)
            return follow_ups
    except (IntegrityError, Outdated) as error:
        # Somebody took a key between the question and the write, or edited a contact before it was locked; asking again will see it.
        raise DatabaseBusy("Contacts are being edited just now.", code="database_busy") from error


def _plan_again(
    tx: Writing, storage: ObjectStore, job: ImportJob, batch: ImportBatch, planned: Planned, writes: Writes, drifted: set[int]
) -> Writes:
    """What is to be written instead, now that these owner rows are judged again; what became of their rows is recorded."""
    drift, others = _judge_again(tx, storage, job, batch, planned, writes, drifted)
    drift = keep_refused(drift, writes.creates, load_options(job))
    _require_whole(job, drift)
    record_result(tx, batch.id, _record_drift(tx, job, batch, drift))
    return Writes(
        pl.concat([others.creates, drift.creates.select(writes.creates.columns)]),
        pl.concat([others.updates, drift.updates.select(writes.updates.columns)]),
    )


def _judge_again(
    tx: Writing, storage: ObjectStore, job: ImportJob, batch: ImportBatch, planned: Planned, writes: Writes, drifted: set[int]
) -> tuple[Drift, Writes]:
    """What the writes that these rows own come to now, and the writes that stay as planned because they have nothing to do with them."""
    while True:
        drifted = link(drifted, writes.creates, writes.updates)
        drift = judge_drift(tx, storage, job, batch, planned, drifted)
        stays = ~pl.col("row").is_in(sorted(drifted))
        others = Writes(writes.creates.filter(stays), writes.updates.filter(stays))
        met = find_met(drift, others.creates, others.updates) | find_beside_refused(drift, others.creates, load_options(job))
        if not met:
            return drift, others
        # Judged apart, both would write one contact or claim one key: they are settled together, in row order.
        drifted |= met


def _require_whole(job: ImportJob, drift: Drift) -> None:
    """Raises Terminal where a row does not go in and the others may not go in without it."""
    is_left_out = pl.col("outcome").is_in([RowOutcome.FAILED.value, RowOutcome.UNPROCESSED.value])
    if job.options["error_policy"] == ErrorPolicy.ALL_OR_NOTHING and not drift.outcomes.filter(is_left_out).is_empty():
        raise Terminal("Contacts changed after the plan was made, so that a row no longer goes in.", code=IssueCode.PLAN_DRIFT)


def _record_drift(tx: Writing, job: ImportJob, batch: ImportBatch, drift: Drift) -> BatchResult:
    """Keep what became of rows that did not go as planned, and count the batch's rows as they came out."""
    record_drifted(tx, job, batch.epoch, drift.real)
    change_issues(tx, job, drift.issues, drift.withdrawn)
    was, came = count_outcomes(drift.planned), count_outcomes(drift.outcomes)
    return BatchResult(**{name: getattr(batch, name) - was[name] + came[name] for name in was})
