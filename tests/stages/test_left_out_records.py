"""Records that a reader left out (a footer, a repeated header) are told with their numbers, and are rows nowhere."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any
from uuid import UUID

import polars as pl
import pytest

from models.database import writing
from models.queries.issue_pages import IssueFilter, count_issues, list_issue_groups
from models.queries.reports import request_report
from models.tables import ImportJob
from models.vocabulary import ImportStatus, IssueCode, ReportFormat
from tests.support.rig import Rig, csv_bytes
from workers.engine.frames import Chunk, make_issue_frame
from workers.engine.readers import read_chunks
from workers.engine.readers.issues import make_issue
from workers.stages import reading as stage

# Chunks of five rows; a second header before the first, a remark in the middle, a total at the end: as the readers tell of them.
ROWS = [[f"p{number}@example.com", f"P{number}"] for number in range(12)]
ROWS[4][0] = "not an address"
DATA = csv_bytes(["email", "first_name"], ROWS)
EXPECTED = [(1, "repeated_header"), (6, "invalid_email"), (500, "comment_line"), (812, "footer")]
LEFT_OUT = ((1, IssueCode.REPEATED_HEADER), (500, IssueCode.COMMENT_LINE), (812, IssueCode.FOOTER))


@pytest.fixture(autouse=True)
def reader(monkeypatch: pytest.MonkeyPatch) -> None:
    def read_with_left_out(*args: Any, **options: Any) -> Iterator[Chunk]:
        for chunk, (row, code) in zip(read_chunks(*args, **options), LEFT_OUT, strict=True):
            more = make_issue_frame([make_issue(row, code, value="Total: 12")])
            yield Chunk(chunk.frame, pl.concat([chunk.issues, more]).sort("row", maintain_order=True))

    monkeypatch.setattr(stage, "read_chunks", read_with_left_out)


def told(rig: Rig, job_id: UUID) -> list[tuple[int, str]]:
    return [(issue.row, issue.code) for issue in rig.issues(job_id)]


def account(rig: Rig, job_id: UUID) -> dict[str, int]:
    counts = asdict(rig.counts(job_id))
    assert sum(counts[name] for name in ("created", "updated", "unchanged", "skipped", "failed", "unprocessed")) == counts["total"]
    return counts


@pytest.mark.parametrize("error_policy", ["keep_good_rows", "all_or_nothing", "stop_at_error_rate"])
def test_they_are_told_once_and_count_as_nothing(rig: Rig, error_policy: str) -> None:
    job_id = rig.add_file(DATA, error_policy=error_policy, max_error_rate=0.5)
    rig.drain()
    counts = account(rig, job_id)
    assert counts["total"] == 12
    assert counts["failed"] == 1
    assert [pair for pair in told(rig, job_id) if pair[1] != "no_match_key"] == EXPECTED
    with writing(rig.deps.database) as tx:
        assert count_issues(tx, rig.tenant_id, job_id, IssueFilter(code="footer")) == 1
        groups = {group.code: group.count for group in list_issue_groups(tx, rig.tenant_id, job_id)}
    assert groups["footer"] == groups["comment_line"] == groups["repeated_header"] == 1


def test_a_retry_tells_of_them_once(rig: Rig) -> None:
    job_id = rig.add_file(DATA)
    rig.drain()
    before = told(rig, job_id)
    for _ in range(2):
        rig.retry(job_id)
        rig.drain()
        assert rig.status(job_id) is ImportStatus.COMPLETED_WITH_ERRORS
        assert told(rig, job_id) == before
        assert account(rig, job_id)["created"] == 11


def test_they_are_no_lines_of_the_report(rig: Rig) -> None:
    job_id = rig.add_file(DATA)
    rig.drain()
    with writing(rig.deps.database) as tx:
        follow_ups = request_report(tx, tx.get_one(ImportJob, job_id), ReportFormat.CSV)
    rig.outbox.send(follow_ups)
    rig.drain()
    (key,) = rig.deps.storage.iter_keys(f"imports/{job_id}/reports")
    lines = rig.deps.storage.get(key).decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("not an address,P4,6,")


def test_undoing_leaves_them_told(rig: Rig) -> None:
    job_id = rig.add_file(DATA)
    rig.drain()
    before = told(rig, job_id)
    rig.roll_back(job_id)
    rig.drain()
    assert rig.contacts() == []
    assert told(rig, job_id) == before
