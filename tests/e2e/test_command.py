"""`rolodock import` as a person at a terminal and as a script sees it."""

import os
import pty
import re
import signal
import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.e2e.client import ApiClient
from tests.e2e.holding import holding_contact
from tests.e2e.people import ROWS, all_people, make_file
from tests.e2e.service import Service
from tests.support.processes import wait_until
from tests.support.stack import ROOT, clean_environment, rolodock, run

pytestmark = pytest.mark.slow


def write(path: Path, *rows: tuple[str, ...]) -> Path:
    path.write_bytes(make_file(rows))
    return path


def import_file(client: ApiClient, file: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return run("import", file, "--url", client.url, "--token", client.token, *options)


def test_the_exit_status_says_whether_rows_failed(default_service: Service, tmp_path: Path) -> None:
    client = default_service.client()
    sound = import_file(client, write(tmp_path / "sound.csv", ("1", "Ann", "ann@example.com", "", "", "")))
    assert sound.returncode == 0, sound.stderr
    failing = import_file(client, write(tmp_path / "failing.csv", ("2", "Bob", "bob@example.com", "", "", ""), ("", "Cy", "", "", "", "")))
    assert failing.returncode == 1
    assert "NO_MATCH_KEY" in failing.stdout
    assert len(client.contacts()) == 2


def test_a_known_contact_is_skipped_unless_told_to_update(default_service: Service, tmp_path: Path) -> None:
    client = default_service.client()
    client.change("createContact", {"externalId": "1", "firstName": "Old"}, "id")
    for options, name in (((), "Old"), (("--strategy", "update", "--allow-duplicate-file"), "New")):
        result = import_file(client, write(tmp_path / "people.csv", ("1", "New", "ann@example.com", "", "", "")), *options)
        assert result.returncode == 0, result.stderr
        assert [contact["firstName"] for contact in client.contacts()] == [name]


def test_a_terminal_shows_a_bar_and_what_the_import_does(external_service: Service, tmp_path: Path) -> None:
    client = external_service.client()
    client.change("createContact", {"externalId": "N4999", "firstName": "Old"}, "id")
    people = (("N" + str(number), "Ann", f"p{number}@example.com", "", "", "") for number in range(5_000))
    file = write(tmp_path / "many.csv", *people)
    command = rolodock("import", file, "--url", client.url, "--token", client.token, "--strategy", "update")
    with ExitStack() as until_shown:
        # It is being applied for as long as that has not been shown.
        until_shown.enter_context(holding_contact(external_service, client.token, "N4999"))
        shown, counts = at_a_terminal(command, lambda drawn: until_shown.close() if "Applying" in drawn else None)
    assert "Uploading" in shown
    assert "Applying" in shown
    assert "━" in shown
    assert "5,000" in counts


def test_it_goes_on_when_the_server_is_started_again_meanwhile(default_service: Service, tmp_path: Path) -> None:
    client = default_service.client()
    file = tmp_path / "people.csv"
    file.write_bytes(all_people())
    command = rolodock("import", file, "--url", client.url, "--token", client.token)
    process = subprocess.Popen(command, cwd=ROOT, env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    # Being planned, so that the command has heard that it was created and watches it.
    begun = {"PLANNING", "PLANNED", "APPLYING", "COMPLETED_WITH_ERRORS"}
    wait_until(lambda: any(job["status"] in begun for job in client.ask("{ imports { nodes { status } } }")["imports"]["nodes"]))
    for pid in default_service.stack.pids_of("api.cli api"):
        os.kill(pid, signal.SIGKILL)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 1, said
    assert "completed_with_errors" in said
    assert re.search(rf"total +{ROWS:,}", said)


def at_a_terminal(command: list[str], look: Callable[[str], None]) -> tuple[str, str]:
    """What the command draws on standard error, which is a terminal, and what it writes to standard output. Whenever it has drawn
    something, `look` is given all that it drew.
    """
    ours, theirs = pty.openpty()
    environment = {**clean_environment(), "TERM": "xterm-256color"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=theirs, stdin=subprocess.DEVNULL)
    os.close(theirs)
    drawn = b""
    try:
        while piece := os.read(ours, 65_536):
            drawn += piece
            look(drawn.decode(errors="ignore"))
    except OSError:
        pass  # Linux tells the end of a terminal this way.
    finally:
        os.close(ours)
    written, _ = process.communicate(timeout=120)
    assert process.returncode == 0, drawn.decode()
    return drawn.decode(), written.decode()
