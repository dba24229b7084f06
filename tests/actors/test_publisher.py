"""Who publishes, and how it is announced."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import update
from sqlmodel import col

from models.database import reading, writing
from models.queries.events import list_events
from models.settings import Settings
from models.tables import ImportJob
from tests.support.rig import Rig, make_rig
from workers import announcer as announcing
from workers import publisher as publishing
from workers.announcer import Announcer
from workers.bell import CHANNEL, NEWS, WATCHED, Bell
from workers.publisher import Publisher, Turn
from workers.queues import event_channel
from workers.stages import publish
from workers.stages.publish import give_lease_back


@pytest.fixture
def rig(rolodock_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    # A pause of this process is no round that hangs.
    monkeypatch.setattr(publishing, "MOST_SECONDS_OF_A_ROUND", 600.0)
    made = make_rig(rolodock_settings)
    yield made
    made.deps.database.close()


def test_whoever_hangs_leaves_publishing_to_others(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish, "LEASE_SECONDS", 60.0)
    first, second = Turn(rig.deps.database), Turn(rig.deps.database)
    first.ask()
    second.ask()
    assert (first.is_ours, second.is_ours) == (True, False)
    with monkeypatch.context() as hanging:
        hanging.setattr(publishing, "MOST_SECONDS_OF_A_ROUND", -1.0)
        first.ask()
    assert not first.is_ours
    first.note_round()
    first.ask()
    assert first.is_ours


def test_who_ends_gives_the_lease_back_and_nobody_elses(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish, "LEASE_SECONDS", 60.0)
    first, second = Turn(rig.deps.database), Turn(rig.deps.database)
    first.ask()
    give_lease_back(rig.deps.database, "somebody else")
    second.ask()
    assert not second.is_ours
    first.give_back()
    second.ask()
    assert second.is_ours


def test_a_silent_redis_is_waited_for_once_and_then_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcing, "ANSWER_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        announcer = Announcer(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        silent.settimeout(0.05)
        assert announcer.say("channel", 1) is None
        assert _accept_all(silent) == 1
        assert announcer.say("channel", 2) is None
        assert _accept_all(silent) == 0
        monkeypatch.setattr(announcer, "_quiet_until", 0.0)
        assert announcer.say("channel", 3) is None
        assert _accept_all(silent) == 1
        announcer.close()


def test_what_could_not_be_announced_is_in_a_later_round(rig: Rig, rolodock_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    # All that there is to tell is told in the first round, however soon it comes after what the import told of itself.
    monkeypatch.setattr(publishing, "GAP_SECONDS", 0.0)
    turn = Turn(rig.deps.database)
    turn.ask()
    announcer = Announcer(rolodock_settings.redis_url)
    publisher = Publisher(rig.deps.database, announcer, Bell(rolodock_settings.redis_url), turn, 0.1, threading.Event())
    said: list[tuple[str, str | int]] = []
    rig.import_rows([{"email": "a@example.com"}], mapping={"email": "email"})
    monkeypatch.setattr(announcer, "say", lambda *_: None)
    publisher.publish()
    # By now nothing is under way any more, and nothing new happens.
    monkeypatch.setattr(announcer, "say", lambda channel, text: said.append((channel, text)) or 1)
    publisher.publish()
    with reading(rig.deps.database) as tx:
        newest = list_events(tx, rig.tenant_id, after=0, import_id=None, limit=100)[-1]
    assert (newest.status, said) == ("completed", [(event_channel(rig.tenant_id), newest.sequence)])
    publisher.publish()
    assert len(said) == 1
    announcer.close()


@dataclass
class Announced:
    """A publisher whose announcements are heard by so many, of an import that stays under way, since nobody works at it."""

    publisher: Publisher
    heard: int

    def seconds_to(self, ring: str, url: str) -> float:
        """How long it waits for its next round where somebody rings after a fifth of a second."""
        ringer = Announcer(url)
        rung = threading.Timer(0.2, ringer.say, (CHANNEL, ring))
        began = time.monotonic()
        rung.start()
        self.publisher.wait()
        waited = time.monotonic() - began
        rung.join()
        ringer.close()
        return waited


@pytest.fixture
def announced(rig: Rig, rolodock_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Announced]:
    turn = Turn(rig.deps.database)
    turn.ask()
    announcer, bell = Announcer(rolodock_settings.redis_url), Bell(rolodock_settings.redis_url)
    made = Announced(Publisher(rig.deps.database, announcer, bell, turn, 600.0, threading.Event()), heard=0)
    monkeypatch.setattr(announcer, "say", lambda *_: made.heard)
    listening = threading.Thread(target=bell.listen)
    listening.start()
    rig.add_file(b"email\na@example.com\n", auto_start=True)
    made.publisher.publish()
    while not bell._is_listening:
        time.sleep(0.01)
    # Whoever waits is rung for once the bell is heard, and taken for heard.
    made.publisher.wait()
    made.publisher.wait()
    yield made
    bell.end()
    listening.join()
    announcer.close()


def publish_news(announced: Announced, rig: Rig) -> None:
    """A round with something to tell, and then one without, after which nothing but a ring or its time brings the next one."""
    with writing(rig.deps.database) as tx:
        tx.execute(update(ImportJob).values(version=col(ImportJob.version) + 1))
    for _ in range(2):
        time.sleep(0.15)
        announced.publisher.publish()


def test_where_nobody_hears_it_a_fact_does_not_wake_the_publisher(
    announced: Announced, rig: Rig, rolodock_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "SECONDS_BETWEEN_UNHEARD_ROUNDS", 1.0)
    publish_news(announced, rig)
    assert announced.seconds_to(NEWS, rolodock_settings.redis_url) >= 1.0
    announced.heard = 1
    publish_news(announced, rig)
    # The fact that did not wake it.
    announced.publisher.wait()
    assert 0.1 < announced.seconds_to(NEWS, rolodock_settings.redis_url) < 30


def test_who_begins_to_watch_wakes_the_publisher_and_then_facts_do_before_anything_was_told(
    announced: Announced, rig: Rig, rolodock_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "SECONDS_BETWEEN_UNHEARD_ROUNDS", 100.0)
    publish_news(announced, rig)
    assert 0.1 < announced.seconds_to(WATCHED, rolodock_settings.redis_url) < 30
    announced.publisher.publish()
    # Its other rope was pulled by the same ring.
    announced.publisher.wait()
    assert 0.1 < announced.seconds_to(NEWS, rolodock_settings.redis_url) < 30


def _accept_all(server: socket.socket) -> int:
    count = 0
    while True:
        try:
            server.accept()[0].close()
        except TimeoutError:
            return count
        count += 1
