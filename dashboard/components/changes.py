"""Field-level changes: what a field was, and what it becomes."""

from collections.abc import Sequence
from typing import Any

from dash import html

from dashboard import strings
from dashboard.components.icons import icon
from dashboard.formatting import field_label, value
from dashboard.records.rows import FieldChange


def change_list(changes: Sequence[FieldChange]) -> Any:
    return html.Ul([_change(change) for change in changes], className="changes")


def _change(change: FieldChange) -> Any:
    """A field that was empty shows only its new value."""
    after = html.Span(value(change.after), className="after")
    if value(change.before) == strings.NONE:
        parts = [after]
    else:
        parts = [html.Span(value(change.before), className="before"), icon("arrow", size=12), after]
    return html.Li([html.Span(field_label(change.field), className="change-field"), html.Span(parts, className="change-values")])
