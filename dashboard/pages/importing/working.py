"""The phases in which workers work: how far they are, and a way to stop them."""

from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboard import strings
from dashboard.components.counts import outcome_tiles, tile
from dashboard.formatting import duration, number
from dashboard.pages.importing.cancelling import cancel_button
from dashboard.records.imports import ImportHead, Progress

_WITHOUT_ROWS = frozenset({"UPLOADED", "INSPECTING"})
# Counts move only while contacts are written.
_WITH_COUNTS = frozenset({"APPLYING", "CANCELLING", "ROLLING_BACK"})


def layout(head: ImportHead) -> Any:
    title, text = strings.WORKING.get(head.status, (strings.STATUSES.get(head.status, head.status), ""))
    now = moving(head)
    is_blind = head.status in _WITHOUT_ROWS
    bar = dmc.Progress(
        animated=True, striped=is_blind, size="lg", radius="xl", transitionDuration=0, id="progress-bar", **now["progress-bar"]
    )
    words = [html.Div([dmc.Title(title, order=2), dmc.Text(text, c="dimmed", size="sm")])]
    if not is_blind:
        words.append(html.Div(className="big-number", id="progress-percent", **now["progress-percent"]))
    card = dmc.Card(
        [
            html.Div(words, className="card-title"),
            bar,
            html.Div(id="progress-facts", className="progress-facts", **now["progress-facts"]),
            html.Div(cancel_button(head, variant="default"), className="progress-stop"),
        ],
        withBorder=True,
        padding="lg",
        id="progress",
    )
    if head.status not in _WITH_COUNTS:
        return card
    return dmc.Stack([card, dmc.Card(withBorder=True, padding="lg", id="live-counts", **now["live-counts"])], gap="md")


def moving(head: ImportHead) -> dict[str, dict[str, Any]]:
    """The properties that a tick changes, by element. The rest of the page stays as it is: a button that is drawn anew between
    pressing and letting go loses the click, and a bar that is drawn anew starts its stripes again.
    """
    is_blind = head.status in _WITHOUT_ROWS
    percent = 100.0 if is_blind else max(0.0, min(100.0, head.progress.percent))
    properties: dict[str, dict[str, Any]] = {"progress-bar": {"value": percent}, "progress-facts": {"children": _facts(head)}}
    if not is_blind:
        properties["progress-percent"] = {"children": f"{percent:.0f}%"}
    if head.status in _WITH_COUNTS:
        properties["live-counts"] = {"children": outcome_tiles(head.counts)}
    return properties


def _facts(head: ImportHead) -> list[Any]:
    progress = head.progress
    if head.status == "QUEUED":
        # Without a place it has left the queue, and the next look finds it under way.
        place = strings.QUEUE_POSITION.format(position=number(progress.queue_position)) if progress.queue_position else strings.QUEUE_TURN
        return [html.Div(place, className="dimmed small", id="queue-position")]
    if head.status in _WITHOUT_ROWS:
        return []
    facts = []
    if head.status == "PLANNING":
        facts.append(html.Span(planning_step(progress), id="progress-step"))
    elif progress.total:
        facts.append(
            html.Span(strings.PROGRESS_ROWS.format(done=number(progress.processed), total=number(progress.total)), id="progress-rows")
        )
    # What is being stopped has no speed of its own: the rest of its rows are left behind, not worked off.
    figures = [] if head.status == "CANCELLING" else _pace(progress)
    if progress.batches_total:
        figures.append(
            tile(strings.PROGRESS_BATCHES, f"{number(progress.batches_done)} / {number(progress.batches_total)}", name="batches")
        )
    return [html.Div(facts, className="dimmed small"), html.Div(figures, className="tiles tiles-four")]


def planning_step(progress: Progress) -> str:
    """What planning is at, with its rows as far as they are counted."""
    if progress.step is None:
        return strings.PLANNING_WAITS
    words = strings.PLANNING_STEPS if progress.step_processed else strings.PLANNING_STEPS | strings.PLANNING_STEPS_BEGUN
    return words[progress.step].format(done=number(progress.step_processed), total=number(progress.total))


def _pace(progress: Progress) -> list[Any]:
    return [
        tile(strings.PROGRESS_SPEED, number(progress.rows_per_second), name="rows-per-second"),
        tile(strings.PROGRESS_ETA, duration(progress.eta_seconds), name="eta"),
        tile(strings.PROGRESS_ELAPSED, duration(progress.elapsed_seconds), name="elapsed"),
    ]
