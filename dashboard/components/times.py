"""Moments. The server writes them in UTC; assets/times.js shows them in the time zone of whoever looks."""

from datetime import datetime
from typing import Any

from dash import html

from dashboard.formatting import moment


def shown_moment(at: datetime, class_name: str = "") -> Any:
    return html.Time(moment(at), dateTime=at.isoformat(), className=f"nowrap {class_name}".strip())
