"""Who did what: every mutation and every sign-in leaves an entry, which admins alone can read and which holds no secret."""

from typing import Any

import pytest
from sqlalchemy import select

from api.commands.tokens import make_sign_in_link, revoke_token
from api.graphql.print_schema import print_schema
from models.database import reading
from models.tables import AuditEntry
from tests.api.door import TENANT, Door, Json
from tests.api.test_access import MUTATIONS, furnish

ENTRIES = """query($filter: AuditFilter, $first: Int, $after: String) {
  auditEntries(filter: $filter, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } nodes { id at actor action subjectId detail }
  }
}"""


async def entries(door: Door, wanted: Json | None = None, **page: Any) -> Json:
    found: Json = (await door.ask(ENTRIES, {"filter": wanted, **page}, token=door.admin))["auditEntries"]
    return found


def test_every_mutation_is_tried() -> None:
    begin = print_schema().split("type Mutation {")[1].split("\n}")[0]
    named = {line.strip().partition("(")[0] for line in begin.splitlines() if line.startswith("  ") and "(input:" in line}
    assert named == set(MUTATIONS)


@pytest.mark.parametrize("name", MUTATIONS)
async def test_a_mutation_leaves_an_entry_of_who_asked_for_it(sqlite_door: Door, name: str) -> None:
    door = sqlite_door
    ids = await furnish(door)
    before = {entry["id"] for entry in (await entries(door, first=100))["nodes"]}
    make, fields = MUTATIONS[name]
    assert (await door.change(name, make(ids), fields))["userErrors"] == []
    new = [entry for entry in (await entries(door, first=100))["nodes"] if entry["id"] not in before]
    # An edit of a planned import is planned again at once, which is told beside it.
    assert {entry["actor"] for entry in new} == {"member"}
    assert new[0]["subjectId"] is not None


async def test_what_is_refused_leaves_none(sqlite_door: Door) -> None:
    before = (await entries(sqlite_door))["totalCount"]
    assert (await sqlite_door.change("createList", {"name": "x"}, token=sqlite_door.viewer))["userErrors"]
    assert (await entries(sqlite_door))["totalCount"] == before


async def test_signing_in_and_tokens_are_told_without_their_secrets(sqlite_door: Door) -> None:
    door = sqlite_door
    await door.sign_in(user_name="ada")
    await door.http.post("/sign-in", data={"token": door.member})
    door.http.cookies.clear()
    link = make_sign_in_link(door.rig.deps.database, door.settings, TENANT)
    revoke_token(door.rig.deps.database, door.viewer)
    found = (await entries(door, first=100))["nodes"]
    told = [(entry["actor"], entry["action"], entry["detail"].get("by") or entry["detail"].get("user")) for entry in found]
    assert told[:4] == [
        ("command line", "token.revoked", "viewer"),
        ("command line", "sign_in_link.made", "admin"),
        ("member", "user.signed_in", "token"),
        ("ada", "user.signed_in", "link"),
    ]
    assert sum(action == "token.issued" for _, action, _ in told) == 3
    with reading(door.rig.deps.database) as tx:
        everything = repr(tx.execute(select(AuditEntry.__table__)).all())  # type: ignore[attr-defined]
    assert not [secret for secret in (door.admin, door.member, door.viewer, link.rpartition("code=")[2]) if secret in everything]


async def test_admins_alone_read_it_and_their_own_alone(sqlite_door: Door) -> None:
    door = sqlite_door
    await door.change("createList", {"name": "Friends"})
    for token in (door.member, door.viewer):
        answer = (await door.post(ENTRIES, token=token)).json()
        assert answer["data"] is None
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert (await door.post(ENTRIES, token="")).status_code == 401
    foreign = (await door.ask(ENTRIES, token=door.stranger))["auditEntries"]
    assert {entry["action"] for entry in foreign["nodes"]} == {"token.issued"}


async def test_entries_are_filtered_and_paged(door: Door) -> None:
    ids = await furnish(door)
    everything = (await entries(door, first=100))["nodes"]
    assert [entry["at"] for entry in everything] == sorted((entry["at"] for entry in everything), reverse=True)
    paged: list[Json] = []
    after = None
    while True:
        page = await entries(door, first=5, after=after)
        paged += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        assert page["totalCount"] == len(everything)
        if not page["pageInfo"]["hasNextPage"]:
            break
        # What is added meanwhile stands before all that is still to come.
        await door.change("createUpload", {"filename": "late.csv"})
        everything_then = (await entries(door, first=100))["totalCount"]
        everything = [*everything, *[{}] * (everything_then - len(everything))]
    assert paged == [entry for entry in everything if entry]

    middle = paged[len(paged) // 2]["at"]
    for wanted, holds in (
        ({"actor": "member"}, lambda entry: entry["actor"] == "member"),
        ({"action": "list.created"}, lambda entry: entry["action"] == "list.created"),
        ({"action": "import"}, lambda entry: entry["action"].startswith("import.")),
        ({"action": "imp"}, lambda entry: False),
        ({"subjectId": ids["planned"]}, lambda entry: entry["subjectId"] == ids["planned"]),
        ({"since": middle}, lambda entry: entry["at"] >= middle),
        ({"until": middle}, lambda entry: entry["at"] < middle),
    ):
        found = (await entries(door, wanted, first=100))["nodes"]
        assert [entry["id"] for entry in found if entry["action"] != "upload.announced"] == [e["id"] for e in paged if holds(e)], wanted


async def test_entries_about_an_import_name_its_file_and_the_reason_that_was_given(door: Door) -> None:
    ids = await furnish(door)
    import_id = ids["faulty"]
    filename = (await door.ask("query($id: ID!) { import(id: $id) { filename } }", {"id": import_id}))["import"]["filename"]
    assert filename
    await door.change("rollbackImport", {"id": import_id, "reason": "wrong list"})
    door.rig.drain()
    await door.change("deleteImport", {"id": import_id}, "deletedId")
    about = (await entries(door, {"subjectId": import_id}, first=100))["nodes"]
    assert {entry["detail"]["filename"] for entry in about} == {filename}
    assert about[0]["action"] == "import.deleted"
    reasons = {entry["action"]: entry["detail"]["reason"] for entry in about if "reason" in entry["detail"]}
    assert reasons == {"import.rolling_back": "wrong list"}
