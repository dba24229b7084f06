"""How many cells the records of a table have."""

from collections import Counter
from collections.abc import Sequence

from workers.engine.readers.kinds import Record
from workers.engine.readers.other_tables import extent

_MOST_WEIGHT = 20


def usual_width(records: Sequence[Record]) -> int:
    """The most frequent number of cells; of equally frequent ones the largest."""
    counts = Counter(map(len, records))
    return max(counts, key=lambda width: (counts[width], width), default=0)


def main_width(records: Sequence[Record]) -> int:
    """The number of cells of most of the content: many short lines above a small table are no table."""
    counts = Counter(map(extent, records))
    often = {width: count for width, count in counts.items() if count > 1} or counts
    return max(often, key=lambda width: (often[width] * min(width - 1, _MOST_WEIGHT), width), default=0)
