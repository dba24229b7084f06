"""Finding the report that a download link names."""

from typing import Any
from uuid import UUID

from models.database import Reading
from models.errors import NotFound
from models.tables import Report
from models.tenancy import require_found, scoped


def require_report(tx: Reading, tenant_id: UUID, report_id: UUID) -> Report:
    """The tenant's finished report. Raises NotFound, with a code of its own (report_swept) where it has had its time."""
    table: Any = Report
    report: Report | None = tx.execute(scoped(Report, tenant_id).where(table.id == report_id)).scalar_one_or_none()
    if report is not None and report.swept_at is not None:
        raise NotFound("This report was deleted after its time.", code="report_swept")
    return require_found(report if report is not None and report.object_key is not None else None, "report")
