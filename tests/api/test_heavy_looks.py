"""Previews read whole imports: a process makes few at a time, and a request cannot ask for one of each import."""

import asyncio
from threading import Event, Lock

import pytest

from api.context.heavy_looks import AT_ONCE, MOST_PREVIEWS, MOST_ROW_SEARCHES, HeavyLooks
from tests.api.door import Door

PREVIEW = "rollbackPreview { removes }"


class Looks:
    """Looks that go on until they are let go, and how many were under way at once."""

    def __init__(self) -> None:
        self.go, self._lock = Event(), Lock()
        self.running = self.most = 0

    def look(self) -> None:
        with self._lock:
            self.running += 1
            self.most = max(self.most, self.running)
        assert self.go.wait(60)
        with self._lock:
            self.running -= 1


async def test_few_are_made_at_a_time_and_nothing_else_waits_for_them() -> None:
    heavy, looks = HeavyLooks(), Looks()
    async with asyncio.timeout(60):
        waiting = [asyncio.create_task(heavy.take(looks.look)) for _ in range(100)]
        while looks.running < AT_ONCE:
            await asyncio.sleep(0.01)
        assert await asyncio.to_thread(lambda: "signed in") == "signed in"
        # Nobody waits for this one any more.
        waiting.pop().cancel()
        looks.go.set()
        await asyncio.gather(*waiting)
    assert looks.most == AT_ONCE
    heavy.close()


async def test_a_request_has_few_of_them(sqlite_door: Door) -> None:
    import_id = (await sqlite_door.create())["import"]["id"]
    many = [f"p{number}: {PREVIEW}" for number in range(MOST_PREVIEWS + 1)]
    fix = 'fix: fixPreview(code: "INVALID_EMAIL", field: "email", rule: {leaveOut: true}) { changed }'
    for asked, refused in ((many[:-1], 0), (many, 1), ([*many[:-1], fix], 1)):
        query = f"query($id: ID!) {{ import(id: $id) {{ {' '.join(asked)} }} }}"
        body = (await sqlite_door.post(query, {"id": import_id}, token=sqlite_door.viewer)).json()
        codes = [error["extensions"]["code"] for error in body.get("errors", ())]
        assert codes.count("TOO_MANY_PREVIEWS") == refused


async def test_a_list_of_imports_has_few_of_them(sqlite_door: Door) -> None:
    for number in range(MOST_PREVIEWS + 2):
        await sqlite_door.create(f"Email\np{number}@example.com\n".encode())
    body = (await sqlite_door.post(f"{{ imports(first: 100) {{ nodes {{ {PREVIEW} }} }} }}", token=sqlite_door.viewer)).json()
    assert [error["extensions"]["code"] for error in body["errors"]] == ["TOO_MANY_PREVIEWS"] * 2


@pytest.mark.parametrize(
    "field", ["rows(outcome: CREATED) { totalCount }", "plan { sample { row } }", "rows(isEdited: true) { nodes { row } }"]
)
async def test_a_request_searches_rows_few_times(sqlite_door: Door, field: str) -> None:
    import_id = await sqlite_door.completed()
    for count, refused in ((MOST_ROW_SEARCHES, set()), (2 * MOST_ROW_SEARCHES, {"TOO_MANY_ROW_SEARCHES"})):
        query = f"query($id: ID!) {{ import(id: $id) {{ {' '.join(f'a{number}: {field}' for number in range(count))} }} }}"
        body = (await sqlite_door.post(query, {"id": import_id}, token=sqlite_door.viewer)).json()
        assert {error["extensions"]["code"] for error in body.get("errors", ())} == refused
    # What reads no more than a chunk is not among them.
    plain = " ".join(f"a{number}: rows(numbers: [2]) {{ totalCount }} b{number}: rows {{ totalCount }}" for number in range(10))
    assert await sqlite_door.ask(f"query($id: ID!) {{ import(id: $id) {{ {plain} }} }}", {"id": import_id})
