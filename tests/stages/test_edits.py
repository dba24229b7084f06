"""Rows that were corrected are judged again, and no others."""

from typing import Any
from uuid import UUID

import polars as pl
import pytest

from models.database import reading, writing
from models.errors import LimitExceeded
from models.queries.edits import CELL_SCHEMA, EditChange, edit
from models.queries.reports import find_present_report, latest_report, overtake_reports, request_report
from models.queries.retention import OldReport, forget_report
from models.vocabulary import ErrorPolicy, ImportStatus, ReportFormat
from tests.support.rig import Rig, csv_bytes

FILE = csv_bytes(["email", "first_name"], [[f"p{n}@example.com" if n % 5 else "no address", f"N{n}"] for n in range(12)])
MAPPING = {"email": "email", "first_name": "first_name"}


def change(rig: Rig, import_id: UUID, cells: dict[tuple[int, str], str] | None = None, excluded: tuple[int, ...] = ()) -> None:
    """Edit, and plan again."""
    made = EditChange(
        cells=pl.DataFrame([(*place, value) for place, value in (cells or {}).items()], schema=CELL_SCHEMA, orient="row"),
        reverted=pl.DataFrame(schema={"row": pl.Int64, "column": pl.String}),
        excluded=pl.Series("row", excluded, dtype=pl.Int64),
        included=pl.Series("row", [], dtype=pl.Int64),
    )
    rig.ask(edit, import_id, change=made, most=100, most_characters=1_000, actor="tester", action="import.rows_edited")
    rig.drain()


def planned(rig: Rig, **options: Any) -> UUID:
    import_id = rig.add_file(FILE, mapping=MAPPING, auto_start=False, **options)
    rig.drain()
    assert rig.status(import_id) is ImportStatus.PLANNED
    return import_id


def judged(rig: Rig, import_id: UUID) -> set[str]:
    """Where chunks lie that were judged for any of the import's plans."""
    return {key for key in rig.deps.storage.iter_keys(f"imports/{import_id}") if "-chunks/" in key and key.endswith(".findings")}


def test_a_chunk_that_no_edit_touches_is_not_judged_again(rig: Rig) -> None:
    import_id = planned(rig)
    before = judged(rig, import_id)
    assert len(before) == 3
    change(rig, import_id, {(2, "email"): "p0@example.com"})
    once = judged(rig, import_id) - before
    assert len(once) == 1
    change(rig, import_id, excluded=(7, 12))
    twice = judged(rig, import_id) - before - once
    assert len(twice) == 2
    rig.start(import_id)
    rig.drain()
    assert (rig.counts(import_id).created, rig.counts(import_id).skipped) == (10, 2)


def test_the_cells_that_are_kept_have_few_characters_in_all(rig: Rig) -> None:
    import_id = planned(rig)
    change(rig, import_id, {(2, "first_name"): "é" * 600, (3, "first_name"): "x" * 400})
    with pytest.raises(LimitExceeded) as refused:
        change(rig, import_id, {(12, "first_name"): "x"})
    assert refused.value.code == "edits_too_large"
    # What is replaced makes room.
    change(rig, import_id, {(2, "first_name"): "é" * 599, (12, "first_name"): "x"})
    with pytest.raises(LimitExceeded):
        change(rig, import_id, {(2, "first_name"): "é" * 600})


def test_an_import_of_which_every_row_is_left_out_ends_and_writes_nothing(rig: Rig) -> None:
    import_id = planned(rig)
    change(rig, import_id, excluded=tuple(range(2, 14)))
    rig.start(import_id)
    rig.drain()
    assert rig.status(import_id) is ImportStatus.COMPLETED
    assert rig.counts(import_id).skipped == 12
    assert rig.contacts() == []


def test_all_goes_in_once_the_rows_that_would_fail_are_left_out(rig: Rig) -> None:
    import_id = planned(rig, error_policy=ErrorPolicy.ALL_OR_NOTHING)
    change(rig, import_id, {(2, "email"): "p0@example.com"}, excluded=(7, 12))
    rig.start(import_id)
    rig.drain()
    assert rig.status(import_id) is ImportStatus.COMPLETED
    assert rig.counts(import_id).created == 10


