"""Makes the properties of a vCard file out of its lines: unfolded, with pictures and the like passed over while they are read.

Folding: RFC 6350, section 3.2 (a line that begins with a blank goes on the one before, less that blank); in vCard 2.1 the blank stays,
and a line of quoted-printable goes on behind a "=" at its end.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from models.errors import LimitExceeded
from workers.engine.frames import ReaderLimits

BORDER = re.compile(r"\ufeff?[ \t]*(begin|end)[ \t]*:[ \t]*vcard[ \t]*", re.IGNORECASE)
BORDER_INITIALS = "bBeE \t\ufeff"

# What a card holds for machines, by the megabyte: no field takes it. A picture that is only linked to is kept.
_BINARY = re.compile(r"(?:[\w-]+\.)?(photo|logo|sound|key|x-ms-cardpicture)(?:;[^:]*)?:[ ]*(data:)?", re.IGNORECASE)
_QUOTED_PRINTABLE = re.compile(r"[^:]*;(?:encoding=)?\"?quoted-printable\"?[;:]", re.IGNORECASE)
_BASE64 = re.compile(r"[^:]*;(?:encoding=)?(?:b|base64)[;:]", re.IGNORECASE)
# Whether it is worth the while to look closer.
_ENCODED = re.compile(r"quoted|base64|[;=]b[;:]|data:", re.IGNORECASE)
_BASE64_LINE = re.compile(r"[ \t]*[A-Za-z0-9+/=]+[ \t]*")
_PROPERTY = re.compile(r"(?:[\w-]+\.)?[A-Za-z][\w-]*[;:]")
_VERSION = re.compile(r"version[^:]*:[ \t]*([\d.]+)", re.IGNORECASE)
_LINE_END = re.compile(r"\r\n|\r|\n")
# Enough of a line to see what it holds.
_HEAD = 2_000
_MIN_BOUND = 1_000_000
_CELLS_PER_BOUND = 8


class Line(NamedTuple):
    """A property as one line. `left_out`: the name of the property, where its value was passed over."""

    text: str
    left_out: str | None = None


def iter_lines(blocks: Iterator[str], limits: ReaderLimits) -> Iterator[Line]:
    """The unfolded lines. A line that is no property goes on the one before it, as people break the lines of their notes."""
    bound = find_bound(limits)
    unfolding: _Unfolding | None = None
    is_21 = False
    for line in _iter_physical_lines(blocks, bound):
        if unfolding is not None:
            if unfolding.take(line, keeps_blank=is_21):
                if unfolding.size > bound:
                    raise refuse_size(bound)
                continue
            yield unfolding.finish()
            unfolding = None
        if not line or line.isspace():
            continue
        initial = line[0]
        if initial in BORDER_INITIALS and BORDER.fullmatch(line):
            yield Line(line)
            continue
        if initial in "vV" and (version := _VERSION.match(line)):
            is_21 = version[1] == "2.1"
        unfolding = _Unfolding(line)
    if unfolding is not None:
        yield unfolding.finish()


def find_bound(limits: ReaderLimits) -> int:
    """How long a card may be, in characters, without what is passed over."""
    return max(_MIN_BOUND, _CELLS_PER_BOUND * limits.max_cell_characters)


def refuse_size(bound: int) -> LimitExceeded:
    """The error for a card beyond the bound."""
    return LimitExceeded(
        f"A card is longer than {bound:,} characters; the bound follows from ROLODOCK_MAX_CELL_CHARACTERS.", code="row_too_large"
    )


def _find_binary(line: str) -> str | None:
    """The name of the property, if its value is one for machines."""
    match = _BINARY.match(line, 0, _HEAD)
    return match[1].upper() if match and (match[2] or _BASE64.match(line, 0, match.end())) else None


class _Unfolding:
    """A property whose further lines are still to come."""

    def __init__(self, line: str) -> None:
        self._parts = [line]
        self._left_out: str | None = None
        self._is_quoted_printable = self._is_base64 = False
        self.size = len(line)
        if _ENCODED.search(line, 0, _HEAD) is None:
            return
        self._is_quoted_printable = _QUOTED_PRINTABLE.match(line, 0, _HEAD) is not None
        self._is_base64 = _BASE64.match(line, 0, _HEAD) is not None
        self._left_out = _find_binary(line)
        if self._left_out is not None:
            self._is_base64 = True
            self._parts = [line[:_HEAD]]

    def take(self, line: str, *, keeps_blank: bool) -> bool:
        """Whether the line goes on this one; it is taken in if so."""
        if self._is_quoted_printable and self._parts[-1].endswith("=") and not BORDER.fullmatch(line):
            self._parts[-1] = self._parts[-1][:-1]
            return self._add(line)
        if not line or (keeps_blank and line.isspace()):
            return False
        if not self._is_base64 and line[0] not in " \t" and _PROPERTY.match(line):
            return False
        if self._is_base64 and _BASE64_LINE.fullmatch(line):
            return self._add(line.strip())
        if line[0] in " \t":
            return self._add(line if keeps_blank else line[1:])
        if _PROPERTY.match(line) or BORDER.fullmatch(line):
            return False
        return self._add("\n" + line)

    def finish(self) -> Line:
        """The whole line."""
        return Line("".join(self._parts), self._left_out)

    def _add(self, text: str) -> bool:
        if self._left_out is None:
            self._parts.append(text)
            self.size += len(text)
        return True


def _iter_physical_lines(blocks: Iterator[str], bound: int) -> Iterator[str]:
    """The lines of the text without their ends; of one that holds a picture and is long only the beginning."""
    rest = ""
    for block in blocks:
        lines = _LINE_END.split(block)
        lines[0] = rest + lines[0]
        rest = lines.pop()
        yield from lines
        if len(rest) > _HEAD and _find_binary(rest) is not None:
            rest = rest[:_HEAD]
        elif len(rest) > bound:
            raise refuse_size(bound)
    if rest:
        yield rest
