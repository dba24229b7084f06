# Strawberry's decorators give up their types when they are given arguments.
# mypy: disallow-untyped-decorators=False
"""Queries and mutations about companies and owners."""

import strawberry

from api.commands import directory as commands
from api.context import Attempt, Info
from api.graphql.directory.types import DirectoryEntry
from api.graphql.enums import DirectoryKind
from api.graphql.pages import Connection, connect, none_if_unset
from api.graphql.user_errors import UserError
from models import tables


@strawberry.input
class CreateCompanyInput:
    name: str


@strawberry.input
class CreateOwnerInput:
    name: str = strawberry.field(description="A name or an e-mail address.")


@strawberry.type
class DirectoryEntryPayload:
    entry: DirectoryEntry | None
    user_errors: list[UserError]

    @classmethod
    def of(cls, attempt: Attempt[tables.DirectoryEntry]) -> "DirectoryEntryPayload":
        return cls(entry=DirectoryEntry.of_optional(attempt.value), user_errors=UserError.list_of(attempt.error))


async def _page(info: Info, kind: DirectoryKind, first: int | None, after: str | None) -> Connection[DirectoryEntry]:
    page = await info.context.run(commands.page_entries, kind, first=none_if_unset(first), after=after or None)
    return connect(page, DirectoryEntry.of, lambda: info.context.run(commands.total_entries, kind))


@strawberry.type
class DirectoryQuery:
    @strawberry.field
    async def companies(
        self, info: Info, first: int | None = strawberry.UNSET, after: str | None = strawberry.UNSET
    ) -> Connection[DirectoryEntry]:
        return await _page(info, DirectoryKind.COMPANY, first, after)

    @strawberry.field
    async def owners(
        self, info: Info, first: int | None = strawberry.UNSET, after: str | None = strawberry.UNSET
    ) -> Connection[DirectoryEntry]:
        return await _page(info, DirectoryKind.OWNER, first, after)


@strawberry.type
class DirectoryMutation:
    @strawberry.mutation
    async def create_company(self, info: Info, input: CreateCompanyInput) -> DirectoryEntryPayload:
        return DirectoryEntryPayload.of(await info.context.attempt(commands.create_entry, DirectoryKind.COMPANY, input.name))

    @strawberry.mutation
    async def create_owner(self, info: Info, input: CreateOwnerInput) -> DirectoryEntryPayload:
        return DirectoryEntryPayload.of(await info.context.attempt(commands.create_entry, DirectoryKind.OWNER, input.name))
