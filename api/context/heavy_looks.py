"""Looks at whole imports, of which a process has few at a time: in threads of their own, so that nothing else waits behind them."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from models.errors import LimitExceeded

AT_ONCE = 2
# Of one request, so that a list of imports cannot ask for one of each.
MOST_OF_A_REQUEST = 4

Result = TypeVar("Result")


class HeavyLooks:
    """Those of a process; each may read millions of rows, on one look at the database that it keeps open for as long."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="heavy-look")

    def close(self) -> None:
        """Take no more; those that wait do not begin."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def take(self, look: Callable[[], Result]) -> Result:
        """The result, once it was this one's turn; one that nobody waits for any more does not begin."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, copy_context().run, look)


class RequestedLooks:
    """Those that one request waits for, which are at most MOST_OF_A_REQUEST."""

    def __init__(self, looks: HeavyLooks) -> None:
        self._looks = looks
        self._waiting = 0

    async def take(self, look: Callable[[], Result]) -> Result:
        """As HeavyLooks. Raises LimitExceeded (too_many_previews)."""
        if self._waiting >= MOST_OF_A_REQUEST:
            raise LimitExceeded(f"At most {MOST_OF_A_REQUEST} previews are made for one request.", code="too_many_previews")
        self._waiting += 1
        try:
            return await self._looks.take(look)
        finally:
            self._waiting -= 1
