"""Reads the directory at the end of a zip file, and the names in it whatever they are encoded in. APPNOTE.TXT 4.3.

The standard library's reader takes the whole directory into memory and gives up at a name that is not what it claims to be.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from models.errors import InvalidRequest, LimitExceeded, UnreadableFile
from workers.engine.frames import ReaderLimits
from workers.engine.records import MAX_SHOWN_CHARACTERS, make_showable

_END = struct.Struct("<4s4H2IH")
_END_SIGNATURE = b"PK\x05\x06"
_LOCATOR = struct.Struct("<4sIQI")
_LOCATOR_SIGNATURE = b"PK\x06\x07"
_LARGE_END = struct.Struct("<4sQ2H2I4Q")
_LARGE_END_SIGNATURE = b"PK\x06\x06"
_ENTRY = struct.Struct("<4s6H3I5H2I")
_ENTRY_SIGNATURE = b"PK\x01\x02"
_MAX_COMMENT_BYTES = 65_535
_IN_EXTRA_FIELD = 0xFFFF_FFFF
_ENCRYPTED = 0x01
_LARGE_FIELD, _UNICODE_NAME_FIELD = 0x0001, 0x7075
_LETTERS_OF_NAMES = frozenset(" -_.()[]&+,'!#@~=;/\\%$^{}`")

# A workbook may have more parts than an archive members; what has more than this is neither.
_MOST_ENTRIES = 20_000
_MEAN_ENTRY_BYTES = 1_024
_LISTED_NAMES = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in the archive, as the directory states it. The name is only a name: nothing is ever written under it."""

    name: str
    header_offset: int
    packed_bytes: int
    checksum: int
    method: int
    is_encrypted: bool


def read_directory(stream: BinaryIO, limits: ReaderLimits) -> tuple[Entry, ...]:
    """The files in the archive under names that are unlike each other; raises `damaged_archive` or `too_many_members`."""
    start, size, shift = _find_directory(stream)
    most = max(limits.max_members, _MOST_ENTRIES)
    if size > most * _MEAN_ENTRY_BYTES:
        raise too_many_members(limits)
    entries: list[Entry] = []
    taken: set[str] = set()
    for entry in _iter_entries(stream, start, size, shift):
        if len(entries) == most:
            raise too_many_members(limits)
        name = entry.name if entry.name not in taken else f"{entry.name} ({len(entries) + 1})"
        taken.add(name)
        entries.append(replace(entry, name=name))
    return tuple(entries)


def too_many_members(limits: ReaderLimits) -> LimitExceeded:
    """The error to raise for an archive of too many files."""
    return LimitExceeded(
        f"The archive holds more than {limits.max_members:,} files, the most that ROLODOCK_MAX_MEMBERS allows.", code="too_many_members"
    )


def find_entry(entries: Sequence[Entry], name: str) -> Entry:
    """The entry of that name; raises `member_not_found`, which lists what there is."""
    for entry in entries:
        if entry.name == name:
            return entry
    there = ", ".join(entry.name for entry in entries[:_LISTED_NAMES]) or "nothing"
    more = f" and {len(entries) - _LISTED_NAMES:,} more" if len(entries) > _LISTED_NAMES else ""
    wanted = make_showable(name, MAX_SHOWN_CHARACTERS)
    raise InvalidRequest(f"There is no file “{wanted}” in the archive. It holds: {there}{more}.", code="member_not_found")


def damaged(what: str) -> UnreadableFile:
    """The error to raise for an archive that contradicts itself."""
    return UnreadableFile(f"The zip archive is damaged: {what}. Pack the file anew, or send it again, whole.", code="damaged_archive")


