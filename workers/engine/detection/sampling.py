"""Takes samples of a text from its beginning, its middle and its end, so that a long preamble does not pass for the table."""

import codecs
import os
from typing import BinaryIO

from workers.engine.readers.delimited.lines import split_lines
from workers.engine.readers.encodings.signatures import fix_byte_order
from workers.engine.readers.text import iter_text

_FIRST_CHARACTERS = 1 << 18
_LATER_BYTES = 1 << 16
_MAX_FIRST_LINES = 400
_MAX_LATER_LINES = 150


def read_sample(stream: BinaryIO, encoding: str) -> tuple[list[str], ...]:
    """Lines of the text, a list for each place. Only the first is sure to begin with a record; none ends within a line."""
    first, is_cut = _read_beginning(stream, encoding)
    lines = split_lines(first)
    if not is_cut:
        return (lines[:_MAX_FIRST_LINES], *_later_lines(lines))
    size = stream.seek(0, os.SEEK_END)
    places = (size // 2, size - _LATER_BYTES)
    later = [_read_place(stream, encoding, place) for place in places]
    stream.seek(0)
    return (lines[:-1][:_MAX_FIRST_LINES] or lines, *(part[:_MAX_LATER_LINES] for part in later if part))


def _later_lines(lines: list[str]) -> list[list[str]]:
    rest = lines[_MAX_FIRST_LINES:]
    if len(rest) <= 2 * _MAX_LATER_LINES:
        return [rest] if rest else []
    middle = len(rest) // 2
    return [rest[middle - _MAX_LATER_LINES : middle], rest[-_MAX_LATER_LINES:]]


def _read_beginning(stream: BinaryIO, encoding: str) -> tuple[str, bool]:
    parts: list[str] = []
    size = 0
    for text in iter_text(stream, encoding):
        parts.append(text)
        size += len(text)
        if size > _FIRST_CHARACTERS:
            return "".join(parts)[:_FIRST_CHARACTERS], True
    return "".join(parts), False


def _read_place(stream: BinaryIO, encoding: str, place: int) -> list[str]:
    """The whole lines in the bytes from about there. No encoding has characters of more than four bytes."""
    stream.seek(0)
    head = stream.read(_LATER_BYTES)
    stream.seek(place // 4 * 4)
    data = stream.read(_LATER_BYTES)
    text = codecs.getincrementaldecoder(_without_signature(encoding, head))("replace").decode(data)
    return split_lines(text)[1:-1]


def _without_signature(encoding: str, head: bytes) -> str:
    """The encoding as it is in the midst of a file that begins so."""
    return "utf-8" if encoding == "utf-8-sig" else fix_byte_order(encoding, head)
