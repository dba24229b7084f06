"""Applying: one batch of the plan in one transaction, and at most once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

import polars as pl
from sqlalchemy.exc import IntegrityError

from models.database import Writing, writing
from models.errors import DatabaseBusy, Terminal
from models.queries.batches import BatchResult, ask_finalize, begin_batch, guard_batch, record_result, release_next
from models.queries.contact_writes import (
    Change,
    add_members,
    insert_contacts,
    journal,
    lock_versions,
    pass_on_all,
    update_contacts,
)
from models.queries.plans import add_issues, record_drifted
from models.queries.sending import FollowUp
from models.tables import ImportBatch, ImportJob
from models.vocabulary import ErrorPolicy, IssueCode, RowOutcome
from workers.engine.plans import count_outcomes
from workers.stages.deps import Deps
from workers.stages.drift import Drift, find_met, find_taken, judge_drift, link
from workers.stages.frames import create_rows, load_frame, update_records
from workers.stages.turns import NotOurTurn, require_turn, wait_for_turn


@dataclass(frozen=True, slots=True)
class Writes:
    """What a batch is to write, as planned."""

    creates: pl.DataFrame
    updates: pl.DataFrame


def apply_batch(deps: Deps, batch_id: UUID) -> list[FollowUp]:
    """Write what the plan says a batch comes to, and send the next; a batch that was settled before writes nothing."""
    with writing(deps.database) as tx:
        begun = begin_batch(tx, batch_id, deps.settings.heartbeat_seconds)
    if begun is None:
        return []
    batch, job = begun
    assert batch.creates_key is not None
    assert batch.updates_key is not None
    writes = Writes(load_frame(deps.storage, batch.creates_key), load_frame(deps.storage, batch.updates_key))
    try:
        follow_ups = _write_hopefully(deps, job, batch, writes)
    except NotOurTurn:
        return wait_for_turn(deps, job, batch)
    with writing(deps.database) as tx:
        return follow_ups + ask_finalize(tx, job.id)


def _write_hopefully(deps: Deps, job: ImportJob, batch: ImportBatch, writes: Writes) -> list[FollowUp]:
    """Write new contacts without asking whether their keys are still free; ask, and write again, only if one is not."""
    try:
        return _write(deps, job, batch, writes, ask_first=False)
    except IntegrityError:
        return _write_carefully(deps, job, batch, writes)


def _write_carefully(deps: Deps, job: ImportJob, batch: ImportBatch, writes: Writes) -> list[FollowUp]:
    try:
        return _write(deps, job, batch, writes, ask_first=True)
    except IntegrityError as error:
        # Somebody took a key between the question and the write; asking again will see it.
        raise DatabaseBusy("Contacts are being edited just now.", code="database_busy") from error


def _write(deps: Deps, job: ImportJob, batch: ImportBatch, writes: Writes, *, ask_first: bool) -> list[FollowUp]:
    with writing(deps.database) as tx:
        if not guard_batch(tx, batch):
            return []
        require_turn(tx, job)
        held = lock_versions(tx, job.tenant_id, writes.updates["id"].to_list())
        drifted = _find_outdated(writes.updates, held)
        if ask_first:
            drifted |= find_taken(tx, job.tenant_id, writes.creates, writes.updates, drifted)
        result = _planned(batch)
        if drifted:
            drift, others = _judge_again(tx, deps, job, batch, writes, drifted)
            _require_whole(job, drift)
            result = _record_drift(tx, job, batch, drift, result)
            writes = Writes(
                pl.concat([others.creates, drift.creates.select(writes.creates.columns)]),
                pl.concat([others.updates, drift.updates.select(writes.updates.columns)]),
            )
            held = lock_versions(tx, job.tenant_id, writes.updates["id"].to_list())
            if _find_outdated(writes.updates, held):
                # A contact that was found only now could still be edited until it was locked.
                raise DatabaseBusy("Contacts are being edited just now.", code="database_busy")
        write_contacts(tx, job, writes, held)
        record_result(tx, batch.id, result)
        return release_next(tx, job.id, batch.epoch, 1)


def _judge_again(tx: Writing, deps: Deps, job: ImportJob, batch: ImportBatch, writes: Writes, drifted: set[int]) -> tuple[Drift, Writes]:
    """What the writes that these rows own come to now, and the writes that stay as planned because they have nothing to do with them."""
    while True:
        drifted = link(drifted, writes.creates, writes.updates)
        drift = judge_drift(tx, deps, job, batch, drifted)
        stays = ~pl.col("row").is_in(sorted(drifted))
        others = Writes(writes.creates.filter(stays), writes.updates.filter(stays))
        met = find_met(drift, others.creates, others.updates)
        if not met:
            return drift, others
        # Judged apart, both would write one contact or claim one key: they are settled together, in row order.
        drifted |= met


def _require_whole(job: ImportJob, drift: Drift) -> None:
    """Raises Terminal where a row does not go in and the others may not go in without it."""
    is_left_out = pl.col("outcome").is_in([RowOutcome.FAILED.value, RowOutcome.UNPROCESSED.value])
    if job.options["error_policy"] == ErrorPolicy.ALL_OR_NOTHING and not drift.outcomes.filter(is_left_out).is_empty():
        raise Terminal("Contacts changed after the plan was made, so that a row no longer goes in.", code=IssueCode.PLAN_DRIFT)


def write_contacts(tx: Writing, job: ImportJob, writes: Writes, held: Mapping[str, tuple[int, Mapping[str, str | None]]]) -> None:
    """Update, then create: an update may release what a new contact claims."""
    updates = update_records(writes.updates)
    released = update_contacts(tx, job.tenant_id, updates, held)
    insert_contacts(tx, job.tenant_id, job.id, create_rows(writes.creates))
    pass_on_all(tx, job.tenant_id, released)
    lists = [UUID(list_id) for list_id in job.options["list_ids"]]
    created = [UUID(contact_id) for contact_id in writes.creates["id"]] if lists else []
    add_members(tx, job.tenant_id, ((list_id, contact_id) for contact_id in created for list_id in lists))
    joined = writes.updates.select("id", "lists_added").explode("lists_added", empty_as_null=False).drop_nulls()
    add_members(tx, job.tenant_id, ((UUID(list_id), UUID(contact_id)) for contact_id, list_id in joined.iter_rows()))
    changes = (
        Change(
            contact_id=UUID(values["id"]),
            version_before=values["version"],
            row=values["row"],
            changes=values["changes"],
            tags_added=values["tags_added"],
            lists_added=values["lists_added"],
        )
        for values in updates
    )
    journal(tx, job.tenant_id, changes, actor=job.created_by, import_id=job.id)


def _find_outdated(updates: pl.DataFrame, held: Mapping[str, tuple[int, Mapping[str, str | None]]]) -> set[int]:
    """The owner rows of updates whose contact is at another version than the one that was planned with, or gone."""
    planned = updates.select("row", "id", "version").iter_rows()
    return {row for row, contact_id, version in planned if contact_id not in held or held[contact_id][0] != version}


def _planned(batch: ImportBatch) -> BatchResult:
    return BatchResult(
        created=batch.created,
        updated=batch.updated,
        unchanged=batch.unchanged,
        skipped=batch.skipped,
        failed=batch.failed,
        unprocessed=batch.unprocessed,
        duplicates=batch.duplicates,
    )


def _record_drift(tx: Writing, job: ImportJob, batch: ImportBatch, drift: Drift, planned: BatchResult) -> BatchResult:
    """Keep what became of rows that did not go as planned, and count them as they came out."""
    record_drifted(tx, job, batch.epoch, drift.real)
    add_issues(tx, job, drift.issues)
    was, came = count_outcomes(drift.planned), count_outcomes(drift.outcomes)
    return replace(planned, **{name: getattr(planned, name) - was[name] + came[name] for name in was})
