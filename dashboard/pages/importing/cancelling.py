"""Stopping an import, after a question that says what stays."""

from dataclasses import dataclass
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import Input, Output, State

from dashboard import strings
from dashboard.client import ApiClient, DashboardError
from dashboard.components.feedback import error_alert
from dashboard.formatting import number
from dashboard.pages.importing.acting import act, busy
from dashboard.records.answers import UserError
from dashboard.records.imports import ImportHead


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked before an import is cancelled, and its two answers."""

    title: str
    text: str
    keep: str
    confirm: str


def cancel_button(head: ImportHead, **looks: Any) -> Any:
    """The button beside what goes on with the import; None: it cannot be cancelled."""
    return dmc.Button(strings.CANCEL, id="cancel-button", **looks) if head.can_cancel else None


def cancel_modal() -> Any:
    """The question, closed; what it says depends on how the import stands when it is asked."""
    buttons = dmc.Group(
        [
            dmc.Button(strings.CANCEL_KEEP, id="cancel-keep", variant="default"),
            dmc.Button(strings.CANCEL_CONFIRM, id="cancel-confirm", color="red"),
        ],
        justify="flex-end",
    )
    words = dmc.Text(strings.CANCEL_TEXT, size="sm", id="cancel-text")
    return dmc.Modal(dmc.Stack([words, buttons]), id="cancel-modal", title=strings.CANCEL_TITLE, opened=False, centered=True)


def question(head: ImportHead) -> Question:
    if head.status == "APPLYING":
        text = strings.CANCEL_TEXT_APPLYING
    elif head.is_retry:
        # Until it is applied, a retry's counts are what was done before.
        text = strings.CANCEL_TEXT_RETRY.format(created=number(head.counts.created), updated=number(head.counts.updated))
    else:
        text = strings.CANCEL_TEXT
    return Question(
        title=strings.CANCEL_TITLE_RETRY if head.is_retry else strings.CANCEL_TITLE,
        text=text,
        keep=strings.CANCEL_KEEP_PLAN if head.status == "PLANNED" else strings.CANCEL_KEEP,
        confirm=strings.CANCEL_CONFIRM_RETRY if head.is_retry else strings.CANCEL_CONFIRM,
    )


def cancel(client: ApiClient, import_id: str, counter: int) -> tuple[Any, Any, Any]:
    """The feedback to show, the counter that makes the page draw itself anew, and what is to be told of how it ended."""
    had_ended = False

    def ask() -> tuple[UserError, ...]:
        nonlocal had_ended
        errors = client.cancel_import(import_id)
        if errors:
            head = client.import_head(import_id)
            had_ended = head is not None and head.is_final
        return () if had_ended else errors

    feedback, refresh = act(counter, ask)
    return feedback, refresh, _too_late() if had_ended else None


def _too_late() -> Any:
    return dmc.Alert(strings.CANCEL_TOO_LATE, color="gray", variant="light", id="cancel-too-late")


def register(app: dash.Dash, client: ApiClient) -> None:
    feedback = Output("import-feedback", "children", allow_duplicate=True)
    refresh = Output("import-refresh", "data", allow_duplicate=True)
    notice = Output("import-notice", "children", allow_duplicate=True)
    shown = State("import-shown", "data")
    counter = State("import-refresh", "data")

    @app.callback(
        Output("cancel-modal", "opened"),
        Output("cancel-modal", "title"),
        Output("cancel-text", "children"),
        Output("cancel-keep", "children"),
        Output("cancel-confirm", "children"),
        feedback,
        refresh,
        notice,
        Input("cancel-button", "n_clicks"),
        shown,
        counter,
        prevent_initial_call=True,
    )
    def ask_to_cancel(clicks: int | None, shown: dict[str, Any], counter: int) -> tuple[Any, ...]:
        unasked = (dash.no_update,) * 5
        if not clicks:
            return *unasked, dash.no_update, dash.no_update, dash.no_update
        try:
            head = client.import_head(shown["id"])
        except DashboardError as error:
            return *unasked, error_alert(error), dash.no_update, None
        if head is None or not head.can_cancel:
            is_over = head is not None and head.is_final
            return *unasked, None, (counter or 0) + 1, _too_late() if is_over else None
        asked = question(head)
        return True, asked.title, asked.text, asked.keep, asked.confirm, None, dash.no_update, None

    @app.callback(Output("cancel-modal", "opened", allow_duplicate=True), Input("cancel-keep", "n_clicks"), prevent_initial_call=True)
    def go_on(clicks: int | None) -> Any:
        return False if clicks else dash.no_update

    @app.callback(
        feedback,
        refresh,
        notice,
        Output("cancel-modal", "opened", allow_duplicate=True),
        Input("cancel-confirm", "n_clicks"),
        shown,
        counter,
        running=busy("cancel-confirm"),
        prevent_initial_call=True,
    )
    def cancel_import(clicks: int | None, shown: dict[str, Any], counter: int) -> tuple[Any, ...]:
        if not clicks:
            return (dash.no_update,) * 4
        return *cancel(client, shown["id"], counter), False
