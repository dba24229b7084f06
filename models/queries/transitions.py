"""What people and programs ask of an import, each as one legal move with what belongs to it in the same transaction.

Every function expects the import as just loaded in this transaction, refreshes it, and returns what is to be sent after the commit.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlmodel import col

from models.database import Reading, Writing
from models.errors import InvalidRequest, WrongState
from models.lifecycle import CANCELLABLE, REMAPPABLE, ROLLBACKABLE, STARTABLE, require_one_of
from models.queries import audit
from models.queries.batches import cancel_pending, cancel_unbegun, release_next
from models.queries.counts import OUTCOMES, UNDONE, count_rows, find_plan_run
from models.queries.edits import drop_edits
from models.queries.imports import move
from models.queries.plans import record_chunks
from models.queries.remains import MADE_ANEW, READ_ANEW, Part, is_swept, require_kept
from models.queries.retrying import find_needed, require_retryable, was_planned
from models.queries.sending import FollowUp
from models.queries.undo import clear_kept, cut_rows
from models.tables import ImportBatch, ImportJob, ImportRun, Tenant
from models.tenancy import scoped_columns
from models.vocabulary import FINAL_STATUSES, AssignmentMode, BatchStatus, ContactField, ImportStatus, MatchField, RunKind, Stage

# Options that change how the source is read.
DIALECT_OPTIONS = ("sheet", "header_row", "header_rows", "encoding", "delimiter", "quote", "escape", "member")
PARTLY_APPLIED = "Part of this file was applied, so how it is read cannot be changed any more. Import it anew instead."
NOTHING_APPLIED = "This import has changed no contact, so there is nothing to roll back."
UNKNOWN_COLUMN = "unknown_column"


def require_match_field(mapping: Iterable[str], match_fields: Iterable[str]) -> None:
    """Raises InvalidRequest (match_field_not_mapped) where no mapped field could tell who a row is."""
    fields = set(mapping)
    wanted = list(match_fields)
    usable = {MatchField.EXTERNAL_ID.value: {ContactField.EXTERNAL_ID.value}, MatchField.EMAIL.value: {ContactField.EMAIL.value}}
    usable[MatchField.PHONE.value] = {ContactField.PHONE.value, ContactField.MOBILE_PHONE.value}
    if not any(usable[name] & fields for name in wanted):
        names = ", ".join(name.replace("_", " ") for name in wanted)
        raise InvalidRequest(f"No column is mapped to a field that tells who a row is ({names}).", code="match_field_not_mapped")


def remap(
    tx: Writing, job: ImportJob, *, mapping: Mapping[str, str] | None, options: Mapping[str, Any] | None, actor: str | None
) -> list[FollowUp]:
    """Change the mapping (header -> field, whole) or the options (whole), and plan again. Raises WrongState and InvalidRequest.

    An import that failed before it had rows may be read otherwise too: it may have failed for the way in which it was to be read.
    """
    status = ImportStatus(job.status)
    new_options = dict(options) if options is not None else job.options
    must_inspect = any(new_options.get(name) != job.options.get(name) for name in DIALECT_OPTIONS)
    is_unread = status is ImportStatus.FAILED and must_inspect and not was_planned(tx, job)
    require_one_of(status, REMAPPABLE | {ImportStatus.FAILED} if is_unread else REMAPPABLE, "mapped or planned again")
    if must_inspect and any(job.settled.values()):
        # Read otherwise, the rows would be others than those that were applied.
        raise WrongState(PARTLY_APPLIED, code="partly_applied")
    if must_inspect:
        # The file may have been swept before a retry, which read the chunks that are dropped now.
        require_kept(tx, job, Part.FILE, makes_chunks=True)
    new_mapping = dict(mapping) if mapping is not None else job.mapping
    if not must_inspect:
        require_chosen_member(job)
        require_known_columns(job, new_mapping, new_options)
        require_match_field(new_mapping.values(), new_options["match_fields"])
    values = {
        "mapping": new_mapping,
        "options": new_options,
        "epoch": job.epoch + 1,
        "plan_epoch": None,
        "failure_code": None,
        "failure_message": None,
    }
    if must_inspect:
        # One that was given with the file and still waits to be used is for what the file turns out to be.
        is_given = mapping is not None or (status is not ImportStatus.PLANNED and job.is_mapping_given)
        given = {"mapping": new_mapping if is_given else {}, "is_mapping_given": is_given}
        fresh = {"completed_at": None, **READ_ANEW} if is_unread else {}
        move(tx, job, ImportStatus.INSPECTING, actor=actor, stage=Stage.INSPECT.value, **(values | given | fresh))
        # The rows are others from now on.
        record_chunks(tx, job, [])
        drop_edits(tx, job)
        cancel_pending(tx, job.id)
        return [FollowUp(Stage.INSPECT, job.id)]
    move(tx, job, ImportStatus.PLANNING, actor=actor, stage=Stage.PLAN.value, is_mapping_given=True, **values)
    cancel_pending(tx, job.id)
    return [FollowUp(Stage.PLAN, job.id)]


def require_chosen_member(job: ImportJob) -> None:
    """Raises InvalidRequest (member_needed) for an archive of which nobody said yet which file is to be read."""
    dialect = job.dialect or {}
    if not job.columns and dialect.get("members") and dialect.get("member") is None:
        raise InvalidRequest("The archive holds several files. Say which one is to be read: the option `member`.", code="member_needed")


def require_known_columns(job: ImportJob, mapping: Mapping[str, str], options: Mapping[str, Any]) -> None:
    """Raises InvalidRequest (unknown_column) for a header that the source does not have."""
    unknown = find_unknown_column({column["header"] for column in job.columns}, mapping, options)
    if unknown is not None:
        raise unknown


def find_unknown_column(known: Collection[str], mapping: Mapping[str, str], options: Mapping[str, Any]) -> InvalidRequest | None:
    """What is wrong where the mapping, or the assignment of owners, names a header that is not among the known ones."""
    assignment = options["assignment"]
    named = [*mapping, assignment["column"]] if assignment["mode"] == AssignmentMode.BY_COLUMN.value else mapping
    unknown = next((header for header in named if header not in known), None)
    return None if unknown is None else InvalidRequest(f"The file has no column called “{unknown}”.", code=UNKNOWN_COLUMN)


def start(
    tx: Writing, job: ImportJob, *, plan_hash: str | None, concurrent_imports: int, in_flight: int, actor: str | None
) -> list[FollowUp]:
    """Apply the plan, or queue where the tenant applies as many as it may. Raises WrongState (plan_changed for another hash)."""
    require_one_of(ImportStatus(job.status), STARTABLE, "started")
    run = find_plan_run(tx, job)
    if plan_hash is not None and (run is None or run.plan_hash != plan_hash):
        raise WrongState("The plan is not the one that you were shown. Look at it again.", code="plan_changed")
    return start_or_queue(tx, job, concurrent_imports=concurrent_imports, in_flight=in_flight, actor=actor)


def start_or_queue(tx: Writing, job: ImportJob, *, concurrent_imports: int, in_flight: int, actor: str | None) -> list[FollowUp]:
    """Begin to apply a recorded plan, or queue it."""
    _lock_tenant(tx, job.tenant_id)
    applying = scoped_columns(job.tenant_id, ImportJob, func.count()).where(
        col(ImportJob.status).in_([ImportStatus.APPLYING.value, ImportStatus.CANCELLING.value])
    )
    if tx.execute(applying).scalar_one() >= concurrent_imports:
        move(tx, job, ImportStatus.QUEUED, actor=actor, queued_at=tx.now())
        return []
    return _begin_applying(tx, job, in_flight=in_flight, actor=actor)


def start_queued(tx: Writing, tenant_id: UUID, *, concurrent_imports: int, in_flight: int) -> list[FollowUp]:
    """Let queued imports of a tenant begin, first come first served, as far as there is room."""
    _lock_tenant(tx, tenant_id)
    applying = scoped_columns(tenant_id, ImportJob, func.count()).where(
        col(ImportJob.status).in_([ImportStatus.APPLYING.value, ImportStatus.CANCELLING.value])
    )
    room = concurrent_imports - tx.execute(applying).scalar_one()
    if room <= 0:
        return []
    # Locked, so that none is cancelled between this look and its start. One that was cancelled while we waited for it drops out, and the
    # next one takes its place: the limit counts what was locked. Not more of them, since nobody tells of an import that is locked.
    queued = (
        scoped_columns(tenant_id, ImportJob, col(ImportJob.id))
        .where(col(ImportJob.status) == ImportStatus.QUEUED.value)
        .order_by(col(ImportJob.queued_at), col(ImportJob.id))
        .limit(room)
        .with_for_update(of=ImportJob)
    )
    jobs = [tx.get_one(ImportJob, import_id, populate_existing=True) for import_id in tx.execute(queued).scalars().all()]
    return [follow_up for job in jobs for follow_up in _begin_applying(tx, job, in_flight=in_flight, actor=None)]


def _begin_applying(tx: Writing, job: ImportJob, *, in_flight: int, actor: str | None) -> list[FollowUp]:
    now = tx.now()
    batches = tx.execute(select(func.count()).where(col(ImportBatch.import_id) == job.id, col(ImportBatch.epoch) == job.epoch)).scalar_one()
    stage = None if batches else Stage.FINALIZE.value
    move(tx, job, ImportStatus.APPLYING, actor=actor, stage=stage, started_at=now, completed_at=None)
    tx.execute(update(ImportRun).where(col(ImportRun.import_id) == job.id, col(ImportRun.epoch) == job.epoch).values(started_at=now))
    if not batches:
        return [FollowUp(Stage.FINALIZE, job.id)]
    return release_next(tx, job.id, job.epoch, in_flight)


def cancel(tx: Writing, job: ImportJob, actor: str | None) -> list[FollowUp]:
    """End an import where it stands; what was applied stays and is counted. Raises WrongState.

    A batch that is being written just now is not waited for: it ends or breaks off, and the end of the run waits for that.
    """
    status = ImportStatus(job.status)
    require_one_of(status, CANCELLABLE, "cancelled")
    if status is ImportStatus.APPLYING:
        move(tx, job, ImportStatus.CANCELLING, actor=actor, stage=Stage.FINALIZE.value, epoch=job.epoch + 1)
        cancel_unbegun(tx, job.id)
        return [FollowUp(Stage.FINALIZE, job.id)]
    move(tx, job, ImportStatus.CANCELLED, actor=actor, epoch=job.epoch + 1, completed_at=tx.now())
    cancel_pending(tx, job.id)
    return []


def retry(tx: Writing, job: ImportJob, actor: str | None) -> list[FollowUp]:
    """Take up what failed or was left unprocessed; an import that ended before it had rows, or had them anew, is read from its file.

    Raises WrongState.
    """
    counts = count_rows(tx, [job])[job.id]
    require_retryable(job, counts)
    fresh = {"failure_code": None, "failure_message": None, "completed_at": None, "epoch": job.epoch + 1, "plan_epoch": None}
    needed = find_needed(tx, job.tenant_id, [job])[job.id].part
    require_kept(tx, job, needed, makes_chunks=needed is Part.FILE)
    if needed is Part.FILE:
        if is_swept(job, Part.CHUNKS):
            # What was read of the file before it failed is gone, and is not to be looked for.
            record_chunks(tx, job, [])
        move(tx, job, ImportStatus.INSPECTING, actor=actor, stage=Stage.INSPECT.value, **fresh, **READ_ANEW)
        return [FollowUp(Stage.INSPECT, job.id)]
    settled = {name: getattr(counts, name) for name in (*OUTCOMES, "duplicates")} | {"failed": 0}
    move(tx, job, ImportStatus.PLANNING, actor=actor, stage=Stage.PLAN.value, settled=settled, **fresh, **MADE_ANEW)
    cancel_pending(tx, job.id)
    return [FollowUp(Stage.PLAN, job.id)]


def roll_back(tx: Writing, job: ImportJob, *, reason: str | None, in_flight: int, actor: str | None) -> list[FollowUp]:
    """Undo what an import did to contacts, in batches of rows; who undoes what was kept before and says no reason leaves the former one.

    Raises WrongState (nothing_to_roll_back where it did nothing).
    """
    require_rollbackable(job, has_applied=has_applied(tx, job))
    require_kept(tx, job, Part.JOURNAL)
    epoch = job.epoch + 1
    if reason is None and ImportStatus(job.status) in UNDONE:
        reason = job.rollback_reason
    clear_kept(tx, job)
    move(tx, job, ImportStatus.ROLLING_BACK, actor=actor, epoch=epoch, rollback_reason=reason, rollback_by=actor, rolled_back_at=None)
    tx.add(
        ImportRun(
            import_id=job.id, epoch=epoch, tenant_id=job.tenant_id, kind=RunKind.ROLLBACK.value, created_at=tx.now(), started_at=tx.now()
        )
    )
    for number, (start_row, end_row) in enumerate(cut_rows(tx, job), start=1):
        tx.add(
            ImportBatch(
                tenant_id=job.tenant_id,
                import_id=job.id,
                epoch=epoch,
                number=number,
                kind=RunKind.ROLLBACK.value,
                first_row=start_row,
                last_row=end_row,
                row_count=end_row - start_row + 1,
            )
        )
    tx.flush()
    return release_next(tx, job.id, epoch, in_flight)


def require_rollbackable(job: ImportJob, *, has_applied: bool) -> None:
    """Raises WrongState where the import has not ended or is undone already (wrong_state), or did nothing (nothing_to_roll_back)."""
    require_one_of(ImportStatus(job.status), ROLLBACKABLE, "rolled back")
    if not has_applied:
        raise WrongState(NOTHING_APPLIED, code="nothing_to_roll_back")


def has_applied(tx: Reading, job: ImportJob) -> bool:
    """Whether an import has created or updated a contact, in any of its runs."""
    statement = select(func.coalesce(func.sum(col(ImportBatch.created) + col(ImportBatch.updated)), 0)).where(
        col(ImportBatch.import_id) == job.id,
        col(ImportBatch.kind) == RunKind.PLAN.value,
        col(ImportBatch.status) == BatchStatus.DONE.value,
    )
    return bool(tx.execute(statement).scalar_one())


def delete(tx: Writing, job: ImportJob, actor: str | None) -> list[FollowUp]:
    """Take an import from the history; its files and rows go soon after, its contacts stay. Raises WrongState."""
    tx.refresh(job, with_for_update=True)
    require_one_of(ImportStatus(job.status), FINAL_STATUSES, "deleted")
    job.deleted_at = job.due_at = tx.now()
    job.stage = Stage.DISCARD.value
    job.attempt = job.started_attempt = job.tries = 0
    job.version += 1
    tx.add(job)
    audit.record_import(tx, job, actor, "import.deleted")
    return [FollowUp(Stage.DISCARD, job.id)]


def _lock_tenant(tx: Writing, tenant_id: UUID) -> None:
    # The weaker lock: rows that refer to the tenant may still be inserted, also by whoever holds what we wait for next.
    tx.execute(select(col(Tenant.id)).where(col(Tenant.id) == tenant_id).with_for_update(key_share=True))
