"""Error reports: asking for one, and finding the one to hand out."""

from pathlib import PurePath
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from models.database import Reading, Writing
from models.queries.sending import FollowUp
from models.tables import ImportJob, Report
from models.tenancy import scoped
from models.vocabulary import ReportFormat, Stage

MAX_NAME_CHARACTERS = 500
OVERTAKEN = "overtaken"


def request_report(tx: Writing, job: ImportJob, format: ReportFormat) -> list[FollowUp]:
    """Ask for the report of an import's failed rows as they stand now; one that is there or under way and tells that is not made twice."""
    known = latest_report(tx, job.tenant_id, job.id, format)
    if known is not None and known.epoch == job.epoch and _tells(known, job):
        return []
    ending = f"-errors.{format.value}"
    report = Report(
        tenant_id=job.tenant_id,
        import_id=job.id,
        epoch=job.epoch,
        format=format.value,
        filename=PurePath(job.filename or "import").stem[: MAX_NAME_CHARACTERS - len(ending)] + ending,
        due_at=tx.now(),
        created_at=tx.now(),
    )
    tx.add(report)
    tx.flush()
    return [FollowUp(Stage.EXPORT, report.id)]


def overtake_reports(tx: Writing, job: ImportJob) -> None:
    """Note that an import's reports, also one that is under way, do not tell its rows as they stand now."""
    statement = update(Report).where(col(Report.tenant_id) == job.tenant_id, col(Report.import_id) == job.id)
    marked = statement.where(col(Report.failure_code).is_(None)).values(failure_code=OVERTAKEN)
    tx.execute(marked.execution_options(synchronize_session=False))


def latest_report(tx: Reading, tenant_id: UUID, import_id: UUID, format: ReportFormat | None = None) -> Report | None:
    """The newest report of an import, of one format or of any."""
    statement = scoped(Report, tenant_id).where(col(Report.import_id) == import_id)
    if format is not None:
        statement = statement.where(col(Report.format) == format.value)
    return tx.execute(statement.order_by(col(Report.created_at).desc(), col(Report.id).desc()).limit(1)).scalar_one_or_none()


def find_present_report(tx: Reading, job: ImportJob, format: ReportFormat | None = None) -> Report | None:
    """The newest report, where it tells of the newest run and, once that has ended, of its end. A cancel and a rollback open an epoch of
    their own and leave the failed rows as they were.
    """
    report = latest_report(tx, job.tenant_id, job.id, format)
    if report is None or job.plan_epoch is None or report.epoch < job.plan_epoch or _is_of_before_the_end(report, job):
        return None
    return report


def _tells(report: Report, job: ImportJob) -> bool:
    """Whether it is there, or to come, and nothing happened since that it does not know of."""
    return report.failure_code is None and report.swept_at is None and not _is_of_before_the_end(report, job)


def _is_of_before_the_end(report: Report, job: ImportJob) -> bool:
    return job.completed_at is not None and report.created_at < job.completed_at


def finish_report(tx: Writing, report_id: UUID, object_key: str | None, failure_code: str | None = None) -> bool:
    """Record where a report lies, or that it could not be made; False: another attempt did so first."""
    statement = update(Report).where(col(Report.id) == report_id, col(Report.finished_at).is_(None))
    values: dict[str, Any] = {"object_key": object_key, "finished_at": tx.now(), "due_at": None}
    if failure_code is not None:
        values["failure_code"] = failure_code
    return bool(tx.execute(statement.values(**values)).rowcount)  # type: ignore[attr-defined]
