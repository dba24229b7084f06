"""Who asks by a WebSocket is seen anew for each operation: a revoked token or a role that was taken away counts at once."""

from collections.abc import AsyncIterator

from starlette.websockets import WebSocket
from strawberry.extensions import SchemaExtension

from api.context import Context


class IdentifyAgain(SchemaExtension):
    """Answers an operation of somebody who is nobody any more by an error. By HTTP each request says who asks."""

    async def on_execute(self) -> AsyncIterator[None]:
        context: Context = self.execution_context.context
        if isinstance(context.request, WebSocket):
            await context.identify_again()
        yield
