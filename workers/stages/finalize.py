"""Finalizing: the end of a run, whatever it was, once."""

from sqlalchemy.exc import IntegrityError

from models.database import Writing, writing
from models.errors import DatabaseBusy
from models.queries.batches import cancel_pending, count_failed
from models.queries.claims import claim_again, claim_what_is_free
from models.queries.counts import count_rows, rollback_totals
from models.queries.directory import remove_unused
from models.queries.imports import try_move
from models.queries.reports import request_report
from models.queries.sending import FollowUp
from models.queries.stuck import TIMEOUT, has_timed_out
from models.queries.transitions import start_queued
from models.tables import ImportJob
from models.vocabulary import DuplicateStrategy, ErrorPolicy, ImportStatus, ReportFormat
from workers.stages.deps import Deps
from workers.stages.tidy import tidy_attempts
from workers.stages.turns import pass_turn

BATCH_FAILED = "Some batches could not be applied after several tries. Their rows are unprocessed: retry the import."
NOTHING_WRITTEN = "The import could not be applied as planned, so nothing was (ALL_OR_NOTHING). Retry it."
ROWS_FAILED = "At least one row failed, so nothing was applied (ALL_OR_NOTHING)."


def finalize(deps: Deps, job: ImportJob) -> list[FollowUp]:
    """Move the import to where its run ends, let the next one have its turn, and ask for the error report."""
    try:
        follow_ups = _end(deps, job)
    except IntegrityError as error:
        # Somebody took a key that was free a moment ago; trying again will see it.
        raise DatabaseBusy("Contacts are being edited just now.", code="database_busy") from error
    if follow_ups is None:
        return []
    tidy_attempts(deps, job)
    return follow_ups


def _end(deps: Deps, job: ImportJob) -> list[FollowUp] | None:
    """What follows; None: the run had ended before."""
    with writing(deps.database) as tx:
        match ImportStatus(job.status):
            case ImportStatus.APPLYING:
                moved = _complete(tx, job)
            case ImportStatus.CANCELLING:
                # What was being written when the cancel came; what it comes to is counted.
                cancel_pending(tx, job.id)
                moved = try_move(tx, job, ImportStatus.CANCELLED, completed_at=tx.now())
            case ImportStatus.ROLLING_BACK:
                moved = _end_rollback(tx, job)
            case _:
                moved = False
        if not moved:
            return None
        if job.rolled_back_at is not None:
            claim_again(tx, job.tenant_id, job.id)
        elif job.options["duplicate_strategy"] == DuplicateStrategy.CREATE:
            claim_what_is_free(tx, job.tenant_id, job.id)
        woken = pass_turn(tx, job)
        if job.rolled_back_at is not None:
            # Rows of several batches may have had a company in common. The turn is locked: nobody gives it to a contact meanwhile.
            remove_unused(tx, job, job.rollback_by)
        settings = deps.settings
        follow_ups = woken + start_queued(
            tx, job.tenant_id, concurrent_imports=settings.concurrent_imports, in_flight=settings.batches_in_flight
        )
        if job.rolled_back_at is None and count_rows(tx, [job])[job.id].failed:
            follow_ups += request_report(tx, job, ReportFormat.CSV)
        return follow_ups


def _complete(tx: Writing, job: ImportJob) -> bool:
    counts = count_rows(tx, [job])[job.id]
    now = tx.now()
    is_whole_or_nothing = job.options["error_policy"] == ErrorPolicy.ALL_OR_NOTHING
    timed_out = has_timed_out(tx, job.id, job.epoch)
    if timed_out is not None:
        return try_move(tx, job, ImportStatus.FAILED, completed_at=now, failure_code=TIMEOUT, failure_message=timed_out)
    if count_failed(tx, job.id, job.epoch):
        if is_whole_or_nothing and not counts.created + counts.updated:
            return try_move(tx, job, ImportStatus.FAILED, completed_at=now, failure_code="batch_failed", failure_message=NOTHING_WRITTEN)
        return try_move(
            tx, job, ImportStatus.COMPLETED_WITH_ERRORS, completed_at=now, failure_code="batch_failed", failure_message=BATCH_FAILED
        )
    if counts.failed and is_whole_or_nothing:
        return try_move(tx, job, ImportStatus.FAILED, completed_at=now, failure_code="rows_failed", failure_message=ROWS_FAILED)
    to = ImportStatus.COMPLETED_WITH_ERRORS if counts.failed or counts.unprocessed else ImportStatus.COMPLETED
    return try_move(tx, job, to, completed_at=now)


def _end_rollback(tx: Writing, job: ImportJob) -> bool:
    _, _, kept = rollback_totals(tx, job)
    is_whole = not kept and not count_failed(tx, job.id, job.epoch)
    to = ImportStatus.ROLLED_BACK if is_whole else ImportStatus.PARTIALLY_ROLLED_BACK
    return try_move(tx, job, to, rolled_back_at=tx.now())
