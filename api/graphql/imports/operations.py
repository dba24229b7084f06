# Strawberry's decorators give up their types when they are given arguments.
# mypy: disallow-untyped-decorators=False
"""Queries, mutations and subscriptions about imports."""

from collections.abc import AsyncGenerator
from datetime import datetime

import strawberry
from strawberry.scalars import JSON

from api.commands import create_import, edit_rows, fix_issues, move_import, read_imports, uploads, watch_imports
from api.context import Attempt, Info
from api.graphql.enums import ImportOrder
from api.graphql.imports.counts import ImportEvent
from api.graphql.imports.edits import ApplyFixInput, EditImportRowsInput, FixEffect
from api.graphql.imports.inputs import (
    CreateImportInput,
    CreateUploadInput,
    ImportActionInput,
    ImportFilter,
    RequestErrorReportInput,
    RollbackImportInput,
    StartImportInput,
    UpdateImportInput,
    read_filter,
    read_mapping,
    read_options,
)
from api.graphql.imports.types import Import
from api.graphql.pages import Connection, connect, none_if_unset
from api.graphql.payloads import DeletePayload
from api.graphql.scalars import BigInt
from api.graphql.user_errors import UserError
from models import tables


@strawberry.type
class ImportPayload:
    job: Import | None = strawberry.field(name="import")
    user_errors: list[UserError]

    @classmethod
    def of(cls, attempt: Attempt[tables.ImportJob]) -> "ImportPayload":
        return cls(job=Import.of_optional(attempt.value), user_errors=UserError.list_of(attempt.error))


@strawberry.type
class ApplyFixPayload:
    job: Import | None = strawberry.field(name="import")
    effect: FixEffect | None
    user_errors: list[UserError]

    @classmethod
    def of(cls, attempt: Attempt[tuple[tables.ImportJob, fix_issues.FixEffect]]) -> "ApplyFixPayload":
        job, effect = attempt.value or (None, None)
        shown = None if effect is None else FixEffect.of(effect)
        return cls(job=Import.of_optional(job), effect=shown, user_errors=UserError.list_of(attempt.error))


@strawberry.type(description="Where the bytes of an announced file are to be sent.")
class StagedUpload:
    id: strawberry.ID
    url: str
    method: str
    headers: JSON
    expires_at: datetime

    @classmethod
    def of(cls, upload: uploads.StagedUpload) -> "StagedUpload":
        return cls(
            id=strawberry.ID(str(upload.id)), url=upload.url, method="PUT", headers=JSON(upload.headers), expires_at=upload.expires_at
        )


@strawberry.type
class CreateUploadPayload:
    upload: StagedUpload | None
    user_errors: list[UserError]

    @classmethod
    def of(cls, attempt: Attempt[uploads.StagedUpload]) -> "CreateUploadPayload":
        upload = None if attempt.value is None else StagedUpload.of(attempt.value)
        return cls(upload=upload, user_errors=UserError.list_of(attempt.error))


@strawberry.type
class ImportQuery:
    @strawberry.field(name="import")
    async def job(self, info: Info, id: strawberry.ID) -> Import | None:
        return Import.of_optional(await info.context.run(read_imports.look_up_import, id))

    @strawberry.field
    async def imports(
        self,
        info: Info,
        filter: ImportFilter | None = strawberry.UNSET,
        order_by: ImportOrder | None = ImportOrder.CREATED_AT_DESC,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
    ) -> Connection[Import]:
        wanted = read_filter(filter)
        order = order_by or ImportOrder.CREATED_AT_DESC
        page = await info.context.run(read_imports.page_imports, wanted, order=order, first=none_if_unset(first), after=after or None)
        return connect(page, Import.of, lambda: info.context.run(read_imports.total_imports, wanted))


