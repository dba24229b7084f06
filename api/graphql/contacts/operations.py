# Strawberry's decorators give up their types when they are given arguments.
# mypy: disallow-untyped-decorators=False
"""Queries and mutations about contacts and lists."""

import strawberry

from api.commands import contacts as commands
from api.context import Attempt, Info
from api.graphql.contacts.inputs import (
    ContactFilter,
    ContactInput,
    CreateListInput,
    DeleteContactInput,
    UpdateContactInput,
    read_filter,
)
from api.graphql.contacts.types import Contact, ContactChange, ContactList
from api.graphql.pages import Connection, connect, none_if_unset
from api.graphql.payloads import DeletePayload
from api.graphql.user_errors import UserError
from models import tables
from models.queries.lists import CountedList


@strawberry.type
class ContactPayload:
    contact: Contact | None
    user_errors: list[UserError]

    @classmethod
    def of(cls, attempt: Attempt[tables.Contact]) -> "ContactPayload":
        return cls(contact=Contact.of_optional(attempt.value), user_errors=UserError.list_of(attempt.error))


@strawberry.type
class ContactListPayload:
    found: ContactList | None = strawberry.field(name="list")
    user_errors: list[UserError]

    @classmethod
    def of(cls, attempt: Attempt[CountedList]) -> "ContactListPayload":
        return cls(found=ContactList.of_optional(attempt.value), user_errors=UserError.list_of(attempt.error))


@strawberry.type
class ContactQuery:
    @strawberry.field
    async def contact(self, info: Info, id: strawberry.ID) -> Contact | None:
        return Contact.of_optional(await info.context.run(commands.look_up_contact, id))

    @strawberry.field(description="Like Contact.history, also of a contact that was deleted; null for one that never was.")
    async def contact_history(
        self, info: Info, id: strawberry.ID, first: int | None = 100, before_version: int | None = strawberry.UNSET
    ) -> list[ContactChange] | None:
        found = await info.context.run(commands.read_history_by_id, id, first=first, before_version=none_if_unset(before_version))
        return None if found is None else [ContactChange.of(entry) for entry in found]

    @strawberry.field
    async def contacts(
        self,
        info: Info,
        filter: ContactFilter | None = strawberry.UNSET,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
    ) -> Connection[Contact]:
        wanted = read_filter(filter)
        page = await info.context.run(commands.page_contacts, wanted, first=none_if_unset(first), after=after or None)
        return connect(page, Contact.of, lambda: info.context.run(commands.total_contacts, wanted))

    @strawberry.field
    async def lists(self, info: Info) -> list[ContactList]:
        return [ContactList.of(found) for found in await info.context.run(commands.read_lists)]


@strawberry.type
class ContactMutation:
    @strawberry.mutation
    async def create_contact(self, info: Info, input: ContactInput) -> ContactPayload:
        return ContactPayload.of(await info.context.attempt(commands.create_contact, input.given()))

    @strawberry.mutation(description="What is null is cleared, what is absent stays.")
    async def update_contact(self, info: Info, input: UpdateContactInput) -> ContactPayload:
        version = none_if_unset(input.version)
        return ContactPayload.of(
            await info.context.attempt(commands.update_contact, input.id, version=version, given=input.contact.given())
        )

    @strawberry.mutation
    async def delete_contact(self, info: Info, input: DeleteContactInput) -> DeletePayload:
        return DeletePayload.of(await info.context.attempt(commands.delete_contact, input.id, version=none_if_unset(input.version)))

    @strawberry.mutation
    async def create_list(self, info: Info, input: CreateListInput) -> ContactListPayload:
        return ContactListPayload.of(await info.context.attempt(commands.create_list, input.name))
