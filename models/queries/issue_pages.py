"""Issues of an import: pages of those that were kept, and how many there are of each kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func

from models.database import Reading
from models.queries.pages import Page, decode_cursor, follows, make_page
from models.tables import DriftedRow, ImportIssue, ImportIssueCount, ImportJob
from models.tenancy import scoped, scoped_columns
from models.vocabulary import IssueSeverity


@dataclass(frozen=True, slots=True)
class IssueFilter:
    """Which issues; None: any."""

    code: str | None = None
    field: str | None = None
    severity: IssueSeverity | None = None


_ANY = IssueFilter()


@dataclass(frozen=True, slots=True)
class IssueGroup:
    """A kind of issue, how often it occurs, and its first occurrence. `has_open_rows`: some are of rows that the newest plan is about."""

    code: str
    field: str | None
    severity: IssueSeverity
    count: int
    example: ImportIssue
    has_open_rows: bool


def list_issues(tx: Reading, tenant_id: UUID, import_id: UUID, wanted: IssueFilter, *, first: int, after: str | None) -> Page[ImportIssue]:
    """A page of the issues that were kept, in the file's order."""
    table: Any = ImportIssue
    statement = scoped(ImportIssue, tenant_id).where(table.import_id == import_id, *_conditions(table, wanted))
    position = decode_cursor(after, int, int)
    if position is not None:
        statement = statement.where(follows([table.row, table.id], position, descending=False))
    found = tx.execute(statement.order_by(table.row, table.id).limit(first + 1)).scalars().all()
    return make_page(found, first, after, lambda issue: (issue.row, issue.id))


def count_issues(tx: Reading, tenant_id: UUID, import_id: UUID, wanted: IssueFilter) -> int:
    """How many issues there are, those that were not kept included."""
    table: Any = ImportIssueCount
    statement = scoped_columns(tenant_id, ImportIssueCount, func.coalesce(func.sum(table.count), 0))
    return int(tx.execute(statement.where(table.import_id == import_id, *_conditions(table, wanted))).scalar_one())


def list_issue_groups(tx: Reading, tenant_id: UUID, import_id: UUID) -> list[IssueGroup]:
    """Every kind of issue of an import, errors first, the most frequent first."""
    table: Any = ImportIssue
    kept = (
        scoped_columns(
            tenant_id, ImportIssue, func.min(table.id).label("first"), func.count().label("kept"), func.count(table.batch).label("open")
        )
        .where(table.import_id == import_id)
        .group_by(table.code, table.field, table.severity)
    )
    found = {each.first: each for each in tx.execute(kept)}
    examples = tx.execute(scoped(ImportIssue, tenant_id).where(table.id.in_(found))).scalars()
    example_of = {(issue.code, issue.field or "", issue.severity): issue for issue in examples}
    counts: Any = ImportIssueCount
    kinds = tx.execute(scoped(ImportIssueCount, tenant_id).where(counts.import_id == import_id)).scalars().all()
    severities = list(IssueSeverity)
    groups = []
    for kind in kinds:
        example = example_of.get((kind.code, kind.field, kind.severity))
        if example is not None:
            known = found[example.id]
            # Those that were not kept may be of any rows.
            has_open_rows = known.open > 0 or known.kept < kind.count
            groups.append(IssueGroup(kind.code, kind.field or None, IssueSeverity(kind.severity), kind.count, example, has_open_rows))
    return sorted(groups, key=lambda group: (severities.index(group.severity), -group.count, group.code, group.field or ""))


def list_issues_of_rows(tx: Reading, tenant_id: UUID, import_id: UUID, rows: Sequence[int]) -> list[ImportIssue]:
    """The kept issues of some rows, in the file's order."""
    table: Any = ImportIssue
    statement = scoped(ImportIssue, tenant_id).where(table.import_id == import_id, table.row.in_(rows))
    return list(tx.execute(statement.order_by(table.row, table.id)).scalars())


def list_marked_rows(tx: Reading, tenant_id: UUID, import_id: UUID) -> frozenset[int]:
    """The rows that have issues which were kept."""
    table: Any = ImportIssue
    return frozenset(tx.execute(scoped_columns(tenant_id, ImportIssue, table.row).where(table.import_id == import_id).distinct()).scalars())


def list_drifted_issues(tx: Reading, job: ImportJob, epoch: int | None, wanted: IssueFilter = _ANY) -> list[ImportIssue]:
    """The issues of rows that came out otherwise than a run had planned: the plan's own files know nothing of what applying found."""
    table: Any = ImportIssue
    row: Any = DriftedRow
    drifted = scoped_columns(job.tenant_id, DriftedRow, row.row).where(row.import_id == job.id, row.epoch == epoch)
    statement = scoped(ImportIssue, job.tenant_id).where(table.import_id == job.id, table.row.in_(drifted), *_conditions(table, wanted))
    return list(tx.execute(statement.order_by(table.row, table.id)).scalars())


def _conditions(table: Any, wanted: IssueFilter) -> list[Any]:
    conditions = []
    if wanted.code is not None:
        conditions.append(table.code == wanted.code.lower())
    if wanted.field is not None:
        conditions.append(table.field == wanted.field)
    if wanted.severity is not None:
        conditions.append(table.severity == wanted.severity.value)
    return conditions