@strawberry.type
class ImportMutation:
    @strawberry.mutation(description="Send the bytes to upload.url, then create the import with its uploadId.")
    async def create_upload(self, info: Info, input: CreateUploadInput) -> CreateUploadPayload:
        return CreateUploadPayload.of(
            await info.context.attempt(
                uploads.create_upload,
                filename=input.filename,
                size_bytes=none_if_unset(input.size_bytes),
                content_type=none_if_unset(input.content_type),
            )
        )

    @strawberry.mutation
    async def create_import(self, info: Info, input: CreateImportInput) -> ImportPayload:
        return ImportPayload.of(await info.context.attempt(create_import.create_import, input.read()))

    @strawberry.mutation(description="The mapping, as a whole, or options; plans again.")
    async def update_import(self, info: Info, input: UpdateImportInput) -> ImportPayload:
        return ImportPayload.of(
            await info.context.attempt(
                move_import.update_import,
                input.id,
                version=none_if_unset(input.version),
                mapping=read_mapping(input.mapping),
                options=read_options(input.options) or None,
            )
        )

    @strawberry.mutation(description="Corrects cells and leaves rows out, before they are applied; plans again where there is a plan.")
    async def edit_import_rows(self, info: Info, input: EditImportRowsInput) -> ImportPayload:
        return ImportPayload.of(
            await info.context.attempt(
                edit_rows.edit_rows,
                input.id,
                version=none_if_unset(input.version),
                edits=input.read_edits(),
                exclude_rows=input.exclude_rows or [],
                include_rows=input.include_rows or [],
            )
        )

    @strawberry.mutation(description="Corrects every row of a group of issues by one rule; `Import.fixPreview` shows what that comes to.")
    async def apply_fix(self, info: Info, input: ApplyFixInput) -> ApplyFixPayload:
        return ApplyFixPayload.of(
            await info.context.attempt(
                lambda deps, actor: fix_issues.apply_fix(
                    deps, actor, input.id, version=none_if_unset(input.version), kind=input.kind, rule=input.rule.read()
                )
            )
        )

    @strawberry.mutation(description="Applies the plan.")
    async def start_import(self, info: Info, input: StartImportInput) -> ImportPayload:
        return ImportPayload.of(
            await info.context.attempt(
                move_import.start_import,
                input.id,
                version=none_if_unset(input.version),
                plan_hash=none_if_unset(input.plan_hash),
            )
        )

    @strawberry.mutation
    async def cancel_import(self, info: Info, input: ImportActionInput) -> ImportPayload:
        return ImportPayload.of(await info.context.attempt(move_import.cancel_import, input.id, version=none_if_unset(input.version)))

    @strawberry.mutation(description="Only what failed or was left unprocessed.")
    async def retry_import(self, info: Info, input: ImportActionInput) -> ImportPayload:
        return ImportPayload.of(await info.context.attempt(move_import.retry_import, input.id, version=none_if_unset(input.version)))

    @strawberry.mutation
    async def rollback_import(self, info: Info, input: RollbackImportInput) -> ImportPayload:
        return ImportPayload.of(
            await info.context.attempt(
                move_import.roll_back_import,
                input.id,
                version=none_if_unset(input.version),
                reason=none_if_unset(input.reason),
            )
        )

    @strawberry.mutation(description="From the history, with its files; its contacts stay. Final imports only.")
    async def delete_import(self, info: Info, input: ImportActionInput) -> DeletePayload:
        return DeletePayload.of(await info.context.attempt(move_import.delete_import, input.id, version=none_if_unset(input.version)))

    @strawberry.mutation
    async def request_error_report(self, info: Info, input: RequestErrorReportInput) -> ImportPayload:
        return ImportPayload.of(await info.context.attempt(move_import.request_error_report, input.id, report_format=input.format))


@strawberry.type
class ImportSubscription:
    @strawberry.subscription(description="A snapshot first, then every later event; completes at a final status.")
    async def import_progress(
        self, info: Info, id: strawberry.ID, after: BigInt | None = strawberry.UNSET
    ) -> AsyncGenerator[ImportEvent, None]:
        context = info.context
        events = watch_imports.watch_import(
            context.deps, context.require_actor(), context.stream, id, after=none_if_unset(after), admit=context.require_admission
        )
        async for event in events:
            yield ImportEvent.of(event)

    @strawberry.subscription(description="Events of all the tenant's imports.")
    async def import_events(self, info: Info, after: BigInt | None = strawberry.UNSET) -> AsyncGenerator[ImportEvent, None]:
        context = info.context
        events = watch_imports.watch_all_imports(
            context.deps, context.require_actor(), context.stream, after=none_if_unset(after), admit=context.require_admission
        )
        async for event in events:
            yield ImportEvent.of(event)
