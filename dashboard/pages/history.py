"""Every import: filtered by state, searched by name, a page at a time."""

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import Input, Output, Patch, State, dcc, html

from dashboard import strings
from dashboard.client import ApiClient, DashboardError
from dashboard.components.attributes import attributes
from dashboard.components.feedback import error_alert, loading_rows, no_place_for_rows, no_rows, page_title
from dashboard.components.tables import import_row, imports_table
from dashboard.formatting import number
from dashboard.records.imports import ImportPage

_PAGE = 20


def layout() -> Any:
    statuses = [{"value": status, "label": label} for status, label in strings.STATUSES.items()]
    filters = dmc.Group(
        [
            dmc.TextInput(
                id="history-search",
                placeholder=strings.HISTORY_SEARCH,
                debounce=300,
                className="grow",
                **attributes(aria_label=strings.HISTORY_SEARCH),
            ),
            dmc.MultiSelect(
                id="history-status",
                data=statuses,
                placeholder=strings.HISTORY_STATUS,
                clearable=True,
                className="grow",
                **attributes(aria_label=strings.HISTORY_STATUS),
            ),
        ],
        mb="md",
    )
    return html.Div(
        [
            page_title(strings.HISTORY_TITLE, strings.HISTORY_INTRO),
            filters,
            dmc.Card(loading_rows(), id="history-results", withBorder=True, padding=0, className="table-card"),
            html.Div(more([], 0, has_more=False), id="history-more"),
            dcc.Store(id="history-cursor"),
        ]
    )


def results(page: ImportPage) -> Any:
    if not page.nodes:
        return no_rows(strings.HISTORY_EMPTY, strings.HISTORY_EMPTY_TEXT, icon_name="search", id="history-rows")
    return imports_table(page.nodes, id="history-rows")


def more(nodes: Any, total: int, *, has_more: bool) -> Any:
    shown = nodes if isinstance(nodes, int) else len(nodes)
    return dmc.Group(
        [
            dmc.Text(strings.SHOWN_OF.format(shown=number(shown), total=number(total)), size="sm", c="dimmed") if total else None,
            dmc.Button(strings.LOAD_MORE, id="load-more", variant="default", display="block" if has_more else "none"),
        ],
        justify="space-between",
        mt="md",
    )


def register(app: dash.Dash, client: ApiClient) -> None:
    @app.callback(
        Output("history-results", "children"),
        Output("history-more", "children"),
        Output("history-cursor", "data"),
        Input("history-search", "value"),
        Input("history-status", "value"),
    )
    def find_imports(search: str | None, statuses: list[str] | None) -> tuple[Any, Any, Any]:
        try:
            page = client.imports(statuses=statuses or (), search=search or "", first=_PAGE)
        except DashboardError as error:
            return [error_alert(error), no_place_for_rows("history-rows")], None, None
        return results(page), more(page.nodes, page.total_count, has_more=page.page_info.has_next_page), _cursor(page, len(page.nodes))

    @app.callback(
        Output("history-rows", "children"),
        Output("history-more", "children", allow_duplicate=True),
        Output("history-cursor", "data", allow_duplicate=True),
        Input("load-more", "n_clicks"),
        State("history-cursor", "data"),
        State("history-search", "value"),
        State("history-status", "value"),
        prevent_initial_call=True,
    )
    def load_more(
        clicks: int | None, cursor: dict[str, Any] | None, search: str | None, statuses: list[str] | None
    ) -> tuple[Any, Any, Any]:
        if not clicks or not cursor:
            return dash.no_update, dash.no_update, dash.no_update
        try:
            page = client.imports(statuses=statuses or (), search=search or "", first=_PAGE, after=cursor["after"])
        except DashboardError as error:
            return dash.no_update, error_alert(error), cursor
        rows = Patch()
        rows.extend([import_row(summary) for summary in page.nodes])
        shown = cursor["shown"] + len(page.nodes)
        return rows, more(shown, page.total_count, has_more=page.page_info.has_next_page), _cursor(page, shown)


def _cursor(page: ImportPage, shown: int) -> dict[str, Any]:
    return {"after": page.page_info.end_cursor, "shown": shown}
