"""Somebody who uses the API over the network, by the client library that others use."""

import io
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gql import Client, FileVar, gql
from gql.transport.httpx import HTTPXTransport

Json = dict[str, Any]

OUTCOMES = ("created", "updated", "unchanged", "skipped", "failed", "unprocessed")
FINAL = {"COMPLETED", "COMPLETED_WITH_ERRORS", "FAILED", "CANCELLED", "ROLLED_BACK", "PARTIALLY_ROLLED_BACK"}
COUNTS = "total created updated unchanged skipped failed unprocessed duplicates"
IMPORT = f"id version status counts {{ {COUNTS} }} progress {{ processed total batchesDone }} failure {{ code message }}"
ISSUE = "row column field value code severity message suggestion"
# All that a contact is, but what differs from import to import: id and times.
CONTACT = """
version firstName lastName fullName email phone mobilePhone company jobTitle addressLine1 addressLine2 city state postalCode country
website birthday notes tags owner externalId consent custom lists { name }
"""
INPUTS = {
    "cancelImport": "ImportAction",
    "retryImport": "ImportAction",
    "deleteImport": "ImportAction",
    "createContact": "Contact",
}
SHOWN = {"updateContact": "contact", "createContact": "contact", "createUpload": "upload", "createList": "list"}
PATIENCE_SECONDS = 120.0
# Each look costs the service and us some hundredths of a second of work, which whatever is waited for then lacks.
SECONDS_BETWEEN_LOOKS = 0.15


class Refused(Exception):
    """The first userError of a mutation."""

    def __init__(self, error: Json) -> None:
        super().__init__(f"{error['code']}: {error['message']}")
        self.code: str = error["code"]
        self.message: str = error["message"]
        self.error = error


@dataclass(frozen=True)
class ApiClient:
    """One token at one server."""

    url: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @cached_property
    def _client(self) -> Client:
        transport = HTTPXTransport(url=f"{self.url}/graphql", headers=self.headers, timeout=PATIENCE_SECONDS, trust_env=False)
        return Client(transport=transport, execute_timeout=PATIENCE_SECONDS)

    def ask(self, document: str, **variables: Any) -> Json:
        """The data of an answer without errors."""
        request = gql(document)
        request.variable_values = variables
        data: Json = self._client.execute(request, upload_files=_has_file(variables))
        return data

    def change(self, name: str, given: Mapping[str, Any], fields: str = IMPORT) -> Json:
        """What a mutation shows of what it changed; raises Refused."""
        input_name = INPUTS.get(name, name[0].upper() + name[1:])
        shown = SHOWN.get(name, "import")
        document = f"""mutation ($input: {input_name}Input!) {{
            {name}(input: $input) {{ {shown} {{ {fields} }} userErrors {{ code message path importId }} }}
        }}"""
        payload = self.ask(document, input=dict(given))[name]
        for error in payload["userErrors"]:
            raise Refused(error)
        changed: Json = payload[shown]
        return changed

    def create_import(self, data: bytes, filename: str = "contacts.csv", **given: Any) -> Json:
        """A new import of a file that goes along with the request."""
        file = io.BytesIO(data)
        return self.change("createImport", {"source": {"file": FileVar(file, filename=filename)}, **given})

    def run_import(self, data: bytes, filename: str = "contacts.csv", **given: Any) -> Json:
        """An import that starts by itself, at its end."""
        return self.wait(self.create_import(data, filename, autoStart=True, **given)["id"])

    def read(self, import_id: str, fields: str = IMPORT) -> Json:
        """The import now; its counts must add up whenever one looks."""
        job: Json = self.ask(f"query ($id: ID!) {{ import(id: $id) {{ {fields} }} }}", id=import_id)["import"]
        if "counts" in job:
            require_sum(job["counts"])
        return job

    def wait(self, import_id: str, until: Collection[str] = frozenset(), seconds: float = PATIENCE_SECONDS) -> Json:
        """The import once it is final or in one of these states."""
        deadline = time.monotonic() + seconds
        while (job := self.read(import_id))["status"] not in FINAL and job["status"] not in until:
            assert time.monotonic() < deadline, job
            time.sleep(SECONDS_BETWEEN_LOOKS)
        return job

    def pages(self, document: str, *path: str, **variables: Any) -> Iterator[Json]:
        """The nodes of all pages of the connection at this path."""
        after = None
        while True:
            connection = self.ask(document, after=after, **variables)
            for name in path:
                connection = connection[name]
            yield from connection["nodes"]
            if not connection["pageInfo"]["hasNextPage"]:
                return
            after = connection["pageInfo"]["endCursor"]

    def contacts(self, fields: str = CONTACT) -> list[Json]:
        """Every contact of the tenant."""
        document = f"""query ($after: String) {{
            contacts(first: 100, after: $after) {{ nodes {{ {fields} }} pageInfo {{ hasNextPage endCursor }} }}
        }}"""
        return list(self.pages(document, "contacts"))

    def issues(self, import_id: str) -> list[Json]:
        """Every issue of an import."""
        document = f"""query ($id: ID!, $after: String) {{
            import(id: $id) {{ issues(first: 100, after: $after) {{ nodes {{ {ISSUE} }} pageInfo {{ hasNextPage endCursor }} }} }}
        }}"""
        return list(self.pages(document, "import", "issues", id=import_id))


def require_sum(counts: Mapping[str, int]) -> None:
    """The promise of honest counts."""
    assert sum(counts[outcome] for outcome in OUTCOMES) == counts["total"], counts


def _has_file(value: Any) -> bool:
    return isinstance(value, FileVar) or (isinstance(value, dict) and any(map(_has_file, value.values())))


def by_key(contacts: list[Json]) -> list[Json]:
    """Contacts in an order that does not depend on when or where they came in."""
    return sorted(contacts, key=lambda contact: (contact["externalId"] or "", contact["email"] or "", contact["phone"] or ""))
