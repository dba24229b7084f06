"""Rows by outcome over time, as stacked bars."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import plotly.graph_objects as go

from dashboard import strings
from dashboard.figures.style import styled
from dashboard.records.analytics import Bucket
from dashboard.theme import OUTCOME_HEX, OUTCOMES

# The gap between two bars, as a part of a bucket.
_GAP = 0.28


@dataclass(frozen=True, slots=True)
class Period:
    """What a chart covers, also where nothing happened, and how long one bar of it is."""

    since: datetime
    until: datetime
    bucket: timedelta


def outcomes_over_time(buckets: Sequence[Bucket], period: Period) -> go.Figure:
    """One bar a bucket, over the whole period; an outcome that never occurred has no trace and so no place in the legend."""
    starts = [bucket.start for bucket in buckets]
    figure = go.Figure()
    for outcome in OUTCOMES:
        rows = [getattr(bucket.counts, outcome) for bucket in buckets]
        if any(rows):
            figure.add_bar(
                x=starts,
                y=rows,
                name=strings.OUTCOMES[outcome],
                width=period.bucket.total_seconds() * 1000 * (1 - _GAP),
                marker={"color": OUTCOME_HEX[outcome], "line": {"width": 0}},
                hovertemplate="%{y:,} " + strings.OUTCOMES[outcome].lower() + "<extra>%{x|%-d %b %Y}</extra>",
            )
    styled(figure, height=300)
    figure.update_layout(barmode="stack", hovermode="x unified")
    figure.update_xaxes(type="date", showgrid=False, range=_range(period), tickformat="%-d %b", nticks=10)
    figure.update_yaxes(tickformat="~s", rangemode="tozero")
    return figure


def _range(period: Period) -> list[datetime]:
    # A bar stands with its middle on the start of its bucket.
    return [period.since - period.bucket / 2, period.until + period.bucket / 2]
