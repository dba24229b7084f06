"""Stopping an import: at once while it moves or asks, after a question where a plan was made that somebody may want."""

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import Input, Output, State

from dashboard import strings
from dashboard.client import ApiClient
from dashboard.pages.importing.acting import act, busy
from dashboard.records.imports import ImportHead


def cancel_button(head: ImportHead) -> Any:
    """The button beside what goes on with the import; None: it cannot be cancelled."""
    if not head.can_cancel:
        return None
    button_id = "cancel-plan-button" if head.status == "PLANNED" else "cancel-button"
    return dmc.Button(strings.CANCEL, id=button_id, variant="subtle", color="gray", size="md")


def cancel_modal() -> Any:
    """The question, closed."""
    buttons = dmc.Group(
        [
            dmc.Button(strings.CANCEL_PLAN_KEEP, id="cancel-plan-keep", variant="default"),
            dmc.Button(strings.CANCEL_PLAN_CONFIRM, id="cancel-plan-confirm", color="red"),
        ],
        justify="flex-end",
    )
    words = dmc.Text(strings.CANCEL_PLAN_TEXT, size="sm")
    return dmc.Modal(dmc.Stack([words, buttons]), id="cancel-plan-modal", title=strings.CANCEL_PLAN_TITLE, opened=False, centered=True)


def register(app: dash.Dash, client: ApiClient) -> None:
    feedback = Output("import-feedback", "children", allow_duplicate=True)
    refresh = Output("import-refresh", "data", allow_duplicate=True)
    shown = State("import-shown", "data")
    counter = State("import-refresh", "data")

    @app.callback(
        feedback, refresh, Input("cancel-button", "n_clicks"), shown, counter, running=busy("cancel-button"), prevent_initial_call=True
    )
    def cancel_import(clicks: int | None, shown: dict[str, Any], counter: int) -> tuple[Any, Any]:
        if not clicks:
            return dash.no_update, dash.no_update
        return act(counter, lambda: client.cancel_import(shown["id"]))

    @app.callback(Output("cancel-plan-modal", "opened"), Input("cancel-plan-button", "n_clicks"), prevent_initial_call=True)
    def ask_to_cancel(clicks: int | None) -> Any:
        return True if clicks else dash.no_update

    @app.callback(
        Output("cancel-plan-modal", "opened", allow_duplicate=True), Input("cancel-plan-keep", "n_clicks"), prevent_initial_call=True
    )
    def keep_plan(clicks: int | None) -> Any:
        return False if clicks else dash.no_update

    @app.callback(
        feedback,
        refresh,
        Output("cancel-plan-modal", "opened", allow_duplicate=True),
        Input("cancel-plan-confirm", "n_clicks"),
        shown,
        counter,
        running=busy("cancel-plan-confirm"),
        prevent_initial_call=True,
    )
    def cancel_plan(clicks: int | None, shown: dict[str, Any], counter: int) -> tuple[Any, Any, Any]:
        if not clicks:
            return dash.no_update, dash.no_update, dash.no_update
        return (*act(counter, lambda: client.cancel_import(shown["id"])), False)
