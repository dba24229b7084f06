"""Every bound holds while reading: a typed error that names the limit and the setting, before more is used than the bound allows."""

import bz2
import csv
import gzip
import io
import json
import lzma
import tempfile
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import openpyxl
import pytest

from models.errors import LimitExceeded, ServiceError, UnreadableFile
from models.vocabulary import FileFormat, IssueCode
from tests.engine.archives import CONTACTS, deflate, iter_repeated, make_gzip_bomb, make_raw_zip, make_zip
from tests.engine.reading import Reading, read_source
from workers.engine.containers import opening
from workers.engine.detection import HEAD_BYTES, detect_format
from workers.engine.detection.archives import open_table
from workers.engine.frames import DialectOverrides, ReaderLimits

MEBIBYTE = 1 << 20
ROW = b"Ann,ann@example.com,+33 1 23 45 67 89\n"

Table = list[list[str]]


def make_csv(table: Table) -> bytes:
    stream = io.StringIO()
    csv.writer(stream).writerows(table)
    return stream.getvalue().encode()


def make_json(table: Table) -> bytes:
    return json.dumps([dict(zip(table[0], row, strict=True)) for row in table[1:]]).encode()


def make_json_lines(table: Table) -> bytes:
    return b"".join(json.dumps(dict(zip(table[0], row, strict=True))).encode() + b"\n" for row in table[1:])


def make_vcards(table: Table) -> bytes:
    names = ["FN", *(f"X-{number}" for number in range(1, len(table[0])))]
    cards = ("".join(f"{name}:{cell}\n" for name, cell in zip(names, row, strict=True)) for row in table[1:])
    return "".join(f"BEGIN:VCARD\nVERSION:3.0\n{card}END:VCARD\n" for card in cards).encode()


def make_xlsx(table: Table) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in table:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


MAKERS: dict[str, Callable[[Table], bytes]] = {
    "csv": make_csv,
    "json": make_json,
    "json lines": make_json_lines,
    "vcard": make_vcards,
    "xlsx": make_xlsx,
    "csv in zip": lambda table: make_zip({"contacts.csv": make_csv(table)}),
    "csv in gzip": lambda table: gzip.compress(make_csv(table)),
    "xlsx in zip": lambda table: make_zip({"contacts.xlsx": make_xlsx(table)}),
}


def make_table(rows: int, columns: int, cell: str = "x") -> Table:
    return [[f"column {number}" for number in range(columns)], *([cell] * columns for _ in range(rows))]


def read(data: bytes, **limits: Any) -> Reading:
    return read_source(data, format=detect_format(data[:HEAD_BYTES], "a"), limits=ReaderLimits(**limits))


@pytest.mark.parametrize("kind", MAKERS)
def test_more_rows_than_the_limit_are_refused(kind: str) -> None:
    data = MAKERS[kind](make_table(40, 2))
    assert len(read(data, max_rows=40, chunk_rows=7).rows) == 40
    with pytest.raises(LimitExceeded, match=r"39 rows.*ROLODOCK_MAX_ROWS") as refusal:
        read(data, max_rows=39, chunk_rows=7)
    assert refusal.value.code == "too_many_rows"


@pytest.mark.parametrize("kind", MAKERS)
def test_more_columns_than_the_limit_are_refused(kind: str) -> None:
    data = MAKERS[kind](make_table(2, 30))
    assert len(read(data, max_columns=30).headers) == 30
    with pytest.raises(LimitExceeded, match=r"29.*ROLODOCK_MAX_COLUMNS") as refusal:
        read(data, max_columns=29)
    assert refusal.value.code == "too_many_columns"


@pytest.mark.parametrize("kind", MAKERS)
def test_a_longer_cell_than_the_limit_is_an_issue_of_its_row(kind: str) -> None:
    table = make_table(3, 2)
    table[2][1] = "y" * 501
    reading = read(MAKERS[kind](table), max_cell_characters=500)
    row = 2 if kind in ("json", "json lines", "vcard") else 3
    assert reading.codes == [(row, IssueCode.CELL_TOO_LARGE.value)]
    assert "500" in reading.issues[0]["message"]
    assert [cells[1] for _, cells in reading.rows] == ["x", None, "x"]


