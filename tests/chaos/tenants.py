"""What a tenant does while everything around it fails: imports, a cancel, a retry, a rollback; each asked for until it was heard."""

import time
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any
from uuid import UUID

import httpx
from gql.transport.exceptions import TransportError

from tests.chaos.people import MAPPING, all_people, known_people
from tests.e2e.client import FINAL, ApiClient, Json, Refused

PATIENCE_SECONDS = 400.0
PAUSE_SECONDS = 0.3
AFTER_PLANNED = FINAL | {"QUEUED", "APPLYING", "CANCELLING", "ROLLING_BACK"}
ROLLED_BACK = {"ROLLING_BACK", "ROLLED_BACK", "PARTIALLY_ROLLED_BACK"}


@dataclass(frozen=True, slots=True)
class Story:
    """What a tenant does with its file."""

    name: str
    strategy: str
    is_started_by_hand: bool = False
    is_cancelled: bool = False
    is_rolled_back: bool = False

    def undisturbed(self) -> "Story":
        """What it must come to the same as: cancelled and retried is as if it had not been cancelled."""
        return replace(self, is_cancelled=False)


STORIES = (
    Story("update", "UPDATE"),
    Story("merge, cancelled and retried", "MERGE", is_cancelled=True),
    Story("skip, plan first", "SKIP", is_started_by_hand=True),
    Story("create, rolled back", "CREATE", is_rolled_back=True),
    Story("update, rolled back", "UPDATE", is_rolled_back=True),
)


class Stuck(Exception):
    """Something did not come about within any patience."""


@dataclass
class Tenant:
    """Somebody who asks again for as long as it takes."""

    name: str
    tenant_id: UUID
    client: ApiClient
    answers: Counter[str] = field(default_factory=Counter)
    imports: list[UUID] = field(default_factory=list)

    def live(self, story: Story, rows: int, random: Random | None) -> None:
        """All of a story; with `random`, moments are chosen by it. Raises Stuck."""
        self._run(known_people(rows), "known.csv", {})
        contact_list = self._persist(lambda: self._find_list() or self.client.change("createList", {"name": "Imported"}, "id"))
        options = {"duplicateStrategy": story.strategy, "listIds": [contact_list["id"]], "tags": ["batch"], "companyPolicy": "CREATE"}
        import_id = self._create(all_people(rows), "people.csv", options, auto_start=not story.is_started_by_hand)
        if story.is_cancelled:
            self._cancel_and_retry(import_id, random)
        if story.is_started_by_hand:
            self._wait(import_id, {"PLANNED"} | AFTER_PLANNED)
            self._ask("startImport", import_id, AFTER_PLANNED)
        self._wait(import_id, FINAL)
        if story.is_rolled_back:
            self._ask("rollbackImport", import_id, ROLLED_BACK)
            self._wait(import_id, {"ROLLED_BACK", "PARTIALLY_ROLLED_BACK", "FAILED"})

    def _run(self, data: bytes, filename: str, options: Json) -> None:
        self._wait(self._create(data, filename, options, auto_start=True), FINAL)

    def _create(self, data: bytes, filename: str, options: Json, *, auto_start: bool) -> str:
        given = {"options": options, "mapping": MAPPING, "autoStart": auto_start, "idempotencyKey": filename}
        job = self._persist(lambda: self.client.create_import(data, filename, **given))
        import_id: str = job["id"]
        self.imports.append(UUID(import_id))
        return import_id

    def _cancel_and_retry(self, import_id: str, random: Random | None) -> None:
        time.sleep(random.uniform(0, 8) if random else 1.0)
        self._ask("cancelImport", import_id, FINAL | {"CANCELLING"})
        if self._wait(import_id, FINAL)["status"] == "CANCELLED":
            self._ask("retryImport", import_id, (FINAL | {"INSPECTING", "PLANNING", "APPLYING", "QUEUED"}) - {"CANCELLED"})

    def _ask(self, verb: str, import_id: str, comes_to: Collection[str]) -> None:
        """Ask for something once, and again where the answer was lost, unless it has come about."""

        def ask() -> Json:
            try:
                return self.client.change(verb, {"id": import_id})
            except Refused:
                job = self.client.read(import_id)
                if job["status"] in comes_to:
                    return job
                raise

        self._persist(ask)

    def _find_list(self) -> Json | None:
        lists: list[Json] = self.client.ask("{ lists { id } }")["lists"]
        return lists[0] if lists else None

    def _wait(self, import_id: str, until: Collection[str]) -> Json:
        deadline = time.monotonic() + PATIENCE_SECONDS
        job: Json
        while (job := self._persist(lambda: self.client.read(import_id)))["status"] not in until:
            if time.monotonic() > deadline:
                raise Stuck(f"{self.name}: {job}")
            time.sleep(PAUSE_SECONDS)
        return job

    def _persist(self, ask: Callable[[], Any]) -> Any:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return ask()
            except (TransportError, httpx.HTTPError, OSError) as error:
                self.answers[_describe(error)] += 1
                if time.monotonic() > deadline:
                    raise Stuck(f"{self.name}: {error}") from error
                time.sleep(PAUSE_SECONDS)


def _describe(error: Exception) -> str:
    """An answer that was none, without what differs from one to the next."""
    text = str(error).split("\n")[0]
    for word in ("INTERNAL", "DATABASE_BUSY", "STORAGE_UNAVAILABLE", "TRY_AGAIN"):
        if word in text:
            return f"{type(error).__name__} {word}"
    return f"{type(error).__name__} {text[:80]}"
