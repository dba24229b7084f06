"""The smaller parts of an import: dialect, columns, options, plan, batches, undo and downloads."""

from datetime import datetime
from typing import Any

import strawberry

from api.commands import read_imports, read_rows
from api.commands.foresee_rollback import Forecast
from api.commands.options import camel
from api.context import Info
from api.graphql.enums import (
    AssignmentMode,
    DateOrder,
    DirectoryPolicy,
    DuplicateStrategy,
    EmptyCellPolicy,
    ErrorPolicy,
    FieldPolicy,
    InvalidValuePolicy,
    MatchField,
    MatchMode,
    RowOutcome,
)
from api.graphql.imports.account import PlannedRow
from api.graphql.imports.counts import ImportCounts
from api.graphql.scalars import BigInt
from api.graphql.user_errors import UserError
from models import tables
from models.queries.pages import require_first
from models.tables import import_options
from models.vocabulary import ImportStatus


@strawberry.type(description="What was decided of how the file is read, how sure (0 to 1), and why.")
class DialectDecision:
    aspect: str = strawberry.field(description="By the name of the option that overrules it, where there is one.")
    value: str | None
    confidence: float
    reason: str
    alternatives: list[str]
    is_question: bool = strawberry.field(description="The import waits for an answer: overrule it, or accept it by giving the mapping.")


@strawberry.type(description="How the file is read, as detected or as overruled.")
class FileDialect:
    format: str
    encoding: str | None
    delimiter: str | None
    quote: str | None = strawberry.field(description='"" where nothing is quoted.')
    escape: str | None = strawberry.field(description="Null where a quote within quotes is doubled.")
    comment: str | None = strawberry.field(description="What a comment line begins with.")
    header_row: int | None
    header_rows: int = strawberry.field(description="How many rows the header takes, from headerRow on.")
    sheet: str | None
    sheets: list[str]
    archive: str | None = strawberry.field(description="ZIP or GZIP where the file was wrapped in one.")
    member: str | None = strawberry.field(description="The file in the archive that is read.")
    members: list[str]
    decisions: list[DialectDecision]

    @classmethod
    def of(cls, job: tables.ImportJob) -> "FileDialect | None":
        stored = job.dialect
        if stored is None:
            return None
        archive = stored.get("archive")
        is_waiting = job.status == ImportStatus.NEEDS_MAPPING.value
        return cls(
            format=str(stored["format"]).upper(),
            encoding=stored["encoding"],
            delimiter=stored["delimiter"],
            quote=stored["quote"],
            escape=stored.get("escape"),
            comment=stored.get("comment"),
            header_row=stored["header_row"],
            header_rows=stored.get("header_rows", 1),
            sheet=stored["sheet"],
            sheets=list(stored["sheets"]),
            archive=None if archive is None else str(archive).upper(),
            member=stored.get("member"),
            members=list(stored.get("members", ())),
            decisions=[
                DialectDecision(
                    aspect=camel(decision["aspect"]),
                    value=decision["value"],
                    confidence=decision["confidence"],
                    reason=decision["reason"],
                    alternatives=list(decision["alternatives"]),
                    is_question=is_waiting and decision.get("is_question", False),
                )
                for decision in stored.get("decisions", ())
            ],
        )


@strawberry.type
class ColumnSuggestion:
    field: str
    confidence: float
    reason: str


@strawberry.type(description="A column of the file, and the field it goes to.")
class ImportColumn:
    index: int
    header: str
    samples: list[str]
    fill_rate: float
    suggestions: list[ColumnSuggestion]
    field: str | None

    @classmethod
    def of(cls, stored: dict[str, Any], mapping: dict[str, str]) -> "ImportColumn":
        return cls(
            index=stored["index"],
            header=stored["header"],
            samples=list(stored["samples"]),
            fill_rate=stored["fill_rate"],
            suggestions=[ColumnSuggestion(**suggestion) for suggestion in stored["suggestions"]],
            field=mapping.get(stored["header"]),
        )


