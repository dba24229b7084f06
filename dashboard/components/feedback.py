"""What a person is told when there is nothing to show, or when something did not work."""

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboard import strings
from dashboard.client import DashboardError, NotSignedIn
from dashboard.components.attributes import attributes
from dashboard.components.icons import icon
from dashboard.records.answers import UserError


def empty(title: str, text: str, *, icon_name: str = "inbox", action: Any = None) -> Any:
    return html.Div(
        [
            html.Div(icon(icon_name, size=26), className="empty-icon"),
            dmc.Title(title, order=3),
            dmc.Text(text, c="dimmed", size="sm", maw=420),
            action,
        ],
        className="empty",
    )


def no_rows(title: str, text: str, *, icon_name: str = "inbox", id: str) -> Any:
    """`empty` in the place of a table whose rows have this id."""
    return html.Div([empty(title, text, icon_name=icon_name), no_place_for_rows(id)])


def no_place_for_rows(id: str) -> Any:
    """Stands for a table's rows where none are shown: what adds rows to them must find them in the page."""
    return html.Div(id=id, hidden=True)


def error_alert(error: DashboardError) -> Any:
    words: list[Any] = [error.message]
    if isinstance(error, NotSignedIn):
        words.append(dmc.Anchor(strings.SIGN_IN_AGAIN, href="/", ml=8, fw=600, size="sm", refresh=True))
    return dmc.Alert(words, title=strings.SOMETHING_WRONG, color="red", variant="light", icon=icon("alert"))


def user_errors(errors: Sequence[UserError]) -> Any:
    """One alert for everything the API refused, with its codes for whoever looks them up."""
    lines = [
        html.Div(
            [html.Span(strings.REFUSALS.get(error.code, error.message)), dmc.Code(error.code, ml=8)],
            className="user-error",
            **attributes(data_code=error.code),
        )
        for error in errors
    ]
    return dmc.Alert(lines, title=strings.SOMETHING_WRONG, color="red", variant="light", icon=icon("alert"))


def viewer_hint() -> Any:
    """Stands where somebody who may only look would find what changes something."""
    return dmc.Alert(strings.VIEWER_HINT, color="gray", variant="light", id="viewer-hint")


def page_title(title: str, intro: str | None = None, *, aside: Any = None) -> Any:
    words = [dmc.Title(title, order=1)]
    if intro:
        words.append(dmc.Text(intro, c="dimmed", mt=4))
    return html.Header([html.Div(words), aside], className="page-title")


def loading_rows(count: int = 4) -> Any:
    return dmc.Stack([dmc.Skeleton(height=44, radius="md") for _ in range(count)], gap="xs")
