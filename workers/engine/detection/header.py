"""Finds the header among the first records, and gives every column a name of its own."""

import re
from collections import Counter
from collections.abc import Sequence

from workers.engine.mapping.names import is_known_name
from workers.engine.records import BLANK_CHARACTERS, is_blank

_MAX_BANNER_RECORDS = 20
_MAX_NAME = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_VALUE = re.compile(
    r"[^@\s]+@[^@\s]+\.[^@\s]+"  # e-mail
    r"|\+?[\d\s().,/:-]*\d[\d\s().,/:-]*"  # number, phone, date, time
    r"|https?://\S+"
)

Record = Sequence[str | None]


def find_header_row(records: Sequence[Record]) -> int | None:
    """The 1-based number of the header among the first records; None: they begin with data."""
    filled = [(number, record) for number, record in enumerate(records, start=1) if not is_blank(record)]
    if not filled:
        return None
    usual = usual_width([record for _, record in filled])
    banner: tuple[int, Record] | None = None
    for number, record in filled[:_MAX_BANNER_RECORDS]:
        if not _is_banner(record, usual):
            if _is_header(record) and not _has_blank_over_values(record, records[number:]):
                return number
            break
        banner = (number, record)
    # What looked like a banner may be a header with few names.
    if banner is not None and len(banner[1]) == usual and _is_header(banner[1]) and any(is_known_name(cell or "") for cell in banner[1]):
        return banner[0]
    return None


def usual_width(records: Sequence[Record]) -> int:
    """The most frequent number of cells; of equally frequent ones the largest."""
    counts = Counter(map(len, records))
    return max(counts, key=lambda width: (counts[width], width), default=0)


def make_headers(record: Record, width: int) -> tuple[str, ...]:
    """As many names as `width`: those that stand there, "Column 3" for a blank one, "Email (2)" for one that was there before."""
    names = [_CONTROL.sub(" ", (cell or "")[:_MAX_NAME]).strip(BLANK_CHARACTERS) for cell in record[:width]] + [""] * (width - len(record))
    taken = {name for name in names if name}
    used: set[str] = set()
    headers = []
    for position, name in enumerate(names, start=1):
        stem = name or f"Column {position}"
        header = stem
        count = 2
        while header in used or (header != name and header in taken):
            header = f"{stem} ({count})"
            count += 1
        used.add(header)
        headers.append(header)
    return tuple(headers)


def _is_banner(record: Record, usual: int) -> bool:
    """Whether the record is a title above the table, much emptier than the table's records, or Excel's line about its separator."""
    if record and (record[0] or "").lower().startswith("sep="):
        return True
    filled = sum(not is_blank((cell,)) for cell in record)
    return usual > 1 and ((filled == 1 and usual > 2) or (len(record) < usual and filled <= usual / 2))


def _has_blank_over_values(record: Record, below: Sequence[Record]) -> bool:
    """Whether the record names nothing we know and is blank where those below have e-mails, numbers or dates: it is one of them."""
    if any(is_known_name(cell or "") for cell in record):
        return False
    for index, cell in enumerate(record):
        values = [cells[index] or "" for cells in below if index < len(cells) and not is_blank((cells[index],))]
        if is_blank((cell,)) and values and 2 * sum(_VALUE.fullmatch(value) is not None for value in values) > len(values):
            return True
    return False


def _is_header(record: Record) -> bool:
    cells = [cell.strip(BLANK_CHARACTERS) for cell in record if cell and not is_blank((cell,))]
    if sum(map(is_known_name, cells)) >= 2:
        return True
    return bool(cells) and not any(_VALUE.fullmatch(cell) for cell in cells)
