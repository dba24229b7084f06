"""Decodes a line that is not UTF-8 within a file that is: in another encoding, or with U+FFFD where bytes were lost."""

import re
from collections.abc import Iterator

from workers.engine.readers.encodings.alphabets import is_punctuation
from workers.engine.readers.encodings.evidence import is_unicode_line

# A cell of so many bytes may have been cut by a limit in bytes, in the middle of a character.
_MIN_CUT_BYTES = 30
_CELL_ENDS = b'\t,;|"\r\n'
_LAST_CELL = re.compile(rb"[^\t,;|\"\r\n]*\Z")
# A character of UTF-8 that lacks its last bytes.
_UNFINISHED = re.compile(rb"[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2}")
# Well-formed characters (Unicode, table 3-7) and what is none.
_PART = re.compile(
    rb"[\x00-\x7f]+|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}"
    rb"|(?P<fault>[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2}|[\x80-\xff])"
)
# Byte 0xFF of Windows-1252 is a letter that hardly any word has, and the byte of which damage is often made.
_FILLER = "\u00ff"
_WITH_LETTERS_ABOVE = re.compile(r"windows-125\d|cp125\d|iso8859-\d+")


def decode_odd_line(line: bytes, fallback: str) -> tuple[str, bool]:
    """The text of a line that is not valid UTF-8, and whether it is in the fallback encoding (else it is damaged UTF-8)."""
    if is_unicode_line(line) or all(_is_loss(line, start, end, fallback) for start, end in _iter_faults(line)):
        return line.decode("utf-8", "replace"), False
    # Where letters stand above 0xBF, two of them hardly ever look like UTF-8: what does is UTF-8, in a line made of parts.
    return (_decode_parts(line, fallback) if _WITH_LETTERS_ABOVE.fullmatch(fallback) else line.decode(fallback, "replace")), True


def _iter_faults(line: bytes) -> Iterator[tuple[int, int]]:
    """From where to where bytes are no UTF-8, in time that grows with the line alone."""
    return (match.span() for match in _PART.finditer(line) if match.lastgroup == "fault")


def _is_loss(line: bytes, start: int, end: int, fallback: str) -> bool:
    """Whether a fault is a character that was cut, rather than letters of the other encoding."""
    text = line[start:end].decode(fallback, "replace")
    if _UNFINISHED.fullmatch(line, start, end) is None:
        return text == _FILLER
    if end - start > 1:
        return not (text[0].islower() and all(map(is_punctuation, text[1:])))
    is_at_end = end == len(line) or line[end] in _CELL_ENDS
    cell = _LAST_CELL.search(line, max(0, start - _MIN_CUT_BYTES), end)
    if is_at_end and cell is not None and len(cell[0]) >= _MIN_CUT_BYTES:
        return True
    # A capital behind a small letter, or between letters of which the next is small, is no part of a word.
    before, after = line[max(0, start - 1) : start], line[end : end + 1]
    return text.isupper() and (before.islower() if is_at_end else before.isalpha() and after.islower())


def _decode_parts(line: bytes, fallback: str) -> str:
    parts = []
    done = 0
    for start, end in _iter_faults(line):
        parts += [line[done:start].decode("utf-8", "replace"), line[start:end].decode(fallback, "replace")]
        done = end
    return "".join((*parts, line[done:].decode("utf-8", "replace")))
