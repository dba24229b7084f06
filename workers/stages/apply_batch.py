"""Applying: one batch of the plan in one transaction, or on SQLite a few in one, and each at most once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

import polars as pl
from sqlalchemy.exc import IntegrityError

from models.bulk import WaitingRows
from models.database import Writing, writing
from models.dialects import SQLITE
from models.errors import DatabaseBusy, Terminal
from models.queries.batches import (
    BatchResult,
    ask_finalize,
    begin_batch,
    guard_batch,
    is_wanted,
    join_batches,
    part_batches,
    record_result,
    release_next,
    return_batches,
)
from models.queries.claims import CLAIMS
from models.queries.contact_writes import (
    add_members,
    insert_contacts,
    journal,
    let_go,
    lock_versions,
    pass_on_all,
    update_contacts,
    writing_contacts,
)
from models.queries.events import tell_at_once
from models.queries.plans import add_issues, record_drifted
from models.queries.sending import FollowUp
from models.tables import ImportBatch, ImportJob
from models.vocabulary import ErrorPolicy, IssueCode, RowOutcome, Stage
from workers.engine.plans import count_outcomes
from workers.stages.deps import Deps
from workers.stages.directory import find_respelled, write_entries
from workers.stages.drift import Drift, find_met, find_outdated, find_taken, judge_drift, link
from workers.stages.frames import change_columns, changed_columns, contact_columns, load_options, load_writes, update_columns
from workers.stages.position import Superseded
from workers.stages.turns import NotOurTurn, require_turn, wait_for_turn

Rows = TypeVar("Rows", pl.DataFrame, pl.DataFrame | WaitingRows)
KEY_FIELDS = frozenset(("external_id", "email", "phone", "mobile_phone"))


# Between so many contacts it is asked whether the import was cancelled: about a second's work.
PIECE_ROWS = 20_000


class _Outdated(Exception):
    """A contact is not at the version that it was planned with; raised to leave the transaction with nothing written."""


@dataclass(frozen=True, slots=True)
class Writes:
    """What a batch is to write, as planned."""

    creates: pl.DataFrame
    updates: pl.DataFrame


def apply_batch(deps: Deps, batch_id: UUID) -> list[FollowUp]:
    """Write what the plan says a batch comes to, and send the next; a batch that was settled before writes nothing.

    Where one writes at a time (SQLite) some of the next batches are written along with it: the more rows go in at once, the fewer pages of
    an index are written for each.
    """
    with writing(deps.database) as tx:
        begun = begin_batch(tx, batch_id, deps.settings.heartbeat_seconds)
        if begun is None:
            return []
        batch, job = begun
        is_joined = tx.dialect_name == SQLITE
        joined = join_batches(tx, batch, deps.settings.batches_at_once - 1, deps.settings.heartbeat_seconds) if is_joined else []
    writes = {part.id: _load_writes(deps, part) for part in (batch, *joined)}
    try:
        follow_ups = _write_hopefully(deps, job, [batch, *joined], writes)
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


def _load_writes(deps: Deps, batch: ImportBatch) -> Writes:
    assert batch.creates_key is not None
    assert batch.updates_key is not None
    return Writes(*load_writes(deps.storage, batch.creates_key, batch.updates_key))


def _part(deps: Deps, joined: list[ImportBatch]) -> list[FollowUp]:
    """Let batches that were taken up along with another go on their own."""
    if not joined:
        return []
    with writing(deps.database) as tx:
        part_batches(tx, [batch.id for batch in joined])
    return [FollowUp(Stage.APPLY_BATCH, batch.id) for batch in joined]


def _write_hopefully(deps: Deps, job: ImportJob, batches: list[ImportBatch], writes: dict[UUID, Writes]) -> list[FollowUp]:
    """Write without asking whether keys are still free and contacts as they were; ask, and write again, only if one is not."""
    together = _together(writes.values())
    try:
        with writing_contacts(deps.database, contact_columns(together.creates)) as (tx, contacts):
            guarded = [batch.id for batch in batches if guard_batch(tx, batch)]
            if not guarded:
                return []
            if len(guarded) < len(batches):
                together = _together(writes[batch_id] for batch_id in guarded)
                contacts = contact_columns(together.creates)
            require_turn(tx, job)
            # The batches have the planned counts already.
            options = load_options(job)
            if find_respelled(tx, job, options, together.creates, together.updates):
                raise _Outdated
            write_entries(tx, job, options, together.creates, together.updates)
            write_contacts(tx, job, batches[0], together, contacts)
            follow_ups = release_next(tx, job.id, batches[0].epoch, 1)
            tell_at_once(tx, job.id)
            return follow_ups
    except (IntegrityError, _Outdated):
        first, *joined = batches
        return _part(deps, joined) + _write_carefully(deps, job, first, writes[first.id])


def _together(writes: Iterable[Writes]) -> Writes:
    parts = list(writes)
    return Writes(pl.concat([part.creates for part in parts]), pl.concat([part.updates for part in parts]))


def _write_carefully(deps: Deps, job: ImportJob, batch: ImportBatch, writes: Writes) -> list[FollowUp]:
    try:
        with writing(deps.database) as tx:
            if not guard_batch(tx, batch):
                return []
            require_turn(tx, job)
            held = lock_versions(tx, job.tenant_id, writes.updates["id"].to_list())
            options = load_options(job)
            drifted = find_outdated(writes.updates, held)
            drifted |= find_taken(tx, job.tenant_id, writes.creates, writes.updates, drifted)
            drifted |= find_respelled(tx, job, options, writes.creates, writes.updates)
            if drifted:
                writes = _plan_again(tx, deps, job, batch, writes, drifted)
            write_entries(tx, job, options, writes.creates, writes.updates)
            write_contacts(tx, job, batch, writes, contact_columns(writes.creates))
            return release_next(tx, job.id, batch.epoch, 1)
    except (IntegrityError, _Outdated) as error:
        # Somebody took a key between the question and the write, or edited a contact before it was locked; asking again will see it.
        raise DatabaseBusy("Contacts are being edited just now.", code="database_busy") from error


def _plan_again(tx: Writing, deps: Deps, job: ImportJob, batch: ImportBatch, writes: Writes, drifted: set[int]) -> Writes:
    """What is to be written instead, now that these owner rows are judged again; what became of their rows is recorded."""
    drift, others = _judge_again(tx, deps, job, batch, writes, drifted)
    _require_whole(job, drift)
    record_result(tx, batch.id, _record_drift(tx, job, batch, drift))
    return Writes(
        pl.concat([others.creates, drift.creates.select(writes.creates.columns)]),
        pl.concat([others.updates, drift.updates.select(writes.updates.columns)]),
    )


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


def write_contacts(tx: Writing, job: ImportJob, batch: ImportBatch, writes: Writes, contacts: pl.DataFrame | WaitingRows) -> None:
    """Update, then create: an update may release what a new contact claims.

    Raises IntegrityError, _Outdated, and Superseded where the import is cancelled meanwhile.
    """
    creates, updates = writes.creates, writes.updates
    released = _update(tx, job, batch, updates) if updates.height else {}
    for piece in _pieces(tx, batch, contacts):
        insert_contacts(tx, job.tenant_id, job.id, piece)
    pass_on_all(tx, job.tenant_id, released)
    lists = pl.DataFrame({"list_id": job.options["list_ids"]}, schema={"list_id": pl.String()})
    created = creates.select(contact_id="id").join(lists, how="cross")
    joined = updates.select(contact_id="id", list_id="lists_added").explode("list_id", empty_as_null=False).drop_nulls()
    add_members(tx, job.tenant_id, pl.concat([created, joined]))
    for piece in _pieces(tx, batch, change_columns(updates)):
        journal(tx, job.tenant_id, piece, actor=job.created_by, import_id=job.id)


def _pieces(tx: Writing, batch: ImportBatch, rows: Rows) -> Iterator[Rows]:
    """Rows piece by piece. Raises Superseded between two where the import was cancelled, which leaves nothing written.

    Rows that wait in SQLite go at once: nobody else can write there, a cancel neither, until the transaction ends.
    """
    if not isinstance(rows, pl.DataFrame):
        yield rows
        return
    for start in range(0, rows.height, PIECE_ROWS):
        if start and not is_wanted(tx, batch):
            raise Superseded
        yield rows.slice(start, PIECE_ROWS)


def _update(tx: Writing, job: ImportJob, batch: ImportBatch, updates: pl.DataFrame) -> dict[str, set[str]]:
    """Write what changes and nothing else: a claim that a contact inherited meanwhile stays. The claims that were released."""
    columns = changed_columns(updates)
    names = KEY_FIELDS.intersection(columns)
    # Without a change of one of these fields no claim changes.
    has_moved = pl.any_horizontal(pl.lit(False), *(pl.col("changes").str.contains(f'"{name}":', literal=True) for name in sorted(names)))
    moving, staying = (updates.filter(has_moved), updates.filter(~has_moved)) if names else (updates.clear(), updates)
    released = let_go(tx, job.tenant_id, moving.select("id", *CLAIMS))
    parts = (update_columns(moving, [*columns, *CLAIMS]), update_columns(staying, columns))
    found = sum(update_contacts(tx, job.tenant_id, piece) for part in parts for piece in _pieces(tx, batch, part))
    if found != updates.height:
        raise _Outdated
    return released


def _record_drift(tx: Writing, job: ImportJob, batch: ImportBatch, drift: Drift) -> BatchResult:
    """Keep what became of rows that did not go as planned, and count the batch's rows as they came out."""
    record_drifted(tx, job, batch.epoch, drift.real)
    add_issues(tx, job, drift.issues)
    was, came = count_outcomes(drift.planned), count_outcomes(drift.outcomes)
    return BatchResult(**{name: getattr(batch, name) - was[name] + came[name] for name in was})
