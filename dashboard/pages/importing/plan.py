"""The review phase: what the import would do, by the numbers and field by field."""

from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboard import strings
from dashboard.components.attributes import attributes
from dashboard.components.changes import change_list
from dashboard.components.counts import outcome_bar, outcome_tiles, row_count
from dashboard.components.feedback import empty, viewer_hint
from dashboard.components.icons import icon
from dashboard.components.issues import issue_groups
from dashboard.formatting import name_in, number
from dashboard.pages.importing.cancelling import cancel_button
from dashboard.pages.importing.fixing import edits_line, fixable_codes
from dashboard.records.imports import ImportHead
from dashboard.records.issues import EditCounts
from dashboard.records.rows import ImportPlanned, Plan, PlannedRow
from dashboard.theme import OUTCOME_COLORS


def layout(head: ImportHead, job: ImportPlanned) -> Any:
    counts = job.plan.counts if job.plan else head.counts
    duplicates = strings.DUPLICATES.format(count=number(counts.duplicates)) if counts.duplicates else None
    notes = [
        dmc.Text(note, size="sm", c="dimmed", id=element_id)
        for note, element_id in ((duplicates, "duplicates"), (job.left_out, "left-out"))
        if note
    ]
    title = html.Div(
        [
            html.Div([dmc.Title(strings.PLAN_TITLE, order=2), *notes]),
            dmc.Text(row_count(counts.total), c="dimmed", size="sm", id="row-count"),
        ],
        className="card-title",
    )
    return dmc.Stack(
        [
            dmc.Card(
                [title, outcome_bar(counts), outcome_tiles(counts, strings.PLANNED_OUTCOMES, opens=True)],
                withBorder=True,
                padding="lg",
                id="plan-counts",
            ),
            _edits(job.edits),
            actions(head, job.plan, changes_nothing=not counts.created and not counts.updated),
            dmc.Card(
                [
                    dmc.Title(strings.ISSUES_TITLE, order=2, mb="sm"),
                    issue_groups(job.issue_groups, _fixable(head, job), is_retry=head.is_retry),
                ],
                withBorder=True,
                padding="lg",
                id="issues",
            ),
            dmc.Card([dmc.Title(strings.PLAN_SAMPLE, order=2, mb="sm"), _samples(job)], withBorder=True, padding="lg", id="plan-sample"),
        ],
        gap="md",
    )


def _fixable(head: ImportHead, job: ImportPlanned) -> frozenset[str]:
    return fixable_codes(job.issue_groups) if head.can_edit else frozenset()


def _edits(edits: EditCounts) -> Any:
    if not edits.cells and not edits.excluded_rows:
        return None
    told = strings.EDITS_COUNT.format(cells=number(edits.cells), rows=number(edits.excluded_rows))
    return edits_line(told)


def actions(head: ImportHead, plan: Plan | None, *, changes_nothing: bool) -> Any:
    words: list[Any] = [dmc.Text(strings.PLAN_NOTHING if changes_nothing else strings.PLAN_HASH_HINT, size="sm", c="dimmed")]
    if plan:
        short = dmc.Code(strings.PLAN_HASH.format(hash=plan.hash[:12]), className="plan-hash")
        words.append(html.Span(short, id="plan-hash", title=plan.hash, **attributes(data_hash=plan.hash)))
    buttons = [
        cancel_button(head, variant="subtle", color="gray", size="md"),
        dmc.Button(strings.CHANGE_MAPPING, id="change-mapping-button", variant="default", size="md", disabled=not head.can_edit),
        dmc.Button(strings.START_BUTTON, id="start-button", size="md", rightSection=icon("arrow"), disabled=not head.can_start),
    ]
    if not head.can_start:
        words.append(viewer_hint())
    return html.Div([html.Div(words, className="grow"), dmc.Group(buttons, gap="sm")], className="actions")


def _samples(job: ImportPlanned) -> Any:
    plan = job.plan
    # A skipped row changes nothing, so that there is nothing to show of it.
    rows = [*plan.updated, *plan.created] if plan else []
    if not rows:
        return empty(strings.PLAN_SAMPLE_EMPTY, strings.PLAN_NOTHING)
    columns = {mapped.field: mapped.column for mapped in job.mapping if mapped.field}
    return html.Div([_sample(row, who(row, columns)) for row in rows], className="samples")


def who(row: PlannedRow, columns: Mapping[str, str]) -> str | None:
    """The name that a row has for its person, or else what tells who it is; `columns` are headers by field."""
    return name_in(row.values, columns)


def _sample(row: PlannedRow, name: str | None) -> Any:
    outcome = row.outcome.lower()
    badge = dmc.Badge(
        strings.PLANNED_OUTCOMES.get(outcome, row.outcome),
        color=OUTCOME_COLORS.get(outcome, "gray"),
        variant="light",
        radius="sm",
        tt="none",
        fw=600,
    )
    heading = html.Div([html.Span(_headline(row, name), className="sample-row"), badge], className="sample-heading")
    return html.Div([heading, change_list(row.changes)], className="sample-card")


def _headline(row: PlannedRow, name: str | None) -> str:
    place = strings.ISSUE_EXAMPLE.format(row=number(row.row))
    return f"{name} · {place}" if name else place
