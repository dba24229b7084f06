"""What every action on an import's page has in common: it asks for one mutation, and the page is drawn anew after it."""

from collections.abc import Callable
from typing import Any

import dash
from dash import Output

from dashboard.client import DashboardError
from dashboard.components.feedback import error_alert, user_errors
from dashboard.records.answers import UserError


def busy(button_id: str) -> list[tuple[Output, bool, bool]]:
    """The button turns while the API answers, so that nobody presses it twice."""
    return [(Output(button_id, "loading"), True, False)]


def act(counter: int, ask: Callable[[], tuple[UserError, ...]]) -> tuple[Any, Any]:
    """The feedback to show and the counter that makes the page draw itself anew."""
    try:
        errors = ask()
    except DashboardError as error:
        return error_alert(error), dash.no_update
    # After a refusal too: it often means that the import moved on meanwhile, and the page should show how it stands.
    return (user_errors(errors) if errors else None), (counter or 0) + 1
