"""The one schema, put together from what each noun brings."""

from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.extensions import MaxAliasesLimiter, MaxTokensLimiter, QueryDepthLimiter
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from api.commands.contacts import look_up_contact, look_up_list
from api.commands.directory import look_up_entry
from api.commands.read_imports import look_up_import
from api.context import Info
from api.graphql.admission import IdentifyAgain
from api.graphql.analytics.operations import AnalyticsQuery
from api.graphql.audit.operations import AuditQuery
from api.graphql.contacts.operations import ContactMutation, ContactQuery
from api.graphql.contacts.types import Contact, ContactList
from api.graphql.directory.operations import DirectoryMutation, DirectoryQuery
from api.graphql.directory.types import DirectoryEntry
from api.graphql.errors import ShowErrors
from api.graphql.imports.operations import ImportMutation, ImportQuery, ImportSubscription
from api.graphql.imports.types import Import
from api.graphql.pages import Node
from api.graphql.scalars import BIG_INT, BigInt
from api.graphql.shared_answers import Documents, RememberDocuments, SharingExecutor
from api.graphql.storable import RefuseUnstorableText
from api.graphql.viewer import ViewerQuery
from models.settings import Settings


@strawberry.type
class Query(ImportQuery, ContactQuery, DirectoryQuery, AnalyticsQuery, AuditQuery, ViewerQuery):
    @strawberry.field
    async def node(self, info: Info, id: strawberry.ID) -> Node | None:
        return (
            Import.of_optional(await info.context.run(look_up_import, id))
            or Contact.of_optional(await info.context.run(look_up_contact, id))
            or ContactList.of_optional(await info.context.run(look_up_list, id))
            or DirectoryEntry.of_optional(await info.context.run(look_up_entry, id))
        )


@strawberry.type
class Mutation(ImportMutation, ContactMutation, DirectoryMutation):
    pass


@strawberry.type
class Subscription(ImportSubscription):
    pass


class Schema(strawberry.Schema):
    """A schema that leaves the logging of errors to ShowErrors, which knows a bug from a mistake."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        return


def make_schema(settings: Settings) -> Schema:
    """The schema with the limits of the settings."""
    documents = Documents()
    extensions: list[Any] = [
        ShowErrors,
        IdentifyAgain,
        RefuseUnstorableText,
        lambda: QueryDepthLimiter(max_depth=settings.graphql_max_depth),
        lambda: MaxAliasesLimiter(max_alias_count=settings.graphql_max_aliases),
        lambda: MaxTokensLimiter(max_token_count=settings.graphql_max_tokens),
        lambda: RememberDocuments(documents),
    ]
    return Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[Import, Contact, ContactList, DirectoryEntry],
        extensions=extensions,
        execution_context_class=SharingExecutor,
        config=StrawberryConfig(scalar_map={BigInt: BIG_INT}),
    )
