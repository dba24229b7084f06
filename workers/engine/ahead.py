"""Works on one item in a second thread while the next one is made, for work that leaves the interpreter alone, as that of polars does."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_ahead(function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """What the function makes of each item, in order; no more than two items are held. Errors of both come out as they would in a loop."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        waiting: Future[Result] | None = None
        for item in items:
            following = thread.submit(function, item)
            if waiting is not None:
                yield waiting.result()
            waiting = following
        if waiting is not None:
            yield waiting.result()
