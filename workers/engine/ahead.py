"""Works on items in other threads while the next ones are made, for work that leaves the interpreter alone, as that of polars does."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_ahead(function: Callable[[Item], Result], items: Iterable[Item], threads: int = 1) -> Iterator[Result]:
    """What the function makes of each item, in order, several at a time; no more items are held than there are threads, and one.

    Errors of both come out as they would in a loop.
    """
    with ThreadPoolExecutor(max_workers=threads) as pool:
        waiting: deque[Future[Result]] = deque()
        try:
            for item in items:
                waiting.append(pool.submit(function, item))
                # While the next one is made, only who works on this one holds it: items are large.
                del item
                if len(waiting) > threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            # Where one fails, those behind it are not begun.
            for future in waiting:
                future.cancel()
