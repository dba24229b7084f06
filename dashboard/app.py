"""Builds the dashboard: routes, pages and their callbacks. Whoever mounts it says where the API is."""

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import Input, Output, State
from flask import has_request_context, request

from dashboard import strings
from dashboard.client import ApiClient, DashboardError, NotSignedIn
from dashboard.components.feedback import empty, error_alert
from dashboard.components.shell import NAVIGATION, shell
from dashboard.pages import analytics, audit, contacts, history, sign_in, upload
from dashboard.pages.importing import actions
from dashboard.pages.importing import page as importing
from dashboard.pages.upload import UploadLimits

__all__ = ["UploadLimits", "make_dashboard"]


def make_dashboard(*, api_url: str, limits: UploadLimits | None = None) -> dash.Dash:
    """The application; its WSGI callable is `.server`. `api_url` is where this process reaches the API's /graphql."""
    client = ApiClient(api_url, cookie=_browser_cookie)
    app = dash.Dash(
        "dashboard",
        title=strings.APP_NAME,
        update_title="",
        serve_locally=True,
        suppress_callback_exceptions=True,
        add_log_handler=False,
        enable_mcp=False,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )
    app.layout = shell()
    _register_routing(app, client, limits or UploadLimits())
    history.register(app, client)
    analytics.register(app, client)
    contacts.register(app, client)
    audit.register(app, client)
    actions.register(app, client)
    return app


def route(path: str, client: ApiClient, limits: UploadLimits) -> Any:
    """The page at a path; what the API refuses becomes a page that says so."""
    try:
        return _page(path, client, limits)
    except NotSignedIn:
        return sign_in.layout()
    except DashboardError as error:
        return error_alert(error)


def _page(path: str, client: ApiClient, limits: UploadLimits) -> Any:
    match [part for part in path.split("/") if part]:
        case []:
            return upload.layout(client, limits)
        case ["imports", import_id]:
            return importing.layout(client, import_id)
        case ["history"]:
            return history.layout(client.viewer())
        case ["analytics"]:
            return _if_signed_in(client, analytics.layout())
        case ["contacts"]:
            return _if_signed_in(client, contacts.layout())
        case ["audit"]:
            return _if_signed_in(client, audit.layout())
    link = dmc.Anchor(strings.GO_TO_HISTORY, href="/history")
    return dmc.Card(empty(strings.PAGE_NOT_FOUND, strings.PAGE_NOT_FOUND_TEXT, icon_name="search", action=link), withBorder=True)


def _if_signed_in(client: ApiClient, page: Any) -> Any:
    # These pages ask for their data later, by callbacks; the sign-in panel has to come before.
    client.imports(first=1)
    return page


def _register_routing(app: dash.Dash, client: ApiClient, limits: UploadLimits) -> None:
    @app.callback(
        Output("page", "children"),
        *(Output(link_id, "active") for *_, link_id in NAVIGATION),
        Output("menu-button", "opened"),
        Output("nav-audit", "style"),
        Input("url", "pathname"),
    )
    def show_page(path: str | None) -> tuple[Any, ...]:
        here = path or "/"
        active = [href == here or (href == "/" and here.startswith("/imports/")) for href, *_ in NAVIGATION]
        return (route(here, client, limits), *active, False, {} if _is_admin(client) else {"display": "none"})

    @app.callback(Output("shell", "navbar"), Input("menu-button", "opened"), State("shell", "navbar"))
    def toggle_menu(is_open: bool, navbar: dict[str, Any]) -> dict[str, Any]:
        return {**navbar, "collapsed": {"mobile": not is_open}}


def _is_admin(client: ApiClient) -> bool:
    try:
        return client.viewer().is_admin
    except DashboardError:
        return False


def _browser_cookie() -> str | None:
    return request.headers.get("Cookie") if has_request_context() else None
