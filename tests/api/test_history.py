"""The history of imports: searched, filtered and read in pages that stay what they are while imports are added."""

from dataclasses import replace
from typing import Any

from tests.api.door import Door, Json
from tests.support.retention import sweep_what_is_old

IMPORTS = """query($filter: ImportFilter, $orderBy: ImportOrder, $first: Int, $after: String) {
  imports(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } nodes { id filename externalId createdBy counts { total } }
  }
}"""
NAMES_OF_PARTS = ("files", "chunks", "issues", "reports", "journal", "imports", "events", "audit")
NAMES = ("b.csv", "a.csv", "Ärzte 100%.csv", "ärzte_2.csv", "A.csv", "back\\slash.csv", "a.csv")


async def look(door: Door, **variables: Any) -> Json:
    found: Json = (await door.ask(IMPORTS, variables))["imports"]
    return found


async def add(door: Door, filename: str, rows: int, **given: Any) -> str:
    data = "Email\n" + "".join(f"{filename}{row}@example.com\n" for row in range(rows)) + f"{len(door.rig.outbox.waiting)}{filename}"
    body = (await door.send_file(data.encode(), filename, given={"allowDuplicateFile": True, **given})).json()
    import_id: str = body["data"]["createImport"]["import"]["id"]
    door.rig.drain()
    return import_id


async def test_pages_stay_what_they_are_while_imports_are_added(door: Door) -> None:
    for rows, name in enumerate(NAMES, start=1):
        await add(door, name, rows % 3, autoStart=True)
    for order in ("CREATED_AT_DESC", "CREATED_AT_ASC", "FILENAME", "TOTAL_DESC"):
        whole = [node["id"] for node in (await look(door, orderBy=order, first=100))["nodes"]]
        paged: list[str] = []
        after = None
        while True:
            page = await look(door, orderBy=order, first=2, after=after)
            paged += [node["id"] for node in page["nodes"]]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
            whole_before = set(whole)
            await add(door, "m.csv", 1)
        # Those that came meanwhile stand where they belong, and nothing else was left out or told twice.
        assert [import_id for import_id in paged if import_id in whole_before] == whole, order
        assert len(set(paged)) == len(paged)
        ordered = (await look(door, orderBy=order, first=100))["nodes"]
        if order == "FILENAME":
            names = [node["filename"] for node in ordered if node["filename"] != "m.csv"]
            assert [name.casefold() for name in names] == sorted(name.casefold() for name in NAMES)
        if order == "TOTAL_DESC":
            totals = [node["counts"]["total"] for node in ordered]
            assert totals == sorted(totals, reverse=True)


async def test_search_knows_no_case_and_no_wildcards(door: Door) -> None:
    for name in NAMES[:6]:
        await add(door, name, 1, externalId=f"CRM-{name[0].upper()}")
    for searched, names in (
        ("ÄRZTE", {"Ärzte 100%.csv", "ärzte_2.csv"}),
        ("a\N{COMBINING DIAERESIS}rzte", {"Ärzte 100%.csv", "ärzte_2.csv"}),
        ("0%", {"Ärzte 100%.csv"}),
        ("%", {"Ärzte 100%.csv"}),
        ("_", {"ärzte_2.csv"}),
        ("\\", {"back\\slash.csv"}),
        ("crm-ä", {"Ärzte 100%.csv", "ärzte_2.csv"}),
        ("MEMBER", set(NAMES)),
        ("nothing of the kind", set()),
    ):
        page = await look(door, filter={"search": searched}, first=100)
        assert ({node["filename"] for node in page["nodes"]}, page["totalCount"]) == (names, len(page["nodes"])), searched
    assert (await door.ask(IMPORTS, {"filter": {"search": "csv"}}, token=door.stranger))["imports"]["totalCount"] == 0


