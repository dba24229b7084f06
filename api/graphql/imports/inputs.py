"""What is asked of imports."""

from datetime import datetime
from typing import Any, cast

import strawberry
from starlette.datastructures import UploadFile
from strawberry.file_uploads import Upload
from strawberry.scalars import JSON

from api.commands import create_import
from api.commands.options import ColumnChoice
from api.commands.read_analytics import as_utc
from api.graphql.enums import (
    AssignmentMode,
    DateOrder,
    DirectoryPolicy,
    DuplicateStrategy,
    EmptyCellPolicy,
    ErrorPolicy,
    FieldPolicy,
    ImportStatus,
    InvalidValuePolicy,
    MatchField,
    MatchMode,
    ReportFormat,
)
from api.graphql.given import given_fields
from api.graphql.scalars import BigInt
from models.errors import InvalidRequest
from models.queries import import_pages
from models.tables.import_options import AssignmentOptions, FieldPolicyOption


@strawberry.input
class ImportFilter:
    statuses: list[ImportStatus] | None = strawberry.UNSET
    search: str | None = strawberry.UNSET
    created_by: str | None = strawberry.UNSET
    source_kind: str | None = strawberry.UNSET
    external_id: str | None = strawberry.UNSET
    created_after: datetime | None = strawberry.UNSET
    created_before: datetime | None = strawberry.UNSET
    stuck: bool | None = strawberry.field(default=strawberry.UNSET, description="True: of which nothing comes; false: all others.")


def read_filter(given: ImportFilter | None) -> import_pages.ImportFilter:
    """As the queries take it."""
    if not given:
        return import_pages.ImportFilter()
    return import_pages.ImportFilter(
        statuses=tuple(given.statuses) if given.statuses else None,
        search=given.search or None,
        created_by=given.created_by or None,
        source_kind=given.source_kind.lower() if given.source_kind else None,
        external_id=given.external_id or None,
        created_after=as_utc(given.created_after or None),
        created_before=as_utc(given.created_before or None),
        is_stuck=None if given.stuck is strawberry.UNSET else given.stuck,
    )


@strawberry.input
class ColumnMappingInput:
    column: str
    field: str | None = strawberry.field(default=strawberry.UNSET, description="Null leaves the column out.")


@strawberry.input
class AssignmentInput:
    mode: AssignmentMode
    owners: list[str] | None = strawberry.UNSET
    column: str | None = strawberry.UNSET


@strawberry.input(description="What rows do to a field of the contacts that they find, under UPDATE and MERGE.")
class FieldPolicyInput:
    field: str = strawberry.field(description="Named as in the mapping.")
    policy: FieldPolicy


@strawberry.input(description="What is absent is kept, or on creation the default; null is the default.")
class ImportOptionsInput:
    duplicate_strategy: DuplicateStrategy | None = strawberry.UNSET
    match_fields: list[MatchField] | None = strawberry.UNSET
    match_mode: MatchMode | None = strawberry.UNSET
    error_policy: ErrorPolicy | None = strawberry.UNSET
    max_error_rate: float | None = strawberry.UNSET
    invalid_values: InvalidValuePolicy | None = strawberry.UNSET
    empty_cells: EmptyCellPolicy | None = strawberry.UNSET
    field_policies: list[FieldPolicyInput] | None = strawberry.field(
        default=strawberry.UNSET, description="Of each field once. Fields without one follow the strategy; tags are appended."
    )
    default_country: str | None = strawberry.UNSET
    date_order: DateOrder | None = strawberry.field(
        default=strawberry.UNSET, description="Which number of a date such as 3/4/1984 is the day; null: the column has to prove it."
    )
    split_names: bool | None = strawberry.field(
        default=strawberry.UNSET, description="Fill first and last name from the full name where no column does and it is safe; true."
    )
    recase_names: bool | None = strawberry.field(
        default=strawberry.UNSET, description="Give names in capitals or small letters only their usual ones where it is safe; true."
    )
    assignment: AssignmentInput | None = strawberry.UNSET
    company_policy: DirectoryPolicy | None = strawberry.field(
        default=strawberry.UNSET, description="What becomes of a company that a row names."
    )
    owner_policy: DirectoryPolicy | None = strawberry.field(
        default=strawberry.UNSET, description="What becomes of an owner that a row names or is assigned."
    )
    list_ids: list[strawberry.ID] | None = strawberry.UNSET
    tags: list[str] | None = strawberry.UNSET
    sheet: str | None = strawberry.UNSET
    header_row: int | None = strawberry.UNSET
    header_rows: int | None = strawberry.field(default=strawberry.UNSET, description="How many rows the header takes.")
    encoding: str | None = strawberry.UNSET
    delimiter: str | None = strawberry.field(default=strawberry.UNSET, description="One character or several.")
    quote: str | None = strawberry.field(default=strawberry.UNSET, description='One character; "" where nothing is quoted.')
    escape: str | None = strawberry.field(default=strawberry.UNSET, description="One character, such as a backslash.")
    member: str | None = strawberry.field(default=strawberry.UNSET, description="The file in the archive that is to be read.")
    notify_emails: list[str] | None = strawberry.UNSET
    webhook_url: str | None = strawberry.UNSET


