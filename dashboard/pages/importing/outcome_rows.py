"""The rows of one outcome, opened by its count: who they are about, and what becomes or became of each."""

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ALL, Input, Output, Patch, State, ctx, dcc, html

from dashboard import strings
from dashboard.client import ApiClient, DashboardError
from dashboard.components.changes import change_list
from dashboard.components.counts import row_count
from dashboard.components.feedback import empty, error_alert
from dashboard.components.issues import row_place, severity_badge
from dashboard.components.tables import table
from dashboard.formatting import name_in, number
from dashboard.records.mapping import MappedColumn
from dashboard.records.rows import AccountedRow, OutcomeRows

_PAGE = 50


def title(outcome: str, status: str) -> str:
    """What their count is called: as planned while there is only a plan."""
    labels = strings.PLANNED_OUTCOMES if status == "PLANNED" else strings.OUTCOMES
    return labels[outcome]


def layout(found: OutcomeRows, outcome: str, status: str) -> Any:
    page = found.rows
    if not page.nodes:
        return empty(strings.OUTCOME_EMPTY, strings.OUTCOME_EMPTY_TEXT)
    what = strings.OUTCOME_WHAT if status == "PLANNED" else strings.OUTCOME_WHAT_BECAME
    shown = len(page.nodes)
    return dmc.Stack(
        [
            dmc.Text(row_count(page.total_count), size="sm", c="dimmed"),
            table((strings.ISSUE_ROW, what), rows(found), min_width=300, id="outcome-rows"),
            html.Div(more(shown, page.total_count, has_more=page.page_info.has_next_page), id="outcome-more"),
            dcc.Store(id="outcome-cursor", data=cursor(found, outcome, shown)),
        ],
        gap="xs",
    )


def rows(found: OutcomeRows) -> list[Any]:
    return [_row(row, found.mapping) for row in found.rows.nodes]


def more(shown: int, total: int, *, has_more: bool) -> Any:
    return dmc.Group(
        [
            dmc.Text(strings.SHOWN_OF.format(shown=number(shown), total=number(total)), size="sm", c="dimmed"),
            dmc.Button(strings.LOAD_MORE, id="outcome-load-more", variant="default", display="block" if has_more else "none"),
        ],
        justify="space-between",
    )


def cursor(found: OutcomeRows, outcome: str, shown: int) -> dict[str, Any]:
    return {"outcome": outcome, "after": found.rows.page_info.end_cursor, "shown": shown}


def _row(row: AccountedRow, mapping: tuple[MappedColumn, ...]) -> Any:
    columns = {mapped.field: mapped.column for mapped in mapping if mapped.field}
    name = name_in(row.values, columns)
    told: list[Any] = [change_list(row.changes)] if row.changes else []
    told += [
        html.Div(
            [severity_badge(issue.severity), html.Span(" · ".join(filter(None, (issue.column, issue.value)))), html.Span(issue.message)],
            className="row-issue small",
        )
        for issue in row.issues
    ]
    return dmc.TableTr(
        [dmc.TableTd(row_place(row.row, {row.row: name} if name else {}), className="row-cell"), dmc.TableTd(told or strings.NONE)]
    )


def register(app: dash.Dash, client: ApiClient) -> None:
    @app.callback(
        Output("issue-drawer", "opened", allow_duplicate=True),
        Output("issue-drawer", "title", allow_duplicate=True),
        Output("issue-drawer", "children", allow_duplicate=True),
        Input({"type": "outcome-rows", "outcome": ALL}, "n_clicks"),
        State("import-shown", "data"),
        prevent_initial_call=True,
    )
    def show_rows(clicks: list[int | None], shown: dict[str, Any]) -> tuple[Any, Any, Any]:
        if not any(clicks) or not isinstance(ctx.triggered_id, dict):
            return dash.no_update, dash.no_update, dash.no_update
        outcome, status = ctx.triggered_id["outcome"], shown["status"]
        try:
            found = client.outcome_rows(shown["id"], outcome=outcome.upper(), first=_PAGE)
        except DashboardError as error:
            return True, title(outcome, status), error_alert(error)
        if found is None:
            return True, title(outcome, status), empty(strings.IMPORT_NOT_FOUND, strings.IMPORT_NOT_FOUND_TEXT)
        return True, title(outcome, status), layout(found, outcome, status)

    @app.callback(
        Output("outcome-rows", "children"),
        Output("outcome-more", "children"),
        Output("outcome-cursor", "data"),
        Input("outcome-load-more", "n_clicks"),
        State("outcome-cursor", "data"),
        State("import-shown", "data"),
        prevent_initial_call=True,
    )
    def load_more_rows(clicks: int | None, at: dict[str, Any] | None, shown: dict[str, Any]) -> tuple[Any, Any, Any]:
        if not clicks or not at:
            return dash.no_update, dash.no_update, dash.no_update
        try:
            found = client.outcome_rows(shown["id"], outcome=at["outcome"].upper(), first=_PAGE, after=at["after"])
        except DashboardError as error:
            return dash.no_update, error_alert(error), dash.no_update
        if found is None:
            return dash.no_update, dash.no_update, dash.no_update
        added = Patch()
        added.extend(rows(found))
        count = at["shown"] + len(found.rows.nodes)
        return added, more(count, found.rows.total_count, has_more=found.rows.page_info.has_next_page), cursor(found, at["outcome"], count)
