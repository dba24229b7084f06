"""Sources of items, damaged at random and large: nothing but our own errors, and no memory that grows with the source."""

import io
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import LimitExceeded, Terminal
from models.vocabulary import FileFormat
from tests.engine.reading import read_source
from workers.engine.detection import inspect_source
from workers.engine.frames import DialectOverrides, ReaderLimits
from workers.engine.readers import read_chunks

JSON = (
    b'[{"id": 1, "name": {"first": "Ann", "last": "\\u00e9"}, "emails": [{"value": "a@example.com"}], "tags": ["a", "b"], "n": 1.5e3},\n'
    b' {"id": 2}]'
)
LINES = b'{"id": 1, "name": {"first": "Ann"}}\n{"id": 2, "tags": ["a;b", null, true]}\n\n{"id": 3, "x": "\\ud83d\\ude00"}\n'
CARDS = (
    b"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Doe;Ann;;;\r\nitem1.EMAIL;TYPE=home:a@example.com\r\nitem1.X-ABLabel:_$!<Home>!$_\r\n"
    b"NOTE:a\\nb\r\n c\r\nEND:VCARD\r\nBEGIN:VCARD\r\nVERSION:2.1\r\nN;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:M=C3=\r\n=BC;J\r\n"
    b"AGENT:\r\nBEGIN:VCARD\r\nFN:x\r\n"
    b"END:VCARD\r\nPHOTO;BASE64:\r\n AAAA\r\n\r\nEND:VCARD\r\n"
)
SAMPLES = [
    (FileFormat.JSON, JSON),
    (FileFormat.JSON, b'{"data": ' + JSON + b"}"),
    (FileFormat.JSON_LINES, LINES),
    (FileFormat.VCARD, CARDS),
]

pieces = st.one_of(
    st.binary(max_size=3), st.sampled_from([b'"', b"{", b"}", b"[", b"]", b",", b":", b"\n", b"\\u", b"\\", b";", b"=", b"END:VCARD"])
)
changes = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 5), pieces), min_size=1, max_size=6)


@given(sample=st.sampled_from(SAMPLES), changes=changes)
def test_a_damaged_file_is_read_or_refused(sample: tuple[FileFormat, bytes], changes: list[tuple[int, int, bytes]]) -> None:
    format, data = sample
    for start, length, piece in changes:
        data = data[:start] + piece + data[start + length :]
    refusal: Terminal | None = None
    try:
        reading = read_source(data, format=format)
    except Terminal as error:
        refusal = error
    if refusal is not None:
        assert refusal.code != refusal.default_code
        return
    numbers = [row for row, _ in reading.rows]
    assert numbers == sorted(set(numbers))
    assert [row for row, _ in reading.inspection.head] == numbers[:100]


def test_a_million_of_one_name_take_no_longer_than_of_several() -> None:
    limits = ReaderLimits(max_columns=10)
    emails, labels = b"EMAIL:a@example.com\n" * 50_000, b"".join(b"i%d.X-ABLABEL:a\ni%d.TEL:1\n" % (n, n) for n in range(30_000))
    keys = b'[{"a": 1' + b', "a": 1' * 100_000 + b"}]"
    for format, data in (
        (FileFormat.VCARD, b"BEGIN:VCARD\n" + emails + b"END:VCARD\n"),
        (FileFormat.VCARD, b"BEGIN:VCARD\n" + labels + b"END:VCARD\n"),
        (FileFormat.JSON, keys),
    ):
        with pytest.raises(LimitExceeded, match="ROLODOCK_MAX_COLUMNS"):
            inspect_source(io.BytesIO(data), format=format, overrides=DialectOverrides(), limits=limits)


def iter_lines(count: int) -> Iterator[bytes]:
    for number in range(count):
        yield b'{"id": "%d", "name": {"first": "Ann %d"}, "notes": "%s"}\n' % (number, number, b"word " * 20)


def iter_array(count: int) -> Iterator[bytes]:
    yield b'{"data": ['
    yield from (line.rstrip() + b"," for line in iter_lines(count))
    yield b'{"id": "last"}]}'


def iter_cards(count: int) -> Iterator[bytes]:
    for number in range(count // 10):
        yield b"BEGIN:VCARD\nVERSION:3.0\nFN:Ann %d\nPHOTO;ENCODING=b:%s\nNOTE:%s\nEND:VCARD\n" % (number, b"A" * 20_000, b"word " * 20)


@pytest.mark.parametrize(
    ("format", "make"), [(FileFormat.JSON_LINES, iter_lines), (FileFormat.JSON, iter_array), (FileFormat.VCARD, iter_cards)]
)
def test_memory_does_not_grow_with_the_source(format: FileFormat, make: Callable[[int], Iterator[bytes]], tmp_path: Path) -> None:
    peaks = []
    for count in (2_000, 10_000):
        path = tmp_path / str(count)
        path.write_bytes(b"".join(make(count)))
        # Not traced: polars holds its columns outside of Python; what is traced are the texts and cells of the readers.
        tracemalloc.start()
        inspection = inspect_source(path, format=format, overrides=DialectOverrides(), limits=ReaderLimits())
        headers = [column.header for column in inspection.columns]
        for _ in read_chunks(path, inspection.dialect, headers, ReaderLimits(chunk_rows=500)):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0] + 500_000


def test_a_picture_of_any_size_is_never_in_memory() -> None:
    stream = io.BytesIO(b"BEGIN:VCARD\nFN:Ann\nPHOTO;ENCODING=b:" + b"A" * 20_000_000 + b"\nEND:VCARD\n")
    tracemalloc.start()
    inspection = inspect_source(stream, format=FileFormat.VCARD, overrides=DialectOverrides(), limits=ReaderLimits())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [column.header for column in inspection.columns] == ["Full name"]
    assert peak < 5_000_000
