"""Who publishes, and how it is announced."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from models.database import reading
from models.queries.events import list_events
from models.settings import Settings
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


@pytest.mark.parametrize(("channel_heard", "ring", "wakes"), [(0, NEWS, False), (0, WATCHED, True), (1, NEWS, True)])
def test_where_nobody_hears_it_facts_do_not_wake_the_publisher_but_who_begins_to_watch_does(
    rig: Rig, rolodock_settings: Settings, monkeypatch: pytest.MonkeyPatch, channel_heard: int, ring: str, wakes: bool
) -> None:
    monkeypatch.setattr(publishing, "SECONDS_BETWEEN_UNHEARD_ROUNDS", 1.0 if not wakes else 600.0)
    turn = Turn(rig.deps.database)
    turn.ask()
    announcer, bell = Announcer(rolodock_settings.redis_url), Bell(rolodock_settings.redis_url)
    publisher = Publisher(rig.deps.database, announcer, bell, turn, 600.0, threading.Event())
    listening = threading.Thread(target=bell.listen)
    listening.start()
    try:
        # It stays under way, since nobody works.
        rig.add_file(b"email\na@example.com\n", auto_start=True)
        monkeypatch.setattr(announcer, "say", lambda *_: channel_heard)
        publisher.publish()
        while not bell._is_listening:
            time.sleep(0.01)
        # Whoever waits is rung for once the bell is heard.
        publisher.wait()
        others = Announcer(rolodock_settings.redis_url)
        rung = threading.Timer(0.2, others.say, (CHANNEL, ring))
        began = time.monotonic()
        rung.start()
        publisher.wait()
        assert wakes or time.monotonic() - began >= 1.0
        rung.join()
        others.close()
    finally:
        bell.end()
        listening.join()
        announcer.close()


def _accept_all(server: socket.socket) -> int:
    count = 0
    while True:
        try:
            server.accept()[0].close()
        except TimeoutError:
            return count
        count += 1
