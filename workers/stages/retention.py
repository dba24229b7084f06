"""Retention: what has had its time goes, a little at a time and in one worker, never what an import that has not ended needs.

Each step is a short transaction that first extends the lease, so that a worker which lost it writes nothing. A sweep of an import that is
cut off anywhere is taken up in the next round of any worker, and the rest of its pass by the next pass.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import groupby
from uuid import UUID

from models.database import Writing, reading, writing
from models.errors import Transient
from models.queries import audit
from models.queries.expiring import delete_audit_entries, delete_events, delete_keys, delete_links, delete_refusals, list_tenants
from models.queries.journal_sweep import MARGIN, find_horizon, list_entries, sweep_contacts
from models.queries.leases import hold
from models.queries.remains import Part, is_swept
from models.queries.retention import (
    Days,
    begin_sweep,
    delete_issues,
    end_sweep,
    forget_report,
    is_file_needed,
    list_deleted,
    list_due,
    list_ended,
    list_old_imports,
    list_old_reports,
    list_outcome_keys,
    list_unfinished,
    take_from_history,
)
from models.settings import Settings
from models.tables import ImportJob
from workers.stages.deps import Deps
from workers.stages.tidy import tidy_attempts, tidy_sources

LEASE = "retention"
# Longer than the pause between two rounds of a pass.
LEASE_SECONDS = 150.0
# Whose turn it is to begin a pass; of many workers one does.
PASS_LEASE = "retention_pass"
SECONDS_BETWEEN_PASSES = 3_600.0
# So that a worker that is asked to end does not keep anybody waiting, and nothing else that is tidied up does.
SECONDS_A_ROUND = 2.0
IMPORTS_AT_A_TIME = 50
# What the last minutes of an import left behind is looked for in the passes after its end: in more than one, should one be missed, and not
# while somebody who was overtaken may still be storing.
LATELY, SURELY = timedelta(seconds=3 * SECONDS_BETWEEN_PASSES), timedelta(minutes=10)
ROWS_AT_A_TIME = 2_000
ENTRIES_AT_A_TIME = 1_000


class NotHolder(Exception):
    """Another worker sweeps just now."""


class RetentionRounds:
    """One pass an hour, in rounds of seconds, each of which first ends the sweeps of imports that were begun."""

    def __init__(self, deps: Deps, holder: str) -> None:
        self._deps = deps
        self._holder = holder
        self._began_at: float | None = None
        self._pass: Iterator[None] | None = None

    def run_round(self) -> None:
        """Go on with the pass under way, or begin one when it is time. Raises Transient, after which the pass begins anew."""
        now = time.monotonic()
        for _ in iter_unfinished(self._deps, self._holder):
            if time.monotonic() - now > SECONDS_A_ROUND:
                return
        if self._pass is None:
            is_early = self._began_at is not None and now - self._began_at < SECONDS_BETWEEN_PASSES
            if is_early or not self._take_turn():
                return
            self._began_at, self._pass = now, iter_pass(self._deps, self._holder)
        try:
            for _ in self._pass:
                if time.monotonic() - now > SECONDS_A_ROUND:
                    return
        except Transient:
            self._began_at = self._pass = None
            raise
        self._pass = None

    def _take_turn(self) -> bool:
        with writing(self._deps.database) as tx:
            return hold(tx, PASS_LEASE, self._holder, SECONDS_BETWEEN_PASSES)


def iter_pass(deps: Deps, holder: str) -> Iterator[None]:
    """A whole pass, step by step; it ends at once where another worker sweeps."""
    try:
        for sweep in (
            _sweep_parts,
            _sweep_reports,
            _sweep_imports,
            _sweep_attempts,
            _sweep_deleted,
            _sweep_sources,
            _sweep_journal,
            _sweep_rows,
        ):
            yield from sweep(deps, holder)
    except NotHolder:
        return


def iter_unfinished(deps: Deps, holder: str) -> Iterator[None]:
    """What is left of sweeps of imports that were begun, step by step; it ends at once where another worker sweeps."""
    with reading(deps.database) as tx:
        begun = list_unfinished(tx, IMPORTS_AT_A_TIME)
    try:
        for import_id in begun:
            yield from _sweep_parts_of(deps, holder, import_id, {})
    except NotHolder:
        return


@contextmanager
def _holding(deps: Deps, holder: str) -> Iterator[Writing]:
    """One transaction of whoever holds the lease. Raises NotHolder."""
    with writing(deps.database) as tx:
        if not hold(tx, LEASE, holder, LEASE_SECONDS):
            raise NotHolder
        yield tx


def _days(settings: Settings) -> dict[Part, float]:
    return {
        Part.FILE: settings.retention_files,
        Part.CHUNKS: settings.retention_chunks,
        Part.ISSUES: settings.retention_issues,
        Part.JOURNAL: settings.retention_journal,
    }


def _sweep_parts(deps: Deps, holder: str) -> Iterator[None]:
    days = _days(deps.settings)
    tried: set[object] = set()
    while True:
        with reading(deps.database) as tx:
            found = list_due(tx, days, IMPORTS_AT_A_TIME)
        # What somebody holds stays due and comes again in the next pass.
        due = [import_id for import_id in found if import_id not in tried]
        if not due:
            return
        tried.update(due)
        for import_id in due:
            yield from _sweep_parts_of(deps, holder, import_id, days)


def _sweep_parts_of(deps: Deps, holder: str, import_id: UUID, days: Days) -> Iterator[None]:
    """Sweep what of an import has had its time; without `days`, what was begun."""
    with _holding(deps, holder) as tx:
        job = begin_sweep(tx, import_id, days)
    if job is not None:
        yield from _delete_swept(deps, holder, job)
    yield


def _delete_swept(deps: Deps, holder: str, job: ImportJob) -> Iterator[None]:
    """Delete what is marked as gone; all of it, since an earlier sweep may have been cut off."""
    with reading(deps.database) as tx:
        needs_file = is_file_needed(tx, job)
        outcomes = list_outcome_keys(tx, job)
    if not needs_file:
        deps.storage.delete(job.object_key)
    if is_swept(job, Part.CHUNKS):
        prefix = f"imports/{job.id}"
        for key in list(deps.storage.iter_keys(prefix)):
            # Reports have a time of their own.
            if key not in outcomes and not key.startswith(f"{prefix}/reports/"):
                deps.storage.delete(key)
    while is_swept(job, Part.ISSUES):
        with _holding(deps, holder) as tx:
            if not delete_issues(tx, job, ROWS_AT_A_TIME):
                break
        yield
    with _holding(deps, holder) as tx:
        end_sweep(tx, job)


def _sweep_reports(deps: Deps, holder: str) -> Iterator[None]:
    while True:
        with reading(deps.database) as tx:
            old = list_old_reports(tx, deps.settings.retention_reports, IMPORTS_AT_A_TIME)
        for report in old:
            if report.object_key is not None:
                deps.storage.delete(report.object_key)
            with _holding(deps, holder) as tx:
                forget_report(tx, report)
            yield
        if not old:
            return


def _sweep_imports(deps: Deps, holder: str) -> Iterator[None]:
    days = deps.settings.retention_imports
    tried: set[object] = set()
    while True:
        with reading(deps.database) as tx:
            old = [import_id for import_id in list_old_imports(tx, days, IMPORTS_AT_A_TIME) if import_id not in tried]
        if not old:
            return
        tried.update(old)
        for import_id in old:
            with _holding(deps, holder) as tx:
                take_from_history(tx, import_id, days)
            yield


def _sweep_attempts(deps: Deps, holder: str) -> Iterator[None]:
    """Delete what nothing records of imports that came to their end lately: who ended one may have died before it tidied up, and who was
    overtaken may have stored something after that.
    """
    after: UUID | None = None
    while True:
        with reading(deps.database) as tx:
            ended = list_ended(tx, LATELY, SURELY, after, IMPORTS_AT_A_TIME)
        for job in ended:
            with _holding(deps, holder):
                # Only to see that nobody else sweeps; the store is no part of the transaction.
                pass
            tidy_attempts(deps, job)
            yield
        if not ended:
            return
        after = ended[-1].id


def _sweep_deleted(deps: Deps, holder: str) -> Iterator[None]:
    """Delete what lies of imports that were deleted lately: a stage that was overtaken may have stored something after all was deleted."""
    with reading(deps.database) as tx:
        deleted = list_deleted(tx, LATELY, SURELY)
    for import_id in deleted:
        with _holding(deps, holder):
            # Only to see that nobody else sweeps; the store is no part of the transaction.
            pass
        deps.storage.delete_prefix(f"imports/{import_id}")
        yield


def _sweep_journal(deps: Deps, holder: str) -> Iterator[None]:
    days = deps.settings.retention_journal
    if not days:
        return
    with reading(deps.database) as tx:
        # The margin is nothing beside days; where somebody keeps next to nothing, it is next to nothing.
        horizons = {tenant_id: find_horizon(tx, tenant_id, days, margin=min(MARGIN, days * MARGIN)) for tenant_id in list_tenants(tx)}
    newest = max(horizons.values(), default=None)
    swept = dict.fromkeys(horizons, 0)
    after = 0
    while newest is not None:
        with reading(deps.database) as tx:
            entries = list_entries(tx, after, ENTRIES_AT_A_TIME)
        if not entries or min(entry.at for entry in entries) >= newest:
            break
        after = entries[-1].id
        old = [entry for entry in entries if entry.tenant_id in horizons and entry.at < horizons[entry.tenant_id]]
        for tenant_id, some in groupby(sorted(old, key=lambda entry: entry.tenant_id), key=lambda entry: entry.tenant_id):
            with _holding(deps, holder) as tx:
                swept[tenant_id] += sweep_contacts(tx, tenant_id, {entry.contact_id for entry in some}, horizons[tenant_id])
        yield
    for tenant_id, count in swept.items():
        if count:
            with _holding(deps, holder) as tx:
                audit.record(tx, tenant_id, None, "journal.swept", None, entries=count)


def _sweep_sources(deps: Deps, holder: str) -> Iterator[None]:
    with _holding(deps, holder) as tx:
        now = tx.now()
    yield from tidy_sources(deps, now)


def _sweep_rows(deps: Deps, holder: str) -> Iterator[None]:
    """What is deleted row by row."""
    settings = deps.settings
    deletions: list[Callable[[Writing], int]] = [
        lambda tx: delete_links(tx, ROWS_AT_A_TIME),
        lambda tx: delete_keys(tx, ROWS_AT_A_TIME),
    ]
    if settings.retention_events:
        deletions.append(lambda tx: delete_events(tx, settings.retention_events, ROWS_AT_A_TIME))
    if settings.retention_audit:
        deletions.append(lambda tx: delete_refusals(tx, settings.retention_audit, ROWS_AT_A_TIME))
        with reading(deps.database) as tx:
            tenants = list_tenants(tx)
        deletions += [
            lambda tx, tenant_id=tenant_id: delete_audit_entries(tx, tenant_id, settings.retention_audit, ROWS_AT_A_TIME)  # type: ignore[misc]
            for tenant_id in tenants
        ]
    for deletion in deletions:
        while True:
            with _holding(deps, holder) as tx:
                gone = deletion(tx)
            yield
            if not gone:
                break
