"""The six outcomes of an import's rows: as a bar, as tiles, and as a line in a table."""

from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboard import strings
from dashboard.components.attributes import attributes
from dashboard.formatting import number
from dashboard.records.imports import Counts
from dashboard.theme import OUTCOME_COLORS, OUTCOMES


def outcome_bar(counts: Counts, *, size: str | int = "lg") -> Any:
    """The share of each outcome."""
    sections = [
        dmc.ProgressSection(value=getattr(counts, outcome) * 100 / counts.total, color=OUTCOME_COLORS[outcome])
        for outcome in OUTCOMES
        if counts.total and getattr(counts, outcome)
    ]
    return dmc.ProgressRoot(sections, size=size, radius="xl")


def outcome_tiles(counts: Counts, labels: Mapping[str, str] = strings.OUTCOMES, *, opens: bool = False) -> Any:
    """`opens`: each that counts rows leads to them."""
    tiles = [_outcome_tile(outcome, labels[outcome], getattr(counts, outcome), opens=opens) for outcome in OUTCOMES]
    return html.Div(tiles, className="tiles tiles-six")


def _outcome_tile(outcome: str, label: str, count: int, *, opens: bool) -> Any:
    shown = tile(label, number(count), dot=outcome)
    if not opens or not count:
        return shown
    return html.Button(
        shown,
        id={"type": "outcome-rows", "outcome": outcome},
        n_clicks=0,
        className="tile-button",
        type="button",
        **attributes(aria_label=f"{number(count)} {strings.OUTCOME_OPEN.format(outcome=label)}"),
    )


def tile(label: str, shown: str, *, dot: str | None = None, hint: str | None = None, name: str | None = None) -> Any:
    """A figure with its label; `data-count` lets a program find it."""
    key = name or dot or label
    heading = [html.Span(className=f"dot dot-{dot}")] if dot else []
    parts = [
        html.Div([*heading, html.Span(label)], className="tile-label"),
        html.Div(shown, className="tile-value", **attributes(data_count=key)),
    ]
    if hint:
        parts.append(html.Div(hint, className="tile-hint"))
    is_nothing = shown == "0" and dot is not None
    return html.Div(parts, className="tile tile-zero" if is_nothing else "tile")


def outcome_line(counts: Counts) -> Any:
    """A slim bar and the numbers that matter, for a table's cell."""
    shown = [outcome for outcome in OUTCOMES if getattr(counts, outcome)]
    words = [
        html.Span([html.Span(className=f"dot dot-{outcome}"), f"{number(getattr(counts, outcome))} {strings.OUTCOMES[outcome].lower()}"])
        for outcome in shown
    ]
    return html.Div([outcome_bar(counts, size=6), html.Div(words, className="outcome-words")], className="outcome-line")


def row_count(total: int) -> str:
    return strings.ROWS_ONE if total == 1 else strings.ROWS_TOTAL.format(count=number(total))
