"""Who may go on: credentials are looked at again while somebody watches by them, once for all who do."""

import asyncio
import time
from collections import OrderedDict

from api.auth.actor import Actor
from api.commands import watch_imports
from api.commands.deps import Deps
from api.context.credentials import Credentials, identify_by


class Admissions:
    """The looks of a process; each is good for LOOK_AGAIN_SECONDS, unless it failed."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._looks: OrderedDict[Credentials, tuple[float, asyncio.Task[Actor]]] = OrderedDict()

    async def look(self, credentials: Credentials) -> Actor:
        """Who shows the credentials, as it was at most LOOK_AGAIN_SECONDS ago. Raises Unauthenticated."""
        now = time.monotonic()
        while self._looks and next(iter(self._looks.values()))[0] < now - watch_imports.LOOK_AGAIN_SECONDS:
            self._looks.popitem(last=False)
        if credentials not in self._looks:
            self._looks[credentials] = now, asyncio.create_task(identify_by(self._deps, credentials))
        known = self._looks[credentials]
        try:
            # Whoever goes away meanwhile leaves it to the others.
            return await asyncio.shield(known[1])
        except Exception:
            if self._looks.get(credentials) is known:
                del self._looks[credentials]
            raise
