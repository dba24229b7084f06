"""What is read out of .zip and .gz files: the one table in them, or a question; and bytes that are exactly those that were packed."""

import gzip
import io
import random
import zipfile
import zlib

import openpyxl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from models.errors import InvalidRequest, ServiceError, UnreadableFile
from models.vocabulary import FileFormat
from tests.engine.archives import CONTACTS, make_raw_zip, make_unseekable_zip, make_zip, pack_gzip
from workers.engine.containers import find_entry, open_gzip, open_member, open_unpacked, read_directory
from workers.engine.detection import HEAD_BYTES, detect_format
from workers.engine.detection.archives import Table, open_table
from workers.engine.frames import LEAST_CONFIDENCE, Dialect, ReaderLimits

LIMITS = ReaderLimits()
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
README = b"Dear customer,\nthank you for your order.\nHere is your export, as you asked for it.\n"
PEOPLE = b"id;phone\n1;+33 1 23 45 67 89\n"
METHODS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]


def workbook() -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(("name", "email"))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def open_bytes(data: bytes, member: str | None = None) -> tuple[Table, bytes | None]:
    """The table and its bytes; and the same bytes must come out when it is read by the dialect that was found."""
    with open_table(io.BytesIO(data), detect_format(data[:HEAD_BYTES], "a.csv"), member, LIMITS) as table:
        if table.stream is None:
            return table, None
        table.stream.seek(0)
        content = table.stream.read()
    dialect = Dialect(table.format, archive=table.archive, member=table.member, members=table.members)
    with open_unpacked(io.BytesIO(data), dialect, LIMITS) as stream:
        stream.seek(0)
        assert stream.read() == content
    return table, content


def refuse(data: bytes, member: str | None = None) -> ServiceError:
    with pytest.raises((InvalidRequest, UnreadableFile)) as refusal:
        open_bytes(data, member)
    return refusal.value


@pytest.mark.parametrize("method", METHODS)
def test_the_only_file_in_a_zip_is_read(method: int) -> None:
    for pack in (make_zip, make_unseekable_zip):
        table, content = open_bytes(pack({"export/contacts.csv": CONTACTS}, method))
        assert (table.format, table.archive, table.member) == (FileFormat.CSV, FileFormat.ZIP, "export/contacts.csv")
        assert table.members == ("export/contacts.csv",)
        assert content == CONTACTS
        (decision,) = table.decisions
        assert (decision.aspect, decision.value, decision.confidence) == ("member", "export/contacts.csv", 1.0)


def test_what_is_not_packed_comes_as_it_is() -> None:
    table, content = open_bytes(CONTACTS)
    assert (table.archive, table.member, table.decisions, content) == (None, None, (), CONTACTS)
    assert refuse(CONTACTS, "contacts.csv").code == "member_not_found"


def test_gzip_of_several_members_is_one_file() -> None:
    half = len(CONTACTS) // 2
    data = gzip.compress(CONTACTS[:half]) + gzip.compress(b"") + bytes(7) + gzip.compress(CONTACTS[half:]) + bytes(512)
    table, content = open_bytes(data)
    assert (table.format, table.archive, table.member, table.decisions) == (FileFormat.CSV, FileFormat.GZIP, None, ())
    assert content == CONTACTS


def test_bytes_behind_the_end_of_gzip_data_are_left_out_and_told() -> None:
    for garbage in (b"x", b"\x1f", b"\x1f\x8b", b"-- sent by a mail gateway --"):
        table, content = open_bytes(gzip.compress(CONTACTS) + garbage)
        assert content == CONTACTS
        (decision,) = table.decisions
        assert decision.confidence >= LEAST_CONFIDENCE
        assert decision.reason.startswith(f"{len(garbage)} bytes after the end")