def test_rows_that_are_left_out_are_none_of_those_that_a_rate_is_of(rig: Rig) -> None:
    # Three of twelve rows may fail, and two of ten.
    import_id = planned(rig, error_policy=ErrorPolicy.STOP_AT_ERROR_RATE, max_error_rate=0.29)
    change(rig, import_id, excluded=(3, 4))
    rig.start(import_id)
    rig.drain()
    counts = rig.counts(import_id)
    assert (counts.created, counts.failed, counts.skipped, counts.unprocessed) == (6, 3, 2, 1)


def _report(rig: Rig, import_id: UUID) -> str:
    """What is handed out after somebody asked for the report of an import that ended."""
    rig.ask(request_report, import_id, format=ReportFormat.CSV)
    rig.drain()
    with reading(rig.deps.database) as tx:
        report = latest_report(tx, rig.tenant_id, import_id, ReportFormat.CSV)
    assert report is not None
    assert report.object_key is not None
    return rig.deps.storage.get(report.object_key).decode()


def _reports(rig: Rig) -> int:
    return sum("/reports/" in key for key in rig.deps.storage.iter_keys("imports"))


def test_a_report_that_is_asked_for_after_corrections_tells_them(rig: Rig) -> None:
    import_id = rig.add_file(FILE, mapping=MAPPING)
    rig.drain()
    assert rig.status(import_id) is ImportStatus.COMPLETED_WITH_ERRORS
    assert "still none" not in _report(rig, import_id)
    made = _reports(rig)
    change(rig, import_id, {(2, "email"): "still none"})
    assert "still none" in _report(rig, import_id)
    assert "still none" in _report(rig, import_id)
    assert _reports(rig) == made + 1
    # One that is under way while somebody corrects may have the one and not the other.
    with writing(rig.deps.database) as tx:
        overtake_reports(tx, rig.job(import_id))
    rig.ask(request_report, import_id, format=ReportFormat.CSV)
    change(rig, import_id, {(7, "email"): "none either"})
    assert "none either" in _report(rig, import_id)
    assert _reports(rig) == made + 3


def _handed_out(rig: Rig, import_id: UUID) -> str | None:
    with reading(rig.deps.database) as tx:
        report = find_present_report(tx, rig.job(import_id))
    return None if report is None or report.object_key is None else rig.deps.storage.get(report.object_key).decode()


def _end_a_retry(rig: Rig, import_id: UUID) -> ImportStatus:
    rig.retry(import_id)
    rig.drain()
    assert rig.status(import_id) is ImportStatus.PLANNED
    assert _handed_out(rig, import_id) is None, "what failed before is to be taken up again"
    rig.start(import_id)
    rig.drain()
    return rig.status(import_id)


def test_no_report_of_an_earlier_run_is_handed_out_after_a_retry(rig: Rig) -> None:
    import_id = planned(rig)
    # Of a plan that is yet to be applied; what it says holds no longer when the run has ended.
    rig.ask(request_report, import_id, format=ReportFormat.CSV)
    rig.drain()
    rig.start(import_id)
    rig.drain()
    first = _handed_out(rig, import_id)
    assert first is not None
    assert first.count("no address") > 1
    change(rig, import_id, {(2, "email"): "now@example.com"})
    assert _end_a_retry(rig, import_id) is ImportStatus.COMPLETED_WITH_ERRORS
    second = _handed_out(rig, import_id)
    assert second is not None
    assert second.count("no address") == first.count("no address") - 1
    change(rig, import_id, {(7, "email"): "seven@example.com", (12, "email"): "twelve@example.com"})
    assert _end_a_retry(rig, import_id) is ImportStatus.COMPLETED
    assert _handed_out(rig, import_id) is None


def test_a_rollback_leaves_the_report_of_the_failed_rows(rig: Rig) -> None:
    import_id = rig.add_file(FILE, mapping=MAPPING)
    rig.drain()
    told = _handed_out(rig, import_id)
    assert told is not None
    rig.roll_back(import_id)
    rig.drain()
    assert rig.status(import_id) is ImportStatus.ROLLED_BACK
    assert _handed_out(rig, import_id) == told


def test_a_report_that_retention_took_is_made_anew(rig: Rig) -> None:
    import_id = rig.add_file(FILE, mapping=MAPPING)
    rig.drain()
    kept = _report(rig, import_id)
    rig.deps.storage.delete_prefix(f"imports/{import_id}/reports")
    with writing(rig.deps.database) as tx:
        report = latest_report(tx, rig.tenant_id, import_id)
        assert report is not None
        forget_report(tx, OldReport(report.id, report.object_key))
    assert _report(rig, import_id) == kept
