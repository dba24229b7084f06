"""Files on their way in: staged, sent, cut short, too large, or not what we read."""

import asyncio
import errno
import threading
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from api.app import make_app
from models.queries import uploads
from models.settings import Settings
from tests.api.door import CSV, Door, open_door
from tests.api.served import bind, serving

SMALL_LIMIT = 2_000


async def staged(door: Door, **given: Any) -> dict[str, Any]:
    payload = await door.change("createUpload", {"filename": "contacts.csv", **given}, "upload { id url method headers expiresAt }")
    upload: dict[str, Any] = payload["upload"]
    return upload


async def put(door: Door, upload: dict[str, Any], content: Any, token: str | None = None, **headers: str) -> Any:
    sent = {**upload["headers"], "Authorization": f"Bearer {token or door.member}", **headers}
    return await door.http.put(upload["url"], content=content, headers=sent)


def stored(door: Door) -> list[str]:
    return list(door.rig.deps.storage.iter_keys("sources"))


async def from_upload(door: Door, upload: dict[str, Any], **given: Any) -> dict[str, Any]:
    return await door.change(
        "createImport", {"source": {"uploadId": upload["id"]}, **given}, "import { id status sourceKind filename sizeBytes }"
    )


async def test_a_staged_upload_becomes_an_import_once(door: Door) -> None:
    upload = await staged(door, sizeBytes=len(CSV))
    assert (upload["method"], upload["url"]) == ("PUT", f"http://rolodock.test/uploads/{upload['id']}")
    early = await from_upload(door, upload)
    assert early["userErrors"][0]["code"] == "UPLOAD_INCOMPLETE"
    assert (await put(door, upload, CSV)).status_code == 200
    created = await from_upload(door, upload)
    assert created["import"]["sourceKind"] == "UPLOAD"
    assert created["import"]["sizeBytes"] == len(CSV)
    again = await from_upload(door, upload)
    assert again["userErrors"][0]["code"] == "UPLOAD_USED"
    assert (await put(door, upload, CSV)).status_code == 409
    assert len(stored(door)) == 1


