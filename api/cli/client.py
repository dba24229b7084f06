"""The GraphQL API as a client of another process sees it: what `rolodock import` says to a server."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from models.errors import Terminal, Transient
from models.vocabulary import ImportStatus

UPLOAD_CHUNK_BYTES = 256 * 1024
# A supervised API is back within seconds of dying.
PATIENCE_SECONDS = 20.0
NOT_ACCEPTED = "The server does not accept the token."

IMPORT_FIELDS = """
fragment Shown on Import {
  id version status canCancel completedAt
  counts { total created updated unchanged skipped failed unprocessed duplicates }
  progress { percent processed total rowsPerSecond }
  columns { header field suggestions { field confidence } }
  mapping { column field }
  issueGroups { code field severity count example { row message } }
  failure { code message }
  dialect { members decisions { aspect value reason alternatives isQuestion } }
}
"""
CREATE_UPLOAD = """
mutation ($input: CreateUploadInput!) {
  createUpload(input: $input) { upload { id url method headers } userErrors { code message path } }
}
"""
CREATE_IMPORT = (
    "mutation ($input: CreateImportInput!) { createImport(input: $input) { import { ...Shown } userErrors { code message importId } } }"
    + IMPORT_FIELDS
)
UPDATE_IMPORT = (
    "mutation ($input: UpdateImportInput!) { updateImport(input: $input) { import { ...Shown } userErrors { code message path } } }"
    + IMPORT_FIELDS
)
START_IMPORT = (
    "mutation ($input: StartImportInput!) { startImport(input: $input) { import { ...Shown } userErrors { code message path } } }"
    + IMPORT_FIELDS
)
READ_IMPORT = "query ($id: ID!) { import(id: $id) { ...Shown } }" + IMPORT_FIELDS


class Refused(Terminal):
    """The server said no; `import_id`: the import that stands in the way."""

    def __init__(self, message: str, code: str | None = None, import_id: str | None = None) -> None:
        super().__init__(message, code)
        self.import_id = import_id


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An import as the server last told it."""

    content: Mapping[str, Any]

    @property
    def id(self) -> str:
        return str(self.content["id"])

    @property
    def status(self) -> ImportStatus:
        return ImportStatus(str(self.content["status"]).lower())

    @property
    def completed_at(self) -> datetime | None:
        moment = self.content["completedAt"]
        return None if moment is None else datetime.fromisoformat(moment)

    @property
    def counts(self) -> dict[str, int]:
        return {name: int(count) for name, count in self.content["counts"].items()}

    @property
    def processed(self) -> int:
        return int(self.content["progress"]["processed"])

    @property
    def total(self) -> int | None:
        total = self.content["progress"]["total"]
        return None if total is None else int(total)

    @property
    def mapping(self) -> dict[str, str | None]:
        """Field by column, as the server suggests it or was told."""
        return {column["header"]: column["field"] for column in self.content["columns"]}

    @property
    def decisions(self) -> list[Mapping[str, Any]]:
        """What was decided of how the file is read."""
        return list((self.content.get("dialect") or {}).get("decisions", ()))

    @property
    def questions(self) -> list[Mapping[str, Any]]:
        """What of the way to read the file waits for an answer."""
        return [decision for decision in self.decisions if decision["isQuestion"]]

    @property
    def members(self) -> list[str]:
        """The files of the archive that it is."""
        return list((self.content.get("dialect") or {}).get("members", ()))

    @property
    def failure(self) -> str | None:
        failure = self.content["failure"]
        return None if failure is None else f"{failure['message']} ({failure['code']})"


