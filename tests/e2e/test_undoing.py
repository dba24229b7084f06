"""Rolling back: contacts are as they were, to the field, but for what somebody edited since."""

import pytest

from tests.e2e.client import CONTACT, ApiClient, Json
from tests.e2e.service import Service

pytestmark = pytest.mark.slow

FIELDS = CONTACT.replace("version ", "", 1) + " id"
BEFORE = "External id,First name,E-mail,Phone,Company,City,Tags\n" + "".join(
    f"c{number},Ann{number},ann{number}@example.com,+12025550{number:03},Acme,Paris,first\n" for number in range(300)
)
AFTER = "External id,First name,E-mail,Phone,Company,Job title,Tags\n" + "".join(
    f"c{number},Anna{number},anna{number}@example.com,,Globex,Boss,second;first\n" for number in range(150, 700)
)


def import_both(client: ApiClient) -> tuple[list[Json], str]:
    """The contacts before an import with updates, and the import."""
    assert client.run_import(BEFORE.encode())["counts"]["created"] == 300
    before = client.contacts(FIELDS)
    contact_list = client.change("createList", {"name": "Imported"}, "id")
    options = {"duplicateStrategy": "UPDATE", "listIds": [contact_list["id"]], "tags": ["batch"]}
    job = client.run_import(AFTER.encode(), options=options)
    assert (job["counts"]["created"], job["counts"]["updated"]) == (400, 150)
    return before, job["id"]


def roll_back(client: ApiClient, import_id: str) -> Json:
    client.change("rollbackImport", {"id": import_id, "reason": "the wrong file"})
    client.wait(import_id)
    return client.read(
        import_id,
        "status counts { total created updated unchanged skipped failed unprocessed } rollback { removed restored kept reason "
        "keptContacts(first: 20) { contactId code fields } }",
    )


def by_id(contacts: list[Json]) -> dict[str, Json]:
    return {contact["id"]: contact for contact in contacts}


def test_all_is_as_before(service: Service) -> None:
    client = service.client()
    before, import_id = import_both(client)
    assert by_id(client.contacts(FIELDS)) != by_id(before)
    job = roll_back(client, import_id)
    assert job["status"] == "ROLLED_BACK"
    assert job["rollback"] == {"removed": 400, "restored": 150, "kept": 0, "reason": "the wrong file", "keptContacts": []}
    # The counts stay what the import did.
    assert (job["counts"]["created"], job["counts"]["updated"]) == (400, 150)
    assert by_id(client.contacts(FIELDS)) == by_id(before)
    assert client.run_import(AFTER.encode())["counts"]["created"] == 400


def test_what_was_edited_since_is_kept_and_listed(service: Service) -> None:
    client = service.client()
    before, import_id = import_both(client)
    now = {contact["externalId"]: contact for contact in client.contacts(FIELDS)}
    client.change("updateContact", {"id": now["c200"]["id"], "contact": {"company": "Edited & Co"}}, "id")
    client.change("updateContact", {"id": now["c600"]["id"], "contact": {"city": "Edited"}}, "id")
    job = roll_back(client, import_id)
    assert job["status"] == "PARTIALLY_ROLLED_BACK"
    rollback = job["rollback"]
    assert (rollback["removed"], rollback["kept"]) == (399, 2)
    kept = {contact["contactId"]: contact for contact in rollback["keptContacts"]}
    assert kept.keys() == {now["c200"]["id"], now["c600"]["id"]}
    assert (kept[now["c200"]["id"]]["code"], kept[now["c200"]["id"]]["fields"]) == ("FIELD_EDITED_SINCE", ["company"])
    expected = by_id(before)
    expected[now["c200"]["id"]] = {**expected[now["c200"]["id"]], "company": "Edited & Co"}
    expected[now["c600"]["id"]] = {**now["c600"], "city": "Edited"}
    assert by_id(client.contacts(FIELDS)) == expected
    document = "query ($id: ID!) { contact(id: $id) { history { importId changes { field before after } } } }"
    history = client.ask(document, id=now["c200"]["id"])["contact"]["history"]
    changes = {change["field"]: (change["before"], change["after"]) for change in history[0]["changes"]}
    assert changes["first_name"] == ("Anna200", "Ann200")
    assert "company" not in changes
