"""The payload that every deletion has."""

from uuid import UUID

import strawberry

from api.context import Attempt
from api.graphql.user_errors import UserError


@strawberry.type
class DeletePayload:
    deleted_id: strawberry.ID | None
    user_errors: list[UserError]

    @classmethod
    def of(cls, attempt: Attempt[UUID]) -> "DeletePayload":
        deleted_id = None if attempt.value is None else strawberry.ID(str(attempt.value))
        return cls(deleted_id=deleted_id, user_errors=UserError.list_of(attempt.error))
