"""Which files are accepted, and how a text is to be read."""

import io
import os
import random
import zipfile

import pytest

from models.errors import InvalidRequest, LimitExceeded, Terminal, UnreadableFile
from models.vocabulary import FileFormat
from tests.engine.reading import read_source
from workers.engine.detection import detect_format, inspect_source
from workers.engine.detection.header import make_headers
from workers.engine.frames import DialectOverrides, Inspection, ReaderLimits
from workers.engine.readers.encoding import detect_encoding, require_encoding


def zip_of(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return stream.getvalue()


def inspect(data: bytes, **overrides: str | int) -> Inspection:
    chosen = DialectOverrides(**overrides)  # type: ignore[arg-type]  # each has its type
    return inspect_source(io.BytesIO(data), format=FileFormat.CSV, overrides=chosen, limits=ReaderLimits())


@pytest.mark.parametrize(
    ("head", "filename"),
    [
        (b"name,email\n", "contacts.csv"),
        (b"name\temail\n", "contacts.tsv"),
        (b"x", "contacts"),
        ("name,email\n".encode("utf-16"), "a.csv"),
        ("name,email\n".encode("utf-16-le"), "a.csv"),
        ("name,email\n".encode("utf-16-be"), "a.csv"),
        ("\ufeffnom,prénom\n".encode(), "a.csv"),
        ("nom,prénom\nCôté,Zoé\n".encode("cp1252"), "a.csv"),
        (b"na\0me,email\n" + b"a,b\n" * 20, "a.csv"),
        (("é" * 40_000).encode()[:65_535], "cut in the middle of a character.csv"),
    ],
)
def test_text_is_accepted_in_every_encoding(head: bytes, filename: str) -> None:
    assert detect_format(head, filename) is FileFormat.CSV


def test_a_workbook_is_told_by_its_content_not_by_its_name() -> None:
    assert detect_format(zip_of("docProps/app.xml", "xl/workbook.xml"), "renamed.csv") is FileFormat.XLSX
    assert detect_format(b"name,email\n", "renamed.xlsx") is FileFormat.CSV


@pytest.mark.parametrize(
    ("head", "filename"),
    [
        (b"%PDF-1.7\n", "a.csv"),
        (b"\x89PNG\r\n\x1a\n", "a.csv"),
        (b"\xff\xd8\xff\xe0", "a.csv"),
        (b"\0" * 4_000, "zeros.csv"),
        (b"\x7fELF\x02\x01\x01", "a.csv"),
        (bytes(random.Random(7).randbytes(4_000)), "random.csv"),
        (bytes(range(256)) * 4, "every byte.csv"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "old.xls"),
        (zip_of("word/document.xml", "[Content_Types].xml"), "letter.xlsx"),
        (zip_of("a.csv"), "a.zip"),
        (zip_of("xl/workbook.bin"), "a.xlsb"),
        (b'[{"email": "a@example.com"}]', "a.json"),
        (b"BEGIN:VCARD\r\nVERSION:3.0\r\n", "a.txt"),
        (b"BEGIN:VCARD\r\n", "a.vcf"),
        (b"\n<!DOCTYPE html><html>", "a.csv"),
    ],
)
def test_what_is_not_accepted_is_refused_and_what_is_accepted_is_named(head: bytes, filename: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        detect_format(head, filename)
    assert refusal.value.code == "unsupported_file_type"
    assert "CSV, TSV and TXT" in refusal.value.message
    assert ".xlsx" in refusal.value.message


def test_an_empty_file_and_a_locked_workbook_have_codes_of_their_own() -> None:
    with pytest.raises(UnreadableFile) as empty:
        detect_format(b"", "a.csv")
    assert empty.value.code == "empty_file"
    with pytest.raises(UnreadableFile) as locked:
        detect_format(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "a.xlsx")
    assert locked.value.code == "encrypted_file"


def test_the_encoding_is_decided_on_the_whole_file() -> None:
    far = b"name,email\n" * 300_000
    assert detect_encoding(io.BytesIO(far)) == "utf-8"
    assert detect_encoding(io.BytesIO(far + "Zoé\n".encode())) == "utf-8"
    assert detect_encoding(io.BytesIO(far + "Zoé\n".encode("cp1252"))) == "windows-1252"
    # A multi-byte character lies across the border of two blocks.
    assert detect_encoding(io.BytesIO(b"x" * ((1 << 20) - 1) + "é".encode() * 9)) == "utf-8"


def test_an_encoding_is_known_by_any_of_its_names() -> None:
    assert require_encoding(" CP1252 ") == require_encoding("windows-1252") == "windows-1252"
    assert require_encoding("latin1") == "iso8859-1"
    for name in ("klingon", "base64", "idna", "unicode_escape", "", "a\0b"):
        with pytest.raises(InvalidRequest) as refusal:
            require_encoding(name)
        assert refusal.value.code == "unknown_encoding"


def test_overrides_win() -> None:
    data = "a;b,c\nÃ©;2,3\n".encode("cp1252")
    assert inspect(data).dialect.delimiter == ","
    inspection = inspect(data, encoding="utf-8", delimiter=";", header_row=0)
    assert (inspection.dialect.encoding, inspection.dialect.delimiter, inspection.dialect.header_row) == ("utf-8", ";", None)
    assert inspection.head == ((1, ("a", "b,c")), (2, ("é", "2,3")))
    assert inspect(b"a,b\nc,d\ne,f\n", header_row=2).columns[0].header == "c"


@pytest.mark.parametrize(
    ("overrides", "code"),
    [
        ({"encoding": "klingon"}, "unknown_encoding"),
        ({"delimiter": ";;"}, "invalid_delimiter"),
        ({"header_row": 9}, "header_row_not_found"),
    ],
)
def test_an_override_that_cannot_be_is_refused(overrides: dict[str, str | int], code: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        inspect(b"a,b\n1,2\n", **overrides)
    assert refusal.value.code == code


@pytest.mark.parametrize("data", [b"", b"\n\n \n", b"\xef\xbb\xbf", b",,,\n,,,\n"])
def test_a_file_with_nothing_in_it_is_unreadable(data: bytes) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        inspect(data)
    assert refusal.value.code == "empty_file"


def test_too_many_columns_are_refused_with_limit_and_setting() -> None:
    data = (",".join(f"c{i}" for i in range(5_000)) + "\n").encode()
    with pytest.raises(LimitExceeded, match=r"1,000.*ROLODOCK_MAX_COLUMNS") as refusal:
        inspect(data)
    assert refusal.value.code == "too_many_columns"


def test_samples_are_distinct_and_the_fill_rate_is_that_of_the_head() -> None:
    (email, city) = inspect(b"email,city\n" + b"a@example.com,\nb@example.com,Paris\nb@example.com,Paris\nc@example.com, \n").columns
    assert email.samples == ("a@example.com", "b@example.com", "c@example.com")
    assert (email.fill_rate, city.fill_rate) == (1.0, 0.5)
    assert city.samples == ("Paris",)


def test_headers_are_unique_and_never_blank() -> None:
    headers = make_headers(("Email", " ", None, "Email", "Column 3"), 6)
    assert headers == ("Email", "Column 2", "Column 3 (2)", "Email (2)", "Column 3", "Column 6")


def test_a_cell_of_many_bytes_does_not_hide_the_delimiter() -> None:
    reading = read_source(b"name;notes;email\nAnn;" + b"x" * 200_000 + b";ann@example.com\nBob;y;bob@example.com\n")
    assert reading.inspection.dialect.delimiter == ";"
    assert len(reading.rows) == 2


def test_any_file_is_either_accepted_or_refused_by_an_error_of_ours() -> None:
    for length in (1, 2, 3, 7, 100, 70_000):
        data = os.urandom(length)
        try:
            detected = detect_format(data, "noise.csv")
            inspect_source(io.BytesIO(data), format=detected, overrides=DialectOverrides(), limits=ReaderLimits())
        except Terminal as error:
            assert error.code  # noqa: PT017  # either is right; which one depends on the noise


def test_a_header_row_far_down_can_be_chosen_within_bounds() -> None:
    data = b"x,y\n" * 499 + b"email,name\nann@example.com,Ann\n"
    assert [column.header for column in inspect(data, header_row=500).columns] == ["email", "name"]
    for impossible in (-1, 1_001, 2_000_000_000):
        with pytest.raises(InvalidRequest):
            inspect(data, header_row=impossible)


def test_a_first_row_with_a_gap_where_values_stand_is_data() -> None:
    assert inspect(b"Ann,,Paris\nBob,bob@example.com,Rome\nEve,eve@example.com,Oslo\n").dialect.header_row is None
    assert inspect(b"Who,,Where\nBob,some text,Rome\nEve,more text,Oslo\n").dialect.header_row == 1
    assert inspect(b"Name,,City\nBob,bob@example.com,Rome\nEve,eve@example.com,Oslo\n").dialect.header_row == 1


def test_what_is_shown_and_stored_holds_no_nul_and_is_bounded() -> None:
    inspection = inspect(b"na\0me,email\n" + b"A\0nn,ann@example.com\n" + b"x" * 50_000 + b",b@example.com\n")
    assert inspection.columns[0].header == "na me"
    assert inspection.columns[0].samples == ("A\ufffdnn", "x" * 200)
    assert inspection.head[0][1] == ("A\ufffdnn", "ann@example.com")
    assert len(inspection.head[1][1][0] or "") == 20_001
