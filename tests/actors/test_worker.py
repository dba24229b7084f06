"""Worker processes with a real broker: they finish what they are given, also when one is killed and the broker wiped; and a publisher tells
of it, also where one is killed.
"""

from collections.abc import Iterator
from uuid import UUID

import pytest
import redis
from sqlmodel import col, select

from models.database import reading
from models.queries.events import latest_event, list_events
from models.settings import Settings
from models.tables import JudgedChunk
from models.vocabulary import ImportStatus
from tests.support.processes import wait_until
from tests.support.rig import Rig, make_rig
from tests.support.valkey import ValkeyServer
from tests.support.worker import IN_SMALL_PIECES, running_publisher, running_worker
from workers.queues import event_channel

# So many that whoever looks for the middle of an import sees it, also where it is late.
ROWS = 1_800
PEOPLE = [{"external_id": str(n), "email": f"p{n}@example.com", "company": "A"} for n in range(ROWS)]


@pytest.fixture
def rig(rolodock_settings: Settings) -> Iterator[Rig]:
    made = make_rig(rolodock_settings)
    yield made
    made.deps.database.close()


@pytest.mark.slow
def test_a_worker_finishes_and_the_publisher_tells(rig: Rig, rolodock_settings: Settings) -> None:
    with redis.Redis.from_url(rolodock_settings.redis_url) as client, client.pubsub() as told:
        told.subscribe(event_channel(rig.tenant_id))
        job_id = rig.add_rows(PEOPLE[:40])
        rig.make_everything_due()
        with running_publisher(rolodock_settings) as publisher, running_worker(rolodock_settings, **IN_SMALL_PIECES) as process:
            wait_until(lambda: rig.status(job_id) is ImportStatus.COMPLETED)
            wait_until(lambda: _last_told(rig, job_id) == "completed")
            for each in (process, publisher):
                each.terminate()
                assert each.wait(60) == 0
        # The first message says that we have subscribed.
        wait_until(lambda: (told.get_message(timeout=1) or {}).get("type") == "message")
    assert rig.counts(job_id).created == len(rig.contacts()) == 40


def _last_told(rig: Rig, job_id: object) -> str | None:
    with reading(rig.deps.database) as tx:
        event = latest_event(tx, rig.tenant_id, job_id)  # type: ignore[arg-type]
        return event.status if event else None


@pytest.mark.slow
def test_another_publisher_goes_on_where_one_was_killed(rig: Rig, rolodock_settings: Settings) -> None:
    first, second = rig.add_rows(PEOPLE[:40]), rig.add_rows(PEOPLE[40:80])
    with running_publisher(rolodock_settings) as killed:
        wait_until(lambda: _last_told(rig, second) == "uploaded")
        with running_publisher(rolodock_settings):
            killed.kill()
            rig.drain()
            wait_until(lambda: _last_told(rig, first) == _last_told(rig, second) == "completed")
    with reading(rig.deps.database) as tx:
        told = list_events(tx, rig.tenant_id, after=0, import_id=None, limit=1_000)
    assert [event.sequence for event in told] == list(range(1, len(told) + 1))


@pytest.mark.slow
def test_a_killed_worker_and_a_wiped_broker_cost_nothing(rig: Rig, rolodock_settings: Settings, valkey_server: ValkeyServer) -> None:
    job_id = rig.add_rows(PEOPLE)
    rig.make_everything_due()
    with running_worker(rolodock_settings, **IN_SMALL_PIECES) as process:
        wait_until(lambda: rig.counts(job_id).created > 20)
        process.kill()
        process.wait(60)
    assert rig.status(job_id) is ImportStatus.APPLYING
    applied = rig.counts(job_id).created
    assert applied == len(rig.contacts()) < ROWS
    valkey_server.flush()
    rig.make_everything_due()
    with running_worker(rolodock_settings, **IN_SMALL_PIECES):
        wait_until(lambda: rig.status(job_id) is ImportStatus.COMPLETED)
    contacts = rig.contacts()
    assert [(c.external_id, c.email, c.version, c.import_row) for c in contacts] == [
        (row["external_id"], row["email"], 1, number) for number, row in enumerate(PEOPLE, start=1)
    ]
    assert rig.counts(job_id).created == ROWS
    assert rig.changes() == []


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_worker_killed_while_it_plans_leaves_what_was_judged_to_the_next(
    rig: Rig, rolodock_settings: Settings, valkey_server: ValkeyServer
) -> None:
    job_id = rig.add_rows(PEOPLE, auto_start=False, mapping={name: name for name in PEOPLE[0]})
    rig.make_everything_due()
    with running_worker(rolodock_settings, **IN_SMALL_PIECES | {"chunk_rows": "10"}) as process:
        wait_until(lambda: len(_judged(rig, job_id)) > 4)
        process.kill()
        process.wait(60)
    assert rig.status(job_id) is ImportStatus.PLANNING
    judged = _judged(rig, job_id)
    valkey_server.flush()
    rig.make_everything_due()
    with running_worker(rolodock_settings, **IN_SMALL_PIECES | {"chunk_rows": "10"}):
        wait_until(lambda: rig.status(job_id) is ImportStatus.PLANNED)
    after = _judged(rig, job_id)
    assert len(after) == ROWS // 10
    assert {number: key for number, key in after.items() if number in judged} == judged
    assert rig.counts(job_id).total == ROWS


def _judged(rig: Rig, job_id: UUID) -> dict[int, str]:
    """Where the chunks lie that are judged, by number."""
    with reading(rig.deps.database) as tx:
        found = select(JudgedChunk).where(col(JudgedChunk.import_id) == job_id, col(JudgedChunk.judged_key).is_not(None))
        return {chunk.number: chunk.judged_key or "" for chunk in tx.execute(found).scalars()}
