# Strawberry's decorators give up their types when they are given arguments.
# mypy: disallow-untyped-decorators=False
"""An import."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.commands import fix_issues, foresee_rollback, preview_rows, read_imports, read_rows
from api.context import Info
from api.graphql.enums import ImportStatus, IssueSeverity, ReportFormat, RowOutcome
from api.graphql.imports.account import ImportIssue, ImportRow, IssueGroup, PreviewRow
from api.graphql.imports.counts import ImportCounts, ImportEvent, ImportProgress
from api.graphql.imports.edits import FixEffect, FixRuleInput, ImportEdits
from api.graphql.imports.parts import (
    ColumnMapping,
    Download,
    FileDialect,
    ImportBatch,
    ImportColumn,
    ImportOptions,
    ImportPlan,
    Rollback,
    RollbackPreview,
    SweptParts,
)
from api.graphql.pages import Connection, Node, connect, none_if_unset
from api.graphql.scalars import BigInt
from api.graphql.user_errors import UserError
from models import tables
from models.errors import WrongState
from models.lifecycle import CANCELLABLE, EDITABLE, RETRYABLE
from models.queries.issue_pages import IssueFilter
from models.queries.remains import Part, is_swept
from models.queries.transitions import require_rollbackable
from models.vocabulary import Role

First = Annotated[int | None, strawberry.argument(description="20 by default, 100 at most.")]


@strawberry.type(description="An import of contacts, from its source to its end.")
class Import(Node):
    job: strawberry.Private[tables.ImportJob]
    version: int
    status: ImportStatus
    external_id: str | None
    created_by: str | None
    filename: str | None
    size_bytes: BigInt | None
    sha256: str | None
    source_kind: str
    dialect: FileDialect | None
    columns: list[ImportColumn]
    mapping: list[ColumnMapping]
    options: ImportOptions
    failure: UserError | None
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    rolled_back_at: datetime | None
    stuck_since: datetime | None = strawberry.field(
        description="When it last came further, or was begun, where that is so long ago that it was sent again. Null: it is not stuck."
    )

    @classmethod
    def of(cls, job: tables.ImportJob) -> "Import":
        return cls(
            job=job,
            id=strawberry.ID(str(job.id)),
            version=job.version,
            status=ImportStatus(job.status),
            external_id=job.external_id,
            created_by=job.created_by,
            filename=job.filename,
            size_bytes=BigInt(job.size_bytes),
            sha256=job.sha256,
            source_kind=job.source_kind.upper(),
            dialect=FileDialect.of(job),
            columns=[ImportColumn.of(column, job.mapping) for column in job.columns],
            mapping=ColumnMapping.list_of(job),
            options=ImportOptions.of(job.options),
            failure=UserError.of(job.failure_code, job.failure_message),
            created_at=job.created_at,
            started_at=job.started_at,
            completed_at=job.completed_at,
            rolled_back_at=job.rolled_back_at,
            stuck_since=job.stuck_since,
        )

    @classmethod
    def of_optional(cls, job: tables.ImportJob | None) -> "Import | None":
        return None if job is None else cls.of(job)

    @strawberry.field(description="Whole rows, as they stand in the file and as mapped.")
    async def preview(self, info: Info, first: int | None = 10) -> list[PreviewRow]:
        return [PreviewRow.of(row) for row in await info.context.run(preview_rows.preview_rows, self.job, first=first or 10)]

    @strawberry.field
    async def counts(self, info: Info) -> ImportCounts:
        return ImportCounts.of(await info.context.counts.load(self.job))

    @strawberry.field
    async def progress(self, info: Info) -> ImportProgress:
        return ImportProgress.of(await info.context.progress.load(self.job))

    @strawberry.field
    async def plan(self, info: Info) -> ImportPlan | None:
        return ImportPlan.of(await info.context.run(read_imports.find_plan, self.job), self.job)

    @strawberry.field(description="In the file's order; the planned outcome before applying, the real one after.")
    async def rows(
        self,
        info: Info,
        first: First = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        outcome: RowOutcome | None = strawberry.UNSET,
        has_issues: bool | None = strawberry.UNSET,
        is_edited: bool | None = strawberry.UNSET,
        numbers: list[BigInt] | None = strawberry.UNSET,
    ) -> Connection[ImportRow]:
        wanted = read_rows.RowFilter(
            outcome=outcome or None,
            has_issues=none_if_unset(has_issues),
            is_edited=none_if_unset(is_edited),
            numbers=frozenset(numbers) if numbers else None,
        )
        look = info.context.search_rows if wanted.is_searched else info.context.run
        page = await look(read_rows.list_rows, self.job, wanted, first=none_if_unset(first), after=after or None)
        return connect(page, ImportRow.of, lambda: look(read_rows.count_rows_wanted, self.job, wanted))

    @strawberry.field
    async def issues(
        self,
        info: Info,
        first: First = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        code: str | None = strawberry.UNSET,
        field: str | None = strawberry.UNSET,
        severity: IssueSeverity | None = strawberry.UNSET,
    ) -> Connection[ImportIssue]:
        wanted = IssueFilter(code=code or None, field=field or None, severity=severity or None)
        page = await info.context.run(read_imports.page_issues, self.job, wanted, first=none_if_unset(first), after=after or None)
        return connect(page, ImportIssue.of, lambda: info.context.run(read_imports.total_issues, self.job, wanted))

    @strawberry.field
    async def issue_groups(self, info: Info) -> list[IssueGroup]:
        return [IssueGroup.of(group) for group in await info.context.run(read_imports.group_issues, self.job)]

    @strawberry.field
    async def edits(self, info: Info) -> ImportEdits:
        cells, rows = await info.context.run(read_imports.find_edits, self.job)
        return ImportEdits(cells=BigInt(cells), excluded_rows=BigInt(rows))

    @strawberry.field(description="What applyFix would come to; nothing is changed.")
    async def fix_preview(
        self, info: Info, code: str, rule: FixRuleInput, field: str | None = strawberry.UNSET, first: int | None = 10
    ) -> FixEffect:
        kind = fix_issues.IssueKind(code.lower(), field or None)
        return FixEffect.of(await info.context.preview(fix_issues.preview_fix, self.job, kind, rule.read(), first=first))

    @strawberry.field
    async def batches(self, info: Info, first: int | None = 100, after_number: int | None = strawberry.UNSET) -> list[ImportBatch]:
        found = await info.context.run(read_imports.page_batches, self.job, first=first, after_number=none_if_unset(after_number))
        return [ImportBatch.of(batch) for batch in found]

    @strawberry.field
    async def events(self, info: Info, after: BigInt | None = strawberry.UNSET, first: int | None = 100) -> list[ImportEvent]:
        found = await info.context.run(read_imports.page_events, self.job, first=first, after=none_if_unset(after))
        return [ImportEvent.of(event) for event in found]

    @strawberry.field(description="The failed rows, to be put right and imported again; by default the report that was made last.")
    async def error_report(self, info: Info, format: ReportFormat | None = strawberry.UNSET) -> Download | None:
        return Download.of(await info.context.run(read_imports.find_error_report, self.job, format or None))

    @strawberry.field
    async def rollback(self, info: Info) -> Rollback | None:
        return Rollback.of(await info.context.run(read_imports.find_undo, self.job), self.job)

    @strawberry.field(description="What rolling it back would do, counted now without writing; null where it cannot be rolled back.")
    async def rollback_preview(self, info: Info) -> RollbackPreview | None:
        return RollbackPreview.of(await info.context.preview(foresee_rollback.foresee_rollback, self.job))

    @strawberry.field(description="Whether it was retried: rows that an earlier run settled stay so, and its plan is about the others.")
    def is_retry(self) -> bool:
        return bool(self.job.settled)

    @strawberry.field(description="Whether its plan may be started now.")
    def can_start(self, info: Info) -> bool:
        return may_change(info) and self.status is ImportStatus.PLANNED

    @strawberry.field(description="Whether its rows may be corrected now; of one that ended, for the next retry.")
    def can_edit(self, info: Info) -> bool:
        return may_change(info) and self.status in EDITABLE

    @strawberry.field
    def can_cancel(self, info: Info) -> bool:
        return may_change(info) and self.status in CANCELLABLE

    @strawberry.field
    async def can_retry(self, info: Info) -> bool:
        if not may_change(info) or self.status not in RETRYABLE:
            return False
        return await info.context.retry_obstacles.load(self.job) is None

    @strawberry.field(
        description="Why it cannot be retried: its status, nothing left to do, or its stored file is gone; null where it can."
    )
    async def retry_blocked_by(self, info: Info) -> UserError | None:
        error = await info.context.retry_obstacles.load(self.job)
        return None if error is None else UserError.of(error.code, error.message)

    @strawberry.field(
        description="Why it cannot be rolled back: its status, with what to do first, nothing that it changed, or its journal is gone; "
        "null where it can."
    )
    async def rollback_blocked_by(self, info: Info) -> UserError | None:
        return await _find_rollback_obstacle(info, self.job)

    @strawberry.field(description="Since when parts of the import are gone, as the settings of retention say.")
    def swept(self) -> SweptParts:
        return SweptParts.of(self.job)

    @strawberry.field
    async def can_rollback(self, info: Info) -> bool:
        return may_change(info) and await _find_rollback_obstacle(info, self.job) is None


def may_change(info: Info) -> bool:
    """Whether the one who asks may change anything."""
    return info.context.require_actor().role is not Role.VIEWER


async def _find_rollback_obstacle(info: Info, job: tables.ImportJob) -> UserError | None:
    counts = await info.context.counts.load(job)
    try:
        require_rollbackable(job, has_applied=bool(counts.created or counts.updated))
    except WrongState as error:
        return UserError.of(error.code, error.message)
    return UserError.of_swept(Part.JOURNAL) if is_swept(job, Part.JOURNAL) else None
