"""Tags and owners of the options are what they would be in cells, and a column that is named for the owners is there."""

from typing import Any

import pytest

from tests.api.door import Door

DATA = b"Email,Tags,Rep\nann@example.com,vip,Ann\nbob@example.com,,\n"
SHOWN = "import { status failure { code } }"
BY_COLUMN = {"mode": "BY_COLUMN", "column": "Rpe"}


async def test_tags_and_owners_are_cleaned_as_cells_are(door: Door) -> None:
    assignment = {"mode": "ROUND_ROBIN", "owners": [" Ann  Lee ", "Bob", "Bob"]}
    await door.completed(DATA, options={"tags": [" vip ", "VIP", "new;old"], "assignment": assignment})
    contacts = sorted(door.rig.contacts(), key=lambda contact: contact.email or "")
    assert [(contact.tags, contact.owner) for contact in contacts] == [(["vip", "new", "old"], "Ann Lee"), (["vip", "new", "old"], "Bob")]


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({"tags": ["ok", "t" * 101]}, ["tags"]),
        ({"tags": ["ok", " ; "]}, ["tags"]),
        ({"assignment": {"mode": "SINGLE", "owners": ["o" * 201]}}, ["assignment", "owners"]),
        ({"assignment": {"mode": "ROUND_ROBIN", "owners": ["Ann", " \u00a0"]}}, ["assignment", "owners"]),
    ],
)
async def test_what_a_cell_could_not_say_is_refused(sqlite_door: Door, options: Any, path: list[str]) -> None:
    refused = (await sqlite_door.create(DATA, options=options))["userErrors"]
    assert [(error["code"], error["path"]) for error in refused] == [("INVALID_OPTION", ["input", "options", *path])]


async def test_a_column_of_owners_that_is_not_there_is_asked_for(door: Door) -> None:
    import_id = (await door.create(DATA, autoStart=True, options={"assignment": BY_COLUMN}))["import"]["id"]
    door.rig.drain()
    found = await door.ask(f"query($id: ID!) {{ {SHOWN.replace('import', 'import(id: $id)', 1)} }}", {"id": import_id})
    assert found["import"] == {"status": "NEEDS_MAPPING", "failure": {"code": "UNKNOWN_COLUMN"}}
    again = await door.change("updateImport", {"id": import_id, "options": {"assignment": BY_COLUMN}}, SHOWN)
    assert again["userErrors"][0]["code"] == "UNKNOWN_COLUMN"
    answered = await door.change("updateImport", {"id": import_id, "options": {"assignment": {**BY_COLUMN, "column": "Rep"}}}, SHOWN)
    assert answered["userErrors"] == []
    door.rig.drain()
    assert sorted((contact.email, contact.owner) for contact in door.rig.contacts()) == [
        ("ann@example.com", "Ann"),
        ("bob@example.com", None),
    ]


async def test_a_column_of_owners_that_is_not_there_is_refused_once_the_columns_are_known(sqlite_door: Door) -> None:
    import_id = (await sqlite_door.create(DATA))["import"]["id"]
    sqlite_door.rig.drain()
    refused = await sqlite_door.change("updateImport", {"id": import_id, "options": {"assignment": BY_COLUMN}}, SHOWN)
    assert refused["userErrors"][0]["code"] == "UNKNOWN_COLUMN"
