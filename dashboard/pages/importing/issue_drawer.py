"""The rows behind a group of issues, opened by its button: to be corrected where they can be, and some at a time."""

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ALL, Input, Output, State, ctx, dcc

from dashboard import strings
from dashboard.client import ApiClient, DashboardError
from dashboard.components.feedback import error_alert
from dashboard.components.issues import issue_rows
from dashboard.formatting import field_label, issue_label, number
from dashboard.pages.importing.fixing import editable_rows, is_open
from dashboard.records.issues import Issue, IssuePage

Json = dict[str, Any]

_ROWS = 50
# Of a retry's plan most issues may be of rows that were settled before: so many pages are looked through for those that can be corrected.
_MOST_PAGES = 20


def register(app: dash.Dash, client: ApiClient) -> None:
    @app.callback(
        Output("issue-drawer", "opened"),
        Output("issue-drawer", "title"),
        Output("issue-drawer", "children"),
        Input({"type": "issue-group", "code": ALL, "field": ALL, "severity": ALL}, "n_clicks"),
        State("import-shown", "data"),
        prevent_initial_call=True,
    )
    def show_issue_rows(clicks: list[int | None], shown: Json) -> tuple[Any, Any, Any]:
        group = ctx.triggered_id
        if not any(clicks) or not isinstance(group, dict):
            return dash.no_update, dash.no_update, dash.no_update
        field = group["field"] or None
        title = issue_label(group["code"]) + (f" · {field_label(field)}" if field else "")
        at = {"code": group["code"], "field": field, "severity": group["severity"], "after": None, "seen": 0}
        return True, title, _draw(client, shown, at)

    @app.callback(
        Output("issue-drawer", "children", allow_duplicate=True),
        Input("issue-next", "n_clicks"),
        State("issue-cursor", "data"),
        State("import-shown", "data"),
        prevent_initial_call=True,
    )
    def show_next_rows(clicks: int | None, at: Json | None, shown: Json) -> Any:
        return _draw(client, shown, at) if clicks and at else dash.no_update


def _draw(client: ApiClient, shown: Json, at: Json) -> Any:
    """The next rows of a group, and the way to those after them."""
    try:
        page, seen = find_rows(client, shown, at)
        known = client.known_rows(shown["id"], [issue.row for issue in page.nodes])
    except DashboardError as error:
        return error_alert(error)
    told = strings.ISSUES_RANGE.format(first=number(min(at["seen"] + 1, seen)), last=number(seen), total=number(page.total_count))
    has_more = page.page_info.has_next_page
    return dmc.Stack(
        [
            dmc.Text(told, size="sm", c="dimmed"),
            editable_rows(page, shown["status"], known) or issue_rows(page, known.names),
            dmc.Button(strings.ISSUES_NEXT, id="issue-next", variant="default", display="block" if has_more else "none"),
            dcc.Store(id="issue-cursor", data=at | {"after": page.page_info.end_cursor, "seen": seen}),
        ],
        gap="sm",
    )


def find_rows(client: ApiClient, shown: Json, at: Json) -> tuple[IssuePage, int]:
    """The next issues of a group that can be corrected, or any where none can be; and how many of the group were passed by then."""
    page = first = _load(client, shown, at, at["after"])
    seen = at["seen"] + len(first.nodes)
    found = _open(first, shown)
    for _ in range(_MOST_PAGES):
        if len(found) >= _ROWS or not page.page_info.has_next_page:
            break
        page = _load(client, shown, at, page.page_info.end_cursor)
        seen += len(page.nodes)
        found += _open(page, shown)
    if not found:
        return first, at["seen"] + len(first.nodes)
    return IssuePage(tuple(found), page.total_count, page.page_info), seen


def _load(client: ApiClient, shown: Json, at: Json, after: str | None) -> IssuePage:
    return client.import_issues(shown["id"], code=at["code"], field=at["field"], severity=at["severity"], first=_ROWS, after=after)


def _open(page: IssuePage, shown: Json) -> list[Issue]:
    return [issue for issue in page.nodes if is_open(issue, shown["status"])]
