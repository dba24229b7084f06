"""What a file is, from its first bytes; its name decides nothing."""

import gzip
import io
import os
import random
import struct
import zipfile

import openpyxl
import pytest
import xlwt
from hypothesis import given
from hypothesis import strategies as st

from models.errors import InvalidRequest, Terminal, UnreadableFile
from models.vocabulary import FileFormat
from tests.engine.archives import CONTACTS, make_unseekable_zip, make_zip
from workers.engine.detection import ACCEPTED, HEAD_BYTES, detect_format
from workers.engine.detection.compound_head import COMPOUND_SIGNATURE

JAPANESE = "名前,メール,電話\n山田太郎,taro@example.jp,03-1234-5678\n鈴木花子,hana@example.jp,090-1111-2222\n"
CHINESE = "姓名,邮箱,电话\n王伟,wang@example.cn,13800138000\n李娜,li@example.cn,13900139000\n"
KOREAN = "이름,이메일\n김철수,kim@example.kr\n이영희,lee@example.kr\n"
WIDE = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")


def zip_of(*names: str) -> bytes:
    return make_zip(dict.fromkeys(names, b"x"))


def xlsx() -> bytes:
    book = openpyxl.Workbook()
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def xls() -> bytes:
    book = xlwt.Workbook()
    book.add_sheet("People").write(0, 0, "WordDocument")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def open_document(kind: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        archive.writestr("content.xml", "<x/>")
    return stream.getvalue()


def compound(*names: str) -> bytes:
    """The head of an OLE2 file whose directory stands in front."""
    entries = b"".join(
        struct.pack("<64sH62x", name.encode("utf-16-le"), 2 * len(name) + 2) for name in ("Root Entry", "\x05SummaryInformation", *names)
    )
    return COMPOUND_SIGNATURE + bytes(504) + entries


@pytest.mark.parametrize(
    ("head", "filename"),
    [
        (b"name,email\n", "contacts.csv"),
        (b"name\temail\n", "contacts.tsv"),
        (b"x", "contacts"),
        ("\ufeffnom,prénom\n".encode(), "a.csv"),
        ("nom,prénom\nCôté,Zoé\n".encode("cp1252"), "a.csv"),
        (b"na\0me,email\n" + b"a,b\n" * 20, "a.csv"),
        (("é" * 40_000).encode()[:65_535], "cut in the middle of a character.csv"),
        (b"ID3,name\n1,Ann\n", "letters that begin a sound file.csv"),
        (b"<ann@example.com>,Ann\n<bob@example.com>,Bob\n", "angle brackets.csv"),
        (b"<name>,<email>\n", "angle brackets.csv"),
    ],
)
def test_text_is_taken_for_a_table(head: bytes, filename: str) -> None:
    assert detect_format(head, filename) is FileFormat.CSV


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((JAPANESE, encoding) for encoding in ("shift_jis", "cp932", "euc_jp", "iso2022_jp", *WIDE)),
        *((CHINESE, encoding) for encoding in ("gb18030", "gbk", "hz", *WIDE)),
        *((KOREAN, encoding) for encoding in ("euc_kr", "cp949", "johab", "iso2022_kr", *WIDE)),
        ("姓名,電郵\n陳大文,chan@example.tw\n", "big5"),
        *(("имя,телефон\nЮлия,yulia@example.ru\n", encoding) for encoding in ("cp1251", "koi8-r", "cp866", "mac-cyrillic", *WIDE)),
        *(("nom;prénom\nCôté;Zoé\n", encoding) for encoding in ("mac-roman", "cp850", "iso8859-15")),
    ],
)
def test_a_table_is_text_in_every_encoding(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    assert detect_format(data, "a.csv") is FileFormat.CSV
    assert detect_format((data * 5_000)[: HEAD_BYTES - 1], "cut.csv") is FileFormat.CSV


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[{"email": "a@example.com"}]', FileFormat.JSON),
        ('\n\n [\n  {\n "a": [', FileFormat.JSON),
        ("[]", FileFormat.JSON),
        ("[{}, {}]", FileFormat.JSON),
        ('{"contacts": [{"email": "a@example.com"}]}', FileFormat.JSON),
        ('[["name", "email"], ["Ann", "a@example.com"]]', FileFormat.JSON),
        ('{"email": "a@example.com"}', FileFormat.JSON),
        ('{"email": "a@example.com"}\n{"email": "b@example.com"}\n', FileFormat.JSON_LINES),
        ('{\n "a": 1\n}\n{\n "a": 2\n}', FileFormat.JSON_LINES),
        ('["Ann", "a@example.com"]\n["Bob", "b@example.com"]\n', FileFormat.JSON_LINES),
        ('{"notes": "' + "x" * 70_000 + '"}\n{"notes": ""}', FileFormat.JSON),
        ("[id],name\n1,Ann\n", FileFormat.CSV),
        ("[1],name\n", FileFormat.CSV),
        ("{name},{email}\n", FileFormat.CSV),
        ("[{name}],{email}\n", FileFormat.CSV),
        ('{"a": 1},Ann\n', FileFormat.CSV),
        ("BEGIN:VCARD\r\nVERSION:3.0\r\n", FileFormat.VCARD),
        ("\r\nbegin:vcard\n", FileFormat.VCARD),
        ("begin:vcard,name\nx,Ann\n", FileFormat.CSV),
        ("begin: a story\n", FileFormat.CSV),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_json_and_vcards_are_told_from_tables_that_begin_like_them(text: str, expected: FileFormat, encoding: str) -> None:
    assert detect_format(text.encode(encoding)[:HEAD_BYTES], "contacts.csv") is expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (xlsx(), FileFormat.XLSX),
        (zip_of("docProps/app.xml", "xl/workbook.xml"), FileFormat.XLSX),
        (
            make_unseekable_zip({"[Content_Types].xml": b"<Types/>" * 50, "_rels/.rels": b"", "xl/worksheets/sheet1.xml": b""}),
            FileFormat.XLSX,
        ),
        (zip_of("[Content_Types].xml", "xl\\workbook.xml"), FileFormat.XLSX),
        (zip_of("[Content_Types].xml", "xl/printerSettings/printerSettings1.bin", "xl/workbook.xml"), FileFormat.XLSX),
        (zip_of("xl/workbook.bin"), FileFormat.XLSB),
        (make_zip({"[Content_Types].xml": b"application/vnd.ms-excel.sheet.binary.macroEnabled.main"}), FileFormat.XLSB),
        (open_document("spreadsheet"), FileFormat.ODS),
        (xls(), FileFormat.XLS),
        (compound("Workbook"), FileFormat.XLS),
        (compound("Book"), FileFormat.XLS),
        (compound(), FileFormat.XLS),
        (b"\x09\x08\x08\x00\x00\x00\x10\x00" + bytes(20), FileFormat.XLS),
        (zip_of("a.csv"), FileFormat.ZIP),
        (make_zip({"contacts.xlsx": xlsx()}, zipfile.ZIP_STORED), FileFormat.ZIP),
        (make_unseekable_zip({"contacts.xlsx": xlsx()}), FileFormat.ZIP),
        (zip_of("media/image1.png"), FileFormat.ZIP),
        (b"PK\x05\x06" + bytes(18), FileFormat.ZIP),
        (gzip.compress(CONTACTS, mtime=0), FileFormat.GZIP),
    ],
)
def test_workbooks_and_archives_are_told_by_what_is_in_them(data: bytes, expected: FileFormat) -> None:
    for filename in ("contacts.csv", "contacts.zip", "contacts.xls", "contacts"):
        assert detect_format(data[:HEAD_BYTES], filename) is expected


