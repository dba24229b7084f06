"""The state of an import: a badge, and the steps it has taken."""

from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboard import strings
from dashboard.components.attributes import attributes
from dashboard.components.icons import icon
from dashboard.records.imports import FINAL_STATUSES, WAITING_STATUSES
from dashboard.theme import STATUS_COLORS

_STEP_OF = {
    "UPLOADED": 0,
    "INSPECTING": 0,
    "NEEDS_MAPPING": 1,
    "PLANNING": 2,
    "PLANNED": 2,
    "QUEUED": 3,
    "APPLYING": 3,
    "CANCELLING": 3,
}

_ENDED_EARLY = frozenset({"FAILED", "CANCELLED"})
# How the step looks at which an import rests for good.
_STATE_OF = {
    "COMPLETED": "done",
    "COMPLETED_WITH_ERRORS": "done",
    "FAILED": "failed",
    "CANCELLED": "stopped",
    "ROLLED_BACK": "undone",
    "PARTIALLY_ROLLED_BACK": "undone",
}
_MARKS = {"done": "check", "failed": "x", "stopped": "x", "undone": "undo"}


def status_badge(status: str, *, badge_id: str | None = None) -> Any:
    named = {"id": badge_id} if badge_id else {}
    is_moving = status not in FINAL_STATUSES and status not in WAITING_STATUSES
    badge = dmc.Badge(
        strings.STATUSES.get(status, status),
        color=STATUS_COLORS.get(status, "gray"),
        variant="light",
        radius="sm",
        tt="none",
        fw=600,
        leftSection=html.Span(className="pulse") if is_moving else None,
        **named,
    )
    return html.Span(badge, **attributes(data_status=status))


def steps(status: str, *, has_rows: bool = True, is_whole: bool = False) -> Any:
    """Read, map, review, import, result: those behind are ticked. What ended before it had rows ended at reading.

    `is_whole`: its end does not matter, since all rows were done.
    """
    last = len(strings.STEPS) - 1
    current = _STEP_OF.get(status, 0 if status in _ENDED_EARLY and not has_rows else last)
    end = strings.STEP_ENDS.get(status) if current == last and not is_whole else None
    labels = (*strings.STEPS[:last], end or strings.STEPS[last])
    return html.Ol(
        [_step(position, label, current, "COMPLETED" if is_whole else status) for position, label in enumerate(labels)], className="steps"
    )


def _step(position: int, label: str, current: int, status: str) -> Any:
    state = "done" if position < current else _STATE_OF.get(status, "current") if position == current else "ahead"
    marks = {name: icon(mark, size=14) for name, mark in _MARKS.items()}
    current_step = attributes(aria_current="step") if position == current else {}
    return html.Li(
        [html.Span(marks.get(state, str(position + 1)), className="step-mark"), html.Span(label, className="step-label")],
        className=f"step step-{state}" + (" step-here" if position == current else ""),
        **current_step,
    )
