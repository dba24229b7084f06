"""What a running Rolodock leaves in its folder for other commands."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from api.cli.data_folder import DataFolder
from api.cli.processes import ROOT
from models.errors import Terminal
from tests.support.processes import wait_until

HOLDER = """
import sys, time
from pathlib import Path
from api.cli.data_folder import DataFolder
folder = DataFolder(Path(sys.argv[1]))
with folder.locked(), folder.announced("http://127.0.0.1:1"):
    time.sleep(300)
"""


def test_a_folder_is_held_by_one(tmp_path: Path) -> None:
    with DataFolder(tmp_path).locked(), pytest.raises(Terminal, match="already runs"), DataFolder(tmp_path).locked():
        pass
    with DataFolder(tmp_path).locked():
        pass


def test_a_server_is_found_while_it_holds_the_folder(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    assert folder.running_url() is None
    with folder.locked(), folder.announced("http://127.0.0.1:1"):
        assert folder.running_url() == "http://127.0.0.1:1"
    assert folder.running_url() is None


def test_what_a_killed_server_announced_is_not_believed(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], cwd=ROOT)
    wait_until(lambda: folder.announcement() is not None)
    assert folder.running_url() == "http://127.0.0.1:1"
    holder.kill()
    holder.wait()
    assert folder.announcement() == ("http://127.0.0.1:1", holder.pid)
    assert folder.running_url() is None


def test_the_token_is_for_its_owner_alone(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    assert folder.read_token() is None
    earlier = os.umask(0)
    try:
        folder.write_token("secret")
    finally:
        os.umask(earlier)
    assert folder.read_token() == "secret"
    assert stat.S_IMODE((tmp_path / "token").stat().st_mode) == 0o600


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Terminal, match="cannot be used"), DataFolder(tmp_path / "file" / "data").locked():
        pass
