"""The first rows of a file as they stand and as the current mapping would read them, by the judge that the plan asks too."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from api.auth.actor import Actor
from api.commands.date_orders import find_date_orders
from api.commands.deps import Deps
from api.commands.read_rows import IssueRecord
from models.database import reading
from models.queries.directory import find_created_names, find_names
from models.queries.edits import list_edits
from models.queries.pages import require_first
from models.tables import ImportJob
from workers.engine.directory import apply_names, collect_names, directory_kinds, make_entries, resolve_names
from workers.engine.edits import edit_chunk, tell_excluded
from workers.engine.frames import FAILED, IN_ONE_CASE, ROW, EngineOptions, Judged
from workers.engine.judging import judge, make_chunk
from workers.engine.options import parse_options


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row as it stands in the file, and as it was corrected: how it is mapped, and what was found in it."""

    row: int
    raw: tuple[str, ...]
    mapped: dict[str, Any]
    issues: tuple[IssueRecord, ...]


def preview_rows(deps: Deps, actor: Actor, job: ImportJob, *, first: int | None) -> list[PreviewRow]:
    """The first rows; none before the file was inspected."""
    rows = [(row, tuple(cells)) for row, cells in job.head[: require_first(first)]]
    headers = [column["header"] for column in job.columns]
    if not rows or not headers:
        return []
    date_orders = find_date_orders(job, _head_frame(job, headers))
    options = parse_options(job.options, job.mapping, job.created_at.date(), date_orders, head=job.head, headers=headers)
    with reading(deps.database) as tx:
        edits = list_edits(tx, job, rows[0][0], rows[-1][0])
    edited, excluded = edit_chunk(make_chunk(rows, headers), headers, edits)
    judged = _resolve_names(deps, job, judge(edited, headers, options), options)
    issues: dict[int, list[IssueRecord]] = {}
    for line in pl.concat([judged.issues, tell_excluded(excluded)]).iter_rows(named=True):
        issues.setdefault(line[ROW], []).append(IssueRecord(**line))
    mapped = {line[ROW]: line for line in judged.rows.iter_rows(named=True)}
    return [
        PreviewRow(
            row=row,
            raw=tuple(cell or "" for cell in cells),
            mapped={name: value for name, value in mapped.get(row, {}).items() if name not in (ROW, FAILED, IN_ONE_CASE)},
            issues=tuple(issues.get(row, ())),
        )
        for row, cells in rows
    ]


def _resolve_names(deps: Deps, job: ImportJob, judged: Judged, options: EngineOptions) -> Judged:
    """Companies and owners as planned: these rows are the first of the file, so the lowest row that names one is among them."""
    kinds = directory_kinds(options)
    if not kinds:
        return judged
    names = collect_names(judged.rows, options)
    with reading(deps.database) as tx:
        known = make_entries({kind: find_names(tx, job.tenant_id, kind, names["key"]).items() for kind in kinds})
        own = make_entries({kind: find_created_names(tx, job, kind, names["key"]).items() for kind in kinds})
    return apply_names(judged, resolve_names(names, known, known, options, own), options)


def _head_frame(job: ImportJob, headers: list[str]) -> pl.DataFrame:
    columns = {
        f"c{index}": pl.Series([cells[index] if index < len(cells) else None for _, cells in job.head], dtype=pl.String)
        for index in range(len(headers))
    }
    return pl.DataFrame(columns)
