"""Who publishes, and how it is announced."""

import socket
from collections.abc import Iterator

import pytest

from models.settings import Settings
from tests.support.rig import Rig, make_rig
from workers import announcer as announcing
from workers import publisher as publishing
from workers.announcer import Announcer
from workers.publisher import Turn


@pytest.fixture
def rig(rolodock_settings: Settings) -> Iterator[Rig]:
    made = make_rig(rolodock_settings)
    yield made
    made.deps.database.close()


def test_whoever_hangs_leaves_publishing_to_others(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = Turn(rig.deps.database), Turn(rig.deps.database)
    first.ask()
    second.ask()
    assert (first.is_ours, second.is_ours) == (True, False)
    monkeypatch.setattr(publishing, "MOST_SECONDS_OF_A_ROUND", -1.0)
    first.ask()
    assert not first.is_ours
    monkeypatch.undo()
    first.note_round()
    first.ask()
    assert first.is_ours


def test_who_ends_gives_the_lease_back_and_nobody_elses(rig: Rig) -> None:
    first, second = Turn(rig.deps.database), Turn(rig.deps.database)
    first.ask()
    second.ask()
    second.give_back()
    second.ask()
    assert not second.is_ours
    first.give_back()
    second.ask()
    assert second.is_ours


def test_a_silent_redis_is_waited_for_once_and_then_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcing, "ANSWER_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        announcer = Announcer(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        announcer.say("channel", 1)
        silent.settimeout(0.05)
        assert _accept_all(silent) > 0
        announcer.say("channel", 2)
        assert _accept_all(silent) == 0
        monkeypatch.setattr(announcer, "_quiet_until", 0.0)
        announcer.say("channel", 3)
        assert _accept_all(silent) > 0
        announcer.close()


def _accept_all(server: socket.socket) -> int:
    count = 0
    while True:
        try:
            server.accept()[0].close()
        except TimeoutError:
            return count
        count += 1
