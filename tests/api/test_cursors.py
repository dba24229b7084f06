"""A cursor that is none of ours is refused in words, whatever is in it."""

import base64

import pytest

from tests.api.door import Door

LISTS = {
    "contacts": "contacts(after: $after) { totalCount }",
    "names": "imports(after: $after, orderBy: FILENAME) { totalCount }",
    "totals": "imports(after: $after, orderBy: TOTAL_DESC) { totalCount }",
    "moments": "imports(after: $after) { totalCount }",
    "entries": "companies(after: $after) { totalCount }",
    "audit": "auditEntries(after: $after) { totalCount }",
}
SOME_ID = b'"01a22128-c524-7d2d-a202-898816243da5"'


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("contacts", b"[Infinity]"),
        ("contacts", b"[" * 100_000),
        ("totals", b"[Infinity, " + SOME_ID + b"]"),
        ("totals", b"[9223372036854775808, " + SOME_ID + b"]"),
        ("names", b'["a\\u0000b", ' + SOME_ID + b"]"),
        ("names", b'["a\\ud800b", ' + SOME_ID + b"]"),
        ("moments", b'["0001-01-01T00:00:00+10:00", ' + SOME_ID + b"]"),
        ("audit", b'["9999-12-31T23:59:59-10:00", ' + SOME_ID + b"]"),
        ("entries", b'["a\\u0000b"]'),
    ],
)
async def test_a_crafted_cursor_is_no_cursor_of_the_list(door: Door, kind: str, content: bytes) -> None:
    cursor = base64.urlsafe_b64encode(content).decode()
    body = (await door.post(f"query($after: String) {{ {LISTS[kind]} }}", {"after": cursor}, token=door.admin)).json()
    assert [error["extensions"]["code"] for error in body["errors"]] == ["INVALID_REQUEST"]
    assert "is not a cursor" in body["errors"][0]["message"]
