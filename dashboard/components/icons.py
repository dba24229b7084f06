"""Icons drawn in assets/icons.css as masks, so that they take the text's colour and need no network."""

from typing import Any

from dash import html

from dashboard.components.attributes import attributes


def icon(name: str, *, size: int = 18) -> Any:
    """An ornament of the text beside it, hidden from screen readers."""
    return html.Span(className=f"icon icon-{name}", style={"width": size, "height": size}, **attributes(aria_hidden="true"))
