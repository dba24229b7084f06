"""How imports went over a period: outcomes, issues, speed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import dash
import dash_mantine_components as dmc
import plotly.graph_objects as go
from dash import Input, Output, dcc, html

from dashboard import strings
from dashboard.client import ApiClient, DashboardError
from dashboard.components.counts import tile
from dashboard.components.feedback import empty, error_alert, loading_rows, page_title
from dashboard.figures.issues import issues_by_code, issues_by_field
from dashboard.figures.outcomes import Period, outcomes_over_time
from dashboard.formatting import duration, number, percent
from dashboard.records.analytics import Analytics

_DEFAULT_RANGE = "30"
# Ninety daily bars are too thin to tell apart on a phone.
_WEEKLY_FROM_DAYS = 90
_BUCKETS = {"DAY": timedelta(days=1), "WEEK": timedelta(weeks=1)}


def layout() -> Any:
    choice = dmc.SegmentedControl(
        id="analytics-range", value=_DEFAULT_RANGE, data=[{"value": days, "label": label} for days, label in strings.RANGES.items()]
    )
    return html.Div(
        [page_title(strings.ANALYTICS_TITLE, strings.ANALYTICS_INTRO, aside=choice), html.Div(loading_rows(6), id="analytics-body")]
    )


def body(analytics: Analytics, period: Period) -> Any:
    if not analytics.imports and not analytics.refused_uploads:
        return dmc.Card(empty(strings.ANALYTICS_EMPTY, strings.ANALYTICS_EMPTY_TEXT, icon_name="chart"), withBorder=True)
    p95 = strings.TILE_DURATION_HINT.format(p95=duration(analytics.duration_seconds_p95))
    tiles = [
        tile(strings.TILE_IMPORTS, number(analytics.imports), name="imports"),
        tile(strings.TILE_ROWS, number(analytics.counts.total), name="rows"),
        tile(strings.TILE_SUCCESS, percent(analytics.success_rate), name="success-rate"),
        tile(strings.TILE_SPEED, number(analytics.rows_per_second_p50), hint=strings.TILE_SPEED_HINT, name="rows-per-second"),
        tile(strings.TILE_DURATION, duration(analytics.duration_seconds_p50), hint=p95, name="duration"),
        tile(strings.TILE_REFUSED, number(analytics.refused_uploads), name="refused-uploads"),
    ]
    has_issues = bool(analytics.issues)
    return dmc.Stack(
        [
            html.Div(tiles, className="tiles tiles-six"),
            _chart(strings.CHART_OUTCOMES, outcomes_over_time(analytics.buckets, period), "chart-outcomes"),
            dmc.SimpleGrid(
                [
                    _chart(strings.CHART_CODES, issues_by_code(analytics.issues), "chart-codes"),
                    _chart(strings.CHART_FIELDS, issues_by_field(analytics.issues), "chart-fields"),
                ],
                cols={"base": 1, "md": 2},
            )
            if has_issues
            else None,
        ],
        gap="md",
    )


def _chart(title: str, figure: go.Figure, chart_id: str) -> Any:
    graph = dcc.Graph(
        figure=figure, id=chart_id, config={"displayModeBar": False, "responsive": True}, style={"height": figure.layout.height}
    )
    return dmc.Card([dmc.Title(title, order=2, mb="sm"), graph], withBorder=True, padding="lg")


def register(app: dash.Dash, client: ApiClient) -> None:
    @app.callback(Output("analytics-body", "children"), Input("analytics-range", "value"))
    def show_range(days: str) -> Any:
        until = datetime.now(UTC)
        since = until - timedelta(days=int(days))
        bucket = "WEEK" if int(days) >= _WEEKLY_FROM_DAYS else "DAY"
        try:
            return body(client.analytics(since=since, until=until, bucket=bucket), Period(since, until, _BUCKETS[bucket]))
        except DashboardError as error:
            return error_alert(error)