def read_options(given: ImportOptionsInput | None) -> dict[str, Any]:
    """What was given, as the stored options take it."""
    if not given:
        return {}
    patch = given_fields(given)
    if given.assignment:
        patch["assignment"] = AssignmentOptions(
            mode=given.assignment.mode, owners=tuple(given.assignment.owners or ()), column=given.assignment.column or None
        )
    if given.field_policies:
        patch["field_policies"] = [FieldPolicyOption(field=each.field, policy=each.policy) for each in given.field_policies]
    return {name: tuple(value) if isinstance(value, list) else value for name, value in patch.items()}


def read_mapping(given: list[ColumnMappingInput] | None) -> list[ColumnChoice] | None:
    """The mapping as it was chosen; None: none was given."""
    if given is None or given is strawberry.UNSET:
        return None
    return [ColumnChoice(each.column, each.field or None) for each in given]


@strawberry.input
class GoogleSheetInput:
    url: str
    range: str | None = strawberry.UNSET


@strawberry.input(one_of=True)
class ImportSourceInput:
    file: Upload | None = strawberry.UNSET
    upload_id: strawberry.ID | None = strawberry.UNSET
    rows: list[JSON] | None = strawberry.UNSET
    google_sheet: GoogleSheetInput | None = strawberry.UNSET
    url: str | None = strawberry.UNSET

    def read(self) -> create_import.Source:
        """The one source that was given. Raises InvalidRequest for a file that is none."""
        if self.file:
            # The scalar says bytes; what the multipart request puts in its place is Starlette's file.
            file = cast(object, self.file)
            if not isinstance(file, UploadFile):
                raise InvalidRequest("`file` comes by a multipart request.", path=("input", "source", "file"))
            return create_import.FileSource(file.file, file.filename or "")
        if self.upload_id:
            return create_import.UploadSource(self.upload_id)
        if self.google_sheet:
            return create_import.UnavailableSource("googleSheet")
        if self.url:
            return create_import.UnavailableSource("url")
        return create_import.RowsSource(self.rows or [])


@strawberry.input
class CreateImportInput:
    source: ImportSourceInput
    options: ImportOptionsInput | None = strawberry.UNSET
    mapping: list[ColumnMappingInput] | None = strawberry.field(default=strawberry.UNSET, description="Left out: the suggested one.")
    auto_start: bool | None = strawberry.field(
        default=False, description="Map, plan and apply without asking, where every needed column is certain."
    )
    allow_duplicate_file: bool | None = False
    idempotency_key: str | None = strawberry.field(
        default=strawberry.UNSET, description="The same key and input within 24 hours make one import."
    )
    external_id: str | None = strawberry.field(default=strawberry.UNSET, description="The client's own reference.")

    def read(self) -> create_import.NewImport:
        """As the command takes it."""
        return create_import.NewImport(
            source=self.source.read(),
            options=read_options(self.options),
            mapping=read_mapping(self.mapping),
            auto_start=bool(self.auto_start),
            allow_duplicate_file=bool(self.allow_duplicate_file),
            idempotency_key=None if self.idempotency_key is strawberry.UNSET else self.idempotency_key,
            external_id=None if self.external_id is strawberry.UNSET else self.external_id,
        )


@strawberry.input
class UpdateImportInput:
    id: strawberry.ID
    version: int | None = strawberry.UNSET
    mapping: list[ColumnMappingInput] | None = strawberry.UNSET
    options: ImportOptionsInput | None = strawberry.UNSET


@strawberry.input
class ImportActionInput:
    id: strawberry.ID
    version: int | None = strawberry.UNSET


@strawberry.input
class StartImportInput:
    id: strawberry.ID
    version: int | None = strawberry.UNSET
    plan_hash: str | None = strawberry.UNSET


@strawberry.input
class RollbackImportInput:
    id: strawberry.ID
    version: int | None = strawberry.UNSET
    reason: str | None = strawberry.UNSET


@strawberry.input
class CreateUploadInput:
    filename: str
    size_bytes: BigInt | None = strawberry.UNSET
    content_type: str | None = strawberry.UNSET


@strawberry.input
class RequestErrorReportInput:
    id: strawberry.ID
    format: ReportFormat
