"""Rows by outcome over time, as stacked bars."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard import strings
from dashboard.figures.style import styled
from dashboard.records import Bucket
from dashboard.theme import OUTCOME_HEX, OUTCOMES


def outcomes_over_time(buckets: Sequence[Bucket]) -> go.Figure:
    """One bar a bucket; an outcome that never occurred has no trace and so no place in the legend."""
    starts = [bucket.start for bucket in buckets]
    figure = go.Figure()
    for outcome in OUTCOMES:
        rows = [getattr(bucket.counts, outcome) for bucket in buckets]
        if any(rows):
            figure.add_bar(
                x=starts,
                y=rows,
                name=strings.OUTCOMES[outcome],
                marker={"color": OUTCOME_HEX[outcome], "line": {"width": 0}},
                hovertemplate="%{y:,} " + strings.OUTCOMES[outcome].lower() + "<extra>%{x|%-d %b %Y}</extra>",
            )
    styled(figure, height=300)
    figure.update_layout(barmode="stack", hovermode="x unified")
    figure.update_xaxes(type="date", showgrid=False)
    figure.update_yaxes(tickformat="~s", rangemode="tozero")
    return figure
