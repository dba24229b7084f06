"""A real file, brought in by the command and by a GraphQL client, on SQLite and on PostgreSQL: the same contacts everywhere."""

from pathlib import Path

import pytest

from models.vocabulary import Role
from tests.e2e.client import CONTACT, ApiClient, Json, Refused, by_key
from tests.e2e.legislators import ROWS, expected_phone, read_people
from tests.e2e.service import Service
from tests.support.stack import run

pytestmark = pytest.mark.slow

US = {"defaultCountry": "US"}
NONE = dict.fromkeys(("created", "updated", "unchanged", "skipped", "failed", "unprocessed", "duplicates"), 0)


@pytest.fixture(scope="package")
def reference(default_service: Service, legislators: Path) -> list[Json]:
    """The contacts that the command makes of the file on the default set-up."""
    return import_by_command(default_service, legislators).contacts()


def import_by_command(service: Service, file: Path) -> ApiClient:
    client = service.client()
    result = run("import", file, "--url", client.url, "--token", client.token, "--country", "us")
    assert result.returncode == 1, result.stdout + result.stderr
    assert "NO_MATCH_KEY" in result.stdout
    return client


def plan_and_start(client: ApiClient, file: Path) -> Json:
    """The long way: upload, map, look at the plan, start just this plan."""
    job = client.create_import(file.read_bytes(), file.name, options=US)
    job = client.wait(job["id"], {"NEEDS_MAPPING"})
    assert job["status"] == "NEEDS_MAPPING"
    columns = client.read(job["id"], "columns { header field }")["columns"]
    job = client.change("updateImport", {"id": job["id"], "mapping": [{"column": c["header"], "field": c["field"]} for c in columns]})
    job = client.wait(job["id"], {"PLANNED"})
    assert client.contacts() == []
    plan = client.read(job["id"], "plan { hash counts { total created updated unchanged skipped failed unprocessed duplicates } }")["plan"]
    assert plan["counts"] == {**NONE, "total": ROWS, "created": ROWS - 1, "failed": 1}
    with pytest.raises(Refused) as refused:
        client.change("startImport", {"id": job["id"], "planHash": "another"})
    assert refused.value.code == "PLAN_CHANGED"
    client.change("startImport", {"id": job["id"], "planHash": plan["hash"]})
    job = client.wait(job["id"])
    assert job["status"] == "COMPLETED_WITH_ERRORS"
    assert job["counts"] == plan["counts"]
    return job


def test_what_is_mapped_stands_in_the_contacts(reference: list[Json], legislators: Path) -> None:
    people = {expected_phone(person): person for person in read_people(legislators)}
    people.pop(None)
    assert len(reference) == len(people) == ROWS - 1
    for contact in reference:
        person = people[contact["phone"]]
        for name, column in {"firstName": "first_name", "lastName": "last_name", "birthday": "birthday", "state": "state"}.items():
            assert contact[name] == (person[column] or None)


def test_the_command_makes_the_same_contacts_on_another_database(
    external_service: Service, legislators: Path, reference: list[Json]
) -> None:
    assert by_key(import_by_command(external_service, legislators).contacts()) == by_key(reference)


def test_a_graphql_client_sees_the_plan_first_and_makes_the_same_contacts(
    service: Service, legislators: Path, reference: list[Json]
) -> None:
    client = service.client()
    job = plan_and_start(client, legislators)
    assert by_key(client.contacts()) == by_key(reference)
    (issue,) = [issue for issue in client.issues(job["id"]) if issue["severity"] == "ERROR"]
    people = read_people(legislators)
    (without_phone,) = [number for number, person in enumerate(people, start=2) if not person["phone"]]
    assert (issue["row"], issue["code"]) == (without_phone, "NO_MATCH_KEY")


def test_the_same_bytes_again_are_refused_and_if_allowed_create_nothing(service: Service, legislators: Path) -> None:
    client = service.client()
    first = client.run_import(legislators.read_bytes(), options=US)
    before = client.contacts(CONTACT + " id updatedAt")
    with pytest.raises(Refused) as refused:
        client.create_import(legislators.read_bytes(), "renamed.csv", options=US)
    assert (refused.value.code, refused.value.error["importId"]) == ("DUPLICATE_FILE", first["id"])
    for strategy, outcome in (("SKIP", "skipped"), ("UPDATE", "unchanged")):
        again = client.run_import(legislators.read_bytes(), options={**US, "duplicateStrategy": strategy}, allowDuplicateFile=True)
        expected = {**NONE, "total": ROWS, outcome: ROWS - 1, "failed": 1, "duplicates": ROWS - 1}
        assert again["counts"] == expected
    assert client.contacts(CONTACT + " id updatedAt") == before


def test_with_an_id_column_mapped_everybody_is_told_apart(service: Service, legislators: Path) -> None:
    client = service.client(role=Role.ADMIN)
    fields = {"bioguide_id": "external_id", "first_name": "first_name", "last_name": "last_name", "phone": "phone"}
    mapping = [{"column": column, "field": field} for column, field in fields.items()]
    job = client.run_import(legislators.read_bytes(), options=US, mapping=mapping)
    assert job["status"] == "COMPLETED"
    assert job["counts"] == {**NONE, "total": ROWS, "created": ROWS}
    people = {person["bioguide_id"]: expected_phone(person) for person in read_people(legislators)}
    assert {contact["externalId"]: contact["phone"] for contact in client.contacts()} == people
