"""A second implementation of the part of the API that the dashboard uses: in memory, resolved against the real schema, with imports
that move on by themselves as time passes. Nothing of it is a mock: a wrong query is refused as the API would refuse it.
"""

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from graphql import GraphQLSchema, graphql_sync
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.dashboard import canned

Json = dict[str, Any]
TOKEN = "rolodock_fake_token"
COOKIE = "rolodock_session=fake"

FINAL = ("COMPLETED", "COMPLETED_WITH_ERRORS", "FAILED", "CANCELLED", "ROLLED_BACK", "PARTIALLY_ROLLED_BACK")


class FakeApi:
    """The state: imports by id, uploads by id, and how long each phase takes."""

    def __init__(
        self, schema: GraphQLSchema, *, phase_seconds: float = 1.5, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.schema = schema
        self.phase_seconds = phase_seconds
        self.now = now
        self.imports: dict[str, Json] = {}
        self.uploads: dict[str, Json] = {}
        self.received: list[Json] = []
        self.role = "ADMIN"

    def add_import(self, status: str, filename: str = "contacts.csv", *, total: int = 1200, **more: Any) -> str:
        import_id = str(uuid.uuid4())
        mapping = [{"column": header, "field": field} for header, field in zip(canned.HEADERS, canned.FIELDS, strict=True)]
        self.imports[import_id] = {
            "id": import_id,
            "version": 1,
            "status": status,
            "since": self.now(),
            "filename": filename,
            "sizeBytes": 84_213,
            "sourceKind": "upload",
            "createdBy": "ada",
            "createdAt": self.now(),
            "completedAt": None,
            "mapping": mapping,
            "total": total,
            "options": canned.options({}),
            "rollback": None,
            "retryBlockedBy": None,
            "rollbackPreview": {"removes": total - 3, "restores": 2, "keeps": 1, "keptContacts": []},
            "failure": None,
            "stuckSince": None,
            "edits": [],
            "excluded": [],
            "settled": None,
            "groups": {},
            **more,
        }
        return import_id

    def view(self, job: Json) -> Json:
        """The import as the API shows it now; time may have moved it on."""
        self._advance(job)
        status, total = job["status"], job["total"]
        done = self._share(job) if status in ("PLANNING", "APPLYING", "CANCELLING", "ROLLING_BACK") else 1.0
        has_rows = status not in ("UPLOADED", "INSPECTING", "NEEDS_MAPPING") and not job["failure"]
        predicted = status in ("PLANNED", "QUEUED", "PLANNING")
        stopped = 0.4 if status == "CANCELLED" else 1.0
        applied = done if status == "APPLYING" else 0.0 if predicted or not has_rows else stopped
        # A retry's plan: what earlier runs settled.
        counts = job["settled"] or canned.counts(total, applied)
        has_plan = has_rows and status != "PLANNING"
        is_final = status in FINAL
        suffix = f"/downloads/{job['id']}"
        report = {"url": suffix, "filename": "failed-rows.csv", "expiresAt": self.now() + timedelta(hours=1)}
        return {
            **job,
            "counts": counts,
            "progress": {
                "phase": status,
                "percent": done * 100,
                "processed": int(total * done),
                "total": total,
                "batchesDone": int(6 * done),
                "batchesTotal": 6,
                "queuePosition": 2 if status == "QUEUED" else None,
                "rowsPerSecond": 10_250.0 if has_rows else None,
                "etaSeconds": 0.0 if is_final else (1 - done) * self.phase_seconds,
                "elapsedSeconds": 3.2,
                "step": "JUDGING" if status == "PLANNING" else None,
                "stepProcessed": int(total * done) if status == "PLANNING" else None,
            },
            "dialect": canned.DIALECT | job.get("dialect", {}),
            "columns": [] if job.get("is_unchosen") else canned.columns(job["mapping"]),
            "preview": lambda *_, first=10: [] if job.get("is_empty") else canned.preview()[:first],
            "plan": {"hash": "9f2c4be1d07a55aa31c0", "counts": canned.counts(total, 1.0), "sample": canned.sample} if has_plan else None,
            "issueGroups": [group | job["groups"] for group in canned.issue_groups()] if has_rows else [],
            "issues": canned.issues,
            "edits": {"cells": len(job["edits"]), "excludedRows": len(job["excluded"])},
            "fixPreview": canned.fix_effect,
            "rows": lambda *_, **wanted: (
                canned.outcome_rows(canned.counts(total, 1.0) if predicted else counts, **wanted)
                if wanted.get("outcome") and "isEdited" not in wanted
                else canned.rows_by_number(wanted["numbers"])
                if "numbers" in wanted and not job["edits"]
                # All of them failed, once there is an outcome.
                else canned.edited_rows(job["edits"], job["excluded"])
                if wanted.get("outcome") in (None, "FAILED")
                else canned.edited_rows([], [])
            ),
            "errorReport": report if is_final and counts["failed"] else None,
            "isRetry": job["settled"] is not None,
            "canStart": status == "PLANNED" and self.role != "VIEWER",
            "canEdit": status in ("NEEDS_MAPPING", "PLANNED", "COMPLETED_WITH_ERRORS", "CANCELLED", "FAILED") and self.role != "VIEWER",
            "canCancel": not is_final and status not in ("ROLLING_BACK", "CANCELLING"),
            "canRetry": status in ("COMPLETED_WITH_ERRORS", "CANCELLED", "FAILED"),
            "canRollback": status in ("COMPLETED", "COMPLETED_WITH_ERRORS", "CANCELLED", "PARTIALLY_ROLLED_BACK"),
        }

    def execute(self, query: str, variables: Json) -> Json:
        self.received.append({"query": query, "variables": variables})
        result = graphql_sync(self.schema, query, root_value=self._root(), variable_values=variables)
        return {"data": result.data, **({"errors": [error.formatted for error in result.errors]} if result.errors else {})}

    def _root(self) -> Json:
        return {
            "import": lambda _info, id: self.view(self.imports[id]) if id in self.imports else None,
            "imports": self._list,
            "viewer": lambda _info: {"name": "ada", "role": self.role},
            "importAnalytics": lambda _info, **_: canned.analytics(self.now()),
            "contacts": canned.contacts,
            "contact": lambda _info, id: canned.contact(id, self.now(), next(iter(self.imports), str(uuid.uuid4()))),
            "auditEntries": canned.audit_entries,
            "createUpload": self._create_upload,
            "createImport": self._create_import,
            "updateImport": self._update_import,
            "editImportRows": self._edit_rows,
            "applyFix": self._apply_fix,
            "startImport": lambda _info, input: self._move(input, "PLANNED", "APPLYING"),
            "cancelImport": self._cancel,
            "retryImport": lambda _info, input: self._move(input, None, "PLANNING"),
            "rollbackImport": self._roll_back,
            "deleteImport": self._delete,
        }

    def _share(self, job: Json) -> float:
        return min(1.0, (self.now() - job["since"]).total_seconds() / self.phase_seconds)

    def _advance(self, job: Json) -> None:
        while job["status"] in _NEXT and self._share(job) >= 1.0:
            self._to(job, _NEXT[job["status"]])

    def _to(self, job: Json, status: str) -> None:
        job.update(status=status, version=job["version"] + 1, since=self.now(), completedAt=self.now() if status in FINAL else None)

    def _list(self, _info: Any, filter: Json | None = None, first: int = 20, after: str | None = None, **order: Any) -> Json:
        wanted = filter or {}
        found = [self.view(job) for job in self.imports.values()]
        found = [job for job in found if not wanted.get("statuses") or job["status"] in wanted["statuses"]]
        found = [job for job in found if wanted.get("search", "").lower() in job["filename"].lower()]
        found = [job for job in found if wanted.get("stuck") in (None, job["stuckSince"] is not None)]
        key, is_descending = _ORDERS[order.get("orderBy", "CREATED_AT_DESC")]
        found.sort(key=lambda job: job[key], reverse=is_descending)
        start = int(after or 0)
        page = found[start : start + first]
        has_more = len(found) > start + first
        info = {"hasNextPage": has_more, "hasPreviousPage": start > 0, "endCursor": str(start + len(page))}
        return {"nodes": page, "pageInfo": info, "totalCount": len(found)}

    def _create_upload(self, _info: Any, input: Json) -> Json:
        if not input["filename"].endswith((".csv", ".xlsx", ".json")):
            return _refused(
                "UNSUPPORTED_FILE_TYPE", "Files of this type are not accepted; these are: CSV, Excel (.xlsx), JSON.", upload=None
            )
        upload_id = str(uuid.uuid4())
        self.uploads[upload_id] = {"filename": input["filename"], "bytes": None}
        # Another of the server's names, as happens behind a proxy.
        address = f"http://rolodock.invalid/uploads/{upload_id}"
        expires = self.now() + timedelta(hours=1)
        upload = {"id": upload_id, "url": address, "method": "PUT", "headers": {"X-Upload": "yes"}, "expiresAt": expires}
        return {"upload": upload, "userErrors": []}

    def _create_import(self, _info: Any, input: Json) -> Json:
        staged = self.uploads[input["source"]["uploadId"]]
        if staged["bytes"] is None:
            return _refused("UPLOAD_NOT_FOUND", "The bytes of this upload have not arrived.")
        earlier = next((job for job in self.imports.values() if job.get("bytes") == staged["bytes"]), None)
        if earlier and not input.get("allowDuplicateFile"):
            return _refused("DUPLICATE_FILE", f"This file was already imported as {earlier['filename']}.", import_id=earlier["id"])
        import_id = self.add_import("UPLOADED", staged["filename"], bytes=staged["bytes"], sizeBytes=len(staged["bytes"]))
        return {"import": self.view(self.imports[import_id]), "userErrors": []}

    def _update_import(self, _info: Any, input: Json) -> Json:
        if "mapping" not in input:
            # Nothing but another way to read the file comes without a mapping here.
            chosen = {key: value for key, value in input["options"].items() if key in canned.READING and value is not None}
            job = self.imports[input["id"]]
            job.update(dialect=job.get("dialect", {}) | {"decisions": []} | chosen, options=job["options"] | chosen, is_unchosen=False)
            return self._move(input, None, "INSPECTING")
        if not any(pair["field"] in ("external_id", "email", "phone", "mobile_phone") for pair in input["mapping"]):
            return _refused("MATCH_FIELD_NOT_MAPPED", "No column is mapped to a field that identifies a contact.", path=["mapping"])
        if input["options"]["errorPolicy"] == "STOP_AT_ERROR_RATE" and input["options"].get("maxErrorRate") is None:
            return _refused("INVALID_OPTION", "STOP_AT_ERROR_RATE needs maxErrorRate.", path=["input", "options", "maxErrorRate"])
        job = self.imports[input["id"]]
        job.update(mapping=input["mapping"], options=canned.options(input["options"]))
        return self._move(input, None, "PLANNING")

    def _edit_rows(self, _info: Any, input: Json) -> Json:
        job = self.imports[input["id"]]
        if any(row == 404 for row in input["excludeRows"]):
            return _refused("UNKNOWN_ROW", "This import has no row 404.")
        job["edits"] = [*job["edits"], *input["edits"]]
        job["excluded"] = sorted({*job["excluded"], *input["excludeRows"]} - {*input["includeRows"]})
        return self._move(input, None, "PLANNING" if job["status"] == "PLANNED" else job["status"])

    def _apply_fix(self, _info: Any, input: Json) -> Json:
        return {"effect": None} | self._move(input, None, "PLANNING")

    def _move(self, input: Json, expected: str | None, status: str) -> Json:
        job = self.imports[input["id"]]
        self._advance(job)
        if input.get("version") not in (None, job["version"]):
            return _refused("STALE_VERSION", "The import has changed since you looked; this is how it stands now.")
        if expected and job["status"] != expected:
            return _refused("WRONG_STATE", "The import is not in a state that allows this.")
        self._to(job, status)
        return {"import": self.view(job), "userErrors": []}

    def _cancel(self, _info: Any, input: Json) -> Json:
        job = self.imports[input["id"]]
        self._advance(job)
        if job["status"] in FINAL:
            return _refused("WRONG_STATE", "An import that is completed cannot be cancelled.")
        self._to(job, "CANCELLING" if job["status"] == "APPLYING" else "CANCELLED")
        return {"import": self.view(job), "userErrors": []}

    def _delete(self, _info: Any, input: Json) -> Json:
        if self.imports[input["id"]]["status"] not in FINAL:
            return _refused("WRONG_STATE", "An import that has not ended cannot be deleted.", deletedId=None)
        del self.imports[input["id"]]
        return {"deletedId": input["id"], "userErrors": []}

    def _roll_back(self, _info: Any, input: Json) -> Json:
        job = self.imports[input["id"]]
        message = "The phone was edited after the import; it was left as it is."
        kept = {"contactId": str(uuid.uuid4()), "row": 7, "code": "FIELD_EDITED_SINCE", "message": message, "fields": ["phone"]}
        job["rollback"] = {
            "removed": 812,
            "restored": 203,
            "kept": 1,
            "keptContacts": [kept],
            "reason": input.get("reason"),
            "by": "ada",
            "completedAt": self.now(),
        }
        return self._move(input, None, "ROLLING_BACK")


_ORDERS = {
    "CREATED_AT_DESC": ("createdAt", True),
    "CREATED_AT_ASC": ("createdAt", False),
    "FILENAME": ("filename", False),
    "TOTAL_DESC": ("total", True),
}
_NEXT = {
    "UPLOADED": "INSPECTING",
    "INSPECTING": "NEEDS_MAPPING",
    "PLANNING": "PLANNED",
    "QUEUED": "APPLYING",
    "APPLYING": "COMPLETED_WITH_ERRORS",
    "CANCELLING": "CANCELLED",
    "ROLLING_BACK": "PARTIALLY_ROLLED_BACK",
}


def make_fake_api(api: FakeApi) -> Starlette:
    """The fake over HTTP, with the cookie and the preflight header asked for as the API asks for them."""

    def is_signed_in(request: Request) -> bool:
        return COOKIE in request.headers.get("cookie", "")

    async def graphql(request: Request) -> Response:
        if not is_signed_in(request):
            return JSONResponse({"errors": [{"message": "Sign in.", "extensions": {"code": "UNAUTHENTICATED"}}]}, status_code=401)
        if request.headers.get("graphql-preflight") != "1":
            return JSONResponse({"errors": [{"message": "GraphQL-Preflight is missing."}]}, status_code=400)
        body = await request.json()
        answer = api.execute(body["query"], body.get("variables") or {})
        return Response(json.dumps(answer, default=_plain), media_type="application/json")

    async def put_upload(request: Request) -> Response:
        if not is_signed_in(request) or request.headers.get("x-upload") != "yes":
            return PlainTextResponse("", status_code=401)
        api.uploads[request.path_params["id"]]["bytes"] = await request.body()
        return PlainTextResponse("", status_code=204)

    async def sign_in(request: Request) -> Response:
        form = await request.form()
        if form.get("token") != TOKEN:
            return PlainTextResponse("Unknown token.", status_code=401)
        answer = RedirectResponse("/", status_code=303)
        answer.headers["Set-Cookie"] = f"{COOKIE}; HttpOnly; SameSite=Lax; Path=/"
        return answer

    async def download(request: Request) -> Response:
        return PlainTextResponse("E-mail,row\nmateo(at)example.es,5\n", media_type="text/csv")

    return Starlette(
        routes=[
            Route("/graphql", graphql, methods=["POST"]),
            Route("/uploads/{id}", put_upload, methods=["PUT"]),
            Route("/sign-in", sign_in, methods=["POST"]),
            Route("/downloads/{id}", download),
        ]
    )


def _plain(value: Any) -> Any:
    return value.isoformat()


def _refused(code: str, message: str, *, path: list[str] | None = None, import_id: str | None = None, **empty: Any) -> Json:
    return {"import": None, **empty, "userErrors": [{"code": code, "message": message, "path": path, "importId": import_id}]}
