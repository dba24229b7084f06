"""GET /metrics: counts for Prometheus. They name no tenant and no contact."""

import asyncio

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, generate_latest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.commands.deps import Deps
from api.commands.event_stream import EventStream
from api.commands.read_health import read_meters
from api.context.answers import answer_error
from models.errors import Transient


class Metrics:
    """The meters of one process."""

    def __init__(self, deps: Deps, stream: EventStream) -> None:
        self._deps = deps
        self._stream = stream
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "rolodock_http_requests", "Requests answered by this process.", ["method", "route", "status"], registry=self._registry
        )
        self._imports = Gauge("rolodock_imports", "Imports by status.", ["status"], registry=self._registry)
        self._stuck = Gauge("rolodock_imports_stuck", "Imports of which nothing comes.", registry=self._registry)
        self._watchers = Gauge("rolodock_watchers", "Subscriptions to progress in this process.", registry=self._registry)
        self._reads = Gauge("rolodock_event_reads", "Looks at the log of events on behalf of all of them.", registry=self._registry)
        self._batches = Gauge("rolodock_batches_done", "Batches done, by kind.", ["kind"], registry=self._registry)

    async def get(self, _: Request) -> Response:
        try:
            meters = await asyncio.to_thread(read_meters, self._deps)
        except Transient as error:
            return answer_error(error)
        for status, count in meters.imports_by_status.items():
            self._imports.labels(status).set(count)
        self._stuck.set(meters.stuck_imports)
        self._watchers.set(self._stream.watchers)
        self._reads.set(self._stream.reads)
        for kind, count in meters.done_batches_by_kind.items():
            self._batches.labels(kind).set(count)
        return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)


class CountRequests:
    """Counts answers by route, so that ids and tokens in paths make no series of their own."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, router: Router) -> None:
        self._app = app
        self._metrics = metrics
        self._routes = [route for route in router.routes if isinstance(route, Route)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._metrics.requests.labels(scope["method"], self._name(scope), str(message["status"])).inc()
            await send(message)

        await self._app(scope, receive, send_counted)

    def _name(self, scope: Scope) -> str:
        return next((route.path for route in self._routes if route.matches(scope)[0] is not Match.NONE), "dashboard")
