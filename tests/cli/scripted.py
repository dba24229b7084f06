"""A server that answers from a script, and the imports that it tells of."""

import json
from typing import Any

import httpx

from api.cli.client import ApiClient

COUNTS = dict.fromkeys(("total", "created", "updated", "unchanged", "skipped", "failed", "unprocessed", "duplicates"), 0)


def an_import(status: str, id: str = "earlier", **changes: Any) -> dict[str, Any]:
    return {
        "id": id,
        "status": status,
        "counts": COUNTS,
        "progress": {"processed": 1_200, "total": 5_000},
        "columns": [],
        "issueGroups": [],
        "failure": None,
        "completedAt": None,
        **changes,
    }


def columns(**fields: str | None) -> list[dict[str, str | None]]:
    return [{"header": header, "field": field} for header, field in fields.items()]


def client_of(
    created: list[dict[str, Any]],
    read: list[dict[str, Any]] | None = None,
    keys: list[Any] | None = None,
    *,
    changed: list[Any] | None = None,
    answers: list[dict[str, Any]] | None = None,
) -> ApiClient:
    """Answers each createImport, each reading of an import and each updateImport by the next of these; `changed` hears what was sent."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "PUT":
            return httpx.Response(200, json={"id": "u"})
        asked = json.loads(request.content)
        if "createUpload(" in asked["query"]:
            upload = {"id": "u", "url": "/uploads/u", "method": "PUT", "headers": {}}
            return httpx.Response(200, json={"data": {"createUpload": {"upload": upload, "userErrors": []}}})
        if "createImport(" in asked["query"]:
            if keys is not None:
                keys.append(asked["variables"]["input"].get("idempotencyKey"))
            return httpx.Response(200, json={"data": {"createImport": created.pop(0)}})
        if "updateImport(" in asked["query"]:
            assert changed is not None
            assert answers is not None
            changed.append(asked["variables"]["input"])
            return httpx.Response(200, json={"data": {"updateImport": made(answers.pop(0))}})
        assert read is not None
        return httpx.Response(200, json={"data": {"import": read.pop(0)}})

    return ApiClient("http://server", "token", httpx.MockTransport(answer))


def made(job: dict[str, Any]) -> dict[str, Any]:
    return {"import": job, "userErrors": []}


def refused(error: dict[str, Any]) -> dict[str, Any]:
    return {"import": None, "userErrors": [error]}
