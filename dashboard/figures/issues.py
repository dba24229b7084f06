"""Issues by kind and by field, as bars from the most frequent down."""

from collections import Counter
from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from dashboard import strings
from dashboard.figures.style import styled
from dashboard.formatting import field_label, issue_label
from dashboard.records.analytics import IssueBreakdown

_MOST = 8
_BAR = "#748ffc"


def issues_by_code(issues: Sequence[IssueBreakdown]) -> go.Figure:
    totals: Counter[str] = Counter()
    for issue in issues:
        totals[issue_label(issue.code)] += issue.count
    return _bars(totals)


def issues_by_field(issues: Sequence[IssueBreakdown]) -> go.Figure:
    totals: Counter[str] = Counter()
    for issue in issues:
        totals[field_label(issue.field) if issue.field else strings.NO_FIELD] += issue.count
    return _bars(totals)


def _bars(totals: Mapping[str, int]) -> go.Figure:
    most = sorted(totals.items(), key=lambda item: (-item[1], item[0]))[:_MOST]
    # Plotly draws the first category at the bottom.
    names = [name for name, _ in reversed(most)]
    counts = [count for _, count in reversed(most)]
    bar = go.Bar(
        x=counts,
        y=names,
        orientation="h",
        marker={"color": _BAR},
        text=[f"{count:,}" for count in counts],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: %{x:,}<extra></extra>",
    )
    figure = styled(go.Figure(bar), height=max(120, 34 * len(most) + 24))
    # Room for the numbers beside the longest bar.
    figure.update_xaxes(visible=False, range=[0, max(counts, default=1) * 1.3])
    figure.update_yaxes(showgrid=False, ticks="", linecolor="rgba(0,0,0,0)", ticksuffix="  ")
    return figure
