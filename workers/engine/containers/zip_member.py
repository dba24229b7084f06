"""Unpacks one file of a zip archive a block at a time, and checks it against its checksum.

Not by the standard library's reader: for bzip2 and LZMA that one unpacks any amount at once.
"""

import bz2
import lzma
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO

from models.errors import UnreadableFile
from workers.engine.containers.allowance import UNPACKED_BYTES, Allowance
from workers.engine.containers.zip_directory import Entry, damaged

_HEADER = struct.Struct("<4s5H3I2H")
_HEADER_SIGNATURE = b"PK\x03\x04"
_STORED, _DEFLATED, _BZIP2, _LZMA, _AES = 0, 8, 12, 14, 99
_METHOD_NAMES = {1: "Shrink", 6: "Implode", 9: "Deflate64", 93: "Zstandard", 95: "XZ", 98: "PPMd"}
# The memory that LZMA takes is for its sender to choose; this is what the strongest setting of the usual programs asks for.
_MAX_DICTIONARY_BYTES = 64 * 1024 * 1024


def iter_member(stream: BinaryIO, entry: Entry, allowance: Allowance) -> Iterator[bytes]:
    """The unpacked blocks of the entry; raises `encrypted_file`, `unsupported_compression` or `damaged_archive`."""
    if entry.is_encrypted or entry.method == _AES:
        raise UnreadableFile(
            f"The file “{entry.name}” in the archive is protected by a password. Pack it without one and try again.", code="encrypted_file"
        )
    unpack = _UNPACKERS.get(entry.method)
    if unpack is None:
        name = _METHOD_NAMES.get(entry.method, f"method {entry.method}")
        raise UnreadableFile(
            f"The file “{entry.name}” in the archive is compressed by {name}, which is not read. Pack it as an ordinary zip (Deflate).",
            code="unsupported_compression",
        )
    checksum = 0
    try:
        for block in unpack(allowance.read(stream, _find_data(stream, entry), entry.packed_bytes)):
            checksum = zlib.crc32(block, checksum)
            yield block
    except (zlib.error, lzma.LZMAError, EOFError, _BrokenBlock) as error:
        raise damaged(f"the file “{entry.name}” in it makes no sense") from error
    if checksum != entry.checksum:
        raise damaged(f"the file “{entry.name}” in it is not what its checksum says, or breaks off")


class _BrokenBlock(Exception):
    """bz2 reports bad data as an OSError, which of a file would mean something else."""


def _find_data(stream: BinaryIO, entry: Entry) -> int:
    if not 0 <= entry.header_offset < stream.seek(0, 2):
        raise damaged(f"the file “{entry.name}” would begin outside it")
    stream.seek(entry.header_offset)
    header = stream.read(_HEADER.size)
    if len(header) < _HEADER.size or not header.startswith(_HEADER_SIGNATURE):
        raise damaged(f"the file “{entry.name}” is not where the directory says")
    name_size, extra_size = _HEADER.unpack(header)[9:11]
    return entry.header_offset + _HEADER.size + int(name_size) + int(extra_size)


def _inflate(packed: Iterator[bytes]) -> Iterator[bytes]:
    decoder = zlib.decompressobj(-zlib.MAX_WBITS)
    data = b""
    is_ended = False
    while not decoder.eof:
        if not data and not is_ended:
            data = next(packed, b"")
            is_ended = not data
        block = decoder.decompress(data, UNPACKED_BYTES)
        data = decoder.unconsumed_tail
        if block:
            yield block
        elif is_ended:
            return


def _iter_bzip2(packed: Iterator[bytes]) -> Iterator[bytes]:
    decoder = bz2.BZ2Decompressor()
    while not decoder.eof:
        data = next(packed, b"") if decoder.needs_input else b""
        if decoder.needs_input and not data:
            return
        try:
            block = decoder.decompress(data, UNPACKED_BYTES)
        except OSError as error:
            raise _BrokenBlock from error
        if block:
            yield block


def _iter_lzma(packed: Iterator[bytes]) -> Iterator[bytes]:
    # Two bytes of version, two of the length of the properties, which are five. APPNOTE.TXT 5.8
    head = b""
    while len(head) < 9 and (more := next(packed, b"")):
        head += more
    if (
        len(head) < 9
        or head[2:4] != b"\x05\x00"
        or head[4] >= 9 * 5 * 5
        or (size := int.from_bytes(head[5:9], "little")) > _MAX_DICTIONARY_BYTES
    ):
        raise lzma.LZMAError
    lc, lp, pb = head[4] % 9, head[4] // 9 % 5, head[4] // 45
    if lc + lp > 4:
        raise lzma.LZMAError
    properties = {"id": lzma.FILTER_LZMA1, "dict_size": max(size, 4096), "lc": lc, "lp": lp, "pb": pb}
    decoder = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[properties])
    data = head[9:]
    while not decoder.eof:
        if decoder.needs_input and not data:
            data = next(packed, b"")
            if not data:
                return
        block = decoder.decompress(data, UNPACKED_BYTES)
        data = b""
        if block:
            yield block


def _iter_stored(packed: Iterator[bytes]) -> Iterator[bytes]:
    return packed


_UNPACKERS: dict[int, Callable[[Iterator[bytes]], Iterator[bytes]]] = {
    _STORED: _iter_stored,
    _DEFLATED: _inflate,
    _BZIP2: _iter_bzip2,
    _LZMA: _iter_lzma,
}
