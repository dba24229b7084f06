"""What a client sees of an error: ours with their code, mistakes in the request as they are, and of a bug nothing but a reference."""

import logging
from uuid import uuid4

from graphql import GraphQLError
from starlette.responses import Response
from strawberry.extensions import MaskErrors

from models.errors import ServiceError, Transient
from models.full_disk import as_full_disk

log = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 2


class ShowErrors(MaskErrors):
    """Puts a code on every error and masks what is not ours."""

    def __init__(self) -> None:
        super().__init__()

    def anonymise_error(self, error: GraphQLError) -> GraphQLError:
        """The error as it is shown."""
        cause = error.original_error
        if cause is not None:
            cause = as_full_disk(cause) or cause
        if isinstance(cause, ServiceError):
            if isinstance(cause, Transient):
                self._ask_to_retry()
            return _shown(error, cause.message, cause.code)
        if cause is None or isinstance(cause, GraphQLError):
            return _shown(error, error.message, "invalid_request")
        reference = uuid4().hex[:12]
        log.error("Bug %s at %s", reference, error.path, exc_info=cause)
        return _shown(error, f"Something went wrong. Reference: {reference}", "internal")

    def _ask_to_retry(self) -> None:
        response = self.execution_context.context.response
        if isinstance(response, Response):
            response.status_code = 503
            response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)


def _shown(error: GraphQLError, message: str, code: str) -> GraphQLError:
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions={**(error.extensions or {}), "code": code.upper()},
    )
