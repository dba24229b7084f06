"""Who sends a request: its bearer token, else its session, which must come with the header that no form can send."""

import asyncio
from dataclasses import dataclass

from starlette.requests import HTTPConnection

from api.auth.actor import Actor
from api.auth.origins import require_preflight
from api.auth.signing import SESSION_COOKIE
from api.commands.deps import Deps
from api.commands.sign_in import identify


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody shows to be known by: a token, else the cookie of a session."""

    bearer: str | None
    cookie: str | None = None


async def identify_request(deps: Deps, request: HTTPConnection) -> Actor:
    """The actor of a request. Raises Unauthenticated, and Forbidden for a session without the preflight header."""
    return await identify_by(deps, read_credentials(request))


async def identify_by(deps: Deps, credentials: Credentials) -> Actor:
    """Who shows these now. Raises Unauthenticated."""
    return await asyncio.to_thread(identify, deps, credentials.bearer, credentials.cookie)


def read_credentials(request: HTTPConnection) -> Credentials:
    """Those of a request. Raises Forbidden for a session without the preflight header."""
    bearer = read_bearer(request.headers.get("authorization"))
    cookie = request.cookies.get(SESSION_COOKIE)
    if bearer is None and cookie is not None:
        require_preflight(request.headers)
    return Credentials(bearer, cookie)


def read_bearer(header: str | None) -> str | None:
    """The token of an Authorization header; None: it has none."""
    scheme, _, token = (header or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None
