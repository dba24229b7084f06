"""Finding the report that a download link names."""

from typing import Any
from uuid import UUID

from models.database import Reading
from models.tables import Report
from models.tenancy import require_found, scoped


def require_report(tx: Reading, tenant_id: UUID, report_id: UUID) -> Report:
    """The tenant's finished report. Raises NotFound."""
    table: Any = Report
    statement = scoped(Report, tenant_id).where(table.id == report_id, table.object_key.is_not(None))
    report: Report | None = tx.execute(statement).scalar_one_or_none()
    return require_found(report, "report")
