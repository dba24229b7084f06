"""Looks at whole imports, of which a process has few of a kind at a time: in threads of their own, so that nothing else waits for them."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from models.errors import LimitExceeded

AT_ONCE = 2
# Of one request, so that a list of imports cannot ask for one of each.
MOST_PREVIEWS = 4
# A page of each outcome, and how many rows it has.
MOST_ROW_SEARCHES = 12

Result = TypeVar("Result")


class HeavyLooks:
    """Those of a kind of a process; each may read millions of rows, and keep one look at the database open for as long."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="heavy-look")

    def close(self) -> None:
        """Take no more; those that wait do not begin."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def take(self, look: Callable[[], Result]) -> Result:
        """The result, once it was this one's turn; one that nobody waits for any more does not begin."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, copy_context().run, look)


class RequestedLooks:
    """Those of a kind that one request waits for, which are at most so many; `noun` says what they are."""

    def __init__(self, looks: HeavyLooks, most: int, noun: str) -> None:
        self._looks = looks
        self._most = most
        self._noun = noun
        self._waiting = 0

    async def take(self, look: Callable[[], Result]) -> Result:
        """As HeavyLooks. Raises LimitExceeded (too_many_ and the noun)."""
        if self._waiting >= self._most:
            code = f"too_many_{self._noun.replace(' ', '_')}"
            raise LimitExceeded(f"At most {self._most} {self._noun} are made for one request.", code=code)
        self._waiting += 1
        try:
            return await self._looks.take(look)
        finally:
            self._waiting -= 1
