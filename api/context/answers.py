"""Errors as JSON, with the status that fits, and as headers that tell when to come back."""

from starlette.responses import JSONResponse

from models.errors import Forbidden, LimitExceeded, NotFound, ServiceError, Transient, Unauthenticated, WrongState

RETRY_AFTER_SECONDS = 2
_STATUSES: tuple[tuple[type[ServiceError], int], ...] = (
    (Unauthenticated, 401),
    (Forbidden, 403),
    (NotFound, 404),
    (WrongState, 409),
    (LimitExceeded, 413),
    (Transient, 503),
)


def status_of(error: ServiceError) -> int:
    """The HTTP status that says the same as the error."""
    return next((status for kind, status in _STATUSES if isinstance(error, kind)), 400)


def answer_error(error: ServiceError) -> JSONResponse:
    """`{"errors": [{"code", "message"}]}`, for routes beside GraphQL."""
    return JSONResponse({"errors": [{"code": error.code.upper(), "message": error.message}]}, status_of(error), _headers(error))


def answer_graphql_error(error: ServiceError, status: int | None = None) -> JSONResponse:
    """The same in the shape of a GraphQL answer."""
    return answer_graphql(error.message, error.code, status or status_of(error), _headers(error))


def answer_graphql(message: str, code: str, status: int, headers: dict[str, str] | None = None) -> JSONResponse:
    """A GraphQL answer that is nothing but an error."""
    return JSONResponse({"errors": [{"message": message, "extensions": {"code": code.upper()}}]}, status, headers)


def _headers(error: ServiceError) -> dict[str, str]:
    if isinstance(error, Unauthenticated):
        return {"WWW-Authenticate": "Bearer"}
    return {"Retry-After": str(RETRY_AFTER_SECONDS)} if isinstance(error, Transient) else {}
