"""Headers over two rows: groups above the columns in them, or names that are split in two."""

from collections.abc import Sequence

from workers.engine.detection.header_evidence import count_names, has_blank_over_values
from workers.engine.mapping.usual_names import is_usual_name
from workers.engine.readers.footers import filled_cells
from workers.engine.readers.kinds import Kind, Record, find_loud_kind, fold_cell, is_of
from workers.engine.readers.other_tables import extent, is_header_like


def names_groups(upper: Record, lower: Record) -> bool:
    """Whether the upper record names groups of the columns that the lower one names, once or over each of them."""
    before = [None, *map(fold_cell, upper)]
    is_repeated = any(text and text == left for text, left in zip(before[1:], before, strict=False))
    if is_repeated and count_names(upper) >= count_names(lower):
        return False
    upper = ["" if text == left else text or "" for text, left in zip(before[1:], before, strict=False)]
    groups = [index for index, cell in enumerate(upper) if fold_cell(cell)]
    if len(groups) < 2 or not is_header_like(upper) or extent(upper) > extent(lower) or len(groups) >= len(filled_cells(lower)):
        return False
    # A group has room to its right, and the columns of it are named below; names and values of a preamble stand side by side.
    has_room = any(right - left > 1 for left, right in zip(groups, [*groups[1:], extent(lower)], strict=True))
    return has_room and groups != list(range(len(groups))) and all(fold_cell(lower[index]) for index in groups)


def names_parts(upper: Record, lower: Record, below: Sequence[Record]) -> bool:
    """Whether the lower record names the parts of columns that the upper one names as one."""
    parts = [index for index, cell in enumerate(lower) if fold_cell(cell)]
    if not parts or not below or (len(parts) > 1 and not is_header_like(lower)):
        return False
    if any(find_loud_kind(fold_cell(lower[index])) is not None or is_of(Kind.NUMBER, fold_cell(lower[index])) for index in parts):
        return False
    nameless = [index for index in parts if index >= len(upper) or not fold_cell(upper[index])]
    if not nameless or len(filled_cells(upper)) + len(nameless) < extent(lower):
        return False
    return has_blank_over_values(lower, below) or all(is_usual_name(fold_cell(lower[index])) for index in parts)