def test_a_gzip_file_that_breaks_off_says_how_far_it_goes() -> None:
    rows = b"".join(b"%d,user%d@example.com\n" % (number, number * number) for number in range(50_000))
    data = gzip.compress(rows)
    error = refuse(data[: len(data) // 2])
    assert error.code == "damaged_archive"
    assert "break off after" in error.message
    whole = gzip.compress(CONTACTS)
    for length in range(4, len(whole)):
        assert refuse(whole[:length]).code == "damaged_archive"


@pytest.mark.parametrize(
    ("data", "archive", "member", "expected"),
    [
        (make_zip({"contacts.csv.gz": pack_gzip(CONTACTS)}), FileFormat.ZIP, "contacts.csv.gz", FileFormat.CSV),
        (pack_gzip(make_zip({"contacts.csv": CONTACTS})), FileFormat.GZIP, "contacts.csv", FileFormat.CSV),
        (pack_gzip(pack_gzip(CONTACTS)), FileFormat.GZIP, None, FileFormat.CSV),
        (pack_gzip(workbook()), FileFormat.GZIP, None, FileFormat.XLSX),
        (make_zip({"contacts.xlsx": workbook()}), FileFormat.ZIP, "contacts.xlsx", FileFormat.XLSX),
        (make_zip({"contacts.xlsx": workbook()}, zipfile.ZIP_STORED), FileFormat.ZIP, "contacts.xlsx", FileFormat.XLSX),
        (make_zip({"a": b'[{"email": "ann@example.com"}]'}), FileFormat.ZIP, "a", FileFormat.JSON),
        (pack_gzip(b'{"a": 1}\n{"a": 2}\n'), FileFormat.GZIP, None, FileFormat.JSON_LINES),
        (make_zip({"a.csv": b"BEGIN:VCARD\nVERSION:3.0\n"}), FileFormat.ZIP, "a.csv", FileFormat.VCARD),
    ],
    ids=[
        *("csv in gzip in zip", "csv in zip in gzip", "csv in two gzips", "xlsx in gzip", "xlsx in zip", "xlsx stored in zip"),
        *("json in zip", "json lines in gzip", "vcard in zip"),
    ],
)
def test_every_format_is_read_out_of_one_or_two_wrappings(
    data: bytes, archive: FileFormat, member: str | None, expected: FileFormat
) -> None:
    table, _ = open_bytes(data)
    assert (table.archive, table.member, table.format) == (archive, member, expected)


@pytest.mark.parametrize(
    "data",
    [
        make_zip({"inner.zip": make_zip({"contacts.csv": CONTACTS})}),
        pack_gzip(pack_gzip(pack_gzip(CONTACTS))),
        make_zip({"a.gz": pack_gzip(pack_gzip(CONTACTS))}),
        make_zip({"a.gz": pack_gzip(make_zip({"contacts.csv": CONTACTS}))}),
    ],
    ids=["zip in zip", "three gzips", "two gzips in zip", "zip in gzip in zip"],
)
def test_what_is_wrapped_more_often_is_refused(data: bytes) -> None:
    assert refuse(data).code == "nested_archive"


@pytest.mark.parametrize("name", ["__MACOSX/._contacts.csv", ".DS_Store", "a/.hidden", "Thumbs.db", "a\\desktop.ini"])
def test_what_an_operating_system_leaves_in_an_archive_is_passed_over(name: str) -> None:
    table, content = open_bytes(make_zip({name: b"a,b\nc,d\n", "folder/": b"", "contacts.csv": CONTACTS}))
    assert (table.member, table.members, content) == ("contacts.csv", ("contacts.csv",), CONTACTS)


def test_what_cannot_hold_contacts_stands_back() -> None:
    table, content = open_bytes(make_zip({"logo.png": PNG, "contacts.csv": CONTACTS, "empty.csv": b"", "doc.pdf": b"%PDF-1.7"}))
    assert (table.member, content) == ("contacts.csv", CONTACTS)
    assert table.decisions[0].confidence == 1.0
    table, _ = open_bytes(make_zip({"README.csv": README, "contacts.txt": CONTACTS}))
    assert table.member == "contacts.txt"
    assert LEAST_CONFIDENCE <= table.decisions[0].confidence < 1.0
    assert table.decisions[0].alternatives == ("README.csv",)


def test_several_files_are_a_question_with_the_likeliest_first() -> None:
    mails = b"ann@example.com\nbob@example.com\n"
    data = make_zip({"README.txt": README, "mails.txt": mails, "people.csv": PEOPLE, "contacts.xlsx": workbook()})
    table, content = open_bytes(data)
    assert content is None
    assert (table.format, table.archive, table.member) == (FileFormat.ZIP, FileFormat.ZIP, None)
    assert table.members == ("README.txt", "mails.txt", "people.csv", "contacts.xlsx")
    (decision,) = table.decisions
    assert (decision.aspect, decision.value) == ("member", None)
    assert decision.confidence < LEAST_CONFIDENCE
    assert decision.alternatives == ("contacts.xlsx", "people.csv", "mails.txt", "README.txt")
    assert "4 files" in decision.reason
    chosen, content = open_bytes(data, "people.csv")
    assert (chosen.member, chosen.members, content) == ("people.csv", table.members, PEOPLE)


LINKEDIN = b'Notes:\n"Some e-mail addresses are missing."\n\nFirst Name,Last Name,Email Address,Company\nAnn,Lee,ann@example.com,Acme\n'


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b"Phone\n+442079460000\n+442079460001\n", b"Order,Amount\n1,20\n2,30\n"),
        (LINKEDIN, b"First Name,Last Name,Headline\nMe,Self,Boss\n"),
        (b"+44 20 7946 0000\n+44 20 7946 0001\n", PEOPLE),
        (b"Ann Lee\nBob Stone\nEve Moore\n", PEOPLE),
        (b"Telefonnummer\nunbekannt\n", CONTACTS),
        (b"Email\n", CONTACTS),
    ],
)
def test_a_file_that_may_hold_contacts_is_never_passed_over(one: bytes, other: bytes) -> None:
    for files in ({"a.csv": one, "b.csv": other}, {"b.csv": other, "a.csv": one}):
        table, content = open_bytes(make_zip(files | {"README.txt": README, "logo.png": PNG}))
        assert content is None
        assert set(table.decisions[0].alternatives) == {"a.csv", "b.csv", "README.txt"}


