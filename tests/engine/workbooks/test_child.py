"""The child that parses: whatever the workbook does to it, the worker gets a typed error, and no process is left."""

import io
import os
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.errors import LimitExceeded, ServiceError, UnreadableFile
from models.vocabulary import FileFormat
from tests.support.sheet_xml import MAIN, make_package, make_sheet
from workers.engine.frames import ReaderLimits
from workers.engine.readers import workbook as parent
from workers.engine.readers.workbook import open_workbook
from workers.engine.records import Records

ROWS = "".join(f'<row r="{row}"><c r="A{row}" t="str"><v>name {row}</v></c></row>' for row in range(1, 5_001))
PLAIN = make_package(make_sheet(ROWS))


def read(data: bytes, format: FileFormat = FileFormat.XLSX, **limits: float) -> list[Records]:
    with open_workbook(io.BytesIO(data), format, ReaderLimits(**limits)) as workbook:  # type: ignore[arg-type]  # whole where they must be
        return list(workbook.iter_records(workbook.sheets[0]))


def children() -> set[int]:
    found = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if len(fields) > 1 and int(fields[1]) == os.getpid():
            found.add(int(status.parent.name))
    return found


@pytest.fixture(autouse=True)
def _no_child_is_left() -> Iterator[None]:
    before = children()
    yield
    assert children() <= before


def test_all_rows_come_through() -> None:
    blocks = read(PLAIN)
    assert [block.first_row for block in blocks] == list(range(1, 5_001, 500))
    assert blocks[-1].cells[-1] == ["name 5000"]


def test_a_reader_that_is_closed_early_leaves_nothing() -> None:
    with open_workbook(io.BytesIO(PLAIN), FileFormat.XLSX, ReaderLimits()) as workbook:
        records = workbook.iter_records("People")
        next(records)
        assert len(children()) >= 1
        records.close()  # type: ignore[attr-defined]  # it is a generator


def test_an_error_of_the_one_who_reads_leaves_nothing() -> None:
    def fail() -> None:
        with open_workbook(io.BytesIO(PLAIN), FileFormat.XLSX, ReaderLimits()) as workbook:
            for records in workbook.iter_records("People"):
                raise ZeroDivisionError(records.first_row)

    with pytest.raises(ZeroDivisionError):
        fail()


def test_two_are_read_at_once() -> None:
    with (
        open_workbook(io.BytesIO(PLAIN), FileFormat.XLSX, ReaderLimits()) as first,
        open_workbook(io.BytesIO(PLAIN), FileFormat.XLSX, ReaderLimits(fast_workbook_bytes=0)) as second,
    ):
        pairs = zip(first.iter_records("People"), second.iter_records("People"), strict=True)
        assert all(one.cells == other.cells for one, other in pairs)


def test_a_named_file_is_read_where_it_lies(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(PLAIN)
    with path.open("rb") as stream, open_workbook(stream, FileFormat.XLSX, ReaderLimits()) as workbook:
        assert sum(len(block.cells) for block in workbook.iter_records("People")) == 5_000


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import os; os.abort()", "ROLODOCK_WORKBOOK_MEMORY_BYTES"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "ROLODOCK_WORKBOOK_MEMORY_BYTES"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "damaged"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", "ROLODOCK_WORKBOOK_SECONDS"),
        ("raise SystemExit(3)", "damaged"),
        ("raise RuntimeError('secret ' * 100_000)", "damaged"),
        ("import time; time.sleep(300)", "ROLODOCK_WORKBOOK_SECONDS"),
        ("print('garbage ' * 1000, flush=True)", "damaged"),
        ("import os; os.write(1, b'\\xff\\xff\\xff\\xff')", "damaged"),
        ("import os; os.write(1, b'\\0\\0\\0\\2[]')", "damaged"),
        ("import os; os.write(1, b'\\0\\0\\0\\x09garbage!!')", "damaged"),
        ("import os; os.write(1, b'\\0\\0\\0\\x07[\"end\"]')", "damaged"),
        ("import sys; sys.stderr.write('x' * 10_000_000)", "damaged"),
    ],
)
def test_however_the_child_ends_the_parent_says_what_it_means(program: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parent, "_PROGRAM", f"{{path}} and None\n{program}")
    with pytest.raises(ServiceError, match=said) as error:
        read(PLAIN, workbook_seconds=1 if "time.sleep" in program else 100)
    assert isinstance(error.value, (LimitExceeded, UnreadableFile))
    assert "secret" not in error.value.message