class ApiClient:
    """One server and one token."""

    def __init__(self, url: str, token: str, transport: httpx.BaseTransport | None = None) -> None:
        self._url = httpx.URL(url.rstrip("/") + "/")
        self._authorization = {"Authorization": f"Bearer {token}"}
        self._http = httpx.Client(base_url=self._url, timeout=httpx.Timeout(60, connect=5), transport=transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self._http.close()

    def upload(self, path: Path, sent: Callable[[int], None]) -> str:
        """Send a file in pieces; `sent` hears how many bytes each had. The id of the upload."""
        size = path.stat().st_size
        answer = self._mutate("createUpload", CREATE_UPLOAD, {"filename": path.name, "sizeBytes": size})
        upload = answer["upload"]
        url = self._url.join(upload["url"])
        # The token is for the server that it was given for, and not for a store that the upload may go to.
        headers = {**upload["headers"], **(self._authorization if _origin(url) == _origin(self._url) else {}), "Content-Length": str(size)}
        response = self._send(lambda: self._http.request(upload["method"], url, headers=headers, content=_pieces(path, sent)))
        if not response.is_success:
            raise _refusal_of(response)
        return str(upload["id"])

    def create_import(
        self, upload_id: str, *, options: Mapping[str, Any], allow_duplicate_file: bool, auto_start: bool, idempotency_key: str | None
    ) -> Snapshot:
        return self._changed(
            "createImport",
            CREATE_IMPORT,
            {
                "source": {"uploadId": upload_id},
                "options": dict(options),
                "autoStart": auto_start,
                "allowDuplicateFile": allow_duplicate_file,
                **({"idempotencyKey": idempotency_key} if idempotency_key else {}),
            },
        )

    def set_mapping(self, import_id: str, mapping: Mapping[str, str | None]) -> Snapshot:
        pairs: Sequence[Mapping[str, str | None]] = [{"column": column, "field": field} for column, field in mapping.items()]
        return self._changed("updateImport", UPDATE_IMPORT, {"id": import_id, "mapping": pairs})

    def set_options(self, import_id: str, options: Mapping[str, Any]) -> Snapshot:
        return self._changed("updateImport", UPDATE_IMPORT, {"id": import_id, "options": dict(options)})

    def start(self, import_id: str) -> Snapshot:
        return self._changed("startImport", START_IMPORT, {"id": import_id})

    def read(self, import_id: str) -> Snapshot:
        """The import now; waits for a server that is being started again."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                content = self._ask(READ_IMPORT, {"id": import_id})["import"]
            except Transient:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.5)
                continue
            if content is None:
                raise Refused("The import is gone.", code="not_found")
            return Snapshot(content)

    def _changed(self, name: str, document: str, variables: Mapping[str, Any]) -> Snapshot:
        return Snapshot(self._mutate(name, document, variables)["import"])

    def _mutate(self, name: str, document: str, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        payload: Mapping[str, Any] = self._ask(document, {"input": dict(fields)})[name]
        if payload["userErrors"]:
            raise _refusal(payload["userErrors"])
        return payload

    def _ask(self, document: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        response = self._send(
            lambda: self._http.post("graphql", json={"query": document, "variables": variables}, headers=self._authorization)
        )
        if response.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            raise Transient(_refusal_of(response).message)
        content = _content_of(response)
        data: Mapping[str, Any] | None = content.get("data")
        if content.get("errors") or data is None:
            raise _refusal_of(response)
        return data

    def _send(self, request: Callable[[], httpx.Response]) -> httpx.Response:
        try:
            return request()
        except httpx.TransportError as error:
            raise Transient(f"The server at {self._url} cannot be reached: {error}.") from error


def _pieces(path: Path, sent: Callable[[int], None]) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(UPLOAD_CHUNK_BYTES):
            yield piece
            sent(len(piece))


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _content_of(response: httpx.Response) -> Mapping[str, Any]:
    """The JSON object of an answer; empty for anything else, which a proxy in between may send."""
    try:
        content = response.json()
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _refusal_of(response: httpx.Response) -> Refused:
    """What the errors of an answer say, or its status where it names none."""
    if response.status_code == httpx.codes.UNAUTHORIZED:
        return Refused(NOT_ACCEPTED, code="unauthenticated")
    errors = _content_of(response).get("errors")
    return _refusal(errors) if errors else Refused(f"The server answered {response.status_code}: {response.reason_phrase}")


def _refusal(errors: Sequence[Mapping[str, Any]]) -> Refused:
    """One refusal of all errors, in whichever of the two shapes: the code beside the message, or in GraphQL's `extensions`."""
    told = [(str(error["message"]), error.get("code") or error.get("extensions", {}).get("code")) for error in errors]
    codes = {str(code).lower() for _, code in told if code}
    if codes == {"unauthenticated"}:
        return Refused(NOT_ACCEPTED, code="unauthenticated")
    message = " ".join(f"{message} ({code})" if code else message for message, code in told)
    return Refused(message, codes.pop() if len(codes) == 1 else None, next((error.get("importId") for error in errors), None))