@pytest.mark.parametrize(
    "prose",
    [
        README,
        b"1.2.3\n",
        b"Export\n======\n\nThe first file has all of your contacts in it, and the others\nhave what you sent to them in the last year.\n"
        b"\nPlease keep them in a safe place as they hold personal data\nof other people who trust you with it, and delete them\nsoon.\n",
    ],
    ids=["letter", "version", "hard-wrapped"],
)
def test_prose_is_passed_over(prose: bytes) -> None:
    assert open_bytes(make_zip({"README.txt": prose, "list.csv": b"Phone\n+442079460000\n+442079460001\n"}))[0].member == "list.csv"


def test_a_question_arises_in_a_packed_archive_too() -> None:
    data = gzip.compress(make_zip({"a.csv": CONTACTS, "b.csv": PEOPLE}))
    table, _ = open_bytes(data)
    assert (table.archive, table.stream, table.members) == (FileFormat.GZIP, None, ("a.csv", "b.csv"))
    assert open_bytes(data, "b.csv")[1] == PEOPLE


def test_a_choice_that_is_not_there_lists_what_is() -> None:
    error = refuse(make_zip({"a.csv": CONTACTS, "b.csv": PEOPLE}), "c.csv")
    assert error.code == "member_not_found"
    assert "a.csv, b.csv" in error.message
    assert "and 30 more" in refuse(make_zip({f"{number}.csv": CONTACTS for number in range(50)}), "c.csv").message


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (make_zip({}), "empty_file", "no file"),
        (make_zip({"folder/": b"", ".DS_Store": b"x"}), "empty_file", "no file"),
        (make_zip({"a.png": PNG}), "unsupported_file_type", "PNG"),
        (make_zip({"a.png": PNG, "b.pdf": b"%PDF-"}), "unsupported_file_type", "“a.png”, “b.pdf”"),
        (make_raw_zip(b"a.csv", CONTACTS, size=len(CONTACTS), method=0, flags=1), "encrypted_file", "password"),
        (make_raw_zip(b"a.csv", CONTACTS, size=len(CONTACTS), method=99), "encrypted_file", "password"),
        (make_raw_zip(b"a.csv", CONTACTS, size=len(CONTACTS), method=9), "unsupported_compression", "Deflate64"),
        (make_raw_zip(b"a.csv", CONTACTS, size=len(CONTACTS), method=77), "unsupported_compression", "method 77"),
        (make_raw_zip(b"a.csv", b"not deflated", size=5), "damaged_archive", "a.csv"),
        (make_raw_zip(b"a.csv", CONTACTS, size=len(CONTACTS), method=0, checksum=1), "damaged_archive", "checksum"),
        (make_zip({"contacts.csv": CONTACTS})[:-30], "damaged_archive", "directory"),
        (make_zip({"[Content_Types].xml": b"", "word/document.xml": b""})[30:], "unsupported_file_type", "binary"),
    ],
)
def test_an_archive_that_holds_nothing_to_read_says_why(data: bytes, code: str, words: str) -> None:
    error = refuse(data)
    assert error.code == code
    assert words in error.message


