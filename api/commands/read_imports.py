"""Looks at imports: one, a page of them, and what belongs to one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.auth.actor import Actor
from api.commands.deps import Deps
from api.commands.ids import find_id
from models.database import reading
from models.errors import InvalidRequest
from models.queries.counts import Counts, Progress, count_rows, find_plan_run, measure_progress, planned_counts, rollback_totals
from models.queries.edits import count_edits
from models.queries.events import list_events
from models.queries.import_pages import ImportFilter, ImportOrder, count_imports, list_imports
from models.queries.imports import find_import
from models.queries.issue_pages import IssueFilter, IssueGroup, count_issues, list_issue_groups, list_issues
from models.queries.pages import MAX_FIRST, Page, require_first
from models.queries.reports import find_present_report
from models.queries.row_pages import list_batches, list_kept_contacts
from models.tables import ImportBatch, ImportEvent, ImportIssue, ImportJob, KeptContact
from models.vocabulary import ImportStatus, ReportFormat

MAX_BATCHES = 1_000
UNDOING = frozenset({ImportStatus.ROLLING_BACK, ImportStatus.ROLLED_BACK, ImportStatus.PARTIALLY_ROLLED_BACK})


@dataclass(frozen=True, slots=True)
class Plan:
    """The predicted outcome of an import."""

    hash: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class Undo:
    """How far an import was undone."""

    removed: int
    restored: int
    kept: int


@dataclass(frozen=True, slots=True)
class DownloadLink:
    """Where a file can be fetched, and until when."""

    url: str
    filename: str
    expires_at: datetime


def look_up_import(deps: Deps, actor: Actor, import_id: str) -> ImportJob | None:
    """The import; None: there is none, or it is somebody else's."""
    found = find_id(import_id)
    if found is None:
        return None
    with reading(deps.database) as tx:
        return find_import(tx, actor.tenant_id, found)


def page_imports(
    deps: Deps, actor: Actor, wanted: ImportFilter, *, order: ImportOrder, first: int | None, after: str | None
) -> Page[ImportJob]:
    """A page of the imports."""
    with reading(deps.database) as tx:
        return list_imports(tx, actor.tenant_id, wanted, order=order, first=require_first(first), after=after)


def total_imports(deps: Deps, actor: Actor, wanted: ImportFilter) -> int:
    """How many imports there are in all."""
    with reading(deps.database) as tx:
        return count_imports(tx, actor.tenant_id, wanted)


def load_counts(deps: Deps, actor: Actor, jobs: Sequence[ImportJob]) -> list[Counts]:
    """The counts of each import, in the same order."""
    with reading(deps.database) as tx:
        counts = count_rows(tx, jobs)
    return [counts[job.id] for job in jobs]


def load_progress(deps: Deps, actor: Actor, jobs: Sequence[ImportJob]) -> list[Progress]:
    """The progress of each import, in the same order."""
    with reading(deps.database) as tx:
        progress = measure_progress(tx, jobs)
    return [progress[job.id] for job in jobs]


def find_plan(deps: Deps, actor: Actor, job: ImportJob) -> Plan | None:
    """The newest plan; None: there is none yet."""
    with reading(deps.database) as tx:
        run = find_plan_run(tx, job)
        counts = planned_counts(tx, job)
    return None if run is None or run.plan_hash is None or counts is None else Plan(run.plan_hash, counts)


def find_edits(deps: Deps, actor: Actor, job: ImportJob) -> tuple[int, int]:
    """How many cells of the import are corrected, and how many rows left out."""
    with reading(deps.database) as tx:
        return count_edits(tx, job)


def page_issues(
    deps: Deps, actor: Actor, job: ImportJob, wanted: IssueFilter, *, first: int | None, after: str | None
) -> Page[ImportIssue]:
    """A page of the import's issues."""
    with reading(deps.database) as tx:
        return list_issues(tx, actor.tenant_id, job.id, wanted, first=require_first(first), after=after)


def total_issues(deps: Deps, actor: Actor, job: ImportJob, wanted: IssueFilter) -> int:
    """How many issues there are in all."""
    with reading(deps.database) as tx:
        return count_issues(tx, actor.tenant_id, job.id, wanted)


def group_issues(deps: Deps, actor: Actor, job: ImportJob) -> list[IssueGroup]:
    """The import's issues by kind."""
    with reading(deps.database) as tx:
        return list_issue_groups(tx, actor.tenant_id, job.id)


def page_batches(deps: Deps, actor: Actor, job: ImportJob, *, first: int | None, after_number: int | None) -> list[ImportBatch]:
    """Some of the import's batches."""
    limit = MAX_FIRST if first is None else first
    if not 1 <= limit <= MAX_BATCHES:
        raise InvalidRequest(f"`first` must be from 1 to {MAX_BATCHES:,}.")
    with reading(deps.database) as tx:
        return list_batches(tx, job, first=limit, after_number=after_number)


def page_events(deps: Deps, actor: Actor, job: ImportJob, *, first: int | None, after: int | None) -> list[ImportEvent]:
    """Some of the import's events."""
    with reading(deps.database) as tx:
        return list_events(tx, actor.tenant_id, after=after or 0, import_id=job.id, limit=require_first(first))


def find_error_report(deps: Deps, actor: Actor, job: ImportJob, report_format: ReportFormat | None) -> DownloadLink | None:
    """A link to the error report of the rows as they failed last; None: there is none, or it is still being made."""
    with reading(deps.database) as tx:
        report = find_present_report(tx, job, report_format)
    if report is None or report.object_key is None:
        return None
    token = deps.signer.sign_download(actor.tenant_id, report.id)
    return DownloadLink(f"{deps.settings.public_url.rstrip('/')}/downloads/{token}", report.filename, deps.signer.download_expires_at())


def find_undo(deps: Deps, actor: Actor, job: ImportJob) -> Undo | None:
    """How far the import was undone; None: nobody asked for it."""
    if ImportStatus(job.status) not in UNDOING:
        return None
    with reading(deps.database) as tx:
        return Undo(*rollback_totals(tx, job))


def page_kept_contacts(deps: Deps, actor: Actor, job: ImportJob, *, first: int | None, after: str | None) -> Page[KeptContact]:
    """A page of the contacts that undoing could not put back wholly."""
    with reading(deps.database) as tx:
        return list_kept_contacts(tx, job, first=require_first(first), after=after)
