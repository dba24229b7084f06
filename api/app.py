"""The composition root of the web: makes everything from the settings, puts it together, and opens and closes it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from a2wsgi import WSGIMiddleware
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, Router, WebSocketRoute
from starlette.types import ASGIApp

from api.auth.signing import Signer
from api.commands.deps import Deps, Sender
from api.commands.event_stream import EventStream
from api.commands.watch_imports import reader_of
from api.context.answers import answer_graphql
from api.context.heavy_looks import HeavyLooks
from api.graphql.endpoint import MULTIPART, GraphQLEndpoint
from api.graphql.schema import make_schema
from api.http.body_limit import BodyLimit
from api.http.downloads import DownloadRoute
from api.http.headers import SecurityHeaders
from api.http.health import HealthRoutes
from api.http.metrics import CountRequests, Metrics
from api.http.sign_in import SignInRoutes
from api.http.uploads import UploadRoute
from models.database import make_database
from models.settings import Settings
from models.storage import make_object_store
from workers.broker import make_broker
from workers.queues import Outbox

# Threads in which the dashboard's callbacks wait for the API.
DASHBOARD_THREADS = 8


def make_app(settings: Settings, *, with_dashboard: bool = True, api_url: str | None = None, outbox: Sender | None = None) -> Starlette:
    """The application. Nothing is connected before it starts.

    `api_url` is where the dashboard's side of this process reaches the API, by default at the public URL; `outbox` takes the place of
    the broker in tests.
    """
    database = make_database(settings.resolved_database_url())
    broker = make_broker(settings.redis_url)
    deps = Deps(
        database, make_object_store(settings.resolved_storage_url()), outbox or Outbox(database, broker), settings, Signer(settings)
    )
    stream = EventStream(settings.redis_url, reader_of(database))
    previews, row_searches = HeavyLooks(), HeavyLooks()
    metrics = Metrics(deps, stream)
    routes = [
        *_make_routes(deps, stream, previews, row_searches, metrics),
        *([_mount_dashboard(settings, api_url or settings.public_url)] if with_dashboard else []),
    ]

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with stream.running():
            yield
        previews.close()
        row_searches.close()
        broker.close()
        database.close()

    return Starlette(
        routes=routes,
        lifespan=lifespan,
        middleware=[
            Middleware(CountRequests, metrics=metrics, router=Router(routes)),
            Middleware(SecurityHeaders, is_https=settings.public_url.startswith("https:")),
        ],
    )


def _make_routes(deps: Deps, stream: EventStream, previews: HeavyLooks, row_searches: HeavyLooks, metrics: Metrics) -> list[BaseRoute]:
    settings = deps.settings
    graphql = GraphQLEndpoint(make_schema(settings), deps, stream, previews, row_searches)
    health = HealthRoutes(deps, settings.redis_url)
    sign_in = SignInRoutes(deps)

    def max_graphql_bytes(headers: Headers) -> int:
        is_upload = headers.get("content-type", "").startswith(MULTIPART)
        return settings.max_request_bytes + (settings.max_upload_bytes if is_upload else 0)

    def answer_too_large(headers: Headers) -> Response:
        if headers.get("content-type", "").startswith(MULTIPART):
            limit = f"{settings.max_upload_bytes:,} bytes, the limit that ROLODOCK_MAX_UPLOAD_BYTES sets"
            return answer_graphql(f"The file is larger than {limit}.", "file_too_large", 413)
        limit = f"{settings.max_request_bytes:,} bytes, the limit that ROLODOCK_MAX_REQUEST_BYTES sets"
        return answer_graphql(f"The request is larger than {limit}.", "request_too_large", 413)

    limited = BodyLimit(graphql, max_bytes=max_graphql_bytes, answer=answer_too_large)
    small = Middleware(BodyLimit, max_bytes=lambda _: settings.max_request_bytes, answer=answer_too_large)
    return [
        Route("/graphql", limited, methods=["GET", "POST"]),
        WebSocketRoute("/graphql", graphql),
        Route("/uploads/{id}", UploadRoute(deps).put, methods=["PUT"]),
        Route("/downloads/{token}", DownloadRoute(deps).get),
        Route("/healthz", health.healthz),
        Route("/readyz", health.readyz),
        Route("/metrics", metrics.get),
        Route("/sign-in", sign_in.show, methods=["GET"]),
        Route("/sign-in", sign_in.sign_in, methods=["POST"], middleware=[small]),
        Route("/sign-out", sign_in.sign_out, methods=["POST"], middleware=[small]),
    ]


def _mount_dashboard(settings: Settings, api_url: str) -> Mount:
    from dashboard.app import UploadLimits, make_dashboard

    limits = UploadLimits(max_bytes=settings.max_upload_bytes)
    dashboard = make_dashboard(api_url=api_url, limits=limits)
    # a2wsgi has names of its own for the types of ASGI.
    return Mount("/", cast(ASGIApp, WSGIMiddleware(dashboard.server, workers=DASHBOARD_THREADS)))
