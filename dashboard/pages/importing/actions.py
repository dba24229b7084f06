"""What a person can do on an import's page, each one mutation; the page is drawn anew after it."""

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ClientsideFunction, Input, Output, State, ctx

from dashboard import strings
from dashboard.client import ApiClient, DashboardError, NotSignedIn
from dashboard.components.feedback import empty, error_alert
from dashboard.pages import sign_in
from dashboard.pages.importing import cancelling, fixing_actions, issue_drawer, outcome_rows, planning_actions
from dashboard.pages.importing.acting import act, busy
from dashboard.pages.importing.page import draw
from dashboard.pages.importing.result import preview_words
from dashboard.records.imports import FINAL_STATUSES

_FEEDBACK = Output("import-feedback", "children", allow_duplicate=True)
_REFRESH = Output("import-refresh", "data", allow_duplicate=True)
_VIEW = Output("import-view", "data", allow_duplicate=True)
_SHOWN = State("import-shown", "data")
_COUNTER = State("import-refresh", "data")


def register(app: dash.Dash, client: ApiClient) -> None:
    _register_drawing(app, client)
    planning_actions.register(app, client)
    _register_moves(app, client)
    issue_drawer.register(app, client)
    fixing_actions.register(app, client)
    outcome_rows.register(app, client)
    cancelling.register(app, client)


def _register_drawing(app: dash.Dash, client: ApiClient) -> None:
    # Dash publishes this method without types.
    in_the_browser: Any = app.clientside_callback
    in_the_browser(
        ClientsideFunction("polling", "nextTick"),
        Output("import-tick", "data"),
        Output("import-away", "style"),
        Input("poll", "n_intervals"),
        State("import-tick", "data"),
        State("import-answered", "data"),
        State("import-patience", "data"),
        prevent_initial_call=True,
    )

    in_the_browser(ClientsideFunction("polling", "showFromTheTop"), Input("import-shown", "data"))

    @app.callback(
        Output("import-header", "children"),
        Output("import-body", "children"),
        Output("import-shown", "data"),
        Output("poll", "disabled"),
        Output("import-answered", "data"),
        Input("import-tick", "data"),
        Input("import-refresh", "data"),
        Input("import-view", "data"),
        State("import-id", "data"),
        _SHOWN,
        prevent_initial_call=True,
    )
    def draw_again(tick: int, _refresh: int, view: str, import_id: str, shown: dict[str, Any]) -> tuple[Any, Any, Any, bool, Any]:
        try:
            drawn = draw(client, import_id, view=view, before=shown)
        except NotSignedIn:
            return dash.no_update, sign_in.layout(), dash.no_update, True, tick
        except DashboardError:
            # What is shown stays true until the API answers again. The tick counts as not answered, which the browser tells the person.
            return dash.no_update, dash.no_update, dash.no_update, False, dash.no_update
        if drawn is None:
            return None, empty(strings.IMPORT_NOT_FOUND, strings.IMPORT_NOT_FOUND_TEXT, icon_name="search"), shown, True, tick
        if not drawn.must_poll:
            # No tick comes any more that would take this back.
            dash.set_props("import-away", {"style": {"display": "none"}})
        for element_id, properties in drawn.moving.items():
            dash.set_props(element_id, properties)
        # What was refused is about the state before; a refusal that itself asked for this drawing is still news.
        if drawn.shown["status"] != shown["status"] and ctx.triggered_id != "import-refresh":
            dash.set_props("import-feedback", {"children": None})
        # What was told of an end stays as long as that lasts, whichever look found it first.
        if drawn.shown["status"] != shown["status"] and shown["status"] in FINAL_STATUSES:
            dash.set_props("import-notice", {"children": None})
        if drawn.body is None:
            return dash.no_update, dash.no_update, drawn.shown, not drawn.must_poll, tick
        return drawn.header, drawn.body, drawn.shown, not drawn.must_poll, tick

    @app.callback(_VIEW, Input("change-mapping-button", "n_clicks"), prevent_initial_call=True)
    def change_mapping(clicks: int | None) -> Any:
        return "mapping" if clicks else dash.no_update

    @app.callback(_VIEW, Input("back-to-plan-button", "n_clicks"), prevent_initial_call=True)
    def back_to_plan(clicks: int | None) -> Any:
        return "" if clicks else dash.no_update


def _register_moves(app: dash.Dash, client: ApiClient) -> None:
    @app.callback(
        _FEEDBACK,
        _REFRESH,
        Input("start-button", "n_clicks"),
        _SHOWN,
        _COUNTER,
        running=busy("start-button"),
        prevent_initial_call=True,
    )
    def start_import(clicks: int | None, shown: dict[str, Any], counter: int) -> tuple[Any, Any]:
        if not clicks:
            return dash.no_update, dash.no_update
        return act(counter, lambda: client.start_import(shown["id"], version=shown["version"], plan_hash=shown["plan_hash"]))

    @app.callback(
        _FEEDBACK,
        _REFRESH,
        Input("retry-button", "n_clicks"),
        _SHOWN,
        _COUNTER,
        running=busy("retry-button"),
        prevent_initial_call=True,
    )
    def retry_import(clicks: int | None, shown: dict[str, Any], counter: int) -> tuple[Any, Any]:
        if not clicks:
            return dash.no_update, dash.no_update
        return act(counter, lambda: client.retry_import(shown["id"], version=shown["version"]))

    @app.callback(
        Output("rollback-modal", "opened"),
        Output("rollback-preview", "children"),
        Input("rollback-button", "n_clicks"),
        prevent_initial_call=True,
    )
    def ask_for_rollback(clicks: int | None) -> tuple[Any, Any]:
        return (True, dmc.Loader(size="sm")) if clicks else (dash.no_update, dash.no_update)

    @app.callback(
        Output("rollback-preview", "children", allow_duplicate=True),
        Input("rollback-modal", "opened"),
        State("import-id", "data"),
        prevent_initial_call=True,
    )
    def preview_rollback(is_opened: bool, import_id: str) -> Any:
        if not is_opened:
            return dash.no_update
        try:
            preview = client.preview_rollback(import_id)
        except DashboardError as error:
            return error_alert(error)
        if preview is None:
            return dmc.Text(strings.ROLLBACK_PREVIEW_GONE, size="sm")
        return dmc.Text(preview_words(preview), size="sm", fw=600)

    @app.callback(Output("rollback-modal", "opened", allow_duplicate=True), Input("rollback-keep", "n_clicks"), prevent_initial_call=True)
    def keep_import(clicks: int | None) -> Any:
        return False if clicks else dash.no_update

    @app.callback(
        _FEEDBACK,
        _REFRESH,
        Output("rollback-modal", "opened", allow_duplicate=True),
        Input("rollback-confirm", "n_clicks"),
        State("rollback-reason", "value"),
        _SHOWN,
        _COUNTER,
        running=busy("rollback-confirm"),
        prevent_initial_call=True,
    )
    def roll_back_import(clicks: int | None, reason: str | None, shown: dict[str, Any], counter: int) -> tuple[Any, Any, Any]:
        if not clicks:
            return dash.no_update, dash.no_update, dash.no_update
        feedback, refresh = act(
            counter, lambda: client.roll_back_import(shown["id"], version=shown["version"], reason=(reason or "").strip() or None)
        )
        return feedback, refresh, False
