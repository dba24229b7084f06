"""What stands above a header: rows of the very table, which must not be passed over, or titles, preambles and groups."""

from collections.abc import Sequence

from workers.engine.readers.kinds import Kind, Record, find_loud_kind, fold_cell, is_of
from workers.engine.readers.other_tables import extent
from workers.engine.readers.rows_above import may_be_row


def find_rows_above(above: Sequence[Record], header: Record, below: Sequence[Record]) -> list[int]:
    """Which records above the header look like rows of its table, by index."""
    width = extent(header)
    return [index for index, record in enumerate(above) if may_be_row(record, width) and _fits(record, below)]


def _fits(record: Record, below: Sequence[Record]) -> bool:
    """Whether each cell has the form of those below the header; without rows there nothing speaks against it."""
    for index, cell in enumerate(map(fold_cell, record)):
        values = [text for other in below if index < len(other) and (text := fold_cell(other[index]))]
        if not cell or not values:
            continue
        kind = _find_kind(cell)
        alike = sum(_find_kind(text) is kind for text in values)
        if 2 * alike < len(values):
            return False
    return True


def _find_kind(text: str) -> Kind | None:
    return Kind.NUMBER if is_of(Kind.NUMBER, text) else find_loud_kind(text)
