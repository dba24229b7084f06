"""`rolodock up`: one command for everything, kept running, and nothing left behind."""

import os
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.support.ports import own_port
from tests.support.processes import is_running, wait_until
from tests.support.stack import ROOT, Stack, clean_environment, rolodock, run, running_stack

pytestmark = pytest.mark.slow


def is_served(stack: Stack) -> bool:
    try:
        return httpx.get(f"{stack.url}/healthz", trust_env=False).is_success
    except httpx.TransportError:
        return False


def test_it_serves_and_ends_cleanly(tmp_path: Path) -> None:
    with running_stack(tmp_path) as stack:
        assert is_served(stack)
        assert len(stack.pids_of("api.cli worker")) == 2
        assert len(stack.pids_of("api.cli api")) == len(stack.pids_of("api.cli publisher")) == 1
        assert stack.pids_of("valkey-server")
        children = stack.children()
        stack.process.send_signal(signal.SIGINT)
        assert stack.process.wait(60) == 0
        # Its own go before it does; whoever guards one, and the publisher of an API, sees a moment later that it is gone.
        left = [command for pid, command in children.items() if is_running(pid)]
        assert [command for command in left if "guard" not in command and "api.cli publisher" not in command] == []
        wait_until(lambda: not any(map(is_running, children)))
        assert not (tmp_path / "server.json").exists()


def test_workers_give_way_to_whoever_answers_somebody_and_an_api_ends_its_publisher_first(tmp_path: Path) -> None:
    with running_stack(tmp_path, workers=1, worker_niceness="3") as stack:
        worker, api, publisher = (
            os.getpriority(os.PRIO_PROCESS, pid) for name in ("worker", "api", "publisher") for pid in stack.pids_of(f"api.cli {name}")
        )
        (api_pid,), (publisher_pid,) = stack.pids_of("api.cli api"), stack.pids_of("api.cli publisher")
        os.kill(api_pid, signal.SIGTERM)
        wait_until(lambda: not is_running(api_pid))
        assert not is_running(publisher_pid)
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    assert (worker, api, publisher) == (ours + 3, ours, ours)


def test_nothing_is_left_of_one_that_was_killed_hard_and_the_next_keeps_the_token_and_makes_a_new_link(tmp_path: Path) -> None:
    with running_stack(tmp_path, workers=1) as first:
        kept = tmp_path / "token"
        assert kept.read_text().strip() == first.token
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        children = first.children()
        assert len(children) >= 4
        first.process.kill()
        wait_until(lambda: not any(map(is_running, children)))
    with running_stack(tmp_path, workers=1) as second:
        assert second.token == first.token
        assert second.sign_in_link != first.sign_in_link


def dies_and_comes_back(stack: Stack, part: str, comes_back: Callable[[], bool]) -> None:
    (dead, *_) = stack.pids_of(part)
    others = len(stack.pids_of(part)) - 1
    os.kill(dead, signal.SIGKILL)
    wait_until(lambda: dead not in stack.pids_of(part) and len(stack.pids_of(part)) == others + 1 and comes_back())


def test_what_is_killed_comes_back(tmp_path: Path) -> None:
    with running_stack(tmp_path, workers=1) as stack:
        for part in ("api.cli worker", "api.cli publisher", "api.cli api"):
            dies_and_comes_back(stack, part, lambda: is_served(stack))
        (broker,) = [pid for pid, command in stack.children().items() if "valkey-server" in command and "guard" not in command]
        os.kill(broker, signal.SIGKILL)
        wait_until(lambda: broker not in stack.pids_of("valkey-server") and len(stack.pids_of("valkey-server")) == 2)
        assert stack.process.poll() is None


def test_a_second_one_on_the_same_folder_is_refused_in_one_line(stack: Stack) -> None:
    second = run("up", "--data-dir", stack.data_dir, "--port", str(own_port()))
    assert second.returncode == 1
    assert (
        second.stderr.strip()
        == f"rolodock: A Rolodock already runs on {stack.data_dir}; end it first, or choose another folder with --data-dir."
    )
    assert is_served(stack)


def test_a_port_in_use_is_told_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = run("up", "--data-dir", tmp_path, "--port", str(port))
    assert refused.returncode == 1
    assert refused.stderr.strip() == f"rolodock: Port {port} of 127.0.0.1 is in use by another program; choose another with --port."


def test_told_to_end_while_it_starts_it_ends_cleanly(tmp_path: Path) -> None:
    command = rolodock("up", "--data-dir", tmp_path, "--port", str(own_port()))
    process = subprocess.Popen(command, cwd=ROOT, env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    wait_until(lambda: (tmp_path / "broker" / "valkey.conf").exists())
    time.sleep(0.3)
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=60)
    assert (process.returncode, said) == (0, "")
