"""Every import: filtered by state, searched by name, in one of several orders, a page at a time; and taken from the list for good."""

from dataclasses import asdict, dataclass
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ALL, Input, Output, Patch, State, ctx, dcc, html

from dashboard import strings
from dashboard.client import ApiClient, DashboardError
from dashboard.components.attributes import attributes
from dashboard.components.feedback import error_alert, loading_rows, no_place_for_rows, no_rows, page_title, user_errors
from dashboard.components.tables import import_row, imports_table
from dashboard.formatting import number
from dashboard.records.answers import Viewer
from dashboard.records.imports import ImportPage

_PAGE = 20
_DEFAULT_ORDER = next(iter(strings.HISTORY_ORDERS))
# What is asked of the list, in the order in which the callbacks receive it.
_ASKED = (("history-search", "value"), ("history-status", "value"), ("history-order", "value"), ("history-stuck", "checked"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which imports, and in which order."""

    statuses: tuple[str, ...] = ()
    search: str = ""
    order: str = _DEFAULT_ORDER
    is_stuck: bool = False

    @classmethod
    def of(cls, search: str | None, statuses: list[str] | None, order: str | None, is_stuck: bool | None) -> "Wanted":
        return cls(tuple(statuses or ()), search or "", order or _DEFAULT_ORDER, bool(is_stuck))

    def page(self, client: ApiClient, after: str | None = None) -> ImportPage:
        return client.imports(**asdict(self), first=_PAGE, after=after)


def layout(viewer: Viewer) -> Any:
    return html.Div(
        [
            page_title(strings.HISTORY_TITLE, strings.HISTORY_INTRO),
            _filters(viewer),
            html.Div(id="history-feedback"),
            dmc.Card(loading_rows(), id="history-results", withBorder=True, padding=0, className="table-card"),
            html.Div(more(0, 0, has_more=False), id="history-more"),
            dcc.Store(id="history-cursor"),
            dcc.Store(id="history-refresh", data=0),
            dcc.Store(id="history-may-delete", data=viewer.may_change),
            dcc.Store(id="history-deleting"),
            _delete_modal(),
        ]
    )


def _filters(viewer: Viewer) -> Any:
    statuses = [{"value": status, "label": label} for status, label in strings.STATUSES.items()]
    orders = [{"value": order, "label": label} for order, label in strings.HISTORY_ORDERS.items()]
    return dmc.Group(
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
            dmc.Select(
                id="history-order",
                data=orders,
                value=_DEFAULT_ORDER,
                allowDeselect=False,
                className="history-order",
                **attributes(aria_label=strings.HISTORY_ORDER),
            ),
            # There for everybody, since the callbacks ask for it; of use to who can do something about it.
            html.Div(
                dmc.Switch(id="history-stuck", label=strings.HISTORY_ONLY_STUCK, checked=False),
                style={} if viewer.is_admin else {"display": "none"},
            ),
        ],
        mb="md",
    )


def _delete_modal() -> Any:
    buttons = dmc.Group(
        [
            dmc.Button(strings.DELETE_KEEP, id="delete-keep", variant="default"),
            dmc.Button(strings.DELETE_CONFIRM, id="delete-confirm", color="red"),
        ],
        justify="flex-end",
    )
    words = [dmc.Text(id="delete-of", fw=600, className="file-name"), dmc.Text(strings.DELETE_GOES, size="sm")]
    words.append(dmc.Text(strings.DELETE_STAYS, size="sm"))
    return dmc.Modal(dmc.Stack([*words, buttons]), id="delete-modal", title=strings.DELETE_TITLE, opened=False, centered=True)


def results(page: ImportPage, wanted: Wanted = Wanted(), *, deletes: bool = False) -> Any:
    if page.nodes:
        return imports_table(page.nodes, deletes=deletes, id="history-rows")
    if wanted == Wanted(is_stuck=True):
        return no_rows(strings.HISTORY_NONE_STUCK, strings.HISTORY_NONE_STUCK_TEXT, icon_name="check", id="history-rows")
    return no_rows(strings.HISTORY_EMPTY, strings.HISTORY_EMPTY_TEXT, icon_name="search", id="history-rows")


def more(shown: int, total: int, *, has_more: bool) -> Any:
    return dmc.Group(
        [
            dmc.Text(strings.SHOWN_OF.format(shown=number(shown), total=number(total)), size="sm", c="dimmed") if total else None,
            dmc.Button(strings.LOAD_MORE, id="load-more", variant="default", display="block" if has_more else "none"),
        ],
        justify="space-between",
        mt="md",
    )


def register(app: dash.Dash, client: ApiClient) -> None:
    _register_list(app, client)
    _register_deleting(app, client)


def _register_list(app: dash.Dash, client: ApiClient) -> None:
    @app.callback(
        Output("history-results", "children"),
        Output("history-more", "children"),
        Output("history-cursor", "data"),
        *(Input(*asked) for asked in _ASKED),
        Input("history-refresh", "data"),
        State("history-may-delete", "data"),
    )
    def find_imports(
        search: str | None, statuses: list[str] | None, order: str | None, is_stuck: bool | None, _refresh: int, may_delete: bool
    ) -> tuple[Any, Any, Any]:
        wanted = Wanted.of(search, statuses, order, is_stuck)
        try:
            page = wanted.page(client)
        except DashboardError as error:
            return [error_alert(error), no_place_for_rows("history-rows")], None, None
        shown = len(page.nodes)
        found = results(page, wanted, deletes=may_delete)
        return found, more(shown, page.total_count, has_more=page.page_info.has_next_page), _cursor(page, shown)

    @app.callback(
        Output("history-rows", "children"),
        Output("history-more", "children", allow_duplicate=True),
        Output("history-cursor", "data", allow_duplicate=True),
        Input("load-more", "n_clicks"),
        State("history-cursor", "data"),
        State("history-may-delete", "data"),
        *(State(*asked) for asked in _ASKED),
        prevent_initial_call=True,
    )
    def load_more(clicks: int | None, cursor: dict[str, Any] | None, may_delete: bool, *asked: Any) -> tuple[Any, Any, Any]:
        if not clicks or not cursor:
            return dash.no_update, dash.no_update, dash.no_update
        try:
            page = Wanted.of(*asked).page(client, cursor["after"])
        except DashboardError as error:
            return dash.no_update, error_alert(error), cursor
        rows = Patch()
        rows.extend([import_row(summary, deletes=may_delete) for summary in page.nodes])
        shown = cursor["shown"] + len(page.nodes)
        return rows, more(shown, page.total_count, has_more=page.page_info.has_next_page), _cursor(page, shown)


def _register_deleting(app: dash.Dash, client: ApiClient) -> None:
    @app.callback(
        Output("delete-modal", "opened"),
        Output("delete-of", "children"),
        Output("history-deleting", "data"),
        Input({"type": "delete-import", "id": ALL, "name": ALL, "of": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def ask_to_delete(clicks: list[int | None]) -> tuple[Any, Any, Any]:
        summary = ctx.triggered_id
        if not any(clicks) or not isinstance(summary, dict):
            return dash.no_update, dash.no_update, dash.no_update
        return True, summary["of"], {"id": summary["id"], "name": summary["name"]}

    @app.callback(Output("delete-modal", "opened", allow_duplicate=True), Input("delete-keep", "n_clicks"), prevent_initial_call=True)
    def keep_import(clicks: int | None) -> Any:
        return False if clicks else dash.no_update

    @app.callback(
        Output("history-feedback", "children"),
        Output("history-refresh", "data"),
        Output("delete-modal", "opened", allow_duplicate=True),
        Input("delete-confirm", "n_clicks"),
        State("history-deleting", "data"),
        State("history-refresh", "data"),
        running=[(Output("delete-confirm", "loading"), True, False)],
        prevent_initial_call=True,
    )
    def delete_import(clicks: int | None, chosen: dict[str, str] | None, refresh: int) -> tuple[Any, Any, Any]:
        if not clicks or not chosen:
            return dash.no_update, dash.no_update, dash.no_update
        try:
            errors = client.delete_import(chosen["id"])
        except DashboardError as error:
            return error_alert(error), dash.no_update, False
        told = user_errors(errors) if errors else _deleted(chosen["name"])
        # After a refusal too: the list shows how the import stands by now.
        return told, refresh + 1, False


def _deleted(name: str) -> Any:
    return dmc.Alert(strings.DELETE_DONE.format(name=name), color="teal", variant="light", id="history-deleted")


def _cursor(page: ImportPage, shown: int) -> dict[str, Any]:
    return {"after": page.page_info.end_cursor, "shown": shown}
