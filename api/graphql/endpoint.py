"""GraphQL over HTTP, WebSocket and SSE at one path: who may ask, and what a browser of another site cannot do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from cross_web import HTTPException
from starlette.exceptions import HTTPException as MalformedBody
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http.parse_content_type import parse_content_type
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types.unset import UnsetType

from api.auth.origins import is_allowed_origin, require_preflight
from api.auth.signing import SESSION_COOKIE
from api.commands.deps import Deps
from api.commands.event_stream import EventStream
from api.context import Context
from api.context.admissions import Admissions
from api.context.answers import answer_graphql, answer_graphql_error
from api.context.credentials import Credentials, identify_by, read_bearer, read_credentials
from api.context.heavy_looks import HeavyLooks
from api.graphql.schema import Schema
from models.errors import ServiceError, Unauthenticated
from models.full_disk import telling_full_disk

INIT_WAIT = timedelta(seconds=15)
MULTIPART = "multipart/form-data"
ACCEPTED_TYPES = ("application/json", MULTIPART)


class GraphQLEndpoint(GraphQL[Context, None]):
    """The endpoint. Whoever asks is known before anything of the request's body is read."""

    def __init__(self, schema: Schema, deps: Deps, stream: EventStream, previews: HeavyLooks, row_searches: HeavyLooks) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL),
            connection_init_wait_timeout=INIT_WAIT,
            multipart_uploads_enabled=True,
        )
        self._deps = deps
        self._stream = stream
        self._previews = previews
        self._row_searches = row_searches
        self._admissions = Admissions(deps)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        request = Request(scope, receive)
        async with _closing_files(request):
            response = await self._answer(request)
            await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        try:
            if request.method == "POST":
                refusal = _refuse_content_type(request)
                if refusal is not None:
                    return refusal
            request.state.credentials = read_credentials(request)
            request.state.actor = await identify_by(self._deps, request.state.credentials)
            with telling_full_disk():
                response = await self.run(request)
        except ServiceError as error:
            return answer_graphql_error(error)
        except HTTPException as error:
            return answer_graphql(error.reason, "invalid_request", error.status_code)
        except MalformedBody as error:
            return answer_graphql(error.detail, "invalid_request", error.status_code)
        except RecursionError:
            return answer_graphql("The request is nested too deeply.", "invalid_request", 400)
        except ClientDisconnect:
            return answer_graphql("The connection ended before the request did.", "invalid_request", 400)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        state = request.state if isinstance(request, Request) else None
        return Context(
            deps=self._deps,
            stream=self._stream,
            previews=self._previews,
            row_searches=self._row_searches,
            admissions=self._admissions,
            request=request,
            response=response,
            actor=None if state is None else state.actor,
            credentials=None if state is None else state.credentials,
        )

    def is_websocket_origin_allowed(self, request: WebSocket, origin: str) -> bool:
        # Decided once connection_init came: a bearer token is nothing that a browser sends by itself, a session is.
        return True

    async def on_ws_connect(self, context: Context) -> UnsetType | dict[str, object] | None:
        try:
            context.credentials = self._read_socket_credentials(context)
            await context.identify_again()
        except ServiceError as error:
            raise ConnectionRejectionError from error
        return await super().on_ws_connect(context)

    def _read_socket_credentials(self, context: Context) -> Credentials:
        params = context.connection_params or {}
        header = params.get("Authorization") or params.get("authorization")
        bearer = read_bearer(header if isinstance(header, str) else None) or params.get("token")
        if isinstance(bearer, str):
            return Credentials(bearer)
        request = context.request
        bearer = read_bearer(request.headers.get("authorization"))
        if bearer is not None:
            return Credentials(bearer)
        if not is_allowed_origin(request.headers, self._deps.settings):
            raise Unauthenticated("A session opens a WebSocket from our own pages alone.")
        return Credentials(None, request.cookies.get(SESSION_COOKIE))


def _refuse_content_type(request: Request) -> Response | None:
    """What a form of another site can send without asking first is refused, whoever seems to send it."""
    content_type, _ = parse_content_type(request.headers.get("content-type", ""))
    if content_type not in ACCEPTED_TYPES:
        return answer_graphql("Send application/json or multipart/form-data.", "unsupported_media_type", 415)
    if content_type == MULTIPART and read_bearer(request.headers.get("authorization")) is None:
        require_preflight(request.headers)
    return None


@asynccontextmanager
async def _closing_files(request: Request) -> AsyncIterator[None]:
    """Files of a multipart body lie on the disk until they are closed."""
    try:
        yield
    finally:
        await request.close()
