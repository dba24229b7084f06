"""What a person does where columns are matched: says which field each fills, chooses options, and has the import planned."""

from typing import Any

import dash
from dash import ALL, MATCH, ClientsideFunction, Input, Output, State, ctx

from dashboard.client import ApiClient
from dashboard.pages.importing import mapping, options, reading_form, refusals
from dashboard.pages.importing.acting import act, busy
from dashboard.pages.importing.refusals import Refusals
from dashboard.records.answers import UserError

_FEEDBACK = Output("import-feedback", "children", allow_duplicate=True)
_REFRESH = Output("import-refresh", "data", allow_duplicate=True)
_VIEW = Output("import-view", "data", allow_duplicate=True)
_SHOWN = State("import-shown", "data")
_COUNTER = State("import-refresh", "data")


def register(app: dash.Dash, client: ApiClient) -> None:
    # Dash publishes this method without types.
    in_the_browser: Any = app.clientside_callback
    in_the_browser(ClientsideFunction("refusals", "lookAt"), Input("option-refused", "data"), prevent_initial_call=True)

    @app.callback(
        Output("mapping-hint", "children"),
        Output("mapping-summary", "children"),
        Input({"type": "map", "index": ALL}, "value"),
        prevent_initial_call=True,
    )
    def check_mapping(fields: list[str | None]) -> tuple[Any, str]:
        return mapping.hint(fields), mapping.summary(fields)

    @app.callback(
        Output({"type": "confidence", "index": MATCH}, "children"),
        Input({"type": "map", "index": MATCH}, "value"),
        State({"type": "suggestion", "index": MATCH}, "data"),
        prevent_initial_call=True,
    )
    def show_confidence(field: str | None, suggestion: dict[str, Any] | None) -> Any:
        return mapping.confidence(suggestion, field)

    @app.callback(Output("option-error-rate-box", "style"), Input("option-error-policy", "value"), prevent_initial_call=True)
    def show_rate(policy: str) -> dict[str, str]:
        return options.rate_style(policy)

    @app.callback(
        Output("option-owners-box", "style"),
        Output("option-owner-column-box", "style"),
        Input("option-assignment-mode", "value"),
        prevent_initial_call=True,
    )
    def show_assignment(mode: str) -> tuple[dict[str, str], dict[str, str]]:
        return options.assignment_styles(mode)

    @app.callback(
        _FEEDBACK,
        _REFRESH,
        _VIEW,
        Input("plan-button", "n_clicks"),
        Input("read-button", "n_clicks"),
        # Another file or sheet is read as soon as it is chosen; the rest waits for a button.
        *(
            Input(element_id, "value") if name in reading_form.IMMEDIATE else State(element_id, "value")
            for name, element_id in reading_form.READING_IDS.items()
        ),
        State("reading-shown", "data"),
        State({"type": "map", "index": ALL}, "value"),
        _SHOWN,
        _COUNTER,
        *(State(element_id, "value") for element_id in options.OPTION_IDS),
        running=busy("plan-button"),
        prevent_initial_call=True,
    )
    def plan_import(
        plan_clicks: int | None,
        _read_clicks: int | None,
        *given: Any,
    ) -> tuple[Any, Any, Any]:
        count = len(reading_form.READING_IDS)
        was_read, fields, shown, counter, *values = given[count:]
        changed = reading_form.changes(was_read, given[:count])
        if not changed and not (plan_clicks and ctx.triggered_id == "plan-button"):
            return dash.no_update, dash.no_update, dash.no_update
        chosen = options.form_options(dict(zip(options.OPTION_IDS, values, strict=True))) | changed
        # Read otherwise, the file may have other columns than those on the page.
        columns = None if changed else mapping.mapping_input(shown["headers"], fields)
        refused = refusals.part(())

        def ask() -> tuple[UserError, ...]:
            nonlocal refused
            errors = client.update_import(shown["id"], version=shown["version"], mapping=columns, options=chosen)
            refused = refusals.part(errors, fields)
            return refused.others

        feedback, refresh = act(counter, ask)
        _show_at_fields(refused, counter, is_folded=shown["status"] != "FAILED")
        is_taken = feedback is None and not refused.at_fields
        return feedback, refresh, "" if is_taken else dash.no_update


def _show_at_fields(refused: Refusals, counter: int, *, is_folded: bool) -> None:
    """`counter` tells one refusal from the same one before; `is_folded`: the ways of reading may be behind a heading."""
    for element_id in refusals.ELEMENTS:
        dash.set_props(element_id, {"error": refused.at_fields.get(element_id)})
    if refused.groups:
        dash.set_props("options-more", {"value": refused.groups})
    if refused.is_about_reading and is_folded:
        dash.set_props("reading-fold", {"value": "reading"})
    if refused.first_place:
        dash.set_props("option-refused", {"data": {"field": refused.first_place, "counter": counter}})
