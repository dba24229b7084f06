"""The application as a browser meets it: offline, signed in by the API's cookie, and deaf to other sites."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboard.app import UploadLimits, make_dashboard, route
from dashboard.client import ApiClient
from tests.dashboard.fake_api import COOKIE, FakeApi
from tests.dashboard.test_import_page import as_json, ids


@pytest.fixture
def browser(address: str) -> FlaskClient:
    return make_dashboard(api_url=address).server.test_client()


def show_page(browser: FlaskClient, path: str, **request: Any) -> Any:
    outputs = [
        {"id": "page", "property": "children"},
        *({"id": name, "property": "active"} for name in ("nav-import", "nav-history", "nav-analytics", "nav-contacts", "nav-audit")),
        {"id": "menu-button", "property": "opened"},
        {"id": "nav-audit", "property": "style"},
    ]
    output = f"..{'...'.join('{id}.{property}'.format(**each) for each in outputs)}.."
    inputs = [{"id": "url", "property": "pathname", "value": path}]
    body = {"output": output, "outputs": outputs, "inputs": inputs, "changedPropIds": ["url.pathname"], "state": []}
    return browser.post("/_dash-update-component", **({"json": body} | request))


def test_browser_without_a_session_is_asked_to_sign_in(browser: FlaskClient) -> None:
    assert "sign-in-panel" in show_page(browser, "/").text


def test_cookie_of_the_browser_signs_in(browser: FlaskClient) -> None:
    browser.set_cookie(*COOKIE.split("="))
    answer = show_page(browser, "/")
    assert "upload-mount" in answer.text
    assert json.loads(answer.text)["response"]["nav-import"]["active"] is True


def test_page_of_an_import_belongs_to_importing_and_not_to_history(browser: FlaskClient) -> None:
    browser.set_cookie(*COOKIE.split("="))
    shown = json.loads(show_page(browser, "/imports/x").text)["response"]
    assert (shown["nav-import"]["active"], shown["nav-history"]["active"]) == (True, False)


def test_form_of_another_site_reaches_no_callback(browser: FlaskClient) -> None:
    # A cross-site form can send text, but not JSON: such a request never carries the person's wish into the API.
    assert show_page(browser, "/", json=None, data='{"output": ""}', content_type="text/plain").status_code == 415


def test_nothing_is_loaded_from_elsewhere(browser: FlaskClient) -> None:
    index = browser.get("/").text
    assert 'src="/' in index
    assert "http://" not in index
    assert "https://" not in index


def test_two_dashboards_do_not_share_their_callbacks(address: str) -> None:
    first, second = make_dashboard(api_url=address), make_dashboard(api_url=address)
    assert len(first.server.test_client().get("/_dash-dependencies").json or ()) > 10
    assert first.server.test_client().get("/_dash-dependencies").json == second.server.test_client().get("/_dash-dependencies").json


@pytest.mark.parametrize(
    ("path", "element"),
    [
        ("/", "upload-mount"),
        ("/history", "history-results"),
        ("/analytics", "analytics-body"),
        ("/contacts", "contacts-results"),
        ("/audit", "audit-results"),
    ],
)
def test_every_page_has_its_place(path: str, element: str, client: ApiClient) -> None:
    assert element in ids(route(path, client, UploadLimits()))


@pytest.mark.parametrize("path", ["/", "/history", "/analytics", "/contacts", "/audit", "/imports/x"])
def test_every_page_asks_to_sign_in_first(path: str, address: str) -> None:
    assert "sign-in-panel" in ids(route(path, ApiClient(address, cookie=lambda: None), UploadLimits()))


def test_unknown_address_says_so(client: ApiClient) -> None:
    assert "There is no such page" in as_json(route("/nowhere/at/all", client, UploadLimits()))


def test_api_that_is_down_gives_a_page_that_says_so() -> None:
    assert "not answering" in as_json(route("/", ApiClient("http://127.0.0.1:1", cookie=lambda: None), UploadLimits()))


def test_drop_zone_names_what_it_takes(client: ApiClient, api: FakeApi) -> None:
    page = as_json(route("/", client, UploadLimits(formats=("CSV",), suffixes=(".csv",), max_bytes=5 * 1024**2)))
    assert "CSV, up to 5.0 MiB" in page
    assert '"data-accept": ".csv"' in page


@pytest.mark.parametrize(("role", "style"), [("ADMIN", {}), ("MEMBER", {"display": "none"}), ("VIEWER", {"display": "none"})])
def test_the_way_to_the_audit_trail_is_for_admins(browser: FlaskClient, api: FakeApi, role: str, style: dict[str, str]) -> None:
    browser.set_cookie(*COOKIE.split("="))
    api.role = role
    assert show_page(browser, "/history").json["response"]["nav-audit"]["style"] == style
