"""Processes that are kept running, and that end with whoever started them."""

import errno
import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from api.cli import supervisor as supervising
from api.cli.lifeline import Lifeline
from api.cli.processes import ROOT, Program
from api.cli.supervisor import Child, Supervisor, describe_status
from tests.support.processes import is_running, wait_until

SLEEPER = Program.foreign("sleeper", "sleep", "300")

# Stands for `rolodock up`: starts two sleepers, writes their process ids, and is then killed by the test.
PARENT = """
import sys, time
from api.cli.processes import Program
from api.cli.supervisor import Supervisor
supervisor = Supervisor(print)
stubborn = "trap '' TERM; while :; do sleep 0.1; done"
children = supervisor.start([Program.foreign("polite", "sleep", "300"), Program.foreign("stubborn", "sh", "-c", stubborn)])
print(*(child.process.pid for child in children), flush=True)
time.sleep(300)
"""


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(said: list[str]) -> Iterator[Supervisor]:
    supervisor = Supervisor(said.append)
    yield supervisor
    supervisor.stop(grace_seconds=0.2)


def look_until_restarted(supervisor: Supervisor, child: Child, dead: int) -> None:
    def is_another() -> bool:
        supervisor.look()
        return child.process.pid != dead and is_running(child.process.pid)

    wait_until(is_another)


def test_what_has_died_for_hours_is_still_started_again(supervisor: Supervisor) -> None:
    (child,) = supervisor.start([SLEEPER])
    child.deaths = 5_000
    child.process.kill()
    child.process.wait()
    assert child.look() == -signal.SIGKILL
    assert child.deaths == 5_001


def test_what_dies_is_started_again(supervisor: Supervisor, said: list[str]) -> None:
    (child,) = supervisor.start([SLEEPER])
    for deaths in (1, 2):
        dead = child.process.pid
        os.kill(dead, signal.SIGKILL)
        look_until_restarted(supervisor, child, dead)
        assert child.deaths == deaths
    assert said == ["sleeper ended with signal SIGKILL; it is started again."] * 2


def test_what_cannot_be_started_again_just_now_is_later(supervisor: Supervisor, said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervising, "LONGEST_DELAY_SECONDS", 0.1)
    (child,) = supervisor.start([SLEEPER])
    dead = child.process.pid
    tries = []

    def start(*_: object) -> None:
        tries.append(1)
        raise BlockingIOError(errno.EAGAIN, "no process to give")

    with monkeypatch.context() as patched:
        patched.setattr(Program, "start", start)
        child.process.kill()
        wait_until(lambda: supervisor.look() or len(tries) == 2)
    look_until_restarted(supervisor, child, dead)
    assert child.deaths == 1
    assert said[1:] == ["sleeper could not be started: [Errno 11] no process to give; it is tried again."] * 2


def test_each_further_death_is_followed_by_a_longer_pause(supervisor: Supervisor) -> None:
    (child,) = supervisor.start([Program.foreign("short-lived", "false")])
    # When each was looked for and seen: the pause begins in between.
    deaths: list[tuple[float, float]] = []
    while len(deaths) < 4:
        began = time.monotonic()
        if child.look() is not None:
            deaths.append((began, time.monotonic()))
        time.sleep(0.005)
    pauses = [seen - before for (before, _), (_, seen) in itertools.pairwise(deaths)]
    assert pauses[0] >= 0.2
    assert pauses[1] >= 0.4
    assert pauses[2] >= 0.8


def test_stop_ends_the_polite_and_the_stubborn(said: list[str], tmp_path: Path) -> None:
    supervisor = Supervisor(said.append)
    is_stubborn = tmp_path / "stubborn"
    stubborn = Program.foreign("stubborn", "sh", "-c", "trap '' TERM; touch \"$0\"; while :; do sleep 0.1; done", str(is_stubborn))
    children = supervisor.start([SLEEPER, stubborn])
    wait_until(is_stubborn.exists)
    supervisor.stop(grace_seconds=3)
    assert [child.process.returncode for child in children] == [-signal.SIGTERM, -signal.SIGKILL]


def test_stop_ends_what_was_started_first_last(said: list[str], tmp_path: Path) -> None:
    supervisor = Supervisor(said.append)
    script = 'trap \'echo {name} >> "$0"; exit\' TERM; echo ready >> "$0.ready"; while :; do sleep 0.05; done'
    for name in ("broker", "worker"):
        supervisor.start([Program.foreign(name, "sh", "-c", script.format(name=name), str(tmp_path / "ended"))])
    wait_until(lambda: (tmp_path / "ended.ready").exists() and (tmp_path / "ended.ready").read_text().count("ready") == 2)
    supervisor.stop()
    assert (tmp_path / "ended").read_text().split() == ["worker", "broker"]


def test_children_end_within_seconds_of_a_parent_that_was_killed_hard() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    children = [int(pid) for pid in parent.stdout.readline().split()]
    parent.stdout.close()
    assert len(children) == 2
    assert all(map(is_running, children))
    parent.kill()
    parent.wait()
    wait_until(lambda: not any(map(is_running, children)))


def test_a_guard_goes_with_its_program(tmp_path: Path) -> None:
    lifeline = Lifeline()
    mark = f"mark-{uuid4()}"
    may_end = tmp_path / mark
    process = Program.foreign("brief", "sh", "-c", 'while ! test -e "$0"; do sleep 0.05; done', str(may_end)).start(lifeline)
    wait_until(lambda: len(processes_with(mark)) == 2)
    may_end.touch()
    assert process.wait(60) == 0
    wait_until(lambda: not processes_with(mark))
    lifeline.close()


def processes_with(mark: str) -> list[str]:
    listing = subprocess.run(["ps", "-A", "-ww", "-o", "args="], capture_output=True, text=True, check=True).stdout
    return [line for line in listing.splitlines() if mark in line]


def test_a_child_does_not_hold_the_write_end_of_its_lifeline() -> None:
    lifeline = Lifeline()
    process = Program.foreign("child", "sleep", "300").start(lifeline)
    time.sleep(0.5)
    lifeline.close()
    assert process.wait(60) == -signal.SIGTERM


def test_a_status_is_told_in_words() -> None:
    assert describe_status(1) == "status 1"
    assert describe_status(-9) == "signal SIGKILL"
