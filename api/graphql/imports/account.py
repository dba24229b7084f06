"""The account of the rows: what each holds, what became of it, and what was found in it."""

from typing import Protocol

import strawberry
from strawberry.scalars import JSON

from api.commands import preview_rows, read_rows
from api.graphql.enums import IssueSeverity, RowOutcome
from api.graphql.scalars import BigInt
from models.queries import contact_history, issue_pages


class KeptIssue(Protocol):
    """What an issue has, in a table or in a frame."""

    @property
    def row(self) -> int: ...
    @property
    def column(self) -> str | None: ...
    @property
    def field(self) -> str | None: ...
    @property
    def value(self) -> str | None: ...
    @property
    def code(self) -> str: ...
    @property
    def severity(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def suggestion(self) -> str | None: ...
    @property
    def batch(self) -> int | None: ...


@strawberry.type(description="Something about a row or one of its values.")
class ImportIssue:
    row: BigInt
    column: str | None
    field: str | None
    value: str | None
    code: str
    severity: IssueSeverity
    message: str
    suggestion: str | None
    batch: int | None

    @classmethod
    def of(cls, issue: KeptIssue) -> "ImportIssue":
        return cls(
            row=BigInt(issue.row),
            column=issue.column,
            field=issue.field,
            value=issue.value,
            code=issue.code.upper(),
            severity=IssueSeverity(issue.severity),
            message=issue.message,
            suggestion=issue.suggestion,
            batch=issue.batch,
        )


@strawberry.type(description="All issues of one code in one field.")
class IssueGroup:
    code: str
    field: str | None
    severity: IssueSeverity
    count: BigInt
    example: ImportIssue
    has_open_rows: bool = strawberry.field(
        description="Whether some are of rows that the newest plan is about. What an earlier run settled is not, and no fix changes it."
    )

    @classmethod
    def of(cls, group: issue_pages.IssueGroup) -> "IssueGroup":
        return cls(
            code=group.code.upper(),
            field=group.field,
            severity=group.severity,
            count=BigInt(group.count),
            example=ImportIssue.of(group.example),
            has_open_rows=group.has_open_rows,
        )


@strawberry.type(description="A field before and after; of tags and lists, what was taken away and what was added.")
class FieldChange:
    field: str
    before: JSON | None
    after: JSON | None

    @classmethod
    def of(cls, change: contact_history.FieldChange) -> "FieldChange":
        return cls(
            field=change.field,
            before=None if change.before is None else JSON(change.before),
            after=None if change.after is None else JSON(change.after),
        )


@strawberry.type(description="A row as it stands in the file and as it is mapped.")
class PreviewRow:
    row: BigInt
    raw: list[str]
    mapped: JSON
    issues: list[ImportIssue]

    @classmethod
    def of(cls, row: preview_rows.PreviewRow) -> "PreviewRow":
        return cls(row=BigInt(row.row), raw=list(row.raw), mapped=JSON(row.mapped), issues=[ImportIssue.of(issue) for issue in row.issues])


@strawberry.type(description="What the plan has for a row.")
class PlannedRow:
    row: BigInt
    values: JSON | None = strawberry.field(description="The cells by column, as they were corrected.")
    outcome: RowOutcome
    contact_id: strawberry.ID | None
    changes: list[FieldChange]

    @classmethod
    def of(cls, account: read_rows.RowAccount) -> "PlannedRow":
        return cls(
            row=BigInt(account.row),
            values=None if account.values is None else JSON(account.values),
            outcome=account.outcome,
            contact_id=None if account.contact_id is None else strawberry.ID(account.contact_id),
            changes=[FieldChange.of(change) for change in account.changes],
        )


@strawberry.type(description="A cell that somebody corrected.")
class EditedCell:
    column: str
    original: str | None = strawberry.field(description="As it stands in the file.")
    value: str | None = strawberry.field(description="Null: it says nothing, as if the row did not have it.")


@strawberry.type(description="A row of the file with what became of it.")
class ImportRow:
    row: BigInt
    values: JSON | None = strawberry.field(
        description="The cells by column, as they were corrected; null once the file's chunks were swept."
    )
    outcome: RowOutcome
    contact_id: strawberry.ID | None
    issues: list[ImportIssue]
    changes: list[FieldChange]
    edited: list[EditedCell]
    is_excluded: bool = strawberry.field(description="Somebody left the row out.")

    @classmethod
    def of(cls, account: read_rows.RowAccount) -> "ImportRow":
        return cls(
            row=BigInt(account.row),
            values=None if account.values is None else JSON(account.values),
            outcome=account.outcome,
            contact_id=None if account.contact_id is None else strawberry.ID(account.contact_id),
            issues=[ImportIssue.of(issue) for issue in account.issues],
            changes=[FieldChange.of(change) for change in account.changes],
            edited=[EditedCell(column=cell.column, original=cell.original, value=cell.value) for cell in account.edited],
            is_excluded=account.is_excluded,
        )
