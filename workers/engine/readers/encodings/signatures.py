"""Unicode that gives itself away: a byte order mark, or the zero bytes that UTF-16 and UTF-32 have at regular places."""

import codecs
import unicodedata

_SIGNATURES = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose signature is how this one begins
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The bytes of a unit, and the marks of either order.
_ORDERS = {
    "utf-16": (2, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE),
    "utf-32": (4, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE),
}
# Line ends, delimiters and digits alone make this much of a contact file in any script.
_MIN_ZERO_SHARE = 0.04
_MAX_WRONG_ZEROS = 0.05
# Two ASCII bytes in a row read as one character of UTF-16: by chance every third Chinese character is such a pair.
_MAX_ASCII_PAIRS = 0.6
_MAX_ODD_CHARACTERS = 0.02


def detect_unicode_signature(head: bytes) -> str | None:
    """The encoding that a byte order mark or the pattern of zero bytes gives away."""
    for signature, encoding in _SIGNATURES:
        if head.startswith(signature):
            return encoding
    if b"\0" not in head:
        return None
    return _detect_utf32_by_zeros(head) or _detect_utf16_by_zeros(head)


def fix_byte_order(encoding: str, head: bytes) -> str:
    """The encoding by which all of a text that begins with `head` is decoded, with the byte order that utf-16 and utf-32 leave open.

    A byte order mark tells it, else the zero bytes, else it is little endian: RFC 2781 has big endian, but hardly any file is.
    """
    if encoding not in _ORDERS:
        return encoding
    width, little_endian_mark, big_endian_mark = _ORDERS[encoding]
    if head.startswith((little_endian_mark, big_endian_mark)):
        is_big_endian = head.startswith(big_endian_mark)
    else:
        head = head[: len(head) // width * width]
        is_big_endian = head[::width].count(0) > head[width - 1 :: width].count(0)
    return f"{encoding}-{'be' if is_big_endian else 'le'}"


def _detect_utf32_by_zeros(head: bytes) -> str | None:
    count = len(head) // 4
    if count < 2:
        return None
    head = head[: count * 4]
    for encoding, top, second in (("utf-32-le", 3, 2), ("utf-32-be", 0, 1)):
        if head[top::4].count(0) == count and max(head[second::4]) <= 0x10 and _is_text(head, encoding):
            return encoding
    return None


def _detect_utf16_by_zeros(head: bytes) -> str | None:
    head = head[: len(head) // 2 * 2]
    even, odd = head[::2].count(0), head[1::2].count(0)
    most, least = max(even, odd), min(even, odd)
    if not head or most < _MIN_ZERO_SHARE * len(head) / 2 or least > _MAX_WRONG_ZEROS * most:
        return None
    pairs = sum(0x20 <= first < 0x7F and 0x20 <= second < 0x7F for first, second in zip(head[::2], head[1::2], strict=True))
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    return encoding if pairs <= _MAX_ASCII_PAIRS * len(head) / 2 and _is_text(head, encoding) else None


def _is_text(head: bytes, encoding: str) -> bool:
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return False
    return sum(unicodedata.category(character) in ("Cn", "Co", "Cs") for character in text) <= _MAX_ODD_CHARACTERS * len(text)
