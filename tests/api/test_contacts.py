"""Contacts and lists: found, edited, and with their history."""

import pytest

from tests.api.door import CSV, Door

FIELDS = "contact { id version firstName email phone country birthday tags consent custom owner }"


async def test_a_contact_is_created_changed_and_deleted_with_its_history(door: Door) -> None:
    created = await door.change(
        "createContact",
        {
            "email": " Ann@Example.COM ",
            "phone": "+33 1 42 68 53 00",
            "country": "France",
            "tags": ["vip", "VIP", " vip "],
            "custom": {"size": "L"},
        },
        FIELDS,
    )
    assert created["userErrors"] == []
    contact = created["contact"]
    assert contact["email"] == "ann@example.com"
    assert contact["phone"] == "+33142685300"
    assert contact["country"] == "FR"
    assert contact["tags"] == ["vip"]
    assert contact["custom"] == {"size": "L"}
    assert contact["consent"] == "UNKNOWN"

    changed = await door.change(
        "updateContact",
        {"id": contact["id"], "version": 1, "contact": {"firstName": "Ann", "country": None, "consent": "SUBSCRIBED"}},
        FIELDS,
    )
    assert changed["contact"]["version"] == 2
    assert changed["contact"]["country"] is None
    assert changed["contact"]["email"] == "ann@example.com"
    moved = await door.change("updateContact", {"id": contact["id"], "contact": {"country": "us"}}, FIELDS)
    called = await door.change("updateContact", {"id": contact["id"], "contact": {"phone": "(202) 555-0123"}}, FIELDS)
    assert (moved["contact"]["country"], called["contact"]["phone"]) == ("US", "+12025550123")
    stale = await door.change("updateContact", {"id": contact["id"], "version": 1, "contact": {"firstName": "Anna"}}, FIELDS)
    assert stale["userErrors"][0]["code"] == "STALE_VERSION"

    found = await door.ask(
        "query($id: ID!) { contact(id: $id) { history { actor importId row changes { field before after } } } "
        "node(id: $id) { id ... on Contact { email } } }",
        {"id": contact["id"]},
    )
    newest, oldest = found["contact"]["history"][2], found["contact"]["history"][-1]
    assert newest["actor"] == "member"
    assert {"field": "country", "before": "FR", "after": None} in newest["changes"]
    assert {"field": "email", "before": None, "after": "ann@example.com"} in oldest["changes"]
    assert {"field": "tags", "before": [], "after": ["vip"]} in oldest["changes"]
    assert found["node"]["email"] == "ann@example.com"

    deleted = await door.change("deleteContact", {"id": contact["id"]}, "deletedId")
    assert deleted["deletedId"] == contact["id"]
    assert (await door.ask("{ contacts { totalCount } }"))["contacts"]["totalCount"] == 0


async def test_tags_and_custom_fields_are_replaced_as_a_whole(sqlite_door: Door) -> None:
    door = sqlite_door
    made = await door.change("createContact", {"email": "ann@example.com", "tags": ["b", "A"], "custom": {"size": "L", "shoe": 40}}, FIELDS)
    assert (made["contact"]["tags"], made["contact"]["custom"]) == (["b", "A"], {"size": "L", "shoe": "40"})
    contact_id = made["contact"]["id"]
    given = {"tags": ["c", "a", "B"], "custom": {"size": "M"}}
    changed = await door.change("updateContact", {"id": contact_id, "contact": given}, FIELDS)
    assert (changed["contact"]["tags"], changed["contact"]["custom"]) == (["c", "a", "B"], {"size": "M"})
    cleared = await door.change("updateContact", {"id": contact_id, "contact": {"tags": None, "custom": None, "consent": None}}, FIELDS)
    assert (cleared["contact"]["tags"], cleared["contact"]["custom"], cleared["contact"]["version"]) == ([], {}, 3)
    same = await door.change("updateContact", {"id": contact_id, "contact": {"tags": [], "email": "Ann@example.com"}}, FIELDS)
    assert same["contact"]["version"] == 3


async def test_a_key_passes_on_when_its_holder_lets_it_go(door: Door) -> None:
    data = b"Email,First name\ntwin@example.com,One\n"
    await door.completed(data)
    await door.completed(b"Email,First name\ntwin@example.com,Two\n", options={"duplicateStrategy": "CREATE"})
    one, two = (str(contact.id) for contact in sorted(door.rig.contacts(), key=lambda contact: contact.first_name or ""))
    taken = await door.change("createContact", {"email": "twin@example.com"})
    assert taken["userErrors"][0]["code"] == "KEY_CONFLICT"
    await door.change("deleteContact", {"id": one, "version": 1}, "deletedId")
    assert (await door.change("createContact", {"email": "twin@example.com"}))["userErrors"][0]["code"] == "KEY_CONFLICT"
    await door.change("updateContact", {"id": two, "contact": {"email": "other@example.com"}}, "contact { id }")
    assert (await door.change("createContact", {"email": "twin@example.com"}, "contact { id }"))["userErrors"] == []


