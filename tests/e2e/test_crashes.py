"""Processes are killed hard in mid-import: it completes by itself, and comes to what an undisturbed import comes to."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import redis

from tests.e2e.client import CONTACT, ApiClient, Json
from tests.e2e.holding import holding_contact
from tests.e2e.people import KNOWN, MAPPING, ROWS, all_people, known_people
from tests.e2e.service import Service
from tests.e2e.tables import read_tables

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

RECOVERY_SECONDS = 120.0
# Row 3,697 of the large import changes this contact, and no other row does: its batch is sent only after others are done.
HELD = "N1848"
Tables = tuple[list[tuple[Any, ...]], Counter[str]]


def prepare(service: Service) -> ApiClient:
    """A tenant with some contacts."""
    client = service.client()
    assert client.run_import(known_people(), mapping=mapping())["counts"]["created"] == KNOWN
    return client


def mapping() -> list[Json]:
    return [{"column": column, "field": field} for column, field in MAPPING.items()]


def begin(client: ApiClient) -> str:
    """The large import, on its way."""
    job = client.create_import(all_people(), options={"duplicateStrategy": "UPDATE"}, mapping=mapping(), autoStart=True)
    import_id: str = job["id"]
    return import_id


def wait_for_rows(client: ApiClient, import_id: str, rows: int) -> None:
    """Return once so many rows are applied."""
    while (job := client.read(import_id))["counts"]["total"] - job["counts"]["unprocessed"] < rows or job["status"] == "PLANNING":
        assert job["status"] not in ("FAILED", "CANCELLED"), job
        time.sleep(0.01)


def kill(pids: list[int]) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def workers(service: Service) -> list[int]:
    return service.stack.pids_of("api.cli worker")


@pytest.fixture(scope="module")
def undisturbed(default_service: Service) -> tuple[Json, Tables]:
    """The counts and tables of an import that nothing happened to."""
    client = prepare(default_service)
    job = client.wait(begin(client))
    assert job["status"] == "COMPLETED_WITH_ERRORS"
    assert job["counts"]["total"] == ROWS
    assert min(job["counts"][name] for name in ("created", "updated", "failed", "duplicates")) > 100
    return job["counts"], read_tables(default_service, client.token)


def kill_workers_now_and_then(service: Service) -> None:
    """One or another, three times, while others start again; which and when follows from the seed of the run."""
    for _ in range(3):
        kill(random.sample(workers(service), k=min(1, len(workers(service)))))
        time.sleep(random.random())


def kill_all_workers_and_lose_the_broker(service: Service) -> None:
    """The broker's process where it is ours, its content where it is not."""
    brokers = [pid for pid, command in service.stack.children().items() if "valkey-server" in command and "guard" not in command]
    kill(workers(service) + brokers)
    if not brokers:
        with redis.Redis.from_url(service.settings.redis_url) as broker:
            broker.flushall()


@pytest.mark.parametrize("disturb", [kill_workers_now_and_then, kill_all_workers_and_lose_the_broker])
def test_an_import_that_is_disturbed_completes_by_itself_as_if_it_had_not_been(
    service: Service, undisturbed: tuple[Json, Tables], disturb: Callable[[Service], None]
) -> None:
    counts, tables = undisturbed
    clients = prepare(service), prepare(service)
    in_the_middle = begin(clients[0])
    wait_for_rows(clients[0], in_the_middle, ROWS // 20)
    just_begun = begin(clients[1])
    clients[1].wait(just_begun, {"INSPECTING", "PLANNING", "APPLYING"})
    started = time.monotonic()
    disturb(service)
    for client, import_id in zip(clients, (in_the_middle, just_begun), strict=True):
        job = client.wait(import_id, seconds=RECOVERY_SECONDS)
        print(f"{disturb.__name__}: completed {time.monotonic() - started:.1f} s later")
        assert (job["status"], job["counts"]) == ("COMPLETED_WITH_ERRORS", counts)
    for client in clients:
        contacts, journal = read_tables(service, client.token)
        assert contacts == tables[0]
        assert journal == tables[1]


def test_cancelled_and_retried_it_comes_to_the_same(external_service: Service, undisturbed: tuple[Json, Tables]) -> None:
    counts, tables = undisturbed
    client = prepare(external_service)
    with holding_contact(external_service, client.token, HELD):
        import_id = begin(client)
        wait_for_rows(client, import_id, ROWS // 20)
        client.change("cancelImport", {"id": import_id})
    job = client.wait(import_id)
    assert job["status"] == "CANCELLED"
    assert 0 < job["counts"]["unprocessed"] < ROWS
    client.change("retryImport", {"id": import_id})
    job = client.wait(import_id)
    assert (job["status"], job["counts"]) == ("COMPLETED_WITH_ERRORS", counts)
    assert read_tables(external_service, client.token) == tables


def test_a_rollback_whose_workers_are_killed_undoes_all_the_same(default_service: Service) -> None:
    client = prepare(default_service)
    before = by_id(client)
    import_id = begin(client)
    job = client.wait(import_id)
    assert job["counts"]["created"] > ROWS // 2
    client.change("rollbackImport", {"id": import_id})
    kill(workers(default_service))
    assert client.wait(import_id, seconds=RECOVERY_SECONDS)["status"] == "ROLLED_BACK"
    assert by_id(client) == before


def by_id(client: ApiClient) -> dict[str, Json]:
    """The contacts, but for their versions, which an undo raises again."""
    return {contact["id"]: {**contact, "version": None} for contact in client.contacts(f"id {CONTACT}")}
