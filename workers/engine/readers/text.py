"""Turns a stream of bytes into blocks of text.

Bytes that are not text become U+FFFD, which the chunks report; nothing here can fail on data.
"""

import codecs
from collections.abc import Iterator
from typing import BinaryIO

_BLOCK_BYTES = 1 << 16


def iter_text(stream: BinaryIO, encoding: str) -> Iterator[str]:
    """The text of the stream from its beginning, without a byte order mark, never cut between CR and LF."""
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    held = ""
    is_first = True
    while block := stream.read(_BLOCK_BYTES):
        text = held + decoder.decode(block)
        if is_first and text:
            text = text.removeprefix("\ufeff")
            is_first = False
        held = "\r" if text.endswith("\r") else ""
        if text := text.removesuffix("\r"):
            yield text
    if text := held + decoder.decode(b"", final=True):
        yield text
