"""Rows are found by their numbers, before anything is applied and afterwards."""

from tests.api.door import Door

QUERY = """query($id: ID!, $numbers: [BigInt!]) {
  import(id: $id) { rows(numbers: $numbers, first: 10) { totalCount nodes { row values } } }
}"""


async def test_rows_are_found_by_number(door: Door) -> None:
    data = b"Email,First name\n" + b"".join(b"p%d@example.com,P%d\n" % (n, n) for n in range(1, 8))
    import_id = await door.completed(data)
    everything = (await door.ask(QUERY, {"id": import_id}))["import"]["rows"]["nodes"]
    numbers = [everything[1]["row"], everything[5]["row"], 9_999]
    found = (await door.ask(QUERY, {"id": import_id, "numbers": numbers}))["import"]["rows"]
    assert found == {"totalCount": 2, "nodes": [everything[1], everything[5]]}