@strawberry.type
class ColumnMapping:
    column: str
    field: str | None

    @classmethod
    def list_of(cls, job: tables.ImportJob) -> "list[ColumnMapping]":
        """Every column with its field; before the columns are known, what was asked for."""
        headers = [column["header"] for column in job.columns] or list(job.mapping)
        return [cls(column=header, field=job.mapping.get(header)) for header in headers]


@strawberry.type
class Assignment:
    mode: AssignmentMode
    owners: list[str]
    column: str | None


@strawberry.type(description="What rows do to a field of the contacts that they find, under UPDATE and MERGE.")
class FieldPolicyOption:
    field: str
    policy: FieldPolicy


@strawberry.type
class ImportOptions:
    duplicate_strategy: DuplicateStrategy
    match_fields: list[MatchField]
    match_mode: MatchMode
    error_policy: ErrorPolicy
    max_error_rate: float | None
    invalid_values: InvalidValuePolicy
    empty_cells: EmptyCellPolicy
    field_policies: list[FieldPolicyOption]
    default_country: str | None
    date_order: DateOrder | None
    split_names: bool
    recase_names: bool
    assignment: Assignment
    company_policy: DirectoryPolicy
    owner_policy: DirectoryPolicy
    list_ids: list[strawberry.ID]
    tags: list[str]
    sheet: str | None
    header_row: int | None
    header_rows: int | None
    encoding: str | None
    delimiter: str | None
    quote: str | None
    escape: str | None
    member: str | None

    @classmethod
    def of(cls, stored: dict[str, Any]) -> "ImportOptions":
        options = import_options.ImportOptions.model_validate(stored)
        return cls(
            duplicate_strategy=options.duplicate_strategy,
            match_fields=list(options.match_fields),
            match_mode=options.match_mode,
            error_policy=options.error_policy,
            max_error_rate=options.max_error_rate,
            invalid_values=options.invalid_values,
            empty_cells=options.empty_cells,
            field_policies=[FieldPolicyOption(field=each.field, policy=each.policy) for each in options.field_policies],
            default_country=options.default_country,
            date_order=options.date_order,
            split_names=options.split_names,
            recase_names=options.recase_names,
            assignment=Assignment(mode=options.assignment.mode, owners=list(options.assignment.owners), column=options.assignment.column),
            company_policy=options.company_policy,
            owner_policy=options.owner_policy,
            list_ids=[strawberry.ID(list_id) for list_id in options.list_ids],
            tags=list(options.tags),
            sheet=options.sheet,
            header_row=options.header_row,
            header_rows=options.header_rows,
            encoding=options.encoding,
            delimiter=options.delimiter,
            quote=options.quote,
            escape=options.escape,
            member=options.member,
        )


@strawberry.type(description="What the import would do, exactly.")
class ImportPlan:
    job: strawberry.Private[tables.ImportJob]
    hash: str
    counts: ImportCounts

    @strawberry.field
    async def sample(self, info: Info, outcome: RowOutcome | None = strawberry.UNSET, first: int | None = 20) -> list[PlannedRow]:
        return [PlannedRow.of(row) for row in await info.context.search_rows(read_rows.sample_plan, self.job, outcome or None, first=first)]

    @classmethod
    def of(cls, plan: read_imports.Plan | None, job: tables.ImportJob) -> "ImportPlan | None":
        return None if plan is None else cls(job=job, hash=plan.hash, counts=ImportCounts.of(plan.counts))


@strawberry.type(description="Rows that are settled in one transaction.")
class ImportBatch:
    number: int
    rows: BigInt
    status: str
    attempts: int
    duration_seconds: float | None
    failure: UserError | None

    @classmethod
    def of(cls, batch: tables.ImportBatch) -> "ImportBatch":
        duration = (batch.finished_at - batch.started_at).total_seconds() if batch.finished_at and batch.started_at else None
        return cls(
            number=batch.number,
            rows=BigInt(batch.row_count),
            status=batch.status.upper(),
            attempts=batch.tries,
            duration_seconds=duration,
            failure=UserError.of(batch.failure_code, batch.failure_message),
        )