async def test_what_retention_took_is_told_with_its_code(door: Door) -> None:
    import_id = await add(door, "a.csv", 1, autoStart=True)
    query = """query($id: ID!) { import(id: $id) {
      status canRetry canRollback rollbackBlockedBy { code } swept { file chunks issues journal } preview { row }
      rows { totalCount nodes { row values outcome issues { code } changes { field } } } issues { nodes { code } }
      errorReport { url } counts { total created failed } issueGroups { code }
    } }"""
    before = (await door.ask(query, {"id": import_id}))["import"]
    assert (before["canRetry"], before["canRollback"], before["rollbackBlockedBy"]) == (True, True, None)
    assert set(before["swept"].values()) == {None}
    assert before["preview"]
    link = before["errorReport"]["url"]

    sweep(door, "chunks", "files", "reports")
    after = (await door.ask(query, {"id": import_id}))["import"]
    assert (after["canRetry"], after["canRollback"], after["errorReport"], after["preview"]) == (False, True, None, [])
    assert (after["swept"]["file"], after["swept"]["chunks"], after["swept"]["issues"]) != (None, None, None)
    assert after["counts"] == before["counts"]
    assert [(row["row"], row["outcome"], row["values"]) for row in after["rows"]["nodes"]] == [
        (row["row"], row["outcome"], None) for row in before["rows"]["nodes"]
    ]
    assert [row["issues"] for row in after["rows"]["nodes"]] == [row["issues"] for row in before["rows"]["nodes"]]
    marked = "query($id: ID!) { import(id: $id) { rows(hasIssues: true) { nodes { row } } } }"
    assert len((await door.ask(marked, {"id": import_id}))["import"]["rows"]["nodes"]) == 1
    gone = await door.http.get(link)
    assert (gone.status_code, gone.json()["errors"][0]["code"]) == (404, "REPORT_SWEPT")
    for name, given, code in (
        ("retryImport", {"id": import_id}, "CHUNKS_SWEPT"),
        ("requestErrorReport", {"id": import_id, "format": "CSV"}, "CHUNKS_SWEPT"),
    ):
        assert (await door.change(name, given))["userErrors"][0]["code"] == code

    sweep(door, "journal", "issues")
    last = (await door.ask(query, {"id": import_id}))["import"]
    assert (last["canRollback"], last["rollbackBlockedBy"]) == (False, {"code": "JOURNAL_SWEPT"})
    assert (last["rows"], last["issues"]["nodes"], last["issueGroups"]) == ({"totalCount": 0, "nodes": []}, [], [])
    assert (await door.change("rollbackImport", {"id": import_id}))["userErrors"][0]["code"] == "JOURNAL_SWEPT"
    analytics = await door.ask("{ importAnalytics { counts { total } issues { code count } } }")
    assert (analytics["importAnalytics"]["counts"]["total"], len(analytics["importAnalytics"]["issues"])) == (2, 1)


def sweep(door: Door, *names: str) -> None:
    days = {f"retention_{name}": 1e-9 if name in names else 0 for name in NAMES_OF_PARTS}
    sweep_what_is_old(replace(door.rig.deps, settings=door.settings.model_copy(update=days)), "one")


async def test_a_contact_tells_where_it_comes_from_even_when_it_is_deleted(door: Door) -> None:
    import_id = await door.completed()
    contact = door.rig.contact("ann@example.com")
    await door.change("updateContact", {"id": str(contact.id), "contact": {"company": "Acme"}})
    query = """query($id: ID!) {
      contact(id: $id) { fieldOrigins { field value importId row actor } history(first: 1) { version } }
      contactHistory(id: $id, beforeVersion: 2) { version importId row isUndo }
    }"""
    found = await door.ask(query, {"id": str(contact.id)})
    of_field = {each["field"]: each for each in found["contact"]["fieldOrigins"]}
    assert of_field["email"] == {"field": "email", "value": "ann@example.com", "importId": import_id, "row": 2, "actor": None}
    assert (of_field["company"]["importId"], of_field["company"]["actor"]) == (None, "member")
    assert found["contact"]["history"] == [{"version": 2}]
    assert found["contactHistory"] == [{"version": 1, "importId": import_id, "row": 2, "isUndo": False}]
    await door.change("deleteContact", {"id": str(contact.id)})
    gone = await door.ask(query, {"id": str(contact.id)})
    assert (gone["contact"], gone["contactHistory"]) == (None, found["contactHistory"])
    foreign = await door.ask(query, {"id": str(contact.id)}, token=door.stranger)
    missing = await door.ask(query, {"id": "0198c1f0-0000-7000-8000-000000000000"})
    assert foreign == missing == {"contact": None, "contactHistory": None}
    refused = await door.post("query($id: ID!) { contactHistory(id: $id, first: 101) { version } }", {"id": str(contact.id)})
    assert refused.json()["errors"][0]["extensions"]["code"] == "INVALID_REQUEST"