def test_a_child_whose_parent_dies_ends() -> None:
    program = (
        "import io, os, sys; sys.path[:] = %r\n"
        "from workers.engine.readers.workbook import open_workbook\nfrom workers.engine.frames import ReaderLimits\n"
        "from models.vocabulary import FileFormat\n"
        "with open_workbook(io.BytesIO(sys.stdin.buffer.read()), FileFormat.XLSX, ReaderLimits()) as workbook:\n"
        "    print(workbook._child._process.pid, flush=True); os.kill(os.getpid(), 9)"
    ) % [path or os.getcwd() for path in sys.path]
    done = subprocess.run([sys.executable, "-c", program], input=PLAIN, capture_output=True, check=False)
    child = int(done.stdout)
    for _ in range(500):
        try:
            if Path(f"/proc/{child}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return
        except OSError:
            return
        subprocess.run(["sleep", "0.02"], check=True)
    pytest.fail("the child lives on")


def test_a_workbook_that_takes_more_memory_than_it_may_is_refused() -> None:
    strings = "".join(f"<si><t>{'x' * 1000}{index}</t></si>" for index in range(60_000))
    data = make_package(make_sheet('<row r="1"><c r="A1" t="s"><v>0</v></c></row>'), strings=strings)
    with pytest.raises(LimitExceeded, match="ROLODOCK_WORKBOOK_MEMORY_BYTES"):
        read(data, workbook_memory_bytes=40_000_000, max_compression_ratio=10_000)


def test_cells_far_apart_are_streamed_instead_of_held() -> None:
    data = make_package(make_sheet('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'))
    first, last = read(data)
    assert (first.first_row, first.cells) == (1, [["1"]])
    assert (last.first_row, len(last.cells[0]), last.cells[0][-1]) == (1_048_576, 16_384, "2")


def zip_of(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return stream.getvalue()


def test_a_bomb_is_refused_by_what_it_states() -> None:
    with pytest.raises(LimitExceeded, match="ROLODOCK_MAX_COMPRESSION_RATIO"):
        read(make_package(make_sheet(" " * 40_000_000)))
    with pytest.raises(LimitExceeded, match="ROLODOCK_MAX_DECOMPRESSED_BYTES"):
        read(PLAIN, max_decompressed_bytes=1_000)
    with pytest.raises(LimitExceeded, match="ROLODOCK_MAX_MEMBERS"):
        read(make_package(make_sheet(""), {f"a{index}.xml": "" for index in range(20)}), max_members=10)


def test_a_bomb_that_states_less_than_it_unpacks_to_is_refused() -> None:
    data = bytearray(make_package(make_sheet(" " * 5_000_000)))
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        entry = package.getinfo("xl/worksheets/sheet1.xml")
    size = struct.pack("<I", entry.file_size)
    assert data.count(size) >= 2
    data = data.replace(size, struct.pack("<I", 100))
    with pytest.raises(UnreadableFile):
        read(bytes(data))
    with pytest.raises(UnreadableFile):
        read(bytes(data), fast_workbook_bytes=0)


def test_entries_that_overlap_are_refused() -> None:
    data = PLAIN
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        first, second = package.infolist()[:2]
    directory = data.rindex(second.filename.encode()) - 46
    pointed = data[: directory + 42] + struct.pack("<I", first.header_offset) + data[directory + 46 :]
    with pytest.raises(UnreadableFile, match="overlap"):
        read(pointed)


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{level} "{f"&a{level - 1};" * 10}">' for level in range(1, 10))
    + " ]>"
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a9 SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("fast_bytes", [0, 1 << 28])
@pytest.mark.parametrize("declared", [LAUGHS, OUTSIDE])
@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"])
def test_entities_are_refused_in_every_part_by_both_readers(part: str, declared: str, fast_bytes: int) -> None:
    sheet = make_sheet('<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row>')
    plain = make_package(sheet, strings="<si><t>a</t></si>")
    with zipfile.ZipFile(io.BytesIO(plain)) as package:
        content = {name: package.read(name).decode() for name in package.namelist()}
    content[part] = declared + content[part].replace("<t>a<", "<t>&a9;<").replace("<t>b<", "<t>&a9;<")
    with pytest.raises(UnreadableFile, match="entities"):
        read(make_package(sheet, content), fast_workbook_bytes=fast_bytes)


def test_entities_are_refused_in_an_open_document() -> None:
    content = f'{LAUGHS}<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>'
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", content)
        package.writestr("META-INF/manifest.xml", "<manifest/>")
    with pytest.raises(UnreadableFile, match="entities"):
        read(stream.getvalue(), FileFormat.ODS)


def test_locked_workbooks_say_so() -> None:
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3_000) + "EncryptedPackage".encode("utf-16-le")
    for format in (FileFormat.XLSX, FileFormat.XLSB, FileFormat.XLS):
        with pytest.raises(UnreadableFile) as error:
            read(locked, format)
        assert error.value.code == "encrypted_file"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", zlib.compress(b"locked"))
        package.writestr("META-INF/manifest.xml", '<m:manifest xmlns:m="m"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>')
    with pytest.raises(UnreadableFile) as error:
        read(stream.getvalue(), FileFormat.ODS)
    assert error.value.code == "encrypted_file"


def test_too_many_sheets_are_refused() -> None:
    sheets = "".join(f'<sheet name="s{index}" sheetId="{index + 1}" r:id="s1"/>' for index in range(4))
    related = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    data = make_package(
        make_sheet(""), {"xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{related}"><sheets>{sheets}</sheets></workbook>'}
    )
    with pytest.raises(LimitExceeded, match="ROLODOCK_MAX_SHEETS"):
        read(data, max_sheets=3)


@pytest.mark.parametrize("format", [FileFormat.XLSX, FileFormat.XLS, FileFormat.XLSB, FileFormat.ODS])
@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"name,email\nAnn,ann@example.com\n", zip_of(a=b"b"), PLAIN[:2_000], bytes(5_000)])
def test_what_is_no_workbook_is_unreadable(data: bytes, format: FileFormat) -> None:
    with pytest.raises(UnreadableFile):
        read(data, format)


def test_the_limit_for_other_formats_names_its_setting() -> None:
    content = "<office:document-content xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0'/>"
    with pytest.raises(LimitExceeded, match="ROLODOCK_FAST_WORKBOOK_BYTES"):
        read(zip_of(**{"content.xml": content.encode()}), FileFormat.ODS, fast_workbook_bytes=10)
