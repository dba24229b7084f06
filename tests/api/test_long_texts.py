"""A text that is longer than what keeps it is refused in words, on every database, before anything is written."""

from typing import Any

import pytest

from api.commands import contacts, create_import, files, tokens
from models import tables
from models.errors import InvalidRequest
from models.queries import reports
from models.vocabulary import MAX_FIELD_LENGTH, MAX_REASON_LENGTH, Role
from tests.api.door import CSV, Door

CUSTOM_LENGTH = MAX_FIELD_LENGTH - len("custom.")


def _codes(payload: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(error["code"], error["path"]) for error in payload["userErrors"]]


@pytest.mark.parametrize(
    ("column", "most"),
    [
        (tables.ImportJob.rollback_reason, MAX_REASON_LENGTH),
        (tables.ImportIssue.field, MAX_FIELD_LENGTH),
        (tables.ImportIssueCount.field, MAX_FIELD_LENGTH),
        (tables.ImportJob.external_id, create_import.MAX_EXTERNAL_ID_CHARACTERS),
        (tables.IdempotencyKey.key, create_import.MAX_EXTERNAL_ID_CHARACTERS),
        (tables.ImportJob.filename, files.MAX_NAME_CHARACTERS),
        (tables.Upload.filename, files.MAX_NAME_CHARACTERS),
        (tables.RefusedUpload.filename, files.MAX_NAME_CHARACTERS),
        (tables.Report.filename, reports.MAX_NAME_CHARACTERS),
        (tables.ContactList.name, contacts.MAX_NAME_CHARACTERS),
        (tables.Tenant.name, tokens.MAX_TENANT_CHARACTERS),
        (tables.User.name, tokens.MAX_USER_CHARACTERS),
    ],
)
def test_as_much_is_taken_as_is_kept(column: Any, most: int) -> None:
    assert column.type.length == most


async def test_a_reason_may_be_as_long_as_is_kept(door: Door) -> None:
    import_id = await door.completed()
    refused = await door.change("rollbackImport", {"id": import_id, "reason": "x" * (MAX_REASON_LENGTH + 1)}, "import { id }")
    assert _codes(refused) == [("TEXT_TOO_LONG", ["input", "reason"])]
    taken = await door.change("rollbackImport", {"id": import_id, "reason": "x" * MAX_REASON_LENGTH}, "import { status }")
    assert (taken["import"]["status"], taken["userErrors"]) == ("ROLLING_BACK", [])


async def test_a_custom_field_may_have_as_long_a_name_as_is_kept(door: Door) -> None:
    data = b"Email,First name,Note\nann@example.com,Ann," + b"n" * 3_000 + b"\n"

    def mapped(length: int) -> list[dict[str, str]]:
        return [{"column": "Email", "field": "email"}, {"column": "Note", "field": "custom." + "k" * length}]

    refused = await door.create(data, mapping=mapped(CUSTOM_LENGTH + 1), autoStart=True)
    assert _codes(refused) == [("TEXT_TOO_LONG", ["input", "mapping", "1", "field"])]
    policies = {"fieldPolicies": [{"field": "custom." + "k" * (CUSTOM_LENGTH + 1), "policy": "KEEP"}]}
    assert _codes(await door.create(data, options=policies)) == [("TEXT_TOO_LONG", ["input", "options", "fieldPolicies", "0", "field"])]
    # Its value is too long, so that an issue names the field.
    import_id = await door.completed(data, mapping=mapped(CUSTOM_LENGTH))
    found = await door.ask("query($id: ID!) { import(id: $id) { status issueGroups { code field } } }", {"id": import_id})
    assert found["import"]["status"] == "COMPLETED"
    assert found["import"]["issueGroups"] == [{"code": "VALUE_TOO_LONG", "field": "custom." + "k" * CUSTOM_LENGTH}]
    added = await door.change("createContact", {"email": "bob@example.com", "custom": {"k" * (CUSTOM_LENGTH + 1): "x"}})
    assert _codes(added) == [("TEXT_TOO_LONG", ["input", "custom"])]


async def test_a_report_of_a_file_with_the_longest_name_is_made(door: Door) -> None:
    sent = (await door.send_file(CSV + b"nobody,Cy,\n", "n" * 600 + ".csv", given={"autoStart": True})).json()
    import_id = sent["data"]["createImport"]["import"]["id"]
    door.rig.drain()
    asked = await door.change("requestErrorReport", {"id": import_id, "format": "CSV"}, "import { id }")
    assert asked["userErrors"] == []
    door.rig.drain()
    found = await door.ask("query($id: ID!) { import(id: $id) { errorReport { filename } } }", {"id": import_id})
    assert found["import"]["errorReport"]["filename"].endswith("n-errors.csv")


async def test_tenants_and_users_have_names_that_are_kept(door: Door) -> None:
    database = door.rig.deps.database
    for tenant, user in (("t" * (tokens.MAX_TENANT_CHARACTERS + 1), None), ("t", "u" * (tokens.MAX_USER_CHARACTERS + 1))):
        with pytest.raises(InvalidRequest) as refused:
            tokens.issue_token(database, tenant, Role.VIEWER, user_name=user)
        assert refused.value.code == "text_too_long"
    assert tokens.issue_token(database, "t" * tokens.MAX_TENANT_CHARACTERS, Role.VIEWER, user_name="u" * tokens.MAX_USER_CHARACTERS)
