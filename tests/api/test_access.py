"""Every operation by everybody: without a key, from another tenant, with too weak a role and with the right one."""

import hashlib
from typing import Any

import pytest
from sqlalchemy import select

from models.database import reading
from models.tables import Contact, ContactList, DirectoryEntry, EditedCell, ExcludedRow, ImportBatch, ImportJob, Report, Upload
from tests.api.door import CSV, Door

WATCHED = (ImportJob, ImportBatch, Contact, ContactList, DirectoryEntry, Upload, Report, EditedCell, ExcludedRow)
FILE = {"source": {"rows": [{"email": "eve@example.com"}]}}

# name -> the input, made from the ids of what is there, and what the right role gets.
MUTATIONS: dict[str, Any] = {
    "createUpload": (lambda ids: {"filename": "a.csv"}, "upload { id }"),
    "createImport": (lambda ids: FILE, "import { id }"),
    "updateImport": (lambda ids: {"id": ids["waiting"], "options": {"tags": ["x"]}}, "import { id }"),
    "editImportRows": (lambda ids: {"id": ids["planned"], "excludeRows": [2]}, "import { id }"),
    "applyFix": (
        lambda ids: {"id": ids["faulty"], "code": "INVALID_EMAIL", "field": "email", "rule": {"excludeRows": True}},
        "effect { changed }",
    ),
    "startImport": (lambda ids: {"id": ids["planned"]}, "import { id }"),
    "cancelImport": (lambda ids: {"id": ids["waiting"]}, "import { id }"),
    "retryImport": (lambda ids: {"id": ids["faulty"]}, "import { id }"),
    "rollbackImport": (lambda ids: {"id": ids["faulty"]}, "import { id }"),
    "deleteImport": (lambda ids: {"id": ids["faulty"]}, "deletedId"),
    "requestErrorReport": (lambda ids: {"id": ids["faulty"], "format": "XLSX"}, "import { id }"),
    "createContact": (lambda ids: {"email": "new@example.com"}, "contact { id }"),
    "updateContact": (lambda ids: {"id": ids["contact"], "contact": {"company": "Acme"}}, "contact { id }"),
    "deleteContact": (lambda ids: {"id": ids["contact"]}, "deletedId"),
    "createList": (lambda ids: {"name": "Friends"}, "list { id }"),
    "createCompany": (lambda ids: {"name": "Globex"}, "entry { id }"),
    "createOwner": (lambda ids: {"name": "olga@example.com"}, "entry { id }"),
}
# These name nothing that could be another tenant's.
OWN = {"createUpload", "createImport", "createContact", "createList", "createCompany", "createOwner"}
QUERIES = {
    "node": "query($waiting: ID!) { node(id: $waiting) { id } }",
    "import": "query($waiting: ID!) { import(id: $waiting) { id } }",
    "contact": "query($contact: ID!) { contact(id: $contact) { id } }",
    "imports": "{ imports { totalCount nodes { id } } }",
    "contacts": "{ contacts { totalCount nodes { id } } }",
    "lists": "{ lists { id } }",
    "companies": "{ companies { totalCount nodes { id } } }",
    "owners": "{ owners { totalCount nodes { id } } }",
    "contactHistory": "query($contact: ID!) { contactHistory(id: $contact) { version } }",
    "importAnalytics": "{ importAnalytics { imports } }",
}


async def furnish(door: Door) -> dict[str, str]:
    """Imports in the states that the operations need, and a contact."""
    faulty = await door.completed(CSV + b"not an address,Cy,\n")
    planned = (await door.create(b"Email\nplan@example.com\n"))["import"]["id"]
    waiting = (await door.create(b"Email\nwait@example.com\n"))["import"]["id"]
    door.rig.drain()
    await door.change("updateImport", {"id": planned, "mapping": [{"column": "Email", "field": "email"}]})
    door.rig.drain()
    await door.change("createList", {"name": "Customers"})
    await door.change("createCompany", {"name": "Acme"})
    await door.change("createOwner", {"name": "Olga"})
    return {"faulty": faulty, "planned": planned, "waiting": waiting, "contact": str(door.rig.contacts()[0].id)}


