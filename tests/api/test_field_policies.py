"""Policies of single fields: what is chosen is told, what makes no sense is refused where it stands, and the plan obeys."""

from typing import Any

import pytest

from tests.api.door import Door

CHOSEN = [
    {"field": "first_name", "policy": "KEEP"},
    {"field": "tags", "policy": "OVERWRITE"},
    {"field": "custom.tier", "policy": "FILL_BLANK"},
]
TOLD = "import { options { fieldPolicies { field policy } } }"


async def test_what_was_chosen_is_told_replaced_as_a_whole_and_reset_by_null(sqlite_door: Door) -> None:
    created = await sqlite_door.create(options={"fieldPolicies": CHOSEN})
    sqlite_door.rig.drain()
    import_id = created["import"]["id"]
    for given, expected in (({"tags": ["x"]}, CHOSEN), ({"fieldPolicies": CHOSEN[1:]}, CHOSEN[1:]), ({"fieldPolicies": None}, [])):
        changed = await sqlite_door.change("updateImport", {"id": import_id, "options": given}, TOLD)
        sqlite_door.rig.drain()
        assert changed["userErrors"] == []
        assert changed["import"]["options"]["fieldPolicies"] == expected


@pytest.mark.parametrize(
    ("policies", "code", "path"),
    [
        ([{"field": "nickname", "policy": "KEEP"}], "UNKNOWN_FIELD", ["0", "field"]),
        ([{"field": "custom.", "policy": "KEEP"}], "UNKNOWN_FIELD", ["0", "field"]),
        ([{"field": "city", "policy": "KEEP"}, {"field": "city", "policy": "OVERWRITE"}], "FIELD_POLICY_TWICE", ["1", "field"]),
        ([{"field": "email", "policy": "APPEND"}], "APPEND_NOT_POSSIBLE", ["0", "policy"]),
        ([{"field": "custom.tier", "policy": "APPEND"}], "APPEND_NOT_POSSIBLE", ["0", "policy"]),
    ],
)
async def test_a_policy_that_makes_no_sense_is_refused_where_it_stands(
    sqlite_door: Door, policies: list[Any], code: str, path: list[str]
) -> None:
    payload = await sqlite_door.create(options={"fieldPolicies": policies})
    (error,) = payload["userErrors"]
    assert (error["code"], error["path"]) == (code, ["input", "options", "fieldPolicies", *path])
    assert payload["import"] is None


async def test_the_plan_shows_what_the_policies_leave(sqlite_door: Door) -> None:
    await sqlite_door.completed()
    changed = b"Email,First name,Phone\nann@example.com,Anna,+12025550199\n"
    options = {"duplicateStrategy": "UPDATE", "fieldPolicies": CHOSEN}
    mapping = [
        {"column": "Email", "field": "email"},
        {"column": "First name", "field": "first_name"},
        {"column": "Phone", "field": "phone"},
    ]
    created = await sqlite_door.create(changed, options=options, mapping=mapping)
    sqlite_door.rig.drain()
    found = await sqlite_door.ask(
        "query($id: ID!) { import(id: $id) { plan { sample { outcome changes { field after } } } } }", {"id": created["import"]["id"]}
    )
    (row,) = found["import"]["plan"]["sample"]
    assert row == {"outcome": "UPDATED", "changes": [{"field": "phone", "after": "+12025550199"}]}