def test_a_dictionary_of_lzma_that_would_fill_the_memory_is_refused() -> None:
    packed = b"\x09\x04\x05\x00" + bytes([93]) + (0xFFFF_FFFF).to_bytes(4, "little") + bytes(64)
    assert refuse(make_raw_zip(b"a.csv", packed, size=100, method=14)).code == "damaged_archive"


def test_a_workbook_is_one_whatever_its_head_shows() -> None:
    book = zipfile.ZipFile(io.BytesIO(workbook()))
    parts = {"docProps/thumbnail.png": random.Random(1).randbytes(2 * HEAD_BYTES), **{name: book.read(name) for name in book.namelist()}}
    data = make_zip(parts)
    assert detect_format(data[:HEAD_BYTES], "a.xlsx") is FileFormat.ZIP
    table, content = open_bytes(data)
    assert (table.format, table.archive, table.member, content) == (FileFormat.XLSX, None, None, data)
    table, content = open_bytes(make_zip({"a.bin": data}))
    assert (table.format, table.archive, table.member, content) == (FileFormat.XLSX, FileFormat.ZIP, "a.bin", data)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Kontakte für Öl.csv".encode(), "Kontakte für Öl.csv"),
        ("Kontakte für Öl.csv".encode("cp437"), "Kontakte für Öl.csv"),
        ("Контакты.csv".encode("cp866"), "Контакты.csv"),
        ("名簿.csv".encode("cp932"), "名簿.csv"),
        (b"..\\..\\windows\\a.csv", "..\\..\\windows\\a.csv"),
        (b"../../etc/passwd", "../../etc/passwd"),
        (b"/etc/passwd", "/etc/passwd"),
        (b"nul\0in it.csv", "nul\ufffdin it.csv"),
        (b"\xff\xfe\x80.csv", None),
        (b"", ""),
        (b"x" * 60_000, "x" * 200),
    ],
)
def test_a_name_is_only_a_name_whatever_it_says(raw: bytes, shown: str | None) -> None:
    table, content = open_bytes(make_raw_zip(raw, CONTACTS, size=len(CONTACTS), method=0, checksum=zlib.crc32(CONTACTS)))
    assert content == CONTACTS
    assert table.member is not None
    assert shown is None or table.member == shown
    assert open_bytes(make_raw_zip(raw, CONTACTS, size=0, method=0, checksum=zlib.crc32(CONTACTS)), table.member)[1] == CONTACTS


