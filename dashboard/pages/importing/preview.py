"""The first rows: as they stand in the file with doubtful cells marked, and as they would be imported."""

from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboard import strings
from dashboard.components.attributes import attributes
from dashboard.components.feedback import empty
from dashboard.components.tables import table
from dashboard.formatting import field_label, number, value
from dashboard.records.issues import Issue
from dashboard.records.mapping import ImportMapping, PreviewRow


def preview_card(job: ImportMapping, *, is_planned: bool) -> Any:
    if not job.preview:
        return dmc.Card(empty(strings.PREVIEW_TITLE, strings.PREVIEW_EMPTY), withBorder=True, id="preview")
    tabs = dmc.Tabs(
        [
            dmc.TabsList([dmc.TabsTab(strings.PREVIEW_RAW, value="raw"), dmc.TabsTab(strings.PREVIEW_MAPPED, value="mapped")]),
            dmc.TabsPanel(_raw_table(job), value="raw"),
            dmc.TabsPanel(_mapped_table(job, is_planned=is_planned), value="mapped"),
        ],
        value="raw",
        id="preview-tabs",
    )
    title = html.Div([dmc.Title(strings.PREVIEW_TITLE, order=2), _table_name(job)], className="card-title")
    return dmc.Card([title, tabs], withBorder=True, padding="lg", id="preview")


def _table_name(job: ImportMapping) -> Any:
    """Which of several tables these rows are of."""
    if job.dialect is None:
        return None
    return dmc.Text(" · ".join(part for part in (job.dialect.member, job.dialect.sheet) if part), size="sm", c="dimmed")


def _raw_table(job: ImportMapping) -> Any:
    headers = [column.header for column in job.columns]
    rows = [_raw_row(row, headers) for row in job.preview]
    return html.Div(table([strings.PREVIEW_ROW, *headers], rows, min_width=140 * len(headers)), className="preview-table")


def _raw_row(row: PreviewRow, headers: list[str]) -> Any:
    by_column = {issue.column: issue for issue in row.issues if issue.column}
    cells = [_cell(text, by_column.get(header)) for header, text in zip(headers, row.raw, strict=False)]
    whole_row = [issue for issue in row.issues if issue.column is None]
    first = dmc.TableTd(_marked(number(row.row), whole_row[0]) if whole_row else number(row.row), className="number dimmed")
    return dmc.TableTr([first, *cells])


def _cell(text: str, issue: Issue | None) -> Any:
    return dmc.TableTd(_marked(text or strings.NONE, issue) if issue else html.Span(text, className="cell", title=text))


def _marked(text: str, issue: Issue) -> Any:
    mark = html.Span(text, className=f"cell mark mark-{issue.severity.lower()}", **attributes(data_issue=issue.code))
    return dmc.Tooltip(mark, label=issue.message, multiline=True, maw=300, withArrow=True)


def _mapped_table(job: ImportMapping, *, is_planned: bool) -> Any:
    fields = list(dict.fromkeys(field for row in job.preview for field in row.mapped))
    if not fields:
        return dmc.Text(strings.PREVIEW_MAPPED_EMPTY, c="dimmed", size="sm", p="md")
    rows = [
        dmc.TableTr(
            [
                dmc.TableTd(_mapped_place(row), className="number dimmed"),
                *(dmc.TableTd(html.Span(value(row.mapped.get(field)), className="cell")) for field in fields),
            ]
        )
        for row in job.preview
    ]
    shown = table([strings.PREVIEW_ROW, *(field_label(field) for field in fields)], rows, min_width=140 * len(fields))
    note = dmc.Text(strings.PREVIEW_STALE, c="dimmed", size="xs", mt="xs") if is_planned else None
    return html.Div([shown, note], className="preview-table")


def _mapped_place(row: PreviewRow) -> Any:
    """The row's number, marked where the row will not go in."""
    errors = [issue for issue in row.issues if issue.severity == "ERROR"]
    if not errors:
        return number(row.row)
    why = strings.PREVIEW_FAILS.format(reasons=" ".join(dict.fromkeys(issue.message for issue in errors)))
    mark = html.Span(
        number(row.row), className="cell mark mark-error", **attributes(data_fails=str(row.row), aria_label=f"{number(row.row)}: {why}")
    )
    return dmc.Tooltip(mark, label=why, multiline=True, maw=300, withArrow=True)