def _find_directory(stream: BinaryIO) -> tuple[int, int, int]:
    """Where the directory begins, its size, and by how much all offsets are shifted by what was put before the archive."""
    file_bytes = stream.seek(0, 2)
    tail_start = max(0, file_bytes - _MAX_COMMENT_BYTES - _END.size)
    stream.seek(tail_start)
    tail = stream.read(_MAX_COMMENT_BYTES + _END.size)
    found = tail.rfind(_END_SIGNATURE, 0, len(tail) - _END.size + len(_END_SIGNATURE))
    if found < 0:
        raise damaged("its directory, which stands at the end, is missing")
    end = tail_start + found
    size, offset = _END.unpack_from(tail, found)[5:7]
    directory_end = end
    if (large := _read_large_end(stream, end)) is not None:
        directory_end, size, offset = large
    start = directory_end - size
    if start < 0:
        raise damaged("its directory would begin before the file")
    return start, size, start - offset


def _read_large_end(stream: BinaryIO, end: int) -> tuple[int, int, int] | None:
    """Where the directory ends, its size and its offset by the record of large archives (zip64), if there is one."""
    position = end - _LOCATOR.size - _LARGE_END.size
    if position < 0:
        return None
    stream.seek(position)
    data = stream.read(_LARGE_END.size + _LOCATOR.size)
    if len(data) < _LARGE_END.size + _LOCATOR.size or not data.startswith(_LOCATOR_SIGNATURE, _LARGE_END.size):
        return None
    fields = _LARGE_END.unpack_from(data)
    return (position, fields[8], fields[9]) if fields[0] == _LARGE_END_SIGNATURE else None


def _iter_entries(stream: BinaryIO, start: int, size: int, shift: int) -> Iterator[Entry]:
    position, end = start, start + size
    while position < end:
        stream.seek(position)
        header = stream.read(_ENTRY.size)
        if len(header) < _ENTRY.size or not header.startswith(_ENTRY_SIGNATURE):
            raise damaged(f"its directory makes no sense at byte {position:,}")
        (_, _, _, flags, method, _, _, checksum, packed, unpacked, name_size, extra_size, comment_size, *_, offset) = _ENTRY.unpack(header)
        raw_name = stream.read(name_size)
        extra = stream.read(extra_size)
        position += _ENTRY.size + name_size + extra_size + comment_size
        fields = dict(_iter_extra_fields(extra))
        packed, offset = _read_large_sizes(fields.get(_LARGE_FIELD, b""), packed, unpacked, offset)
        name = make_showable(_decode_name(raw_name, fields.get(_UNICODE_NAME_FIELD, b"")), MAX_SHOWN_CHARACTERS)
        if not name.endswith(("/", "\\")):
            yield Entry(name, offset + shift, packed, checksum, method, bool(flags & _ENCRYPTED))


def _iter_extra_fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    position = 0
    while position + 4 <= len(extra):
        kind, size = struct.unpack_from("<2H", extra, position)
        yield kind, extra[position + 4 : position + 4 + size]
        position += 4 + size


def _read_large_sizes(field: bytes, packed: int, unpacked: int, offset: int) -> tuple[int, int]:
    """The packed size and the offset; those that do not fit 32 bits stand in the field, in a fixed order. APPNOTE.TXT 4.5.3"""
    numbers = iter(struct.unpack_from(f"<{len(field) // 8}Q", field))
    if unpacked == _IN_EXTRA_FIELD:
        next(numbers, 0)
    if packed == _IN_EXTRA_FIELD:
        packed = next(numbers, packed)
    if offset == _IN_EXTRA_FIELD:
        offset = next(numbers, offset)
    return packed, offset


def _decode_name(raw: bytes, unicode_field: bytes) -> str:
    """The name: as a field of its own states it for these very bytes, as UTF-8 if it is, else in the code page that gives a name."""
    if len(unicode_field) > 5 and struct.unpack_from("<I", unicode_field, 1)[0] == zlib.crc32(raw):
        return unicode_field[5:].decode("utf-8", "replace")
    for encoding in ("utf-8", "cp437", "cp866", "cp932", "gb18030"):
        try:
            name = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8" or all(character.isalnum() or character in _LETTERS_OF_NAMES for character in name):
            return name
    return raw.decode("cp437")