def test_names_that_occur_twice_can_be_told_apart() -> None:
    data = make_zip({"a.csv": CONTACTS, "b.csv": PEOPLE}).replace(b"b.csv", b"a.csv")
    table, _ = open_bytes(data)
    assert len(set(table.members)) == 2
    assert [open_bytes(data, name)[1] for name in table.members] == [CONTACTS, PEOPLE]


def test_an_archive_behind_other_bytes_or_before_them_is_found() -> None:
    data = make_zip({"contacts.csv": CONTACTS})
    for file in (data + b"\n", data + bytes(60_000), b"PK\x07\x08" + data):
        assert open_bytes(file)[1] == CONTACTS


def test_a_large_archive_by_its_records_of_64_bits_is_read() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive, archive.open("contacts.csv", "w", force_zip64=True) as member:
        member.write(CONTACTS)
    assert open_bytes(stream.getvalue())[1] == CONTACTS


members = st.dictionaries(
    st.text(st.characters(codec="utf-8", exclude_characters="\0/\\"), min_size=1, max_size=20), st.binary(max_size=2_000), max_size=5
)


@settings(deadline=None)
@given(members, st.sampled_from(METHODS), st.booleans())
def test_any_bytes_come_out_of_a_zip_as_they_went_in(files: dict[str, bytes], method: int, is_piped: bool) -> None:
    stream = io.BytesIO((make_unseekable_zip if is_piped else make_zip)(files, method))
    entries = read_directory(stream, LIMITS)
    assert [entry.name for entry in entries] == list(files)
    for name, data in files.items():
        if not data.startswith(b"\x1f\x8b\x08"):
            with open_member(stream, find_entry(entries, name), LIMITS) as member:
                assert member.stream.read() == data


@settings(deadline=None)
@given(st.lists(st.binary(max_size=5_000), min_size=1, max_size=4), st.integers(0, 9), st.integers(0, 3))
def test_any_bytes_come_out_of_gzip_as_they_went_in(parts: list[bytes], level: int, padding: int) -> None:
    # Unpacked bytes that begin like gzip are unpacked once more, as they should be.
    assume(not b"".join(parts).startswith(b"\x1f\x8b\x08"))
    data = b"".join(gzip.compress(part, level) + bytes(padding) for part in parts)
    with open_gzip(io.BytesIO(data), LIMITS) as unpacked:
        assert unpacked.stream.read() == b"".join(parts)
        assert unpacked.trailing_bytes == 0


SOUND = [
    *(make_zip({"a.csv": CONTACTS, "b.csv": PEOPLE}, method) for method in METHODS),
    make_unseekable_zip({"a.csv": CONTACTS}),
    make_zip({"a.csv.gz": gzip.compress(CONTACTS)}),
    make_zip({"a.xlsx": workbook()}),
    gzip.compress(CONTACTS * 50),
    gzip.compress(make_zip({"a.csv": CONTACTS})),
]


@settings(deadline=None, max_examples=400)
@given(st.sampled_from(SOUND), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=6), st.floats(0, 1), st.booleans())
def test_a_damaged_archive_gives_its_bytes_or_an_error_of_ours(
    data: bytes, changes: list[tuple[float, int]], cut: float, is_cut: bool
) -> None:
    damaged = bytearray(data)
    for place, value in changes:
        damaged[int(place * (len(data) - 1))] = value
    file = bytes(damaged[: 3 + int(cut * len(data))] if is_cut else damaged)
    for member in (None, "a.csv"):
        for format in (FileFormat.ZIP, FileFormat.GZIP):
            try:
                with open_table(io.BytesIO(file), format, member, LIMITS) as table:
                    assert table.stream is None or table.stream.read() is not None
            except ServiceError as error:
                assert error.code != "service_error"  # noqa: PT017  # either is right
