"""The application over ASGI, with a client that asks as anybody."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from api.app import make_app
from api.commands.tokens import find_token, issue_token, make_sign_in_link
from models.settings import Settings
from models.vocabulary import Role
from tests.support.rig import Rig, make_rig

TENANT = "acme"
OTHER_TENANT = "globex"
ERRORS = "userErrors { code message path importId }"
CREATE = f"mutation($input: CreateImportInput!) {{ createImport(input: $input) {{ import {{ id status version }} {ERRORS} }} }}"
CSV = b"Email,First name,Phone\nann@example.com,Ann,+12025550123\nbob@example.com,Bob,+12025550124\n"

Json = dict[str, Any]


@dataclass
class Door:
    """The API, and what a test needs to ask it."""

    settings: Settings
    http: httpx.AsyncClient
    rig: Rig
    admin: str
    member: str
    viewer: str
    stranger: str

    async def post(self, query: str, variables: Json | None = None, *, token: str | None = None, **headers: str) -> httpx.Response:
        """A GraphQL request as JSON; by default from a member."""
        bearer = self.member if token is None else token
        sent = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        return await self.http.post("/graphql", json={"query": query, "variables": variables or {}}, headers=sent | headers)

    async def ask(self, query: str, variables: Json | None = None, *, token: str | None = None) -> Json:
        """The data of a request that is answered without an error."""
        answer = await self.post(query, variables, token=token)
        body: Json = answer.json()
        assert "errors" not in body, body
        data: Json = body["data"]
        return data

    async def change(self, name: str, given: Json, fields: str = "", *, token: str | None = None) -> Json:
        """The payload of a mutation with one input."""
        kind = {"cancelImport": "ImportAction", "retryImport": "ImportAction", "deleteImport": "ImportAction", "createContact": "Contact"}
        input_name = kind.get(name, name[0].upper() + name[1:]) + "Input!"
        query = f"mutation($input: {input_name}) {{ {name}(input: $input) {{ {fields} {ERRORS} }} }}"
        payload: Json = (await self.ask(query, {"input": given}, token=token))[name]
        return payload

    async def send_file(
        self, data: bytes, filename: str = "contacts.csv", *, token: str | None = None, given: Json | None = None
    ) -> httpx.Response:
        """createImport with a file, as a multipart request."""
        operations = {"query": CREATE, "variables": {"input": {"source": {"file": None}, **(given or {})}}}
        return await self.http.post(
            "/graphql",
            data={"operations": json.dumps(operations), "map": json.dumps({"0": ["variables.input.source.file"]})},
            files={"0": (filename, data, "text/csv")},
            headers={"Authorization": f"Bearer {token or self.member}"},
        )

    async def create(self, data: bytes = CSV, **given: Any) -> Json:
        """The payload of createImport with a file."""
        body = (await self.send_file(data, given=given)).json()
        assert "errors" not in body, body
        payload: Json = body["data"]["createImport"]
        return payload

    async def completed(self, data: bytes = CSV, **given: Any) -> str:
        """The id of an import that ran to its end."""
        payload = await self.create(data, autoStart=True, **given)
        assert payload["userErrors"] == [], payload
        self.rig.drain()
        import_id: str = payload["import"]["id"]
        return import_id

    async def sign_in(self, **who: Any) -> Mapping[str, str]:
        """The headers of a browser that is signed in, without the preflight header."""
        link = make_sign_in_link(self.rig.deps.database, self.settings, TENANT, **who)
        answer = await self.http.post("/sign-in", data={"code": link.rpartition("code=")[2]})
        assert answer.status_code == 303, answer.text
        self.http.cookies.clear()
        return {"Cookie": answer.headers["set-cookie"].partition(";")[0]}


@asynccontextmanager
async def open_door(settings: Settings, **transport: Any) -> AsyncIterator[Door]:
    """A door on the settings' database."""
    rig = make_rig(settings)
    database = rig.deps.database
    tokens = {role: issue_token(database, TENANT, role) for role in Role}
    stranger = issue_token(database, OTHER_TENANT, Role.ADMIN)
    actor = find_token(database, tokens[Role.MEMBER])
    assert actor is not None
    rig.tenant_id = actor.tenant_id
    app = make_app(settings, with_dashboard=False, outbox=rig.outbox)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app, **transport), base_url=settings.public_url) as http,
    ):
        yield Door(settings, http, rig, tokens[Role.ADMIN], tokens[Role.MEMBER], tokens[Role.VIEWER], stranger)
    database.close()
