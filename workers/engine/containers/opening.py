"""Opens what is in a wrapping: as a temporary file on disk, so that memory does not depend on its size."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO, cast

from models.errors import UnreadableFile
from models.vocabulary import FileFormat
from workers.engine.containers.allowance import Allowance
from workers.engine.containers.gunzip import GZIP_SIGNATURE, Gunzip
from workers.engine.containers.zip_directory import Entry, find_entry, read_directory
from workers.engine.containers.zip_member import iter_member
from workers.engine.frames import Dialect, ReaderLimits

# Less than this is not worth a file.
_SPOOL_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Member:
    """What was unpacked, open at its beginning. `trailing_bytes` stood behind the packed data and belong to nothing."""

    stream: BinaryIO
    trailing_bytes: int


def nested_too_deeply() -> UnreadableFile:
    """The error to raise for an archive in an archive in an archive, or a zip in a zip."""
    return UnreadableFile(
        "The archive holds another archive, and that is where unpacking ends. Take the inner one out and send it.", code="nested_archive"
    )


@contextmanager
def open_unpacked(stream: BinaryIO, dialect: Dialect, limits: ReaderLimits) -> Iterator[BinaryIO]:
    """The table that the dialect is about, taken out of what the dialect says it is wrapped in."""
    if dialect.archive is None:
        yield stream
    elif dialect.archive is FileFormat.ZIP:
        with _open_named(stream, dialect, limits) as inner:
            yield inner
    else:
        with open_gzip(stream, limits) as unpacked:
            if dialect.member is None:
                yield unpacked.stream
                return
            with _open_named(unpacked.stream, dialect, limits, outer_bytes=stream.seek(0, 2)) as inner:
                yield inner


@contextmanager
def _open_named(stream: BinaryIO, dialect: Dialect, limits: ReaderLimits, *, outer_bytes: int | None = None) -> Iterator[BinaryIO]:
    entry = find_entry(read_directory(stream, limits), dialect.member or "")
    with open_member(stream, entry, limits, outer_bytes=outer_bytes) as member:
        yield member.stream


@contextmanager
def open_gzip(stream: BinaryIO, limits: ReaderLimits) -> Iterator[Member]:
    """What is in the gzip file; of one that was packed twice, what is in the inner one."""
    size = stream.seek(0, 2)
    allowance = Allowance(limits, size)
    with _spool(_unwrap_once(_gunzip(allowance.read(stream, 0, size), allowance), allowance)) as file:
        yield Member(file, allowance.trailing_bytes)


@contextmanager
def open_member(stream: BinaryIO, entry: Entry, limits: ReaderLimits, *, outer_bytes: int | None = None) -> Iterator[Member]:
    """A file of the zip archive, and if that is a gzip file, what is in it. `outer_bytes` is the size of what the archive came out of."""
    allowance = Allowance(limits, stream.seek(0, 2) if outer_bytes is None else outer_bytes)
    with _spool(_unwrap_once(allowance.bound(iter_member(stream, entry, allowance)), allowance)) as file:
        yield Member(file, allowance.trailing_bytes)


def peek(stream: BinaryIO, entry: Entry, limits: ReaderLimits, size: int) -> bytes:
    """The first bytes of what `open_member` would give."""
    allowance = Allowance(limits, stream.seek(0, 2))
    head = b""
    for block in _unwrap_once(iter_member(stream, entry, allowance), allowance):
        head += block
        if len(head) >= size:
            break
    return head[:size]


def _unwrap_once(blocks: Iterable[bytes], allowance: Allowance) -> Iterator[bytes]:
    """The blocks, unpacked if they are gzip data."""
    rest = iter(blocks)
    head = b""
    while len(head) < len(GZIP_SIGNATURE) and (block := next(rest, b"")):
        head += block
    whole = chain((head,), rest) if head else rest
    if not head.startswith(GZIP_SIGNATURE):
        yield from whole
        return
    inner = _gunzip(whole, allowance)
    first = next(inner, b"")
    if first.startswith(GZIP_SIGNATURE):
        raise nested_too_deeply()
    yield first
    yield from inner


def _gunzip(packed: Iterator[bytes], allowance: Allowance) -> Iterator[bytes]:
    gunzip = Gunzip(packed)
    yield from allowance.bound(gunzip)
    allowance.trailing_bytes += gunzip.trailing_bytes


@contextmanager
def _spool(blocks: Iterator[bytes]) -> Iterator[BinaryIO]:
    with tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES) as file:
        for block in blocks:
            file.write(block)
        file.seek(0)
        yield cast(BinaryIO, file)
