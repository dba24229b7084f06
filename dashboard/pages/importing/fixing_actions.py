"""The callbacks of fixing in place."""

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ALL, Input, Output, State, ctx

from dashboard import strings
from dashboard.client import ApiClient, DashboardError
from dashboard.components.feedback import error_alert
from dashboard.formatting import issue_label
from dashboard.pages.importing.acting import act, busy
from dashboard.pages.importing.fixing import ENDED, Answers, box_styles, collect_changes, edited_rows, effect_view, modal_body, read_rule

_EDITED_ROWS = 50
_FEEDBACK = Output("import-feedback", "children", allow_duplicate=True)
_REFRESH = Output("import-refresh", "data", allow_duplicate=True)
_SHOWN = State("import-shown", "data")
_COUNTER = State("import-refresh", "data")
# In the order of Answers.
_ANSWERS = [(f"fix-{name}", "value") for name in ("rule", "country", "find", "by", "domain", "domain-by")]


def register(app: dash.Dash, client: ApiClient) -> None:
    _register_rules(app, client)
    _register_edits(app, client)


def _register_rules(app: dash.Dash, client: ApiClient) -> None:
    @app.callback(
        Output("fix-modal", "opened"),
        Output("fix-modal", "title"),
        Output("fix-modal", "children"),
        Input({"type": "fix-group", "code": ALL, "field": ALL, "severity": ALL, "suggests": ALL, "domains": ALL}, "n_clicks"),
        _SHOWN,
        prevent_initial_call=True,
    )
    def ask_for_rule(clicks: list[int | None], shown: dict[str, Any]) -> tuple[Any, Any, Any]:
        group = ctx.triggered_id
        if not any(clicks) or not isinstance(group, dict):
            return dash.no_update, dash.no_update, dash.no_update
        domain, _, by = group["domains"].partition(" ")
        body = modal_body(
            group["code"], group["field"] or None, has_suggestion=group["suggests"], status=shown["status"], domains=(domain, by)
        )
        return True, strings.FIX_TITLE.format(issue=issue_label(group["code"])), body

    # Also when the questions appear, to show what the first rule comes to.
    @app.callback(
        Output("fix-effect", "children"),
        Output("fix-apply", "disabled"),
        Output("fix-country-box", "style"),
        Output("fix-values-box", "style"),
        Output("fix-domain-box", "style"),
        State("fix-kind", "data"),
        _SHOWN,
        *(Input(*answer) for answer in _ANSWERS),
    )
    def show_effect(kind: dict[str, Any], shown: dict[str, Any], *answers: str | None) -> tuple[Any, bool, Any, Any, Any]:
        said = Answers(*answers)
        styles = box_styles(said.rule)
        rule = read_rule(said)
        if rule is None:
            return dmc.Text(strings.FIX_WAITS, size="sm", c="dimmed"), True, *styles
        try:
            effect = client.preview_fix(shown["id"], code=kind["code"], field=kind["field"], rule=rule)
        except DashboardError as error:
            return error_alert(error), True, *styles
        if effect is None:
            return None, True, *styles
        return effect_view(effect, excludes=said.rule == "exclude"), not effect.changed, *styles

    @app.callback(
        _FEEDBACK,
        _REFRESH,
        Output("fix-modal", "opened", allow_duplicate=True),
        Input("fix-apply", "n_clicks"),
        State("fix-kind", "data"),
        _SHOWN,
        _COUNTER,
        *(State(*answer) for answer in _ANSWERS),
        running=busy("fix-apply"),
        prevent_initial_call=True,
    )
    def apply_rule(clicks: int | None, kind: Any, shown: Any, counter: int, *answers: str | None) -> tuple[Any, Any, Any]:
        rule = read_rule(Answers(*answers))
        if not clicks or rule is None:
            return dash.no_update, dash.no_update, dash.no_update
        feedback, refresh = act(
            counter, lambda: client.apply_fix(shown["id"], version=shown["version"], code=kind["code"], field=kind["field"], rule=rule)
        )
        return feedback, refresh, False


def _register_edits(app: dash.Dash, client: ApiClient) -> None:
    @app.callback(
        Output("issue-drawer", "opened", allow_duplicate=True),
        Output("issue-drawer", "title", allow_duplicate=True),
        Output("issue-drawer", "children", allow_duplicate=True),
        Input("edits-show", "n_clicks"),
        _SHOWN,
        prevent_initial_call=True,
    )
    def show_edits(clicks: int | None, shown: dict[str, Any]) -> tuple[Any, Any, Any]:
        if not clicks:
            return dash.no_update, dash.no_update, dash.no_update
        try:
            list_rows = client.waiting_rows if shown["status"] in ENDED else client.edited_rows
            page = list_rows(shown["id"], first=_EDITED_ROWS)
        except DashboardError as error:
            return True, strings.EDITS_TITLE, error_alert(error)
        return True, strings.EDITS_TITLE, edited_rows(page, shown["status"])

    @app.callback(
        Output("edit-feedback", "children"),
        _REFRESH,
        Output("issue-drawer", "opened", allow_duplicate=True),
        Input("edit-apply", "n_clicks"),
        State({"type": "cell-edit", "index": ALL}, "value"),
        State({"type": "cell-edit", "index": ALL}, "id"),
        State({"type": "row-mark", "index": ALL}, "checked"),
        State({"type": "row-mark", "index": ALL}, "id"),
        State("edit-entries", "data"),
        _SHOWN,
        _COUNTER,
        running=busy("edit-apply"),
        prevent_initial_call=True,
    )
    def save_edits(
        clicks: int | None,
        texts: list[Any],
        text_ids: list[Any],
        marks: list[Any],
        mark_ids: list[Any],
        entries: Any,
        shown: Any,
        counter: int,
    ) -> tuple[Any, Any, Any]:
        if not clicks:
            return dash.no_update, dash.no_update, dash.no_update
        said = [(each["index"], text) for each, text in zip(text_ids, texts, strict=True)]
        marked = [(each["index"], bool(mark)) for each, mark in zip(mark_ids, marks, strict=True)]
        edits, excluded, included = collect_changes(entries, said, marked)
        if not edits and not excluded and not included:
            return dmc.Text(strings.EDIT_NOTHING, size="sm", c="dimmed"), dash.no_update, dash.no_update
        feedback, refresh = act(
            counter,
            lambda: client.edit_rows(shown["id"], version=shown["version"], edits=edits, exclude_rows=excluded, include_rows=included),
        )
        if feedback is None and shown["status"] in ENDED:
            # Its first card says what waits for the retry; the rows were opened from further down.
            dash.set_props("option-refused", {"data": {"field": "result", "counter": counter}})
        return feedback, refresh, dash.no_update if feedback is not None else False
