"""Moments. The server writes them in UTC; assets/times.js shows them in the time zone of whoever looks."""

from datetime import datetime
from typing import Any

from dash import html

from dashboard.components.attributes import attributes
from dashboard.formatting import moment


def shown_moment(at: datetime, class_name: str = "", *, seconds: bool = False) -> Any:
    exact = attributes(data_seconds="true") if seconds else {}
    return html.Time(moment(at, seconds=seconds), dateTime=at.isoformat(), className=f"nowrap {class_name}".strip(), **exact)
