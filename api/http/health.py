"""GET /healthz: it serves. GET /readyz: the database and the broker answer."""

import asyncio

from redis.asyncio import Redis
from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.commands.deps import Deps
from api.commands.read_health import is_database_ready

BROKER_SECONDS = 2.0


class HealthRoutes:
    """Says how the service is."""

    def __init__(self, deps: Deps, redis_url: str) -> None:
        self._deps = deps
        self._redis_url = redis_url

    async def healthz(self, _: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def readyz(self, _: Request) -> Response:
        database, broker = await asyncio.gather(asyncio.to_thread(is_database_ready, self._deps), self._is_broker_reachable())
        is_ready = database and broker
        return JSONResponse({"ready": is_ready, "database": database, "broker": broker}, 200 if is_ready else 503)

    async def _is_broker_reachable(self) -> bool:
        if not self._redis_url:
            return False
        try:
            async with Redis.from_url(self._redis_url, socket_timeout=BROKER_SECONDS, socket_connect_timeout=BROKER_SECONDS) as client:
                return bool(await client.ping())
        except (RedisError, OSError):
            return False