async def test_two_contacts_cannot_have_one_key(door: Door) -> None:
    await door.change("createContact", {"email": "ann@example.com"})
    again = await door.change("createContact", {"email": "ANN@example.com"})
    assert (again["userErrors"][0]["code"], again["userErrors"][0]["path"]) == ("KEY_CONFLICT", ["input", "email"])
    await door.change("createContact", {"mobilePhone": "+31201234567"})
    bob = (await door.change("createContact", {"firstName": "Bob"}, "contact { id }"))["contact"]["id"]
    for name, value in (("email", "ann@example.com"), ("mobilePhone", "+31201234567"), ("phone", "+31201234567")):
        refused = (await door.change("updateContact", {"id": bob, "contact": {name: value}}))["userErrors"][0]
        assert (refused["code"], refused["path"]) == ("KEY_CONFLICT", ["input", "contact", name])
    national = (await door.change("updateContact", {"id": bob, "contact": {"phone": "12345"}}))["userErrors"][0]
    assert national["message"] == "A national phone number needs a country: write it with + and its code."


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"email": "nobody"}, "INVALID_EMAIL", ["input", "email"]),
        ({"phone": "(202) 555-0123"}, "PHONE_COUNTRY_UNKNOWN", ["input", "phone"]),
        ({"email": "a@example.com", "birthday": "2020-02-31"}, "INVALID_DATE", ["input", "birthday"]),
        ({"firstName": "x" * 201}, "VALUE_TOO_LONG", ["input", "firstName"]),
        ({"custom": [1]}, "INVALID_REQUEST", ["input", "custom"]),
        ({"tags": ["x" * 101]}, "INVALID_REQUEST", ["input", "tags"]),
        ({}, "INVALID_REQUEST", ["input"]),
    ],
)
async def test_values_that_cannot_be_used_are_refused(sqlite_door: Door, given: dict[str, object], code: str, path: list[str]) -> None:
    payload = await sqlite_door.change("createContact", given)
    assert (payload["userErrors"][0]["code"], payload["userErrors"][0]["path"]) == (code, path)


async def test_contacts_are_filtered_and_paged(door: Door) -> None:
    lists = await door.change("createList", {"name": "Customers"}, "list { id name contactCount }")
    list_id = lists["list"]["id"]
    import_id = await door.completed(CSV, options={"listIds": [list_id], "tags": ["spring"]})
    await door.change("createContact", {"email": "cy@example.com", "owner": "dora", "company": "100% Sure"})
    query = "query($filter: ContactFilter, $first: Int, $after: String) { contacts(filter: $filter, first: $first, after: $after) "
    query += "{ totalCount nodes { email lists { name } } pageInfo { hasNextPage endCursor } } }"
    for wanted, total in (
        ({}, 3),
        ({"search": "ANN"}, 1),
        ({"search": "100%"}, 1),
        ({"search": "%"}, 1),
        ({"email": "Bob@example.com"}, 1),
        ({"importId": import_id}, 2),
        ({"listId": list_id}, 2),
        ({"tag": "spring"}, 2),
        ({"tag": "spr"}, 0),
        ({"owner": "dora"}, 1),
    ):
        assert (await door.ask(query, {"filter": wanted}))["contacts"]["totalCount"] == total, wanted
    first = (await door.ask(query, {"first": 2}))["contacts"]
    rest = (await door.ask(query, {"first": 2, "after": first["pageInfo"]["endCursor"]}))["contacts"]
    assert sorted(node["email"] for node in first["nodes"] + rest["nodes"]) == ["ann@example.com", "bob@example.com", "cy@example.com"]
    assert (await door.ask("{ lists { name contactCount } }"))["lists"] == [{"name": "Customers", "contactCount": 2}]


async def test_a_list_has_a_name_of_its_own(door: Door) -> None:
    await door.change("createList", {"name": "Friends"})
    for name, code in (("Friends", "LIST_EXISTS"), (" ", "INVALID_REQUEST")):
        assert (await door.change("createList", {"name": name}))["userErrors"][0]["code"] == code
