"""Which encoding a text file is in: by its signature, else UTF-8 where the bytes say so, else Windows-1252."""

import codecs
from typing import BinaryIO

from models.errors import InvalidRequest

_BLOCK_BYTES = 1 << 20
_HEAD_BYTES = 65_536

_SIGNATURES = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose signature is how this one begins
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

# What a person may choose. Python knows more, some of which are no encodings of files (idna, unicode_escape).
_SUPPORTED = frozenset(
    codecs.lookup(name).name
    for name in (
        *("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "ascii"),
        *(f"cp125{number}" for number in range(9)),
        *(f"iso8859-{number}" for number in range(1, 17) if number != 12),
        *("cp437", "cp850", "cp852", "cp866", "mac-roman", "koi8-r", "koi8-u"),
        *("shift_jis", "cp932", "euc_jp", "gb18030", "gbk", "big5", "euc_kr", "cp949", "cp874"),
    )
)

# Of ten damaged bytes and a hundred good accents one concludes: UTF-8 with damage. Latin text hardly ever looks like UTF-8 by chance.
_GOOD_PER_DAMAGED = 3


def require_encoding(name: str) -> str:
    """The encoding under the name that we keep; raises `unknown_encoding` where we know none by that name."""
    try:
        canonical = codecs.lookup(name.strip()).name
    except (LookupError, ValueError):
        canonical = ""
    if canonical not in _SUPPORTED:
        raise InvalidRequest(f"The encoding “{name}” is not known; try utf-8, utf-16 or windows-1252.", code="unknown_encoding")
    return "windows-1252" if canonical == "cp1252" else canonical


def detect_encoding(stream: BinaryIO) -> str:
    """The encoding of the whole stream, which is read to its end and rewound."""
    stream.seek(0)
    encoding = detect_unicode_signature(stream.read(_HEAD_BYTES))
    if encoding is None:
        stream.seek(0)
        encoding = _detect_eight_bit(stream)
    stream.seek(0)
    return encoding


def detect_unicode_signature(head: bytes) -> str | None:
    """The encoding that a byte order mark or UTF-16's pattern of zero bytes gives away."""
    for signature, encoding in _SIGNATURES:
        if head.startswith(signature):
            return encoding
    return _detect_utf16_by_zeros(head)


def _detect_utf16_by_zeros(head: bytes) -> str | None:
    head = head[: len(head) // 2 * 2]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) < 0.4 * len(head) / 2 or min(even, odd) > 0.01 * len(head) / 2 or not head:
        return None
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head)
    return encoding if "\ufffd" not in text else None


def _detect_eight_bit(stream: BinaryIO) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    damaged = good = 0
    while block := stream.read(_BLOCK_BYTES):
        text = decoder.decode(block)
        if not text.isascii():
            replaced = text.count("\ufffd") - block.count(b"\xef\xbf\xbd")
            damaged += max(0, replaced)
            good += len(text) - len(text.encode("ascii", "ignore")) - max(0, replaced)
    damaged += len(decoder.decode(b"", final=True))
    return "utf-8" if damaged == 0 or good >= _GOOD_PER_DAMAGED * damaged else "windows-1252"
