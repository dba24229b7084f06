"""Two imports of one tenant at the same time, about the same people."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.e2e.client import ApiClient, Json
from tests.e2e.people import make_file
from tests.e2e.service import Service

pytestmark = pytest.mark.slow

PEOPLE = 4_000


def people_from(source: str) -> bytes:
    return make_file((f"N{number}", f"{source}{number}", f"p{number}@example.com", "", source, source) for number in range(PEOPLE))


def begin(client: ApiClient, source: str, strategy: str) -> Json:
    return client.create_import(people_from(source), options={"duplicateStrategy": strategy}, autoStart=True)


@pytest.mark.parametrize("strategy", ["SKIP", "UPDATE"])
def test_each_person_becomes_one_contact_and_both_imports_end(service: Service, strategy: str) -> None:
    client = service.client()
    with ThreadPoolExecutor(2) as threads:
        # A connection for each: the library's are not for several threads.
        others = replace(client), replace(client)
        begun = list(threads.map(begin, others, ("left", "right"), (strategy, strategy)))
    jobs = [client.wait(job["id"]) for job in begun]
    assert {job["status"] for job in jobs} == {"COMPLETED"}, jobs
    assert sum(job["counts"]["created"] for job in jobs) == PEOPLE
    assert sum(job["counts"]["duplicates"] for job in jobs) == PEOPLE
    contacts = client.contacts("externalId email firstName city tags")
    assert sorted(contact["externalId"] for contact in contacts) == sorted(f"N{number}" for number in range(PEOPLE))
    assert len({contact["email"] for contact in contacts}) == PEOPLE
    # No contact is half of one file and half of the other.
    assert all(contact["firstName"].startswith(contact["city"]) for contact in contacts)
