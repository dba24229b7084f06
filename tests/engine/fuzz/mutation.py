"""Damages a file by chance, always in the same way for the same seed; what is packed is damaged outside and inside."""

import gzip
import io
import random
import zipfile
from collections.abc import Callable, Sequence

MAX_BYTES = 2_000_000

# What means something to one reader or another.
_TOKENS: tuple[bytes, ...] = (
    *(b'"', b'""', b"'", b"\\", b",", b";", b"\t", b"|", b"||", b"\n", b"\r", b"\r\n", b"\0", b"\x1a", b"\x1b$B", b"#", b"sep=;\n"),
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\0\0", b"\x85", b"\xe2\x80\xa8", b"\xc3", b"\xf0\x9f\x98\x80", b"\xed\xa0\x80"),
    *(b"{", b"}", b"[", b"]", b":", b"null", b"1e999999", b"\\ud800", b'{"a":' * 200, b"[" * 2_000, b"NaN", b"-0"),
    *(
        b"BEGIN:VCARD\r\n",
        b"END:VCARD\r\n",
        b"=\r\n ",
        b";ENCODING=QUOTED-PRINTABLE:=3D=",
        b";ENCODING=b:",
        b";CHARSET=x:",
        b"VERSION:2.1\r\n",
    ),
    *(
        b"<c",
        b"</row>",
        b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
        b"&b;",
        b"&#0;",
        b'r="XFE1048577"',
        b't="s"',
        b't="e"',
        b"<![CDATA[",
        b"1048577",
    ),
    *(b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"\x1f\x8b\x08", b"\xd0\xcf\x11\xe0"),
    *((0).to_bytes(4, "little"), (0x7FFFFFFF).to_bytes(4, "little"), (0xFFFFFFFF).to_bytes(4, "little"), (0xFFFE).to_bytes(2, "little")),
)


def mutate(data: bytes, others: Sequence[bytes], rng: random.Random) -> bytes:
    """The file with a few faults; `others` are what a piece may be taken from."""
    if rng.random() < 0.6:
        data = _mutate_inside(data, others, rng)
        if rng.random() < 0.7:
            return data
    return _damage(data, others, rng)


def _damage(data: bytes, others: Sequence[bytes], rng: random.Random) -> bytes:
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        data = rng.choice(_FAULTS)(data, others, rng)[:MAX_BYTES]
    return data


def _mutate_inside(data: bytes, others: Sequence[bytes], rng: random.Random) -> bytes:
    """A zip or gzip file with damage to what is packed in it, and all checksums right; other data are damaged as they are."""
    if data.startswith(b"\x1f\x8b"):
        try:
            return gzip.compress(mutate(gzip.decompress(data), others, rng), mtime=0)
        except (OSError, EOFError):
            return data
    if not data.startswith(b"PK"):
        return _damage(data, others, rng)
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as whole, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as damaged:
        entries = whole.infolist()
        chosen = rng.choice(entries)
        for entry in entries:
            content = whole.read(entry)
            damaged.writestr(entry, _damage(content, others, rng) if entry is chosen else content)
    return packed.getvalue()


def _slice(data: bytes, rng: random.Random) -> tuple[int, int]:
    start = rng.randrange(len(data) + 1)
    return start, min(len(data), start + rng.choice((1, 2, 4, 16, 100, 1_000, 20_000)))


def _flip(data: bytes, _: Sequence[bytes], rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _number in range(rng.choice((1, 3, 30)) if data else 0):
        changed[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _overwrite(data: bytes, _: Sequence[bytes], rng: random.Random) -> bytes:
    start, _end = _slice(data, rng)
    token = rng.choice(_TOKENS)
    return data[:start] + token + data[start + len(token) :]


def _insert(data: bytes, _: Sequence[bytes], rng: random.Random) -> bytes:
    start, _end = _slice(data, rng)
    token = rng.choice(_TOKENS) if rng.random() < 0.8 else rng.randbytes(rng.randrange(1, 50))
    return data[:start] + token * rng.choice((1, 1, 1, 2, 50)) + data[start:]


def _insert_everywhere(data: bytes, _: Sequence[bytes], rng: random.Random) -> bytes:
    """A token in the place of another, in the whole file: other separators, other line ends."""
    return data.replace(rng.choice((b",", b";", b"\n", b'"', b" ", b"a", b"<", b":")), rng.choice(_TOKENS)[:20])


def _cut(data: bytes, _: Sequence[bytes], rng: random.Random) -> bytes:
    start = rng.randrange(len(data) + 1)
    return data[:start] if rng.random() < 0.8 else data[start:]


def _delete(data: bytes, _: Sequence[bytes], rng: random.Random) -> bytes:
    start, end = _slice(data, rng)
    return data[:start] + data[end:]


def _repeat(data: bytes, _: Sequence[bytes], rng: random.Random) -> bytes:
    start, end = _slice(data, rng)
    return data[:end] + data[start:end] * rng.choice((1, 2, 20, 300)) + data[end:]


def _move(data: bytes, _: Sequence[bytes], rng: random.Random) -> bytes:
    start, end = _slice(data, rng)
    rest = data[:start] + data[end:]
    place = rng.randrange(len(rest) + 1)
    return rest[:place] + data[start:end] + rest[place:]


def _splice(data: bytes, others: Sequence[bytes], rng: random.Random) -> bytes:
    other = rng.choice(others)
    start, end = _slice(other, rng)
    place = rng.randrange(len(data) + 1)
    return data[:place] + other[start:end] + data[place:] if rng.random() < 0.5 else data[:place] + other[start:]


_FAULTS: tuple[Callable[[bytes, Sequence[bytes], random.Random], bytes], ...] = (
    *(_flip, _overwrite, _overwrite, _insert, _insert, _insert_everywhere),
    *(_cut, _delete, _repeat, _move, _splice),
)
