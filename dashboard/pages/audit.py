"""Who did what, for admins: filtered by person and kind, a page at a time."""

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import Input, Output, Patch, State, dcc, html

from dashboard import strings
from dashboard.client import ApiClient, DashboardError
from dashboard.components.attributes import attributes
from dashboard.components.feedback import error_alert, loading_rows, no_place_for_rows, no_rows, page_title
from dashboard.components.tables import table
from dashboard.components.times import shown_moment
from dashboard.formatting import number
from dashboard.records.audit import AuditEntry, AuditPage

_PAGE = 50
# Of use to a program that reads the trail, and to nobody who looks at it.
_INTERNAL = frozenset({"epoch", "sha256", "token_id", "import_id"})
_TITLES = (strings.AUDIT_WHEN, strings.AUDIT_WHO, strings.AUDIT_WHAT, strings.AUDIT_DETAIL)


def layout() -> Any:
    filters = dmc.Group(
        [
            dmc.TextInput(
                id="audit-actor",
                placeholder=strings.AUDIT_ACTOR,
                debounce=300,
                className="grow",
                **attributes(aria_label=strings.AUDIT_ACTOR),
            ),
            dmc.Select(
                id="audit-kind",
                data=[{"value": kind, "label": label} for kind, label in strings.AUDIT_KINDS.items()],
                placeholder=strings.AUDIT_KIND,
                clearable=True,
                className="grow",
                **attributes(aria_label=strings.AUDIT_KIND),
            ),
        ],
        mb="md",
    )
    return html.Div(
        [
            page_title(strings.AUDIT_TITLE, strings.AUDIT_INTRO),
            filters,
            dmc.Card(loading_rows(), id="audit-results", withBorder=True, padding=0, className="table-card"),
            html.Div(_more(0, 0, has_more=False), id="audit-more"),
            dcc.Store(id="audit-cursor"),
        ]
    )


def results(page: AuditPage) -> Any:
    if not page.nodes:
        return no_rows(strings.AUDIT_EMPTY, strings.AUDIT_EMPTY_TEXT, icon_name="search", id="audit-rows")
    return table(_TITLES, [_row(entry) for entry in page.nodes], min_width=760, stacks=True, id="audit-rows")


def _row(entry: AuditEntry) -> Any:
    told = _told(entry)
    noun, _, verb = entry.action.partition(".")
    what: Any = f"{noun} {verb}".replace("_", " ")
    if noun == "import" and entry.subject_id:
        what = dmc.Anchor(what, href=f"/imports/{entry.subject_id}", size="sm", fw=600)
    return dmc.TableTr(
        [
            dmc.TableTd(shown_moment(entry.at, "dimmed", seconds=True)),
            dmc.TableTd(entry.actor or strings.AUDIT_NOBODY),
            dmc.TableTd(what),
            dmc.TableTd(told or strings.NONE, className="" if told else "blank-cell"),
        ]
    )


def _told(entry: AuditEntry) -> str:
    """The file first, then from which status to which, then what else there is to know."""
    detail = {name: value for name, value in entry.detail.items() if name not in _INTERNAL and value not in (None, "", [], 0)}
    parts = [str(detail.pop("filename"))] if "filename" in detail else []
    was, now = (str(status).upper() for status in (detail.pop("was", ""), entry.action.partition(".")[2]))
    if was:
        parts.append(strings.AUDIT_MOVE.format(was=strings.STATUSES.get(was, was), now=strings.STATUSES.get(now, now)))
    return " · ".join([*parts, *(f"{name.replace('_', ' ')}: {_shown(value)}" for name, value in detail.items())])


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return _shown([each for each in value.values() if each not in (None, "")])
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _more(shown: int, total: int, *, has_more: bool) -> Any:
    return dmc.Group(
        [
            dmc.Text(strings.SHOWN_OF.format(shown=number(shown), total=number(total)), size="sm", c="dimmed") if total else None,
            dmc.Button(strings.LOAD_MORE, id="audit-load-more", variant="default", display="block" if has_more else "none"),
        ],
        justify="space-between",
        mt="md",
    )


def register(app: dash.Dash, client: ApiClient) -> None:
    @app.callback(
        Output("audit-results", "children"),
        Output("audit-more", "children"),
        Output("audit-cursor", "data"),
        Input("audit-actor", "value"),
        Input("audit-kind", "value"),
    )
    def find_entries(actor: str | None, kind: str | None) -> tuple[Any, Any, Any]:
        try:
            page = client.audit_entries(actor=actor or "", action=kind, first=_PAGE)
        except DashboardError as error:
            return [error_alert(error), no_place_for_rows("audit-rows")], None, None
        shown = len(page.nodes)
        return results(page), _more(shown, page.total_count, has_more=page.page_info.has_next_page), _cursor(page, shown)

    @app.callback(
        Output("audit-rows", "children"),
        Output("audit-more", "children", allow_duplicate=True),
        Output("audit-cursor", "data", allow_duplicate=True),
        Input("audit-load-more", "n_clicks"),
        State("audit-cursor", "data"),
        State("audit-actor", "value"),
        State("audit-kind", "value"),
        prevent_initial_call=True,
    )
    def load_more_entries(clicks: int | None, cursor: dict[str, Any] | None, actor: str | None, kind: str | None) -> tuple[Any, Any, Any]:
        if not clicks or not cursor:
            return dash.no_update, dash.no_update, dash.no_update
        try:
            page = client.audit_entries(actor=actor or "", action=kind, first=_PAGE, after=cursor["after"])
        except DashboardError as error:
            return dash.no_update, error_alert(error), cursor
        rows = Patch()
        rows.extend([_row(entry) for entry in page.nodes])
        shown = cursor["shown"] + len(page.nodes)
        return rows, _more(shown, page.total_count, has_more=page.page_info.has_next_page), _cursor(page, shown)


def _cursor(page: AuditPage, shown: int) -> dict[str, Any]:
    return {"after": page.page_info.end_cursor, "shown": shown}