async def test_a_full_disk_asks_to_send_the_file_again_and_takes_it_then(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = await staged(door)

    def find_no_room(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(uploads, "keep_received", find_no_room)
        refused = await put(door, upload, CSV)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (503, "DISK_FULL")
    assert (await put(door, upload, CSV)).status_code == 200


async def test_a_second_put_replaces_the_first(door: Door) -> None:
    upload = await staged(door)
    for data in (CSV, CSV + b"cy@example.com,Cy,\n"):
        assert (await put(door, upload, data)).status_code == 200
    assert len(stored(door)) == 1
    created = await from_upload(door, upload)
    assert created["import"]["sizeBytes"] == len(CSV) + 19


async def test_a_cut_upload_leaves_nothing(door: Door) -> None:
    upload = await staged(door, sizeBytes=len(CSV))
    short = await put(door, upload, CSV[:-10])
    assert short.status_code == 400
    assert short.json()["errors"][0]["code"] == "UPLOAD_INCOMPLETE"
    assert stored(door) == []
    assert (await from_upload(door, upload))["userErrors"][0]["code"] == "UPLOAD_INCOMPLETE"


async def test_an_upload_is_open_to_its_tenant_alone(sqlite_door: Door) -> None:
    upload = await staged(sqlite_door)
    assert (await put(sqlite_door, upload, CSV, sqlite_door.stranger)).status_code == 404
    assert (await put(sqlite_door, upload, CSV, sqlite_door.viewer)).status_code == 403
    assert (await put(sqlite_door, upload, CSV, "rdk_wrong")).status_code == 401
    cookie = await sqlite_door.sign_in()
    assert (await sqlite_door.http.put(upload["url"], content=CSV, headers=dict(cookie))).status_code == 403
    assert (await sqlite_door.http.put(upload["url"], content=CSV, headers={**cookie, "GraphQL-Preflight": "1"})).status_code == 200
    assert (await from_upload(sqlite_door, upload | {"id": "0198c1f0-0000-7000-8000-000000000000"}))["userErrors"][0][
        "code"
    ] == "UPLOAD_NOT_FOUND"


@pytest.fixture
async def narrow_door(api_settings: Settings) -> AsyncIterator[Door]:
    async with open_door(api_settings.model_copy(update={"max_upload_bytes": SMALL_LIMIT, "max_json_rows": 2})) as door:
        yield door


async def test_a_refusal_is_counted_beside_the_loop_that_serves_everybody(narrow_door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []
    monkeypatch.setattr(uploads, "record_refused", lambda *_, **__: threads.append(threading.current_thread()))
    answer = await put(narrow_door, await staged(narrow_door), b"Email\n" * SMALL_LIMIT)
    assert answer.status_code == 413
    assert len(threads) == 1
    assert threads[0] is not threading.current_thread()


async def test_what_is_too_large_is_refused_on_every_way_in(narrow_door: Door) -> None:
    large = b"Email\n" + b"a@example.com\n" * SMALL_LIMIT
    announced = await narrow_door.change("createUpload", {"filename": "a.csv", "sizeBytes": len(large)}, "upload { id }")
    upload = await staged(narrow_door)

    async def in_pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(large), 1_000):
            yield large[start : start + 1_000]

    streamed = (await put(narrow_door, upload, in_pieces())).json()
    sent = (await narrow_door.send_file(large)).json()["data"]["createImport"]
    for error in (announced["userErrors"][0], streamed["errors"][0], sent["userErrors"][0]):
        assert error["code"] == "FILE_TOO_LARGE"
        assert "2,000" in error["message"]
        assert "ROLODOCK_MAX_UPLOAD_BYTES" in error["message"]
    assert stored(narrow_door) == []


@pytest.mark.parametrize(
    ("data", "filename", "code"),
    [
        (b"", "empty.csv", "EMPTY_FILE"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "photo.csv", "UNSUPPORTED_FILE_TYPE"),
        (b"\x00" * 4_000, "nothing.csv", "UNSUPPORTED_FILE_TYPE"),
        (b"%PDF-1.7", "paper.pdf", "UNSUPPORTED_FILE_TYPE"),
    ],
)
async def test_what_we_do_not_read_is_refused_before_it_is_stored(sqlite_door: Door, data: bytes, filename: str, code: str) -> None:
    error = (await sqlite_door.send_file(data, filename)).json()["data"]["createImport"]["userErrors"][0]
    assert error["code"] == code
    upload = await staged(sqlite_door, filename=filename)
    assert (await put(sqlite_door, upload, data)).json()["errors"][0]["code"] == code
    assert stored(sqlite_door) == []
    assert (await sqlite_door.ask("{ importAnalytics { refusedUploads } }"))["importAnalytics"]["refusedUploads"] == 2


async def test_rows_have_limits(narrow_door: Door) -> None:
    for rows, code in (([], "NO_ROWS"), ([{}] * 3, "TOO_MANY_ROWS"), ([1], "INVALID_ROW")):
        payload = await narrow_door.change("createImport", {"source": {"rows": rows}})
        assert payload["userErrors"][0]["code"] == code


@pytest.mark.parametrize(
    ("source", "options", "path"),
    [
        ({"url": "https://example.com/a.csv"}, {}, ["input", "source", "url"]),
        ({"googleSheet": {"url": "https://example.com/s"}}, {}, ["input", "source", "googleSheet"]),
        ({"rows": [{"email": "a@example.com"}]}, {"webhookUrl": "https://example.com"}, ["input", "options", "webhookUrl"]),
        ({"rows": [{"email": "a@example.com"}]}, {"notifyEmails": ["a@example.com"]}, ["input", "options", "notifyEmails"]),
    ],
)
async def test_what_needs_an_outbound_request_is_not_available(sqlite_door: Door, source: Any, options: Any, path: list[str]) -> None:
    payload = await sqlite_door.change("createImport", {"source": source, "options": options})
    assert payload["userErrors"][0]["code"] == "NOT_AVAILABLE"
    assert payload["userErrors"][0]["path"] == path


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"options": {"errorPolicy": "STOP_AT_ERROR_RATE"}}, "INVALID_OPTION"),
        ({"options": {"maxErrorRate": 1.5}}, "INVALID_OPTION"),
        ({"options": {"defaultCountry": "XX"}}, "INVALID_OPTION"),
        ({"options": {"matchFields": []}}, "INVALID_OPTION"),
        ({"options": {"assignment": {"mode": "SINGLE"}}}, "INVALID_OPTION"),
        ({"options": {"assignment": {"mode": "BY_COLUMN"}}}, "INVALID_OPTION"),
        ({"options": {"listIds": ["nope"]}}, "LIST_NOT_FOUND"),
        ({"mapping": [{"column": "a", "field": "nickname"}]}, "UNKNOWN_FIELD"),
        ({"mapping": [{"column": "a", "field": "email"}, {"column": "b", "field": "email"}]}, "FIELD_MAPPED_TWICE"),
        ({"mapping": [{"column": "a", "field": "email"}, {"column": "a", "field": None}]}, "COLUMN_MAPPED_TWICE"),
        ({"mapping": [{"column": "a", "field": "first_name"}]}, "MATCH_FIELD_NOT_MAPPED"),
        ({"mapping": [{"column": "a", "field": "phone"}], "options": {"matchFields": ["EMAIL"]}}, "MATCH_FIELD_NOT_MAPPED"),
    ],
)
async def test_choices_that_make_no_sense_are_refused(sqlite_door: Door, given: Any, code: str) -> None:
    payload = await sqlite_door.change("createImport", {"source": {"rows": [{"a": "x@example.com"}]}, **given})
    assert payload["userErrors"][0]["code"] == code
    assert stored(sqlite_door) == []