@strawberry.type(description="A file to fetch; the link works until it expires, for whoever has it.")
class Download:
    url: str
    filename: str
    expires_at: datetime

    @classmethod
    def of(cls, link: read_imports.DownloadLink | None) -> "Download | None":
        return None if link is None else cls(url=link.url, filename=link.filename, expires_at=link.expires_at)


@strawberry.type(description="A contact that undoing could not put back wholly, and why.")
class KeptContact:
    contact_id: strawberry.ID
    row: BigInt | None
    code: str
    message: str
    fields: list[str]

    @classmethod
    def of(cls, kept: tables.KeptContact) -> "KeptContact":
        return cls(
            contact_id=strawberry.ID(str(kept.contact_id)),
            row=None if kept.row is None else BigInt(kept.row),
            code=kept.code.upper(),
            message=kept.message,
            fields=[str(field) for field in kept.fields],
        )


@strawberry.type(description="What rolling the import back would do, if nobody touched a contact meanwhile.")
class RollbackPreview:
    kept: strawberry.Private[tuple[tables.KeptContact, ...]]
    removes: BigInt = strawberry.field(description="Contacts that would go.")
    restores: BigInt = strawberry.field(description="Contacts that would get former values back.")
    keeps: BigInt = strawberry.field(description="Contacts that would keep what was edited since; keptContacts are the first of them.")

    @strawberry.field
    def kept_contacts(self, first: int | None = 20) -> list[KeptContact]:
        return [KeptContact.of(kept) for kept in self.kept[: require_first(first)]]

    @classmethod
    def of(cls, forecast: Forecast | None) -> "RollbackPreview | None":
        if forecast is None:
            return None
        return cls(
            kept=forecast.kept_contacts,
            removes=BigInt(forecast.removes),
            restores=BigInt(forecast.restores),
            keeps=BigInt(forecast.keeps),
        )


@strawberry.type(description="How an import was undone.")
class Rollback:
    job: strawberry.Private[tables.ImportJob]
    removed: BigInt
    restored: BigInt
    kept: BigInt
    reason: str | None
    by: str | None
    completed_at: datetime | None

    @strawberry.field
    async def kept_contacts(self, info: Info, first: int | None = 20, after: str | None = strawberry.UNSET) -> list[KeptContact]:
        page = await info.context.run(read_imports.page_kept_contacts, self.job, first=first, after=after or None)
        return [KeptContact.of(kept) for kept in page.items]

    @classmethod
    def of(cls, undo: read_imports.Undo | None, job: tables.ImportJob) -> "Rollback | None":
        if undo is None:
            return None
        return cls(
            job=job,
            removed=BigInt(undo.removed),
            restored=BigInt(undo.restored),
            kept=BigInt(undo.kept),
            reason=job.rollback_reason,
            by=job.rollback_by,
            completed_at=job.rolled_back_at,
        )


@strawberry.type(description="Since when what an import had is gone; null: it is there.")
class SweptParts:
    file: datetime | None = strawberry.field(description="The file as it came.")
    chunks: datetime | None = strawberry.field(description="The rows' values, and with them the chance of a retry.")
    issues: datetime | None = strawberry.field(
        description="The issues one by one; how many there were of each kind stays in the analytics."
    )
    journal: datetime | None = strawberry.field(description="Former values of contacts, and with them the chance of a rollback.")

    @classmethod
    def of(cls, job: tables.ImportJob) -> "SweptParts":
        return cls(file=job.file_swept_at, chunks=job.chunks_swept_at, issues=job.issues_swept_at, journal=job.journal_swept_at)
