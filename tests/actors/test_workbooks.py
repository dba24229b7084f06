"""Workbooks in real worker processes: a worker that dies leaves no parser behind, and a hostile file costs it nothing."""

import subprocess
from collections.abc import Iterator
from functools import cache

import pytest

from models.settings import Settings
from models.vocabulary import FileFormat, ImportStatus
from tests.support.processes import is_running, wait_until
from tests.support.rig import Rig, csv_bytes, make_rig
from tests.support.sheet_xml import make_package, make_sheet
from tests.support.worker import running_worker

PARSER = "workers.engine.workbooks.child"
ROWS = 180_000
PEOPLE = csv_bytes(["email", "first_name"], [["ann@example.com", "Ann"]])


@pytest.fixture
def rig(rolodock_settings: Settings) -> Iterator[Rig]:
    made = make_rig(rolodock_settings)
    yield made
    made.deps.database.close()


def find_parsers(worker_pid: int) -> list[int]:
    """The processes that parse workbooks for this worker."""
    listing = subprocess.run(["ps", "-A", "-ww", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in listing.splitlines()]
    return [int(pid) for pid, parent, command in rows if int(parent) == worker_pid and PARSER in command]


@cache
def large_workbook() -> bytes:
    """So many people that they take a parser a while."""
    header = '<row r="1"><c r="A1" t="str"><v>email</v></c><c r="B1" t="str"><v>first_name</v></c></row>'
    rows = "".join(
        f'<row r="{row}"><c r="A{row}" t="str"><v>p{row}@example.com</v></c><c r="B{row}" t="str"><v>Ann {row}</v></c></row>'
        for row in range(2, ROWS + 2)
    )
    return make_package(make_sheet(header + rows))


def large_in_memory() -> bytes:
    """One cell, and texts that take 60 MB."""
    strings = "".join(f"<si><t>{'x' * 1000}{index}</t></si>" for index in range(60_000))
    return make_package(make_sheet('<row r="1"><c r="A1" t="s"><v>0</v></c></row>'), strings=strings)


@pytest.mark.slow
def test_a_killed_worker_leaves_no_parser_behind_and_the_import_goes_on(rig: Rig, rolodock_settings: Settings) -> None:
    job_id = rig.add_file(large_workbook(), format=FileFormat.XLSX, auto_start=False)
    rig.make_everything_due()
    found: list[int] = []
    with running_worker(rolodock_settings) as process:
        # A parser is at work, for the inspection or for the plan.
        wait_until(lambda: bool(found.extend(find_parsers(process.pid)) or found))
        process.kill()
        process.wait(60)
    assert rig.status(job_id) in (ImportStatus.INSPECTING, ImportStatus.UPLOADED)
    wait_until(lambda: not any(is_running(pid) for pid in found))
    rig.make_everything_due()
    with running_worker(rolodock_settings) as process:
        wait_until(lambda: rig.status(job_id) is ImportStatus.NEEDS_MAPPING)
        assert find_parsers(process.pid) == []
        assert process.poll() is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({"workbook_memory_bytes": str(40_000_000), "max_compression_ratio": "10000"}, "workbook_out_of_memory"),
        ({"workbook_seconds": "0.01"}, "workbook_too_slow"),
    ],
)
def test_a_hostile_workbook_fails_and_the_worker_goes_on(rig: Rig, rolodock_settings: Settings, limits: dict[str, str], code: str) -> None:
    hostile = rig.add_file(large_in_memory(), format=FileFormat.XLSX)
    rig.make_everything_due()
    with running_worker(rolodock_settings, **limits) as process:
        wait_until(lambda: rig.status(hostile) is ImportStatus.FAILED)
        assert rig.job(hostile).failure_code == code
        assert f"ROLODOCK_{next(iter(limits)).upper()}" in (rig.job(hostile).failure_message or "")
        assert find_parsers(process.pid) == []
        following = rig.add_file(PEOPLE)
        rig.make_everything_due()
        wait_until(lambda: rig.status(following) is ImportStatus.COMPLETED)
        assert process.poll() is None