async def test_null_is_the_default_and_absent_stays(sqlite_door: Door) -> None:
    payload = await sqlite_door.create(options={"duplicateStrategy": "UPDATE", "tags": ["a"], "defaultCountry": "fr"})
    sqlite_door.rig.drain()
    shown = "import { options { duplicateStrategy tags defaultCountry } }"
    changed = await sqlite_door.change(
        "updateImport", {"id": payload["import"]["id"], "options": {"duplicateStrategy": None, "matchMode": "ANY"}}, shown
    )
    assert changed["import"]["options"] == {"duplicateStrategy": "SKIP", "tags": ["a"], "defaultCountry": "FR"}


async def test_an_unknown_column_is_refused_once_the_columns_are_known(sqlite_door: Door) -> None:
    payload = await sqlite_door.create()
    sqlite_door.rig.drain()
    changed = await sqlite_door.change("updateImport", {"id": payload["import"]["id"], "mapping": [{"column": "Nope", "field": "email"}]})
    assert changed["userErrors"][0]["code"] == "UNKNOWN_COLUMN"


async def test_the_same_request_makes_one_import(door: Door) -> None:
    first = await door.create(idempotencyKey="monday")
    second = await door.create(idempotencyKey="monday")
    assert second["import"]["id"] == first["import"]["id"]
    other = await door.create(CSV + b"cy@example.com,,\n", idempotencyKey="monday")
    assert other["userErrors"][0]["code"] == "IDEMPOTENCY_CONFLICT"
    options = await door.create(idempotencyKey="monday", options={"tags": ["x"]})
    assert options["userErrors"][0]["code"] == "IDEMPOTENCY_CONFLICT"
    assert (await door.ask("{ imports { totalCount } }"))["imports"]["totalCount"] == 1
    assert len(stored(door)) == 1


async def test_a_connection_that_breaks_off_leaves_nothing(sqlite_door: Door) -> None:
    upload = await staged(sqlite_door)
    listener = bind()
    app = make_app(sqlite_door.settings, with_dashboard=False, outbox=sqlite_door.rig.outbox)
    with serving(app, listener) as address:
        host, _, port = address.partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        lines = (
            f"PUT /uploads/{upload['id']} HTTP/1.1",
            f"Host: {address}",
            f"Authorization: Bearer {sqlite_door.member}",
            "Content-Length: 9000",
        )
        head = "\r\n".join(lines) + "\r\n\r\n"
        writer.write(head.encode() + CSV)
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        del reader
        async with httpx.AsyncClient() as http:
            assert (await http.get(f"http://{address}/healthz")).status_code == 200
    assert stored(sqlite_door) == []
    assert (await from_upload(sqlite_door, upload))["userErrors"][0]["code"] == "UPLOAD_INCOMPLETE"
