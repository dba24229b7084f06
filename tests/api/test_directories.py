"""The directories of companies and owners, and the options that ask them."""

from tests.api.door import Door

ENTRY = "entry { id kind name contactCount importId row createdBy }"
CSV = b"Email,Company,Owner\nann@example.com,ACME inc,Olga\nbob@example.com,Gamma,olga\n"


async def test_entries_are_added_once_for_all_ways_of_writing_them(door: Door) -> None:
    added = await door.change("createCompany", {"name": "  Acme   Inc. "}, ENTRY)
    assert added["userErrors"] == []
    entry = added["entry"]
    assert (entry["kind"], entry["name"], entry["contactCount"], entry["importId"], entry["row"]) == ("COMPANY", "Acme Inc.", 0, None, None)
    again = await door.change("createCompany", {"name": "ÁCME"}, ENTRY)
    assert again["entry"] is None
    assert [(error["code"], error["path"]) for error in again["userErrors"]] == [("NAME_TAKEN", ["input", "name"])]
    assert "Acme Inc." in again["userErrors"][0]["message"]
    # An owner may be called as a company is.
    assert (await door.change("createOwner", {"name": "Acme"}, ENTRY))["userErrors"] == []
    for name in ("", " - ", "x" * 201):
        refused = await door.change("createOwner", {"name": name})
        assert [error["path"] for error in refused["userErrors"]] == [["input", "name"]]
    found = await door.ask("query($id: ID!) { node(id: $id) { id ... on DirectoryEntry { name } } }", {"id": entry["id"]})
    assert found["node"] == {"id": entry["id"], "name": "Acme Inc."}


async def test_directories_are_paged_by_name(door: Door) -> None:
    for name in ("Zeta", "épsilon", "Acme", "beta"):
        await door.change("createCompany", {"name": name})
    query = "query($after: String) { companies(first: 3, after: $after) { totalCount nodes { name } pageInfo { hasNextPage endCursor } } }"
    page = (await door.ask(query))["companies"]
    assert [node["name"] for node in page["nodes"]] == ["Acme", "beta", "épsilon"]
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (4, True)
    last = (await door.ask(query, {"after": page["pageInfo"]["endCursor"]}))["companies"]
    assert [node["name"] for node in last["nodes"]] == ["Zeta"]


async def test_an_import_asks_the_directories_as_its_options_say(door: Door) -> None:
    await door.change("createCompany", {"name": "Acme Inc."})
    import_id = await door.completed(CSV, options={"companyPolicy": "MATCH", "ownerPolicy": "CREATE"})
    query = "query($id: ID!) { import(id: $id) { options { companyPolicy ownerPolicy } preview { mapped } issueGroups { code count } } "
    query += "contacts { nodes { company owner } } "
    query += "companies { nodes { name contactCount } } owners { nodes { name contactCount importId row } } }"
    found = await door.ask(query, {"id": import_id})
    assert found["import"]["options"] == {"companyPolicy": "MATCH", "ownerPolicy": "CREATE"}
    assert {(group["code"], group["count"]) for group in found["import"]["issueGroups"]} == {("UNKNOWN_COMPANY", 1), ("NEW_OWNER", 1)}
    contacts = [{"company": "Acme Inc.", "owner": "Olga"}, {"company": None, "owner": "Olga"}]
    assert found["contacts"]["nodes"] == contacts
    assert found["companies"]["nodes"] == [{"name": "Acme Inc.", "contactCount": 1}]
    assert found["owners"]["nodes"] == [{"name": "Olga", "contactCount": 2, "importId": import_id, "row": 2}]
    shown = [{name: row["mapped"][name] for name in ("company", "owner")} for row in found["import"]["preview"]]
    assert shown == contacts
