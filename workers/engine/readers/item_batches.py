"""What every source of items yields: some items at a time, each the cells by their keys, or a damaged one."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

_MAX_ITEMS = 500
_MAX_SIZE = 1 << 18


@dataclass(frozen=True, slots=True)
class Damaged:
    """An item that cannot be read, by its beginning."""

    beginning: str


Item = dict[str, str] | Damaged


@dataclass(frozen=True, slots=True)
class ItemBatch:
    """Consecutive items; `size` is in characters of the source."""

    items: list[Item]
    size: int


def batch_items(items: Iterable[Item], find_offset: Callable[[], int]) -> Iterator[ItemBatch]:
    """The items in batches, a long one in a batch of its own; `find_offset` tells how far the source was read."""
    batch: list[Item] = []
    start = find_offset()
    for item in items:
        batch.append(item)
        if len(batch) >= _MAX_ITEMS or find_offset() - start > _MAX_SIZE:
            end = find_offset()
            yield ItemBatch(batch, end - start)
            batch, start = [], end
    if batch:
        yield ItemBatch(batch, find_offset() - start)