def test_a_workbook_whose_head_holds_only_a_large_picture_is_left_to_the_directory() -> None:
    picture = random.Random(1).randbytes(2 * HEAD_BYTES)
    data = make_zip({"[Content_Types].xml": b"<Types/>", "docProps/thumbnail.png": picture, "xl/workbook.xml": b""})
    assert detect_format(data[:HEAD_BYTES], "a.xlsx") is FileFormat.ZIP


@pytest.mark.parametrize(
    ("head", "filename", "words"),
    [
        (b"%PDF-1.7\n", "a.csv", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "a.csv", "PNG"),
        (b"\xff\xd8\xff\xe0", "a.csv", "JPEG"),
        (b"\0" * 4_000, "zeros.csv", "binary"),
        (b"\x7fELF\x02\x01\x01", "a.csv", "program"),
        (b"MZ\x90\x00\x03\x00\x00\x00", "a.csv", "program"),
        (random.Random(7).randbytes(4_000), "random.csv", "binary"),
        (bytes(range(256)) * 4, "every byte.csv", "binary"),
        (zip_of("word/document.xml", "[Content_Types].xml"), "letter.xlsx", "Word"),
        (zip_of("[Content_Types].xml", "ppt/presentation.xml"), "a.zip", "PowerPoint"),
        (zip_of("Index/Document.iwa"), "a.numbers", "Numbers"),
        (open_document("text"), "a.ods", "OpenDocument"),
        (compound("WordDocument"), "a.xls", "Word"),
        (compound("__nameid_version1.0"), "a.xls", "Outlook"),
        (compound("PowerPoint Document"), "a.xls", "PowerPoint"),
        (b"\n<!DOCTYPE html><html>", "a.csv", "web page"),
        (b"<table border=1><tr><td>Ann</td></tr></table>", "a.xls", "web page"),
        (b"<!-- made by a shop -->\n<html><table>", "a.xls", "web page"),
        (b"<?xml version='1.0'?>" + b"<!-- -->" * 5_000, "a.xml", "XML"),
        (b"<!-- -->" * 5_000 + b"<table>", "a.xls", "web page"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "a.xls", "XML Spreadsheet 2003"),
        (b'<?xml version="1.0"?><contacts>', "a.xml", "XML"),
        (b"<contacts><contact>", "a.xml", "XML"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related;", "a.xls", "web archive"),
        (b"BEGIN:VCALENDAR\n", "a.vcf", "calendar"),
        (b"dn: cn=Ann,o=Example\ncn: Ann\n", "a.ldif", "LDIF"),
        (b"7z\xbc\xaf\x27\x1c", "a.zip", "7z"),
        (b"Rar!\x1a\x07\x00", "a.zip", "RAR"),
        (b"BZh91AY&SY" + bytes(range(256)), "a.csv", "bzip2"),
        (b"\xfd7zXZ\x00", "a.csv", "xz"),
        (b"\x28\xb5\x2f\xfd\x00", "a.csv", "Zstandard"),
        (b"a.csv" + bytes(252) + b"ustar\x0000" + bytes(250) + b"name,email\n" * 100, "a.tar", "tar"),
        (b"PAR1" + bytes(range(200)), "a.csv", "Parquet"),
        (b"\0\0\0\x18ftypheic" + bytes(40), "a.csv", "photograph"),
    ],
)
def test_what_is_not_accepted_is_refused_by_what_it_is(head: bytes, filename: str, words: str) -> None:
    with pytest.raises(InvalidRequest, match=words) as refusal:
        detect_format(head, filename)
    assert refusal.value.code == "unsupported_file_type"
    assert refusal.value.message.endswith(ACCEPTED)


def test_a_saved_web_page_is_refused_with_what_to_do() -> None:
    with pytest.raises(InvalidRequest, match=r"save it as \.xlsx or \.csv"):
        detect_format(b"<html><body><table><tr><td>Name</td>", "contacts.xls")


def test_every_format_is_named_as_accepted() -> None:
    for word in ("CSV, TSV and TXT", ".xlsx", ".xls", ".xlsb", ".ods", "JSON", "JSON Lines", "vCard", ".zip", ".gz"):
        assert word in ACCEPTED


def test_an_empty_file_and_a_locked_workbook_have_codes_of_their_own() -> None:
    with pytest.raises(UnreadableFile) as empty:
        detect_format(b"", "a.csv")
    assert empty.value.code == "empty_file"
    for head, filename in ((COMPOUND_SIGNATURE + bytes(100), "a.xlsx"), (compound("EncryptedPackage", "EncryptionInfo"), "a.csv")):
        with pytest.raises(UnreadableFile) as locked:
            detect_format(head, filename)
        assert locked.value.code == "encrypted_file"


@given(
    st.sampled_from(["", "PK\x03\x04", "PK\x05\x06", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "\x1f\x8b\x08", "{", "[{", "<", "BEGIN:VCARD"]),
    st.binary(max_size=400),
)
def test_any_bytes_are_accepted_or_refused_by_an_error_of_ours(start: str, rest: bytes) -> None:
    try:
        assert detect_format(start.encode("latin-1") + rest, "a.csv") in FileFormat
    except Terminal as error:
        assert error.code in ("empty_file", "encrypted_file", "unsupported_file_type")  # noqa: PT017  # either is right


def test_noise_is_no_text() -> None:
    for _ in range(50):
        with pytest.raises(InvalidRequest):
            detect_format(b"x" + os.urandom(1_000), "noise.csv")