def picture(door: Door) -> str:
    """All that could have been changed, as one fingerprint."""
    with reading(door.rig.deps.database) as tx:
        rows = [repr(sorted(map(repr, tx.execute(select(table.__table__)).all()))) for table in WATCHED]  # type: ignore[attr-defined]
    return hashlib.sha256("".join(rows).encode()).hexdigest()


@pytest.mark.parametrize("name", MUTATIONS)
async def test_a_mutation_is_open_to_the_right_role_alone(sqlite_door: Door, name: str) -> None:
    door = sqlite_door
    ids = await furnish(door)
    make, fields = MUTATIONS[name]
    given = make(ids)
    before = picture(door)

    for token in ("", "rdk_wrong"):
        refused = await door.post('mutation { createList(input: {name: "x"}) { list { id } } }', token=token)
        assert refused.status_code == 401
        assert refused.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    weak = await door.change(name, given, fields, token=door.viewer)
    assert [error["code"] for error in weak["userErrors"]] == ["FORBIDDEN"]
    if name not in OWN:
        foreign = await door.change(name, given, fields, token=door.stranger)
        missing = await door.change(name, given | {"id": "0198c1f0-0000-7000-8000-000000000000"}, fields, token=door.member)
        assert foreign["userErrors"] == missing["userErrors"]
        assert foreign["userErrors"][0]["code"] == "NOT_FOUND"
    assert picture(door) == before

    right = await door.change(name, given, fields)
    assert right["userErrors"] == []
    assert picture(door) != before


@pytest.mark.parametrize("name", QUERIES)
async def test_a_query_shows_a_tenant_its_own_alone(sqlite_door: Door, name: str) -> None:
    door = sqlite_door
    ids = await furnish(door)
    assert (await door.post(QUERIES[name], ids, token="")).status_code == 401
    names = {key: ids[key] for key in ids if f"${key}" in QUERIES[name]}
    foreign = (await door.ask(QUERIES[name], names, token=door.stranger))[name]
    assert foreign in (None, [], {"totalCount": 0, "nodes": []}, {"imports": 0})
    own = (await door.ask(QUERIES[name], names, token=door.viewer))[name]
    assert own not in (None, [], {"totalCount": 0, "nodes": []}, {"imports": 0})


async def test_a_viewer_is_not_offered_what_is_refused(sqlite_door: Door) -> None:
    ids = await furnish(sqlite_door)
    query = "query($id: ID!) { import(id: $id) { canCancel canRetry canRollback } }"
    assert set((await sqlite_door.ask(query, {"id": ids["faulty"]}, token=sqlite_door.viewer))["import"].values()) == {False}
    assert (await sqlite_door.ask(query, {"id": ids["faulty"]}))["import"] == {"canCancel": False, "canRetry": True, "canRollback": True}


async def test_foreign_lists_and_filters_find_nothing(sqlite_door: Door) -> None:
    door = sqlite_door
    ids = await furnish(door)
    list_id = (await door.ask("{ lists { id } }"))["lists"][0]["id"]
    foreign = await door.change("createImport", FILE | {"options": {"listIds": [list_id]}}, token=door.stranger)
    assert foreign["userErrors"][0]["code"] == "LIST_NOT_FOUND"
    found = await door.ask(
        "query($filter: ContactFilter) { contacts(filter: $filter) { totalCount } }",
        {"filter": {"importId": ids["faulty"]}},
        token=door.stranger,
    )
    assert found["contacts"]["totalCount"] == 0


async def test_a_client_is_told_who_asks_and_what_may_be_done(sqlite_door: Door) -> None:
    door = sqlite_door
    ids = await furnish(door)
    query = "query($id: ID!) { viewer { name role } import(id: $id) { canStart canEdit canCancel } }"
    for token, name, may in ((door.member, "member", True), (door.viewer, "viewer", False)):
        found = await door.ask(query, {"id": ids["planned"]}, token=token)
        assert found["viewer"] == {"name": name, "role": name.upper()}
        assert found["import"] == {"canStart": may, "canEdit": may, "canCancel": may}
