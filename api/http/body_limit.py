"""Stops a request whose body is larger than its route takes, however it declares its size."""

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyTooLarge(Exception):
    """More came than is taken."""


class BodyLimit:
    """Answers 413 for a body beyond a limit that depends on the request; what does not fit is never gathered in memory."""

    def __init__(self, app: ASGIApp, *, max_bytes: Callable[[Headers], int], answer: Callable[[Headers], Response]) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limit = self._max_bytes(headers)
        declared = headers.get("content-length", "")
        if declared.isdigit() and int(declared) > limit:
            await self._answer(headers)(scope, receive, send)
            return
        size = 0
        has_started = False

        async def receive_within_limit() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > limit:
                raise BodyTooLarge
            return message

        async def send_noting_start(message: Message) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            await self._app(scope, receive_within_limit, send_noting_start)
        except BodyTooLarge:
            if has_started:
                raise
            await self._answer(headers)(scope, receive, send)
