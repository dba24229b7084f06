"""Rows are found by their numbers, before anything is applied and afterwards."""

from tests.api.door import Door

QUERY = """query($id: ID!, $numbers: [BigInt!]) {
  import(id: $id) { rows(numbers: $numbers, first: 10) { totalCount nodes { row values } } }
}"""
ROWS = """query($id: ID!) { import(id: $id) { rows(first: 10) { nodes { changes { field after } issues { code } } } } }"""


async def test_rows_are_found_by_number(door: Door) -> None:
    data = b"Email,First name\n" + b"".join(b"p%d@example.com,P%d\n" % (n, n) for n in range(1, 8))
    import_id = await door.completed(data)
    everything = (await door.ask(QUERY, {"id": import_id}))["import"]["rows"]["nodes"]
    numbers = [everything[1]["row"], everything[5]["row"], 9_999]
    found = (await door.ask(QUERY, {"id": import_id, "numbers": numbers}))["import"]["rows"]
    assert found == {"totalCount": 2, "nodes": [everything[1], everything[5]]}


async def test_a_twin_of_who_has_unsubscribed_is_shown_as_it_is_created(door: Door) -> None:
    await door.completed(b"Email,Consent\np1@example.com,unsubscribed\n")
    rows = b"Email,First name,Consent\np1@example.com,Ann,subscribed\np1@example.com,Bob,\np2@example.com,Cy,subscribed\n"
    import_id = await door.completed(rows, options={"duplicateStrategy": "CREATE"})
    shown = (await door.ask(ROWS, {"id": import_id}))["import"]["rows"]["nodes"]
    consents = [{change["field"]: change["after"] for change in row["changes"]}["consent"] for row in shown]
    assert consents == ["unsubscribed", "unsubscribed", "subscribed"]
    assert ["CONSENT_KEPT" in {issue["code"] for issue in row["issues"]} for row in shown] == [True, True, False]
