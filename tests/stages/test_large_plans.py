"""What is too much to hold goes through files, and the plan is the same."""

import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from models.database import reading
from models.queries.plans import load_run
from models.settings import Settings
from models.vocabulary import DuplicateStrategy, ErrorPolicy, ImportStatus, MatchMode
from tests.support.rig import Rig
from workers.stages import contested, settling, ties
from workers.stages.frames import load_frame
from workers.stages.scratch import open_scratch, remove_orphans

TOLD = ("row", "outcome", "owner_row", "anchor_row", "duplicate", "changes")


# The plans made at one go, by their options: the same on both databases, so whichever is the first says it to the other.
_KNOWN: dict[str, Any] = {}


@pytest.fixture
def small_settings(small_settings: Settings) -> Settings:
    return small_settings.model_copy(update={"chunk_rows": 18})


def _rows() -> list[dict[str, str]]:
    """Chains, rows alike, bad rows and rows that stand alone, far from one another."""
    rows = [{"email": f"p{number % 23}@example.com", "external_id": "", "company": f"C{number}"} for number in range(40)]
    rows += [{"email": f"q{number}@example.com", "external_id": f"x{number // 2}", "company": "D"} for number in range(12)]
    rows += [{"email": "no address", "external_id": "", "company": "E"}, {"email": "p1@example.com", "external_id": "x3", "company": "F"}]
    return rows


def _plan(rig: Rig, **options: Any) -> tuple[list[tuple[Any, ...]], list[tuple[int, str]]]:
    """The planned outcome of every row, and the issues."""
    mapping = {name: name for name in ("email", "external_id", "company")}
    job_id = rig.import_rows(_rows(), mapping=mapping, auto_start=False, **options)
    assert rig.status(job_id) is ImportStatus.PLANNED
    with reading(rig.deps.database) as tx:
        run = load_run(tx, rig.job(job_id), rig.job(job_id).plan_epoch)
    outcomes = pl.concat([load_frame(rig.deps.storage, chunk.outcomes_key) for chunk in run.chunks])
    return outcomes.select(TOLD).rows(), [(issue.row, issue.code) for issue in rig.issues(job_id)]


@pytest.mark.parametrize("strategy", DuplicateStrategy)
@pytest.mark.parametrize(
    "options", [{}, {"match_mode": MatchMode.ANY}, {"error_policy": ErrorPolicy.STOP_AT_ERROR_RATE, "max_error_rate": 0.02}]
)
def test_a_plan_made_in_pieces_is_the_plan_made_at_one_go(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, strategy: DuplicateStrategy, options: dict[str, Any]
) -> None:
    rig.create(email="p1@example.com", company="Old")
    rig.create(external_id="x3", email="q9@example.com")
    name = f"{strategy} {options}"
    if name not in _KNOWN:
        _KNOWN[name] = _plan(rig, duplicate_strategy=strategy, **options)
    monkeypatch.setattr(ties, "MOST_HELD", 5)
    monkeypatch.setattr(contested, "ROWS_AT_A_TIME", 3)
    parts = []
    settle = settling.settle_contested
    monkeypatch.setattr(
        settling, "settle_contested", lambda rows, *rest, **named: parts.append(rows.height) or settle(rows, *rest, **named)
    )
    assert _plan(rig, duplicate_strategy=strategy, **options) == _KNOWN[name]
    assert len(parts) > 1


def test_what_a_killed_worker_left_is_removed_and_what_a_living_one_has_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ended = subprocess.Popen(["true"])
    ended.wait()
    orphan = tmp_path / f"rolodock-plan-{socket.gethostname()}-{ended.pid}-abc"
    elsewhere = tmp_path / f"rolodock-plan-another-host-{ended.pid}-abc"
    for folder in (orphan, elsewhere):
        folder.mkdir()
    with open_scratch() as scratch:
        scratch.add("rows", pl.DataFrame({"row": [1]}))
        remove_orphans()
        assert not orphan.exists()
        assert elsewhere.exists()
        kept = scratch.read("rows")
        assert kept is not None
        assert kept["row"].to_list() == [1]
