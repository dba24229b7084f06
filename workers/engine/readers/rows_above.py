"""What stands above a header, as wide as its table: rows, which must not vanish in silence, or titles, preambles and groups."""

from workers.engine.mapping.usual_names import is_usual_name, may_be_name
from workers.engine.readers.footers import filled_cells, reads_as_footer, reads_as_title
from workers.engine.readers.kinds import Kind, Record, find_loud_kind
from workers.engine.readers.other_tables import count_known_names, extent

_MIN_CELLS = 2


def may_be_row(record: Record, width: int) -> bool:
    """Whether a record above a header of so many columns is as wide, and is no title, no line of a preamble, and no names of groups."""
    texts = filled_cells(record)
    if width < _MIN_CELLS or len(texts) < _MIN_CELLS or extent(record) != width or reads_as_footer(record):
        return False
    if len({text.casefold() for text in texts}) < len(texts) or count_known_names(record) > 1:
        return False
    # A title that was cut at its commas, or what the file says of itself: a name and its value.
    if any(text.endswith(":") or ": " in text for text in texts) or texts[0].startswith("#"):
        return False
    if any(find_loud_kind(text) in (Kind.EMAIL, Kind.PHONE) for text in texts):
        return not is_usual_name(texts[0])
    first = texts if len(texts) == _MIN_CELLS else texts[:1]
    return not may_be_name(texts[0]) and not any(reads_as_title(text, is_bare=True) for text in first)
