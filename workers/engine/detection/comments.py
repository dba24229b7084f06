"""Finds comment lines: a prefix that begins several lines which have not the shape of the table."""

from collections.abc import Sequence
from dataclasses import replace

from workers.engine.frames import Decision
from workers.engine.readers.delimited.cell_kinds import ColumnKinds
from workers.engine.readers.delimited.separators import Separators
from workers.engine.readers.delimited.splitting import Splitter

_PREFIXES = ("#", "//", "--", "%", ";", "!")
_LIKELY = ("#", "//")
_MIN_LINES = 2
_MAX_SHARE = 0.5
# What is tried on a sample may look in vain at twice as much as this, besides the sample itself.
SAMPLE_BOUND = 1 << 18


def leave_out_likely_comments(lines: list[str]) -> list[str]:
    """The lines without those that begin as comments usually do, unless these are most of them."""
    rest = [line for line in lines if not line.startswith(_LIKELY)]
    return rest if 2 * len(rest) > len(lines) else lines


def find_comment(parts: Sequence[list[str]], separators: Separators, width: int) -> tuple[Separators, Decision | None]:
    """The separators with the prefix of comments, if it can be proven that there are any."""
    if width < 2:
        return separators, None
    for prefix in _PREFIXES:
        if prefix == separators.delimiter:
            continue
        commented = replace(separators, comment=prefix)
        count = _count_comments(parts, commented, width)
        if count >= _MIN_LINES:
            reason = f"{count} lines begin with it and have not the {width} cells of the others, or not their kinds."
            return commented, Decision("comment", prefix, 0.9, reason)
    return separators, None


def _count_comments(parts: Sequence[list[str]], separators: Separators, width: int) -> int:
    """How many lines begin with the prefix, outside of quotes; 0 if one of them may be a record."""
    prefix = separators.comment or ""
    if sum(line.startswith(prefix) for lines in parts for line in lines) < _MIN_LINES:
        return 0
    kinds = ColumnKinds(width)
    comments: list[str] = []
    record_count = 0
    for number, lines in enumerate(parts):
        split = Splitter(separators, None, SAMPLE_BOUND).split(lines, 1, is_last=True)
        comments += [mark.value or "" for mark in split.records.marks if mark.code == "comment_line"]
        record_count += len(split.records.cells)
        wide = [record for record in split.records.cells if len(record) == width]
        kinds.learn_sound(wide[1:] if number == 0 else wide)  # The first of all may be the header.
    plain = Splitter(replace(separators, comment=None), None, SAMPLE_BOUND)
    for comment in comments:
        (record, *_) = plain.split([comment], 1, is_last=True).records.cells or [[]]
        # The first cell has the prefix in it, and says nothing.
        if len(record) == width and kinds.fit(["", *record[1:]]):
            return 0
    return len(comments) if len(comments) <= _MAX_SHARE * record_count else 0