@pytest.mark.parametrize("kind", ["csv", "json", "json lines", "vcard", "csv in zip", "csv in gzip"])
def test_a_record_far_longer_than_a_cell_may_be_is_refused_before_it_is_held(kind: str) -> None:
    table = make_table(3, 2)
    table[2][1] = "y" * (16 * MEBIBYTE)
    data = MAKERS[kind](table)
    with peak_memory(below=8 * MEBIBYTE), pytest.raises(LimitExceeded, match="ROLODOCK_MAX_CELL_CHARACTERS") as refusal:
        read(data, max_cell_characters=1_000, max_compression_ratio=100_000)
    assert refusal.value.code == "row_too_large"


def test_more_sheets_than_the_limit_are_refused() -> None:
    book = openpyxl.Workbook()
    for number in range(7):
        book.create_sheet(f"Sheet {number}").append(("name", "email"))
    stream = io.BytesIO()
    book.save(stream)
    with pytest.raises(LimitExceeded, match=r"6.*ROLODOCK_MAX_SHEETS") as refusal:
        read(stream.getvalue(), max_sheets=6)
    assert refusal.value.code == "too_many_sheets"


class peak_memory:  # noqa: N801  # it reads as a statement
    """Fails if what is allocated inside ever exceeds the bound."""

    def __init__(self, *, below: int) -> None:
        self._bound = below

    def __enter__(self) -> None:
        tracemalloc.start()

    def __exit__(self, *_: object) -> None:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < self._bound, f"{peak:,}"


class Written:
    """How much went to temporary files."""

    size = 0


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Written:
    counter = Written()

    class Counted(tempfile.SpooledTemporaryFile):
        def write(self, data: Any) -> int:
            counter.size += len(data)
            return super().write(data)

    monkeypatch.setattr(opening.tempfile, "SpooledTemporaryFile", Counted)
    return counter


def unpack(data: bytes, member: str | None = None, **limits: int) -> None:
    with open_table(io.BytesIO(data), detect_format(data[:HEAD_BYTES], "a"), member, ReaderLimits(**limits)):
        pass


def compress_lzma(blocks: Iterator[bytes]) -> bytes:
    packer = lzma.LZMACompressor(lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA1, "dict_size": 1 << 16, "lc": 3, "lp": 0, "pb": 2}])
    return b"\x09\x04\x05\x00" + bytes([93]) + (1 << 16).to_bytes(4, "little") + b"".join([*map(packer.compress, blocks), packer.flush()])


def compress_bzip2(blocks: Iterator[bytes]) -> bytes:
    packer = bz2.BZ2Compressor()
    return b"".join([*map(packer.compress, blocks), packer.flush()])


BOMB_BYTES = 48 * MEBIBYTE


def make_zip_bomb(pack: Callable[[Iterator[bytes]], bytes], *, row: bytes = ROW, method: int = 8, size: int = BOMB_BYTES) -> bytes:
    return make_raw_zip(b"a.csv", pack(iter_repeated(row, BOMB_BYTES)), size=size, method=method)


BOMBS: dict[str, Callable[[], bytes]] = {
    "gzip of zeros": lambda: make_gzip_bomb(b"\0", BOMB_BYTES),
    "gzip of rows": lambda: make_gzip_bomb(ROW, BOMB_BYTES),
    "gzip of gzip": lambda: gzip.compress(make_gzip_bomb(ROW, BOMB_BYTES)),
    "zip of rows": lambda: make_zip_bomb(deflate),
    "zip that states a small size": lambda: make_zip_bomb(deflate, size=100),
    "zip of bzip2": lambda: make_zip_bomb(compress_bzip2, row=b"\n" * 64, method=12),
    "zip of LZMA": lambda: make_zip_bomb(compress_lzma, method=14),
    "gzip in a zip": lambda: make_zip({"a.csv.gz": make_gzip_bomb(ROW, BOMB_BYTES)}),
    "zip in a gzip": lambda: gzip.compress(make_zip_bomb(deflate)),
}


@cache
def make_bomb(kind: str) -> bytes:
    return BOMBS[kind]()


@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_is_refused_by_its_ratio_before_it_is_unpacked(kind: str, written: Written) -> None:
    data = make_bomb(kind)
    with peak_memory(below=10 * MEBIBYTE), pytest.raises(LimitExceeded, match=r"200 times.*ROLODOCK_MAX_COMPRESSION_RATIO") as refusal:
        unpack(data)
    assert refusal.value.code == "compression_ratio_too_high"
    assert written.size < 20 * MEBIBYTE


