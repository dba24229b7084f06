"""Bad input of every kind: a clear answer with a code, nothing half done, and the service goes on."""

import gzip
import io
import re
import socket
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import openpyxl
import pytest

from tests.e2e.client import ApiClient, Json, Refused
from tests.e2e.service import Service
from tests.engine.archives import make_gzip_bomb, make_raw_zip, make_zip

pytestmark = pytest.mark.slow

GOOD = b"E-mail,First name\nann@example.com,Ann\n"
LIMIT = 6_000_000


@pytest.fixture
def client(default_service: Service) -> ApiClient:
    return default_service.client()


@pytest.fixture(autouse=True)
def _the_service_stays_up(client: ApiClient) -> Iterator[None]:
    yield
    assert httpx.get(f"{client.url}/readyz", trust_env=False).json()["ready"]
    assert client.run_import(GOOD, allowDuplicateFile=True)["status"] == "COMPLETED"


def workbook(*rows: tuple[str, ...]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def damaged_workbook() -> bytes:
    """A workbook whose sheet is cut in the middle."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(("E-mail",), ("ann@example.com",)))) as whole, zipfile.ZipFile(file, "w") as damaged:
        for name in whole.namelist():
            data = whole.read(name)
            damaged.writestr(name, data[: len(data) // 2] if name.startswith("xl/worksheets") else data)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "filename", "code"),
    [
        (b"", "empty.csv", "EMPTY_FILE"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "contacts.csv", "UNSUPPORTED_FILE_TYPE"),
        (bytes(range(256)) * 40, "contacts.csv", "UNSUPPORTED_FILE_TYPE"),
        (b"\x00" * 10_000, "contacts.csv", "UNSUPPORTED_FILE_TYPE"),
        (b"<html><table><tr><td>E-mail</td></tr></table></html>", "contacts.xls", "UNSUPPORTED_FILE_TYPE"),
        (b'<?xml version="1.0"?><contacts/>', "contacts.xml", "UNSUPPORTED_FILE_TYPE"),
        (b"%PDF-1.7\n", "contacts.pdf", "UNSUPPORTED_FILE_TYPE"),
        (make_zip({"[Content_Types].xml": b"", "word/document.xml": b""}), "contacts.xlsx", "UNSUPPORTED_FILE_TYPE"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "contacts.xlsx", "ENCRYPTED_FILE"),
        (GOOD * (LIMIT // len(GOOD) + 1), "contacts.csv", "FILE_TOO_LARGE"),
    ],
    ids=["empty", "picture", "binary", "NUL bytes", "web page", "XML", "PDF", "Word", "locked", "too large"],
)
def test_what_is_not_accepted_is_refused_before_it_is_stored(
    default_service: Service, client: ApiClient, data: bytes, filename: str, code: str
) -> None:
    stored = default_service.stored_files()
    with pytest.raises(Refused) as refused:
        client.create_import(data, filename)
    assert refused.value.code == code
    if code == "UNSUPPORTED_FILE_TYPE":
        assert re.search(r"CSV.*\.xlsx", refused.value.message)
    if code == "FILE_TOO_LARGE":
        assert "6,000,000" in refused.value.message
        assert "ROLODOCK_MAX_UPLOAD_BYTES" in refused.value.message
    assert default_service.stored_files() == stored
    assert client.ask("{ imports { totalCount } }")["imports"]["totalCount"] == 0
    assert client.contacts() == []


@pytest.mark.parametrize(
    ("data", "filename", "code"),
    [
        (b" \n\n \n", "blank.csv", "EMPTY_FILE"),
        ((",".join(f"column {number}" for number in range(5_000)) + "\n" + "x," * 4_999 + "x\n").encode(), "wide.csv", "TOO_MANY_COLUMNS"),
        (b"E-mail\n" + b"".join(b"a%d@b.example\n" % number for number in range(100_001)), "long.csv", "TOO_MANY_ROWS"),
        (workbook(("E-mail",), ("ann@example.com",))[:-200], "cut.xlsx", None),
        (damaged_workbook(), "damaged.xlsx", None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "damaged.xls", None),
        (make_gzip_bomb(GOOD, 40_000_000), "bomb.csv.gz", "COMPRESSION_RATIO_TOO_HIGH"),
        (gzip.compress(GOOD)[:-9], "cut.csv.gz", "DAMAGED_ARCHIVE"),
        (make_zip({f"{number}.csv": GOOD for number in range(1_001)}), "many.zip", "TOO_MANY_MEMBERS"),
        (make_zip({"logo.png": b"\x89PNG\r\n\x1a\n"}), "pictures.zip", "UNSUPPORTED_FILE_TYPE"),
        (make_zip({"inner.zip": make_zip({"contacts.csv": GOOD})}), "nested.zip", "NESTED_ARCHIVE"),
        (make_raw_zip(b"contacts.csv", GOOD, size=len(GOOD), method=0, flags=1), "locked.zip", "ENCRYPTED_FILE"),
    ],
    ids=[
        *("white space", "5,000 columns", "too many rows", "cut workbook", "damaged workbook", "damaged old workbook"),
        *("bomb", "cut archive", "too many files", "pictures", "archive in an archive", "locked archive"),
    ],
)
def test_what_cannot_be_read_fails_with_its_reason(client: ApiClient, data: bytes, filename: str, code: str | None) -> None:
    job = client.run_import(data, filename)
    assert job["status"] == "FAILED", job
    assert job["failure"]["code"] == code or (code is None and job["failure"]["code"] not in ("INTERNAL_ERROR", "WORKER_DIED")), job
    assert len(job["failure"]["message"]) > 20
    assert client.contacts() == []


@pytest.mark.parametrize(
    "data",
    [
        b"E-mail,First name\n",
        b"\xef\xbb\xbfE-mail,First name",
        workbook(("E-mail", "First name")),
        b"E-mail,First name\nTotal: 0\n0 records\n",
    ],
)
def test_a_header_without_rows_fails_with_its_reason(client: ApiClient, data: bytes) -> None:
    job = client.run_import(data, "header.xlsx" if data.startswith(b"PK") else "header.csv")
    assert (job["status"], job["failure"]["code"]) == ("FAILED", "NO_DATA_ROWS"), job
    assert set(job["counts"].values()) == {0}
    assert client.contacts() == []


def test_a_cell_of_two_megabytes_is_an_issue_of_its_row(client: ApiClient) -> None:
    data = b"E-mail,Notes\nann@example.com," + b"x" * 2_000_000 + b"\nbob@example.com,short\n"
    job = client.run_import(data)
    assert job["counts"]["total"] == 2
    (issue,) = client.issues(job["id"])
    assert (issue["row"], issue["column"], issue["code"]) == (2, "Notes", "CELL_TOO_LARGE")
    assert len(issue["value"]) < 1_000
    assert ("bob@example.com", "short") in [(contact["email"], contact["notes"]) for contact in client.contacts()]


def stage(client: ApiClient, **given: Any) -> Json:
    return client.change("createUpload", {"filename": "contacts.csv", **given}, "id url method headers")


def put(client: ApiClient, upload: Json, data: bytes) -> httpx.Response:
    return httpx.put(upload["url"], content=data, headers={**upload["headers"], **client.headers}, trust_env=False)


def send_cut(client: ApiClient, upload: Json, framing: str, body: bytes) -> None:
    """Begin to send, and hang up."""
    url = urlsplit(upload["url"])
    assert url.hostname is not None
    lines = [f"PUT {url.path} HTTP/1.1", f"Host: {url.netloc}", framing, *(f"{name}: {value}" for name, value in client.headers.items())]
    with socket.create_connection((url.hostname, url.port or 80)) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)


@pytest.mark.parametrize(
    ("framing", "body"),
    [("Content-Length: 100000", GOOD), ("Transfer-Encoding: chunked", b"%x\r\n" % len(GOOD) + GOOD + b"\r\n")],
    ids=["declared longer", "chunks without an end"],
)
def test_an_upload_that_breaks_off_leaves_nothing(default_service: Service, client: ApiClient, framing: str, body: bytes) -> None:
    upload = stage(client)
    stored = default_service.stored_files()
    send_cut(client, upload, framing, body)
    with pytest.raises(Refused) as refused:
        client.change("createImport", {"source": {"uploadId": upload["id"]}})
    assert refused.value.code == "UPLOAD_INCOMPLETE"
    assert default_service.stored_files() == stored
    # The same upload can be sent again, whole.
    assert put(client, upload, GOOD).is_success
    job = client.change("createImport", {"source": {"uploadId": upload["id"]}, "autoStart": True})
    assert client.wait(job["id"])["counts"]["created"] == 1


def test_a_multipart_request_that_breaks_off_makes_no_import(default_service: Service, client: ApiClient) -> None:
    url = urlsplit(client.url)
    assert url.hostname is not None
    head = f"POST /graphql HTTP/1.1\r\nHost: {url.netloc}\r\nAuthorization: Bearer {client.token}\r\nContent-Length: 5000\r\n"
    stored = default_service.stored_files()
    with socket.create_connection((url.hostname, url.port or 80)) as connection:
        connection.sendall(head.encode() + b"Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\nContent-Disposition: form-data; ")
    assert client.ask("{ imports { totalCount } }")["imports"]["totalCount"] == 0
    assert default_service.stored_files() == stored


def test_an_upload_of_another_size_than_announced_is_refused(default_service: Service, client: ApiClient) -> None:
    upload = stage(client, sizeBytes=len(GOOD) + 5)
    stored = default_service.stored_files()
    answer = put(client, upload, GOOD)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "UPLOAD_INCOMPLETE")
    longer = put(client, stage(client, sizeBytes=5), GOOD)
    assert longer.status_code == 400
    assert default_service.stored_files() == stored


def test_an_upload_that_is_too_large_is_refused_whether_announced_or_not(default_service: Service, client: ApiClient) -> None:
    with pytest.raises(Refused) as refused:
        stage(client, sizeBytes=LIMIT + 1)
    assert refused.value.code == "FILE_TOO_LARGE"
    stored = default_service.stored_files()
    upload = stage(client)
    pieces = (GOOD for _ in range(LIMIT // len(GOOD) + 1))
    try:
        answer = httpx.put(upload["url"], content=pieces, headers={**upload["headers"], **client.headers}, trust_env=False)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (413, "FILE_TOO_LARGE")
    except httpx.WriteError:
        pass  # It answered and hung up before all was sent.
    assert default_service.stored_files() == stored


def test_an_unknown_upload_is_not_found(client: ApiClient) -> None:
    for upload_id in ("01a1f9f8-d087-75aa-b615-e55abc799524", "nonsense"):
        with pytest.raises(Refused) as refused:
            client.change("createImport", {"source": {"uploadId": upload_id}})
        assert refused.value.code == "UPLOAD_NOT_FOUND"
        answer = httpx.put(f"{client.url}/uploads/{upload_id}", content=GOOD, headers=client.headers, trust_env=False)
        assert answer.status_code == 404


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"source": {"googleSheet": {"url": "https://docs.google.com/spreadsheets/d/x"}}}, "NOT_AVAILABLE"),
        ({"source": {"url": "https://example.com/contacts.csv"}}, "NOT_AVAILABLE"),
        ({"source": {"rows": [{"email": "a@example.com"}]}, "options": {"webhookUrl": "https://example.com/"}}, "NOT_AVAILABLE"),
        ({"source": {"rows": [{"email": "a@example.com"}]}, "options": {"notifyEmails": ["a@example.com"]}}, "NOT_AVAILABLE"),
        ({"source": {"rows": []}}, "NO_ROWS"),
        ({"source": {"rows": [{"email": "a@example.com"}] * 10_001}}, "TOO_MANY_ROWS"),
        ({"source": {"rows": ["ann@example.com"]}}, "INVALID_ROW"),
    ],
    ids=["Google Sheet", "URL", "webhook", "notification", "no rows", "too many rows", "no objects"],
)
def test_a_source_that_cannot_be_taken_is_refused(client: ApiClient, given: Json, code: str) -> None:
    with pytest.raises(Refused) as refused:
        client.change("createImport", given)
    assert refused.value.code == code
    assert client.ask("{ imports { totalCount } }")["imports"]["totalCount"] == 0


def test_rows_with_values_inside_values_are_an_account_and_never_a_crash(client: ApiClient) -> None:
    rows: list[Json] = [
        {"email": "ann@example.com", "firstName": {"given": "Ann", "more": [1, 2]}},
        {"email": ["bob@example.com"], "firstName": "Bob"},
        {"email": "cy@example.com", "firstName": None, "extra": True},
        {},
    ]
    job = client.change("createImport", {"source": {"rows": rows}, "autoStart": True})
    job = client.wait(job["id"])
    assert (job["counts"]["total"], job["counts"]["created"], job["counts"]["failed"]) == (3, 3, 0), job
    assert client.issues(job["id"]) == []
    # A list of one is its value; an object has columns of its own, such as firstName.given.
    names = {contact["email"]: contact["firstName"] for contact in client.contacts()}
    assert names == {"ann@example.com": None, "bob@example.com": "Bob", "cy@example.com": None}
