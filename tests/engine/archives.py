"""Builds archives for tests, sound ones and such as no honest program would write."""

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping

CONTACTS = b"name,email\nAnn,ann@example.com\nBob,bob@example.com\n"


def make_zip(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return stream.getvalue()


def pack_gzip(data: bytes) -> bytes:
    """Without the time of packing, so that it is the same in every process."""
    return gzip.compress(data, mtime=0)


def make_unseekable_zip(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """As written into a pipe: the sizes stand behind the data."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: int) -> int:
            raise OSError

        def tell(self) -> int:
            raise OSError

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return pipe.getvalue()


def deflate(blocks: Iterator[bytes]) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return b"".join([*map(packer.compress, blocks), packer.flush()])


def make_raw_zip(name: bytes, packed: bytes, *, size: int, checksum: int = 0, method: int = 8, flags: int = 0, copies: int = 1) -> bytes:
    """A zip that says of its one piece of data whatever one likes, and in its directory as often as one likes."""
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, flags, method, 0, 33, checksum, len(packed), size, len(name), 0) + name + packed
    listed = [name] if copies == 1 else [b"%d-%s" % (number, name) for number in range(copies)]
    fields = (b"PK\x01\x02", 20, 20, flags, method, 0, 33, checksum, len(packed), size)
    directory = b"".join(struct.pack("<4s6H3I5H2I", *fields, len(each), 0, 0, 0, 0, 0, 0) + each for each in listed)
    count = min(copies, 65_535)
    return local + directory + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(local), 0)


def iter_repeated(row: bytes, size: int) -> Iterator[bytes]:
    block = row * (1 + (1 << 20) // len(row))
    for _ in range(size // len(block) + 1):
        yield block


def make_gzip_bomb(row: bytes, size: int) -> bytes:
    stream = io.BytesIO()
    with gzip.GzipFile(fileobj=stream, mode="wb") as file:
        for block in iter_repeated(row, size):
            file.write(block)
    return stream.getvalue()