@pytest.mark.parametrize("kind", BOMBS)
def test_what_unpacks_to_too_much_is_refused_before_it_is_unpacked(kind: str, written: Written) -> None:
    data = make_bomb(kind)
    with peak_memory(below=10 * MEBIBYTE), pytest.raises(LimitExceeded, match=r"5,000,000.*ROLODOCK_MAX_DECOMPRESSED_BYTES") as refusal:
        unpack(data, max_decompressed_bytes=5_000_000, max_compression_ratio=1_000_000)
    assert refusal.value.code == "decompressed_too_large"
    assert written.size < 5_500_000  # the second wrapping of two is unpacked for itself


def test_a_small_file_may_be_packed_as_tightly_as_it_likes(written: Written) -> None:
    rows = b"name,email,phone\n" + ROW * 200_000
    assert len(rows) / len(gzip.compress(rows)) > 200
    unpack(gzip.compress(rows))
    assert written.size == len(rows)


def test_a_large_file_packed_as_tables_are_is_read(written: Written) -> None:
    rows = b"".join(b"%d,user%d@example.com,%d\n" % (number, number, number * number) for number in range(600_000))
    assert len(rows) > 16 * MEBIBYTE
    data = gzip.compress(rows, 1)
    with peak_memory(below=8 * MEBIBYTE):
        unpack(data)
    assert written.size == len(rows)


def test_more_files_in_an_archive_than_the_limit_are_refused(written: Written) -> None:
    data = make_zip({f"{number}.csv": CONTACTS for number in range(11)})
    unpack(data, max_members=11)
    with pytest.raises(LimitExceeded, match=r"10 files.*ROLODOCK_MAX_MEMBERS") as refusal:
        unpack(data, max_members=10)
    assert refusal.value.code == "too_many_members"
    assert written.size == 0


def test_a_directory_of_any_size_is_refused_before_it_is_read() -> None:
    names = make_raw_zip(b"x" * 60_000, CONTACTS, size=len(CONTACTS), method=0, copies=500)
    entries = make_raw_zip(b"", CONTACTS, size=len(CONTACTS), method=0, copies=200_000)
    for data in (names, entries):
        with peak_memory(below=16 * MEBIBYTE), pytest.raises(LimitExceeded, match="ROLODOCK_MAX_MEMBERS"):
            unpack(data)


def test_entries_that_share_their_data_are_bounded_each(written: Written) -> None:
    data = make_raw_zip(b"a.csv", deflate(iter_repeated(ROW, BOMB_BYTES)), size=BOMB_BYTES, copies=300)
    with peak_memory(below=10 * MEBIBYTE):
        unpack(data)
    assert written.size == 0
    with pytest.raises(LimitExceeded) as refusal:
        unpack(data, "7-a.csv")
    assert refusal.value.code == "compression_ratio_too_high"


def test_archives_in_archives_are_opened_once_and_not_over_and_over(written: Written) -> None:
    data = make_zip({"contacts.csv": CONTACTS})
    for _ in range(50):
        data = make_zip({"inner.zip": data, "other.zip": data}, zipfile.ZIP_DEFLATED)[: 8 * MEBIBYTE]
        if len(data) > MEBIBYTE:
            break
    with pytest.raises(ServiceError):
        unpack(data)
    assert written.size == 0


def test_an_archive_that_states_more_than_the_file_holds_is_damaged(written: Written) -> None:
    packed = zlib.compress(CONTACTS, wbits=-15)
    data = make_raw_zip(b"a.csv", packed, size=2**32 - 2, checksum=1)
    with pytest.raises(UnreadableFile) as refusal:
        unpack(data)
    assert refusal.value.code == "damaged_archive"


def test_a_file_in_an_archive_is_bounded_as_a_file_is() -> None:
    table = make_table(3, 40)
    with pytest.raises(LimitExceeded) as refusal:
        read_source(
            make_zip({"a.csv": make_csv(table), "b.csv": CONTACTS}),
            format=FileFormat.ZIP,
            overrides=DialectOverrides(member="a.csv"),
            limits=ReaderLimits(max_columns=39),
        )
    assert refusal.value.code == "too_many_columns"
