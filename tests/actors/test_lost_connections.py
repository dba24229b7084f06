"""A worker process outlives its database and its broker: it goes on by itself once they are back, and what it did stands once."""

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from models.settings import Settings
from models.vocabulary import ImportStatus
from tests.support.processes import wait_until
from tests.support.relay import Relay, relaying
from tests.support.rig import Rig, make_rig
from tests.support.worker import IN_SMALL_PIECES, running_worker

PEOPLE = [{"external_id": str(n), "email": f"p{n}@example.com"} for n in range(1_200)]
AWAY_SECONDS = 4.0
# Rows of batches that were taken before.
MOST_UNDER_WAY = 40
# The time that is promised, and what this import still takes.
BACK_SECONDS = 20.0 + 100.0

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.fixture
def settings(postgres_url: str, redis_url: str, tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, database_url=postgres_url, redis_url=redis_url, secret_key="only-for-tests")


@pytest.fixture
def rig(settings: Settings) -> Iterator[Rig]:
    made = make_rig(settings)
    yield made
    made.deps.database.close()


def by_way_of(url: str, relay: Relay) -> str:
    port = urlsplit(url).port
    assert port is not None
    return url.replace(f":{port}/", f":{relay.port}/")


@pytest.mark.parametrize("lost", [{"database"}, {"broker"}, {"database", "broker"}], ids=lambda lost: " and ".join(sorted(lost)))
def test_a_worker_goes_on_when_what_it_lost_is_back(rig: Rig, settings: Settings, lost: set[str]) -> None:
    ports = {"database": urlsplit(settings.database_url).port, "broker": urlsplit(settings.redis_url).port}
    job_id = rig.add_rows(PEOPLE)
    rig.make_everything_due()
    with relaying(ports["database"] or 0) as database, relaying(ports["broker"] or 0) as broker:
        relays = {"database": database, "broker": broker}
        away = settings.model_copy(
            update={"database_url": by_way_of(settings.database_url, database), "redis_url": by_way_of(settings.redis_url, broker)}
        )
        with running_worker(away, **IN_SMALL_PIECES) as process:
            wait_until(lambda: rig.counts(job_id).created > 20)
            for name in lost:
                relays[name].cut()
            applied = rig.counts(job_id).created
            time.sleep(AWAY_SECONDS)
            # Without the broker it may still settle what it had taken; and the database, what it had been told.
            assert rig.counts(job_id).created <= applied + MOST_UNDER_WAY
            for name in lost:
                relays[name].mend()
            back = time.monotonic()
            wait_until(lambda: rig.counts(job_id).created > applied + MOST_UNDER_WAY, BACK_SECONDS)
            print(f"{sorted(lost)}: went on {time.monotonic() - back:.1f} s after they were back")
            wait_until(lambda: rig.status(job_id) is ImportStatus.COMPLETED)
            assert process.poll() is None, "the worker has ended"
    contacts = rig.contacts()
    assert [(contact.email, contact.version) for contact in contacts] == [(row["email"], 1) for row in PEOPLE]
    assert rig.changes() == []
