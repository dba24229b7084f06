"""The contacts that imports made, and what happened to each."""

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ALL, Input, Output, Patch, State, ctx, dcc, html

from dashboard import strings
from dashboard.client import ApiClient, DashboardError
from dashboard.components.attributes import attributes
from dashboard.components.changes import change_list
from dashboard.components.feedback import empty, error_alert, loading_rows, no_place_for_rows, no_rows, page_title
from dashboard.components.tables import table
from dashboard.components.times import shown_moment
from dashboard.formatting import field_label, number
from dashboard.records.contacts import ContactChange, ContactDetail, ContactPage, ContactSummary

_PAGE = 25
_TITLES = (
    strings.CONTACT_NAME,
    strings.FIELDS["email"],
    strings.FIELDS["phone"],
    strings.FIELDS["company"],
    strings.FIELDS["country"],
    strings.CONTACT_UPDATED,
)
_SHOWN_FIELDS = tuple(field for group in strings.FIELD_GROUPS.values() for field in group if field not in ("full_name", "consent", "tags"))


def layout() -> Any:
    search = dmc.TextInput(
        id="contacts-search", placeholder=strings.CONTACTS_SEARCH, debounce=300, mb="md", **attributes(aria_label=strings.CONTACTS_SEARCH)
    )
    return html.Div(
        [
            page_title(strings.CONTACTS_TITLE),
            search,
            dmc.Card(loading_rows(), id="contacts-results", withBorder=True, padding=0, className="table-card"),
            html.Div(_more(0, 0, has_more=False), id="contacts-more"),
            dcc.Store(id="contacts-cursor"),
            contact_drawer(),
        ]
    )


def contact_drawer() -> Any:
    """Where a contact is shown, closed; a page that has one opens it by `contact_button`."""
    return dmc.Drawer(id="contact-drawer", position="right", size="lg", opened=False, title="")


def contact_button(name: str, contact_id: str) -> Any:
    return html.Button(name, id={"type": "contact-open", "id": contact_id}, n_clicks=0, className="row-button", type="button")


def results(page: ContactPage) -> Any:
    if not page.nodes:
        return no_rows(strings.CONTACTS_EMPTY, strings.CONTACTS_EMPTY_TEXT, icon_name="people", id="contacts-rows")
    return table(_TITLES, [_row(contact) for contact in page.nodes], min_width=820, stacks=True, id="contacts-rows")


def _row(contact: ContactSummary) -> Any:
    name = contact.name or contact.email or strings.CONTACT_UNNAMED
    cells = (contact.email, contact.phone or contact.mobile_phone, contact.company, contact.country)
    return dmc.TableTr(
        [
            dmc.TableTd(contact_button(name, contact.id)),
            *(dmc.TableTd(cell or strings.NONE, className="" if cell else "blank-cell") for cell in cells),
            dmc.TableTd(shown_moment(contact.updated_at, "dimmed")),
        ]
    )


def detail(contact: ContactDetail) -> Any:
    known = [(field_label(field), getattr(contact, field)) for field in _SHOWN_FIELDS if getattr(contact, field)]
    known.append((strings.FIELDS["consent"], strings.CONSENTS.get(contact.consent, contact.consent)))
    if contact.tags:
        known.append((strings.FIELDS["tags"], ", ".join(contact.tags)))
    facts = [html.Div([html.Dt(label), html.Dd(shown)]) for label, shown in known]
    return dmc.Stack(
        [
            html.Dl(facts, className="facts"),
            dmc.Title(strings.CONTACT_HISTORY, order=2, mt="md"),
            html.Ol([_history_entry(change) for change in contact.history], className="timeline"),
        ]
    )


def _history_entry(change: ContactChange) -> Any:
    who: Any = change.actor or strings.CONTACT_HISTORY_SOMEBODY
    if change.import_id:
        words = strings.CONTACT_HISTORY_UNDONE if change.is_undo else strings.CONTACT_HISTORY_IMPORT
        shown = words.format(file=change.filename or strings.CONTACT_HISTORY_FILE, row=number(change.row))
        who = dmc.Anchor(shown, href=f"/imports/{change.import_id}", size="sm", fw=600)
    kind = html.Strong(strings.CONTACT_HISTORY_KINDS.get(change.kind, change.kind))
    heading = html.Div([html.Span([kind, " · ", who]), shown_moment(change.at, "dimmed small")], className="timeline-heading")
    return html.Li([heading, change_list(change.changes)])


def _more(shown: int, total: int, *, has_more: bool) -> Any:
    return dmc.Group(
        [
            dmc.Text(strings.SHOWN_OF.format(shown=number(shown), total=number(total)), size="sm", c="dimmed") if total else None,
            dmc.Button(strings.LOAD_MORE, id="contacts-load-more", variant="default", display="block" if has_more else "none"),
        ],
        justify="space-between",
        mt="md",
    )


def register(app: dash.Dash, client: ApiClient) -> None:
    @app.callback(
        Output("contacts-results", "children"),
        Output("contacts-more", "children"),
        Output("contacts-cursor", "data"),
        Input("contacts-search", "value"),
    )
    def find_contacts(search: str | None) -> tuple[Any, Any, Any]:
        try:
            page = client.contacts(search=search or "", first=_PAGE)
        except DashboardError as error:
            return [error_alert(error), no_place_for_rows("contacts-rows")], None, None
        shown = len(page.nodes)
        cursor = {"after": page.page_info.end_cursor, "shown": shown}
        return results(page), _more(shown, page.total_count, has_more=page.page_info.has_next_page), cursor

    @app.callback(
        Output("contacts-rows", "children"),
        Output("contacts-more", "children", allow_duplicate=True),
        Output("contacts-cursor", "data", allow_duplicate=True),
        Input("contacts-load-more", "n_clicks"),
        State("contacts-cursor", "data"),
        State("contacts-search", "value"),
        prevent_initial_call=True,
    )
    def load_more_contacts(clicks: int | None, cursor: dict[str, Any] | None, search: str | None) -> tuple[Any, Any, Any]:
        if not clicks or not cursor:
            return dash.no_update, dash.no_update, dash.no_update
        try:
            page = client.contacts(search=search or "", first=_PAGE, after=cursor["after"])
        except DashboardError as error:
            return dash.no_update, error_alert(error), cursor
        rows = Patch()
        rows.extend([_row(contact) for contact in page.nodes])
        shown = cursor["shown"] + len(page.nodes)
        return (
            rows,
            _more(shown, page.total_count, has_more=page.page_info.has_next_page),
            {"after": page.page_info.end_cursor, "shown": shown},
        )

    @app.callback(
        Output("contact-drawer", "opened"),
        Output("contact-drawer", "title"),
        Output("contact-drawer", "children"),
        Input({"type": "contact-open", "id": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def open_contact(clicks: list[int]) -> tuple[Any, Any, Any]:
        if not any(clicks) or not isinstance(ctx.triggered_id, dict):
            return dash.no_update, dash.no_update, dash.no_update
        try:
            contact = client.contact(ctx.triggered_id["id"])
        except DashboardError as error:
            return True, "", error_alert(error)
        if contact is None:
            return True, "", empty(strings.CONTACT_NOT_FOUND, strings.CONTACTS_EMPTY_TEXT)
        name = contact.full_name or " ".join(part for part in (contact.first_name, contact.last_name) if part)
        return True, name or contact.email or strings.CONTACT_UNNAMED, detail(contact)
