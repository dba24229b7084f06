"""Making an error report from the stored chunks of the newest run."""

import tempfile
from collections.abc import Callable, Iterator
from uuid import UUID

import polars as pl

from models.clock import new_id
from models.database import reading, writing
from models.queries.edits import list_edits
from models.queries.issue_pages import list_drifted_issues
from models.queries.plans import ChunkRecord, PlannedRun, find_planned_epoch, list_chunks, load_run
from models.queries.reports import finish_report
from models.queries.sending import FollowUp
from models.storage import ObjectStore
from models.tables import ImportIssue, ImportJob, PlannedChunk, Report
from models.vocabulary import IssueSeverity, ReportFormat, RowOutcome
from workers.engine.edits import edit_cells
from workers.engine.plans import make_drifted_frame, real_outcomes
from workers.exports.error_report import Line, write_report
from workers.stages.deps import Deps
from workers.stages.frames import load_frame
from workers.stages.reading import load_chunk

TOLD_SCHEMA = {"row": pl.Int64(), "column": pl.String(), "code": pl.String(), "message": pl.String(), "suggestion": pl.String()}


def export(deps: Deps, report_id: UUID) -> list[FollowUp]:
    """Write the report of an import's failed rows and record where it lies."""
    with reading(deps.database) as tx:
        report = tx.get(Report, report_id)
        if report is None or report.finished_at is not None:
            return []
        job = tx.get_one(ImportJob, report.import_id)
        chunks = {chunk.number: chunk for chunk in list_chunks(tx, job.id)}
        # A retry may have been planned since the report was asked for.
        epoch = find_planned_epoch(tx, job, report.epoch)
        run = load_run(tx, job, epoch)
        found = [issue for issue in list_drifted_issues(tx, job, epoch) if issue.severity == IssueSeverity.ERROR.value]
        drifted = pl.DataFrame([_told(issue) for issue in found], schema=TOLD_SCHEMA, orient="row")
    records = {n: ChunkRecord(n, c.first_row, c.last_row, c.row_count, c.object_key) for n, c in chunks.items()}
    headers = [column["header"] for column in job.columns]

    def load_cells(number: int) -> pl.DataFrame:
        record = records[number]
        with reading(deps.database) as tx:
            corrected = list_edits(tx, job, record.first_row, record.last_row).cells
        return edit_cells(load_chunk(deps.storage, record).frame, headers, corrected)

    lines = (line for part in run.chunks for line in _failed_lines(deps.storage, part, run, drifted, load_cells))
    key = f"imports/{job.id}/reports/{new_id()}.{report.format}"
    with tempfile.TemporaryFile() as file:
        write_report(file, ReportFormat(report.format), headers, lines)
        file.seek(0)
        deps.storage.put_file(key, file)
    with writing(deps.database) as tx:
        is_first = finish_report(tx, report_id, key)
    if not is_first:
        deps.storage.delete(key)
    return []


def _told(issue: ImportIssue) -> Line:
    return issue.row, issue.column, issue.code, issue.message, issue.suggestion


def _failed_lines(
    storage: ObjectStore, planned: PlannedChunk, run: PlannedRun, drifted: pl.DataFrame, load_cells: Callable[[int], pl.DataFrame]
) -> Iterator[Line]:
    """The lines of a chunk. `load_cells` answers the cells of a chunk, as they were corrected."""
    outcomes = real_outcomes(load_frame(storage, planned.outcomes_key), run.done, make_drifted_frame(run.drifted))
    failed = outcomes.filter(pl.col("outcome") == RowOutcome.FAILED.value).select("row")
    if failed.is_empty():
        return
    cells = load_cells(planned.number).join(failed, on="row", how="semi", maintain_order="left")
    issues = load_frame(storage, planned.issues_key).filter(pl.col("severity") == IssueSeverity.ERROR.value)
    told = pl.concat([issues.select(list(TOLD_SCHEMA)), drifted]).unique(maintain_order=True)
    told = told.with_columns(pl.col("code").str.to_uppercase())
    columns = [name for name in cells.columns if name != "row"]
    joined = cells.join(told, on="row", how="left", maintain_order="left")
    yield from joined.select([*columns, "row", "column", "code", "message", "suggestion"]).iter_rows()
