"""Turns a stream of bytes into blocks of text, the lines of a UTF-8 file that are in another encoding included.

Bytes that are not text become U+FFFD, which the chunks report; nothing here can fail on data.
"""

import codecs
from collections.abc import Iterator
from typing import BinaryIO

from workers.engine.readers.encoding import detect_fallback
from workers.engine.readers.encodings.odd_lines import decode_odd_line
from workers.engine.readers.encodings.signatures import fix_byte_order
from workers.engine.readers.text_marks import ODD_MARK, mark_line

_BLOCK_BYTES = 1 << 16
_ENCODED_MARK = ODD_MARK.encode()
# A damaged line longer than this is decoded in pieces.
_MAX_HELD_BYTES = 1 << 20


def iter_text(stream: BinaryIO, encoding: str) -> Iterator[str]:
    """The text of the stream from its beginning, without a byte order mark, never cut between CR and LF."""
    text = MarkedText(stream, encoding)
    for block in text:
        yield block.replace(ODD_MARK, "") if text.is_mixed else block


class MarkedText:
    """The text of a stream as `iter_text` gives it, with ODD_MARK within each line that is in another encoding than the file.

    `is_mixed` is True from the first such line on that was decoded: then records are to be passed through `settle_marks`.
    """

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self.is_mixed = False
        self._stream = stream
        self._encoding = encoding
        self.is_utf8 = encoding in ("utf-8", "utf-8-sig")
        self._fallback: str | None = None

    def __iter__(self) -> Iterator[str]:
        return (block if isinstance(block, str) else self.decode(block) for block in self.iter_blocks(_BLOCK_BYTES))

    def iter_blocks(self, most: int) -> Iterator[str | bytes]:
        """The text in blocks of up to `most` bytes read, the first ones small.

        Of a UTF-8 file those are bytes that hold whole lines up to an LF: their text is what `decode` makes of them.
        """
        self._stream.seek(0)
        held = ""
        is_first = True
        for block in self._iter_utf8(most) if self.is_utf8 else self._iter_decoded(most):
            if isinstance(block, bytes):
                # Whole lines follow a whole line: nothing is held.
                yield block.removeprefix(codecs.BOM_UTF8) if is_first else block
                is_first = False
                continue
            text = held + block
            if is_first and text:
                text = text.removeprefix("\ufeff")
                is_first = False
            held = "\r" if text.endswith("\r") else ""
            if text := text.removesuffix("\r"):
                yield text
        if held:
            yield held

    def decode(self, data: bytes) -> str:
        """The text of whole lines that should be UTF-8."""
        try:
            return self._replace_marks(data.decode("utf-8"))
        except UnicodeDecodeError:
            return self._decode_lines(data)

    def may_take_for_mark(self, data: bytes) -> bool:
        """Whether something in the lines would be taken for a mark of ours unless `decode` replaced it."""
        return self.is_mixed and _ENCODED_MARK in data

    def _iter_decoded(self, most: int) -> Iterator[str]:
        size = _BLOCK_BYTES
        block = self._stream.read(size)
        decoder = codecs.getincrementaldecoder(fix_byte_order(self._encoding, block))("replace")
        while block:
            yield decoder.decode(block)
            size = min(2 * size, most)
            block = self._stream.read(size)
        yield decoder.decode(b"", final=True)

    def _iter_utf8(self, most: int) -> Iterator[str | bytes]:
        # The bytes of an unfinished line or, of a line that was given in part, of an unfinished character.
        held = before = b""
        is_whole = True
        size = _BLOCK_BYTES
        while block := self._stream.read(size):
            size = min(2 * size, most)
            data = held + block
            used = data.rfind(b"\n") + 1
            if used:
                held = data[used:]
                yield data[:used] if is_whole else self.decode(data[:used])
                before = b""
                is_whole = True
                continue
            try:
                text, used = codecs.utf_8_decode(data, "strict", False)
            except UnicodeDecodeError:
                used = data.rfind(b"\r") + 1
                if not used and len(data) > _MAX_HELD_BYTES:
                    used = len(data)
                text = self._decode_lines(data[:used])
            else:
                text = self._replace_marks(text)
            held = data[used:]
            yield text
            is_whole = is_whole and not used
            before = data[max(0, used - 1) : used]
        # The letter before tells whether an unfinished character at the end was cut.
        context = before if held and before.isalpha() else b""
        yield self._decode_lines(context + held)[len(context) :]

    def _decode_lines(self, data: bytes) -> str:
        return "".join(map(self._decode_line, data.splitlines(keepends=True)))

    def _decode_line(self, line: bytes) -> str:
        try:
            return self._replace_marks(line.decode("utf-8"))
        except UnicodeDecodeError:
            text, is_odd = decode_odd_line(line, self._find_fallback())
            self.is_mixed = self.is_mixed or is_odd
            text = self._replace_marks(text)
            return mark_line(text) if is_odd else text

    def _replace_marks(self, text: str) -> str:
        # A noncharacter in a mixed file would be taken for a mark of ours; as damage it is reported.
        return text.replace(ODD_MARK, "\ufffd") if self.is_mixed else text

    def _find_fallback(self) -> str:
        """The encoding of the lines that are not UTF-8, from all of them, so that it does not depend on which comes first."""
        if self._fallback is None:
            position = self._stream.tell()
            self._fallback = detect_fallback(self._stream)
            self._stream.seek(position)
        return self._fallback
